/// What a fault is called: what happened, with `{}` for the server's or gateway's name, and what to do.
struct FaultWords {
    let what: LocalizedText
    let remedy: LocalizedText

    init(_ what: LocalizedText, _ remedy: LocalizedText) { (self.what, self.remedy) = (what, remedy) }
}

private let alone = LocalizedText("nova tentativa automática", en: "it is tried again by itself")
private let fewTimes = LocalizedText(
    "pode ter chegado; há poucas novas tentativas, bem espaçadas",
    en: "it may have arrived; it is sent again a few times, long apart"
)
private let checkNumber = LocalizedText(
    "confira o celular com o cliente e reenvie",
    ptPT: "confirme o telemóvel com o cliente e reenvie",
    en: "check the customer's mobile number, then send it again"
)

extension NoticeFault.MailComplaint {
    var words: FaultWords {
        switch self {
        case .unconfirmed:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} recebeu o e-mail inteiro e não confirmou",
                    en: "the mail server {} was given the whole mail and did not confirm it"
                ),
                LocalizedText(
                    "pode ter chegado; há poucas novas tentativas, bem espaçadas, com o mesmo Message-ID",
                    en: "it may have arrived; it is sent again a few times, long apart, under the same Message-ID"
                )
            )
        case .unknown:
            FaultWords(
                LocalizedText(
                    "o nome do servidor de e-mail {} não é conhecido",
                    en: "the mail server's name {} is not known"
                ),
                LocalizedText(
                    "confira mail.url e o DNS desta máquina",
                    ptPT: "verifique mail.url e o DNS desta máquina",
                    en: "check mail.url and this machine's DNS"
                )
            )
        case .absent:
            FaultWords(
                LocalizedText("nenhum servidor de e-mail responde em {}", en: "no mail server answers at {}"),
                LocalizedText(
                    "ligue-o, ou confira mail.url e o firewall; os e-mails esperam e saem sozinhos",
                    ptPT: "ligue-o, ou verifique mail.url e a firewall; os e-mails esperam e saem sozinhos",
                    en: "start it, or check mail.url and the firewall; mails wait and go out by themselves"
                )
            )
        case .slow:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} não respondeu a tempo",
                    en: "the mail server {} did not answer in time"
                ),
                LocalizedText(
                    "veja a carga e o log dele; os e-mails esperam",
                    ptPT: "veja a carga e o registo dele; os e-mails esperam",
                    en: "check its load and log; mails wait"
                )
            )
        case .login:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} recusou usuário e senha",
                    ptPT: "o servidor de e-mail {} recusou o utilizador e a palavra-passe",
                    en: "the mail server {} refused user and password"
                ),
                LocalizedText(
                    "corrija mail.user e mail.password; os e-mails esperam e saem sozinhos",
                    en: "correct mail.user and mail.password; mails wait and go out by themselves"
                )
            )
        case .unencrypted:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} não oferece criptografia",
                    ptPT: "o servidor de e-mail {} não oferece cifra",
                    en: "the mail server {} offers no encryption"
                ),
                LocalizedText(
                    "ative o STARTTLS lá, use smtps://, ou mude mail.tls para opportunistic ou off",
                    en: "turn STARTTLS on there, use smtps://, or set mail.tls to opportunistic or off"
                )
            )
        case .certificate:
            FaultWords(
                LocalizedText(
                    "o certificado do servidor de e-mail {} não vale",
                    ptPT: "o certificado do servidor de e-mail {} não é válido",
                    en: "the certificate of the mail server {} does not hold"
                ),
                LocalizedText(
                    "renove-o, use o nome que está no certificado, ou defina mail.tls_authority",
                    en: "renew it, name the server as the certificate does, or set mail.tls_authority"
                )
            )
        case .denied:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} não aceita esta máquina",
                    en: "the mail server {} does not talk to this machine"
                ),
                LocalizedText(
                    "peça ao operador dele que libere esta máquina",
                    ptPT: "peça ao operador dele que autorize esta máquina",
                    en: "have its operator allow this machine"
                )
            )
        case .closing:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} está fechando",
                    ptPT: "o servidor de e-mail {} está a fechar",
                    en: "the mail server {} is closing"
                ),
                LocalizedText("os e-mails esperam e saem sozinhos", en: "mails wait and go out by themselves")
            )
        case .wantsLogin:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} pede antes usuário e senha, ou criptografia",
                    ptPT: "o servidor de e-mail {} pede antes utilizador e palavra-passe, ou cifra",
                    en: "the mail server {} wants a login or encryption first"
                ),
                LocalizedText(
                    "defina mail.user, mail.password e mail.tls como diz o operador dele",
                    en: "set mail.user, mail.password and mail.tls as its operator says"
                )
            )
        case .sender:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} recusa o nosso endereço de remetente",
                    en: "the mail server {} refuses our sender address"
                ),
                LocalizedText("use um mail.from que ele aceite", en: "use a mail.from that it accepts")
            )
        case .refused:
            FaultWords(
                LocalizedText("o servidor de e-mail {} recusou o e-mail", en: "the mail server {} refused the mail"),
                LocalizedText(
                    "confira o endereço com o cliente e reenvie",
                    ptPT: "confirme o endereço com o cliente e reenvie",
                    en: "check the recipient's address with the customer, then send it again"
                )
            )
        case .later:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} não pôde receber o e-mail agora",
                    en: "the mail server {} could not take the mail now"
                ),
                alone
            )
        case .hungUp:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} desligou ou não fala SMTP",
                    en: "the mail server {} hung up or did not speak SMTP"
                ),
                LocalizedText(
                    "confira mail.url e o log do servidor",
                    ptPT: "verifique mail.url e o registo do servidor",
                    en: "check mail.url and the server's log"
                )
            )
        case .broke:
            FaultWords(
                LocalizedText(
                    "a conexão com o servidor de e-mail {} caiu",
                    ptPT: "a ligação ao servidor de e-mail {} caiu",
                    en: "the connection to the mail server {} broke"
                ),
                LocalizedText(
                    "nova tentativa automática; se continuar, veja o log do servidor",
                    ptPT: "nova tentativa automática; se continuar, veja o registo do servidor",
                    en: "it is tried again by itself; see the server's log if it stays"
                )
            )
        case .relaysToNobody:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} não encaminha os nossos e-mails a ninguém",
                    en: "the mail server {} sends our mail on to nobody"
                ),
                LocalizedText(
                    "peça ao operador dele que deixe esta máquina enviar, ou corrija mail.user e mail.password; os e-mails esperam",
                    en:
                        "have its operator allow this machine to send, or correct mail.user and mail.password; mails wait"
                )
            )
        case .barredByReceiver:
            FaultWords(
                LocalizedText(
                    "o provedor do destinatário não aceita os nossos e-mails, diz o servidor {}",
                    ptPT: "o fornecedor de e-mail do destinatário não aceita os nossos e-mails, diz o servidor {}",
                    en: "the recipient's provider does not take our mail, says the mail server {}"
                ),
                LocalizedText(
                    "os outros e-mails saem: peça outro endereço ao cliente, ou que o provedor dele libere o nosso",
                    ptPT:
                        "os outros e-mails saem: peça outro endereço ao cliente, ou que o fornecedor dele autorize o nosso",
                    en: "other mail goes: ask the customer for another address, or their provider to allow ours"
                )
            )
        case .rules:
            FaultWords(
                LocalizedText(
                    "o servidor de e-mail {} recusou o destinatário pelas regras dele",
                    en: "the mail server {} refused the recipient by its rules"
                ),
                LocalizedText(
                    "nova tentativa automática; se os outros e-mails saem, é o provedor do destinatário",
                    ptPT: "nova tentativa automática; se os outros e-mails saem, é o fornecedor do destinatário",
                    en: "it is tried again by itself; if other mail goes, it is the recipient's provider"
                )
            )
        }
    }
}

