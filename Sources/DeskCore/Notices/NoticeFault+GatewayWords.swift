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
                FaultWords.fewTimes
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
                FaultWords.alone
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
                FaultWords.checkNumber
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
