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
                FaultWords.alone
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