extension NoticeFault.GatewayComplaint {
    var words: FaultWords {
        switch self {
        case .address:
            FaultWords(
                LocalizedText(
                    "sms.url não é um endereço do gateway {}",
                    en: "sms.url is no address of the SMS gateway {}"
                ),
                LocalizedText("corrija sms.url", en: "correct sms.url")
            )
        case .slow:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} não respondeu a tempo",
                    en: "the SMS gateway {} did not answer in time"
                ),
                LocalizedText(
                    "veja a carga e o log dele; as mensagens esperam e saem sozinhas",
                    ptPT: "veja a carga e o registo dele; as mensagens esperam e saem sozinhas",
                    en: "check its load and log; messages wait and go out by themselves"
                )
            )
        case .notHTTP:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} não responde em HTTP",
                    en: "the SMS gateway {} does not answer in HTTP"
                ),
                LocalizedText("confira sms.url", ptPT: "verifique sms.url", en: "check sms.url")
            )
        case .certificate:
            FaultWords(
                LocalizedText(
                    "o certificado do gateway de SMS {} não vale",
                    ptPT: "o certificado do gateway de SMS {} não é válido",
                    en: "the certificate of the SMS gateway {} does not hold"
                ),
                LocalizedText(
                    "peça que o renovem, ou use em sms.url o nome que está no certificado",
                    en: "have it renewed, or name the gateway in sms.url as the certificate does"
                )
            )
        case .hungUp:
            FaultWords(
                LocalizedText("o gateway de SMS {} desligou", en: "the SMS gateway {} hung up"),
                LocalizedText(
                    "nova tentativa automática; veja o log dele",
                    ptPT: "nova tentativa automática; veja o registo dele",
                    en: "it is tried again by itself; see its log"
                )
            )
        case .unreachable:
            FaultWords(
                LocalizedText(
                    "não há conexão com o gateway de SMS {}",
                    ptPT: "não há ligação ao gateway de SMS {}",
                    en: "the SMS gateway {} cannot be reached"
                ),
                LocalizedText(
                    "ligue-o, ou confira sms.url e o firewall; as mensagens esperam e saem sozinhas",
                    ptPT: "ligue-o, ou verifique sms.url e a firewall; as mensagens esperam e saem sozinhas",
                    en: "start it, or check sms.url and the firewall; messages wait and go out by themselves"
                )
            )
        case .unanswered:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} recebeu a mensagem e não respondeu",
                    en: "the SMS gateway {} was given the message and did not answer"
                ),
                fewTimes
            )
        case .elsewhere:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} nos manda a outro endereço",
                    ptPT: "o gateway de SMS {} envia-nos para outro endereço",
                    en: "the SMS gateway {} sends us elsewhere"
                ),
                LocalizedText(
                    "ponha em sms.url o endereço final; redirecionamentos não são seguidos",
                    ptPT: "ponha em sms.url o endereço final; os redirecionamentos não são seguidos",
                    en: "set sms.url to its final address; we follow none"
                )
            )
        case .login:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} recusou usuário e senha",
                    ptPT: "o gateway de SMS {} recusou o utilizador e a palavra-passe",
                    en: "the SMS gateway {} refused user and password"
                ),
                LocalizedText("corrija sms.user e sms.password", en: "correct sms.user and sms.password")
            )
        case .noSuchAddress:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} não conhece esse endereço",
                    en: "the SMS gateway {} knows no such address"
                ),
                LocalizedText("corrija sms.url", en: "correct sms.url")
            )
        case .outOfTime:
            FaultWords(
                LocalizedText("o gateway de SMS {} ficou sem tempo", en: "the SMS gateway {} ran out of time"),
                alone
            )
        case .noMore:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} não recebe mais por ora",
                    ptPT: "o gateway de SMS {} não recebe mais por agora",
                    en: "the SMS gateway {} takes no more for now"
                ),
                LocalizedText(
                    "as mensagens esperam; peça um limite maior ao operador",
                    en: "messages wait; ask its operator for more"
                )
            )
        case .numberOrText:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} recusou o número ou o texto",
                    en: "the SMS gateway {} refused the number or the text"
                ),
                checkNumber
            )
        case .failed:
            FaultWords(
                LocalizedText("o gateway de SMS {} falhou", en: "the SMS gateway {} failed"),
                LocalizedText(
                    "nova tentativa automática; se continuar, veja o log dele",
                    ptPT: "nova tentativa automática; se continuar, veja o registo dele",
                    en: "it is tried again by itself; see its log if it stays"
                )
            )
        case .down:
            FaultWords(
                LocalizedText("o gateway de SMS {} não pode trabalhar agora", en: "the SMS gateway {} cannot work now"),
                LocalizedText(
                    "veja o log dele; as mensagens esperam",
                    ptPT: "veja o registo dele; as mensagens esperam",
                    en: "see its log; messages wait"
                )
            )
        case .refused:
            FaultWords(
                LocalizedText("o gateway de SMS {} recusou a mensagem", en: "the SMS gateway {} refused the message"),
                LocalizedText(
                    "veja o log dele e reenvie",
                    ptPT: "veja o registo dele e reenvie",
                    en: "see its log, then send it again"
                )
            )
        case .unreadable:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} recebeu a mensagem, e a resposta não diz se a aceita",
                    en: "the SMS gateway {} was given the message, and its answer does not say whether it takes it"
                ),
                LocalizedText(
                    "pode ter chegado; há poucas novas tentativas, bem espaçadas; veja o log dele e a configuração de sms",
                    ptPT:
                        "pode ter chegado; há poucas novas tentativas, bem espaçadas; veja o registo dele e a configuração de sms",
                    en:
                        "it may have arrived; it is sent again a few times, long apart; read its log, check the sms settings"
                )
            )
        case .notTaken:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} não aceitou a mensagem",
                    en: "the SMS gateway {} did not take the message"
                ),
                LocalizedText(
                    "veja o log dele e a configuração de sms",
                    ptPT: "veja o registo dele e a configuração de sms",
                    en: "read its log; check the sms settings"
                )
            )
        case .closed:
            FaultWords(
                LocalizedText("o gateway de SMS {} fechou a conta", en: "the SMS gateway {} has closed the account"),
                LocalizedText(
                    "pergunte o motivo a ele; as mensagens esperam",
                    ptPT: "pergunte-lhe o motivo; as mensagens esperam",
                    en: "ask it why; messages wait"
                )
            )
        case .noCredit:
            FaultWords(
                LocalizedText(
                    "não há crédito na conta do gateway de SMS {}",
                    ptPT: "não há saldo na conta do gateway de SMS {}",
                    en: "the SMS gateway {} has no credit left"
                ),
                LocalizedText(
                    "recarregue a conta; as mensagens esperam",
                    ptPT: "carregue a conta; as mensagens esperam",
                    en: "top the account up; messages wait"
                )
            )
        case .sender:
            FaultWords(
                LocalizedText("o gateway de SMS {} recusou o remetente", en: "the SMS gateway {} refused the sender"),
                LocalizedText("corrija sms.from", en: "correct sms.from")
            )
        case .reportAddress:
            FaultWords(
                LocalizedText(
                    "o gateway de SMS {} recusou o endereço dos relatórios",
                    en: "the SMS gateway {} refused the report address"
                ),
                LocalizedText("corrija desk.url", en: "correct desk.url")
            )
        case .status:
            FaultWords(
                LocalizedText("o gateway de SMS {} recusou a mensagem", en: "the SMS gateway {} refused the message"),
                LocalizedText(
                    "procure o número na documentação dele e reenvie",
                    ptPT: "procure o número na documentação dele e reenvie",
                    en: "look the status up in its documentation, then send it again"
                )
            )
        }
    }
}

