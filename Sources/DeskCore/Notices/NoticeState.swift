/// By which way a notice travels.
public enum NoticeChannel: String, Sendable, Codable, CaseIterable {
    case mail
    case sms

    public func title(_ language: Language) -> String {
        switch self {
        case .mail: NoticeWords("E-mail", "E-mail", "E-mail")[language]
        case .sms: "SMS"
        }
    }
}

/// Where a notice stands, from the transaction that made it to its known fate.
public enum NoticeState: String, Sendable, Codable, CaseIterable {
    /// Waits for its first or next attempt; `lastError` says what stopped the one before.
    case queued
    /// A worker has it in hand.
    case sending
    /// The mail server or SMS gateway took it.
    case sent
    /// A delivery report says the recipient has it.
    case delivered
    /// A delivery report says the recipient did not get it.
    case failed
    /// Refused for good, or tried for too long; it can be sent again by hand.
    case dead
    /// Never to be sent; the reason says why.
    case withheld

    public func title(_ language: Language) -> String {
        switch self {
        case .queued: NoticeWords("na fila", "em fila", "queued")[language]
        case .sending: NoticeWords("enviando", "a enviar", "being sent")[language]
        case .sent: NoticeWords("enviado", "enviado", "sent")[language]
        case .delivered: NoticeWords("entregue", "entregue", "delivered")[language]
        case .failed: NoticeWords("não entregue", "não entregue", "not delivered")[language]
        case .dead: NoticeWords("não enviado", "não enviado", "given up")[language]
        case .withheld: NoticeWords("sem envio", "sem envio", "not to be sent")[language]
        }
    }

    /// Whether nothing will change any more unless somebody acts or a report arrives.
    public var isSettled: Bool {
        switch self {
        case .queued, .sending: false
        case .sent, .delivered, .failed, .dead, .withheld: true
        }
    }
}

/// Why a notice is not sent at all, or not again.
public enum WithheldReason: String, Sendable, Codable, CaseIterable {
    /// A3: SMS goes only where a contract has the SMS service active.
    case contractWithoutSMS = "contract_without_sms"
    case noMobileNumber = "no_mobile_number"
    case noEmail = "no_email"
    case noCustomer = "no_customer"
    /// The desk's settings send nothing on this channel for this event.
    case channelOff = "channel_off"
    /// No mail server or SMS gateway is configured.
    case noSender = "no_sender"
    case tooManyRecipients = "too_many_recipients"
    /// Whoever would get it wants no such notices on this channel.
    case declined
    /// Of one that was given up: it was handed over whole, and nobody ever said that it was taken.
    case mayHaveArrived = "may_have_arrived"

    public func text(_ language: Language) -> String {
        switch self {
        case .contractWithoutSMS:
            NoticeWords("contrato sem serviço de SMS", "contrato sem serviço de SMS", "contract without SMS")[language]
        case .noMobileNumber:
            NoticeWords("nenhum celular cadastrado", "nenhum telemóvel registado", "no mobile number")[language]
        case .noEmail:
            NoticeWords("nenhum e-mail cadastrado", "nenhum e-mail registado", "no e-mail address")[language]
        case .noCustomer:
            // Said later too, when the customer is known: it is why nothing went out then.
            NoticeWords(
                "o cliente ainda não estava identificado",
                "o cliente ainda não estava identificado",
                "the customer was not identified yet"
            )[language]
        case .channelOff:
            NoticeWords(
                "canal desligado para este aviso",
                "canal desligado para este aviso",
                "channel turned off for this notice"
            )[language]
        case .noSender:
            NoticeWords("envio não configurado", "envio não configurado", "no sender configured")[language]
        case .declined:
            NoticeWords("o cliente não quer por aqui", "o cliente não quer por aqui", "not wanted by the customer")[
                language
            ]
        case .mayHaveArrived:
            NoticeWords(
                "pode ter chegado: o servidor recebeu e não confirmou",
                "pode ter chegado: o servidor recebeu e não confirmou",
                "it may have arrived: the server took it and never confirmed"
            )[language]
        case .tooManyRecipients:
            NoticeWords("limite de destinatários", "limite de destinatários", "limit of recipients")[language]
        }
    }
}
