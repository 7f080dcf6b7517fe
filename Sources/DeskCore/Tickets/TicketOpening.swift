/// A ticket as opening it left it.
public struct TicketOpening: Sendable, Equatable {
    public var ticket: Ticket
    public var attendance: Attendance
    /// False when the same order had opened it before: nothing was made or sent again.
    public var isNew: Bool
    /// Whether its customer may know that something happened; an internal note is nobody else's.
    public var isPublic = true
    /// What was asked with the key that opened it before; nil where that was not kept.
    public var digest: String?
}

/// Something of a ticket the customer is told, with what the telling needs.
public struct TicketNews: Sendable, Equatable {
    public var event: NoticeEvent
    public var ticket: Ticket
    /// The contact it happened in.
    public var attendance: Attendance
    /// What was written, for the text of the notice.
    public var entry: Entry?
    /// The ticket that counts now, when this one was merged.
    public var other: Ticket?
    /// The one address it is for; nil tells all who are to be told.
    public var onlyTo: String?
    /// How long the telling waits, so that it can be taken back.
    public var hold = Duration.zero
}

/// Writes the notices of a ticket's news, inside the ticket's own transaction; of a survey says whether anybody is asked.
public typealias TicketAnnouncer = @Sendable (_ news: TicketNews, any SQLSession) throws -> Bool

/// What happened to a ticket, for those who must be told.
public enum TicketEvent: String, Sendable {
    case opened
    case linked
    case answered
    /// Anything else that changed it.
    case changed
}
