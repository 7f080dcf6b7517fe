/// A ticket as the interview leaves it: checked, complete, ready to be opened in one transaction.
public struct TicketRequest: Sendable, Hashable, Codable {
    /// Stable for this interview: opening twice with it opens once.
    public var key: String
    public var attendanceID: Int64?
    public var customerID: Int64?
    public var contactID: Int64?
    /// Who calls, when no registered contact does.
    public var callerName: String?
    /// Where to reach a caller nobody could identify; E.164.
    public var callerPhone: String?
    public var identity: IdentityLevel
    public var identityNeeded: IdentityLevel
    public var channel: InterviewChannel
    public var language: Language
    public var topicID: String
    public var topicTitle: String
    public var sectionPath: [String]
    /// The sections' titles in the interview's language, root first.
    public var sectionTitles: [String]
    public var department: String
    public var priority: TopicPriority
    public var serviceLevel: ServiceLevel
    public var summary: String
    public var moduleID: String?
    public var moduleLabel: String?
    public var description: String
    public var whatChanged: String?
    public var answers: [FormAnswer]
    /// Identifiers of stored attachments, those of file fields included.
    public var attachments: [Int64]
    public var formVersion: String
    /// An earlier ticket this one refers to (D6).
    public var refersTo: Int64?
    /// What sort of thing the topic is for; a request unless told.
    public var type: TicketType?
    /// Whether the topic is seen by the requester and those named only; not unless told.
    public var isConfidential: Bool?
    /// What was asked with the key, in short; nil for who names each wish anew.
    public var digest: String?
}

/// One answer of the topic's form, readable without the form.
public struct FormAnswer: Sendable, Hashable, Codable {
    public var fieldID: String
    public var kind: FieldKind
    public var label: String
    /// As people write it; a secret shows as dots.
    public var display: String
    /// Canonical; for a secret the vault's reference, for a list its items one blank apart.
    public var value: String
    public var purpose: String?
}

/// Something to add to a ticket that is open already.
public struct TicketLink: Sendable, Hashable, Codable {
    public var key: String
    public var attendanceID: Int64?
    public var ticketID: Int64
    public var customerID: Int64?
    public var contactID: Int64?
    public var callerName: String?
    public var description: String
    public var attachments: [Int64]
    public var language: Language
    /// Where the vault has passwords that were typed into it.
    public var sealed: [String]?
}

/// A ticket that exists, to be read out.
public struct OpenedTicket: Sendable, Hashable, Codable {
    public var ticketID: Int64
    public var number: String
    public var protocolNumber: String?

    public init(ticketID: Int64, number: String, protocolNumber: String?) {
        self.ticketID = ticketID
        self.number = number
        self.protocolNumber = protocolNumber
    }
}
