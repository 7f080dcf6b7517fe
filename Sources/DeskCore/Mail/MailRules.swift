/// What a desk does with the mails it gets.
public struct MailRules: Sendable, Equatable {
    public enum Stranger: String, Sendable, CaseIterable {
        /// Told once, politely, that nothing was recorded.
        case refuse
        /// Left for somebody to look at.
        case hold
    }

    /// Whether a registered contact's mail opens a ticket.
    public var takesRequests: Bool
    public var strangers: Stranger
    /// Whose voice messages are taken.
    public var voicemailFrom: Set<EmailAddress>
    /// Our own senders: what comes from them came from us.
    public var own: Set<EmailAddress>
    /// How long a notice can be answered.
    public var replyLife: Duration

    /// More mails of one sender than this in an hour are looked at by somebody: two machines that answer each other stop.
    static let mostAnHour = 20
    /// A PBX mails for all its boxes.
    static let mostVoicemailsAnHour = 500
    /// All answers to what was refused in an hour: senders can be forged, and the forged hear of it.
    static let mostRefusalsAnHour = 30

    public init(
        takesRequests: Bool = false,
        strangers: Stranger = .refuse,
        voicemailFrom: Set<EmailAddress> = [],
        own: Set<EmailAddress> = [],
        replyLife: Duration = NoticeDesk.usualLinkLife
    ) {
        self.takesRequests = takesRequests
        self.strangers = strangers
        self.voicemailFrom = voicemailFrom
        self.own = own
        self.replyLife = replyLife
    }
}

/// What a signed address turned out to be.
public enum MailStanding: Sendable, Equatable {
    /// Of this notice, made by us and in its time.
    case ours(NoticeAddressee)
    case forged
    case expired
    /// The notice is gone.
    case unknown
}

/// Whom a notice was for.
public struct NoticeAddressee: Sendable, Equatable {
    public var noticeID: NoticeID
    public var ticketID: Int64?
    public var recipient: String
}

/// What the desk knows about a mail besides what stands in it.
public struct MailFacts: Sendable, Equatable {
    /// Of the first address with a tag; nil without one.
    public var reply: MailStanding?
    public var bounce: MailStanding?
    /// Whoever has the sender's address.
    public var contact: Contact?
    /// Mails of this sender in the last hour that had an effect.
    public var lately = 0

    public init() {}
}

/// Why a mail was not taken, told to its sender.
public enum MailRefusal: String, Sendable, Codable, CaseIterable {
    /// The ticket has ended (D6).
    case over
    case unknownSender = "unknown_sender"
    /// This mailbox opens no tickets.
    case noRequests = "no_requests"
    case empty
    /// The topic cannot be opened by mail, or not by this customer.
    case notPossible = "not_possible"

    public func text(_ language: Language) -> String {
        switch self {
        case .over:
            NoticeWords(
                "o chamado já terminou e não recebe mais respostas. Abra um novo, que se refira a ele.",
                "o pedido já terminou e não recebe mais respostas. Abra um novo, que lhe faça referência.",
                "the ticket has ended and takes no more replies. Open a new one that refers to it."
            )[language]
        case .unknownSender:
            NoticeWords(
                "este endereço de e-mail não está cadastrado. Escreva do endereço cadastrado, ou fale conosco.",
                "este endereço de e-mail não está registado. Escreva do endereço registado, ou fale connosco.",
                "this e-mail address is not registered. Write from the registered one, or get in touch with us."
            )[language]
        case .noRequests:
            NoticeWords(
                "por e-mail recebemos só respostas aos nossos avisos. Abra um chamado pelo portal ou por telefone.",
                "por e-mail recebemos apenas respostas aos nossos avisos. Abra um pedido no portal ou por telefone.",
                "by e-mail we take replies to our notices only. Open a ticket on the portal or by telephone."
            )[language]
        case .empty:
            NoticeWords(
                "não encontramos nele nem texto nem arquivo que pudéssemos aceitar.",
                "não encontrámos nele texto nem ficheiro que pudéssemos aceitar.",
                "we found neither text nor a file in it that we can take."
            )[language]
        case .notPossible:
            NoticeWords(
                "não foi possível abrir um chamado por e-mail. Abra-o pelo portal ou por telefone.",
                "não foi possível abrir um pedido por e-mail. Abra-o no portal ou por telefone.",
                "a ticket could not be opened by e-mail. Open it on the portal or by telephone."
            )[language]
        }
    }
}

/// What becomes of a mail.
public enum MailFate: Sendable, Equatable {
    /// An answer to a notice, from the address it was sent to or from another.
    case answer(NoticeAddressee, isTheirs: Bool)
    /// A notice did not arrive, for good or not yet.
    case returned(NoticeAddressee?, DeliveryReport)
    case voicemail(Voicemail)
    /// A contact's request.
    case request(Contact)
    /// A machine wrote it: nothing happens.
    case automatic(AutomaticMark)
    /// A signed address that is not ours, or not any more: nothing happens.
    case refusedAddress(MailOutcome)
    case refused(MailRefusal, mayAnswer: Bool)
    case held(MailHold)
}

/// Why a mail waits for somebody.
public enum MailHold: String, Sendable, Codable, CaseIterable {
    case unknownSender = "unknown_sender"
    case tooMany = "too_many"
    /// Its sender asks for no answer, and an opened ticket would be one.
    case noAnswerWanted = "no_answer_wanted"
    case noSender = "no_sender"
}

extension MailRules {
    /// Decides, without looking anywhere.
    public func decide(_ mail: IncomingMail, _ facts: MailFacts) -> MailFate {
        // A server answers to the return path, or sends what shows that a machine wrote it; a person's mail with a report in it
        // is a person's.
        let comesBack = facts.bounce != nil && facts.reply == nil
        if let report = mail.report, mail.automatic != nil || comesBack {
            guard case .ours(let notice) = facts.bounce else { return .returned(nil, report) }
            return .returned(notice, report)
        }
        let isOwn = mail.sender.map(own.contains) ?? false
        // A PBX marks its mails as a machine's or not; who may send them is named.
        if let voicemail = mail.voicemail, !isOwn {
            guard mail.sender.map(voicemailFrom.contains) == true else { return .held(.unknownSender) }
            return facts.lately < Self.mostVoicemailsAnHour ? .voicemail(voicemail) : .held(.tooMany)
        }
        // Before anything else that could have an effect: two machines must not keep each other busy.
        if isOwn { return .automatic(.loop) }
        if let mark = mail.automatic { return .automatic(mark) }
        // A person does not write to the return path: whatever comes there without being a report is a machine's.
        if facts.reply == nil, facts.bounce != nil { return .automatic(.report) }
        guard let sender = mail.sender else { return .held(.noSender) }
        guard facts.lately < Self.mostAnHour else { return .held(.tooMany) }
        switch facts.reply {
        case .ours(let notice): return .answer(notice, isTheirs: notice.recipient.lowercased() == sender.canonical)
        case .forged: return .refusedAddress(.forged)
        case .expired: return .refusedAddress(.expired)
        case .unknown: return .refusedAddress(.unknownAddress)
        case nil: break
        }
        guard let contact = facts.contact, contact.isActive else {
            switch strangers {
            case .hold: return .held(.unknownSender)
            case .refuse: return .refused(.unknownSender, mayAnswer: !mail.wantsNoAnswer)
            }
        }
        guard takesRequests else { return .refused(.noRequests, mayAnswer: !mail.wantsNoAnswer) }
        return mail.wantsNoAnswer ? .held(.noAnswerWanted) : .request(contact)
    }
}