extension NoticeFault.ReportComplaint {
    private static let nothing = LocalizedText("", en: "")

    var words: FaultWords {
        switch self {
        case .gateway:
            FaultWords(
                LocalizedText("o gateway de SMS não conseguiu entregar", en: "the SMS gateway could not deliver it"),
                Self.nothing
            )
        case .network:
            FaultWords(
                LocalizedText(
                    "a rede telefônica não conseguiu entregar",
                    ptPT: "a rede telefónica não conseguiu entregar",
                    en: "the telephone network could not deliver it"
                ),
                Self.nothing
            )
        case .centre:
            FaultWords(LocalizedText("a central de SMS recusou", en: "the SMS centre refused it"), Self.nothing)
        case .sentBack:
            FaultWords(
                LocalizedText(
                    "o servidor do destinatário devolveu o e-mail",
                    en: "the recipient's mail server sent it back"
                ),
                LocalizedText("corrija o endereço e reenvie", en: "correct the address, then send it again")
            )
        }
    }
}

extension NoticeFault.DeskComplaint {
    var words: FaultWords {
        switch self {
        case .cutOff:
            FaultWords(
                LocalizedText(
                    "o serviço terminou durante o envio",
                    en: "sending was cut off by the service's end"
                ),
                LocalizedText("nova tentativa automática", en: "it is sent again")
            )
        case .memory: FaultWords(LocalizedText("faltou memória", en: "out of memory"), alone)
        case .mailAddress:
            FaultWords(
                LocalizedText(
                    "mail.url não é um endereço de servidor de e-mail",
                    en: "mail.url is no address of a mail server"
                ),
                LocalizedText(
                    "escreva smtp://servidor:porta ou smtps://servidor:porta",
                    en: "write smtp://host:port or smtps://host:port"
                )
            )
        case .mailSettings:
            FaultWords(
                LocalizedText(
                    "a configuração de e-mail não serve para a libcurl",
                    en: "libcurl took the mail settings badly"
                ),
                LocalizedText(
                    "confira mail.url e mail.tls_authority",
                    ptPT: "verifique mail.url e mail.tls_authority",
                    en: "check mail.url and mail.tls_authority"
                )
            )
        case .mailRecipient:
            FaultWords(
                LocalizedText(
                    "o endereço do destinatário não é um que um servidor de e-mail aceite",
                    en: "the recipient's address is not one a mail server takes"
                ),
                LocalizedText(
                    "corrija o e-mail do cliente e reenvie",
                    en: "correct the customer's e-mail address, then send it again"
                )
            )
        case .smsSettings:
            FaultWords(
                LocalizedText(
                    "a configuração de SMS não serve para a libcurl",
                    en: "libcurl took the SMS settings badly"
                ),
                LocalizedText(
                    "confira sms.url; reinicie o serviço se faltar memória",
                    ptPT: "verifique sms.url; reinicie o serviço se faltar memória",
                    en: "check sms.url; restart the service where memory is short"
                )
            )
        case .smsFile:
            FaultWords(
                LocalizedText(
                    "não é possível escrever no arquivo de sms.path",
                    ptPT: "não é possível escrever no ficheiro de sms.path",
                    en: "the file of sms.path cannot be written"
                ),
                LocalizedText(
                    "confira a pasta, o dono e o espaço livre",
                    ptPT: "verifique a pasta, o dono e o espaço livre",
                    en: "check its folder, owner and free space"
                )
            )
        case .unreadable:
            FaultWords(
                LocalizedText("esta versão não consegue ler o aviso", en: "this version cannot read the notice"),
                LocalizedText("atualize e reenvie", ptPT: "atualize e reenvie", en: "upgrade, then send it again")
            )
        case .interrupted:
            FaultWords(
                LocalizedText(
                    "o serviço foi interrompido durante o envio",
                    en: "the service was interrupted while sending"
                ),
                LocalizedText("nova tentativa automática", en: "it is sent again by itself")
            )
        case .interruptedOften:
            FaultWords(
                LocalizedText(
                    "o serviço foi interrompido várias vezes durante o envio",
                    en: "the service was interrupted while sending, time and again"
                ),
                LocalizedText(
                    "veja o log e reenvie",
                    ptPT: "veja o registo e reenvie",
                    en: "look at the log, then send it again"
                )
            )
        case .wordless:
            FaultWords(
                LocalizedText("o envio falhou", en: "sending failed"),
                LocalizedText(
                    "veja o log dessa hora; as palavras não puderam ser guardadas",
                    ptPT: "veja o registo dessa hora; as palavras não puderam ser guardadas",
                    en: "see the log of that time; the words cannot be kept"
                )
            )
        }
    }
}
