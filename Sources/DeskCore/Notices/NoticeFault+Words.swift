/// What a fault is called: what happened, with `{}` for the server's or gateway's name, and what to do.
struct FaultWords {
    let what: LocalizedText
    let remedy: LocalizedText

    init(_ what: LocalizedText, _ remedy: LocalizedText) { (self.what, self.remedy) = (what, remedy) }
}

extension FaultWords {
    static let alone = LocalizedText("nova tentativa automática", en: "it is tried again by itself")
    static let fewTimes = LocalizedText(
        "pode ter chegado; há poucas novas tentativas, bem espaçadas",
        en: "it may have arrived; it is sent again a few times, long apart"
    )
    static let checkNumber = LocalizedText(
        "confira o celular com o cliente e reenvie",
        ptPT: "confirme o telemóvel com o cliente e reenvie",
        en: "check the customer's mobile number, then send it again"
    )
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
        case .memory: FaultWords(LocalizedText("faltou memória", en: "out of memory"), FaultWords.alone)
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
