/// What a notice tells, whoever it goes to.
public struct NoticeFacts: Sendable, Equatable {
    /// Values as the recipient is to read them; absent or empty ones drop out of the text with the words around them.
    public var values: [NoticeVariable: String]
    /// Values that are written otherwise in each language, such as days and names of priorities.
    public var localized: [NoticeVariable: LocalizedText] = [:]

    public init(_ values: [NoticeVariable: String] = [:]) {
        self.values = values
    }

    /// Every value as a reader of `language` is to read it.
    func values(in language: Language) -> [NoticeVariable: String] {
        values.merging(localized.mapValues { $0[language] }) { _, localized in localized }
    }

    /// Says something in each reader's own language.
    ///
    /// `languages`: those of the readers; nobody reads the others, which are not written.
    public mutating func say(
        _ variable: NoticeVariable,
        in languages: Set<Language> = Set(Language.allCases),
        _ text: (Language) -> String
    ) {
        let written = Language.allCases.filter(languages.contains).map { ($0, text($0)) }
        guard let first = written.first?.1 else { return }
        func said(_ language: Language) -> String? { written.first { $0.0 == language }?.1 }
        localized[variable] = LocalizedText(said(.ptBR) ?? first, ptPT: said(.ptPT), en: said(.en))
    }

    /// The facts of a ticket or a contact.
    ///
    /// `opened` and `due` are formatted in the desk's time zone (Anatel: date and hour must be told); `extra` is anything
    /// else: `.answer`, `.reason`, `.answers`, `.code`…
    public init(
        protocolNumber: String? = nil,
        ticketNumber: String? = nil,
        topic: String? = nil,
        summary: String? = nil,
        customerName: String? = nil,
        priority: String? = nil,
        state: String? = nil,
        department: String? = nil,
        due: String? = nil,
        opened: String? = nil,
        link: String? = nil,
        extra: [NoticeVariable: String] = [:]
    ) {
        values = extra
        let given: [(NoticeVariable, String?)] = [
            (.protocolNumber, protocolNumber), (.ticket, ticketNumber), (.topic, topic), (.summary, summary),
            (.customer, customerName), (.priority, priority), (.state, state), (.department, department), (.due, due),
            (.opened, opened), (.link, link),
        ]
        for (variable, value) in given where value != nil { values[variable] = value }
    }
}

/// One person's address on one channel.
public struct NoticeRecipient: Sendable, Equatable {
    public var channel: NoticeChannel
    /// An e-mail address, or a phone number in E.164.
    public var address: String
    public var name: String?
    /// Whether the name is an organisation's.
    public var isCompany: Bool
    /// Nil: the desk's own.
    public var language: Language?
    /// This recipient's own quick link.
    public var link: String?
    /// Whose address it is, of the customer's people.
    var contactID: Int64?

    public init(
        _ channel: NoticeChannel,
        _ address: String,
        name: String? = nil,
        isCompany: Bool = false,
        language: Language? = nil,
        link: String? = nil,
        contactID: Int64? = nil
    ) {
        self.channel = channel
        self.address = address
        self.name = name
        self.isCompany = isCompany
        self.language = language
        self.link = link
        self.contactID = contactID
    }
}
