/// Why a notice could not be handed over, with what to do; never carries a recipient, a name or a text.
public struct DeliveryError: Error, Sendable, Equatable {
    /// How far the trouble reaches, which decides what the worker does next.
    public enum Reach: String, Sendable, Codable {
        /// This notice alone: another attempt may go through (greylisting, full mailbox).
        case noticeNow = "notice_now"
        /// This notice alone, for good (no such mailbox, number refused).
        case noticeForever = "notice_forever"
        /// The server or gateway itself, for whatever notice: wait and try one again (down, wrong password).
        case sender
    }

    public var reach: Reach
    /// What happened and where, in one clause.
    public var what: String
    /// What a person can do about it.
    public var remedy: String

    public init(_ reach: Reach, what: String, remedy: String) {
        self.reach = reach
        self.what = what
        self.remedy = remedy
    }

    /// Whether the same notice may go through later.
    public var isTransient: Bool { reach != .noticeForever }
}

extension DeliveryError: CustomStringConvertible {
    public var description: String { "\(what); \(remedy)" }
}

/// What a sender made of one notice.
public enum DeliveryResult: Sendable, Equatable {
    /// Handed over; `reference` is the gateway's own name for it, if it gave one.
    case accepted(reference: String?)
    case refused(DeliveryError)
    /// Not begun, because an earlier notice of the same call showed that the sender cannot work now.
    case untried
}

/// Hands notices of one channel to a mail server or an SMS gateway.
///
/// `send` gives one result for each notice, in order; it never throws and always ends within the sender's own time
/// limits. It must not block the thread it is called on.
public protocol NoticeSender: Sendable {
    var channel: NoticeChannel { get }
    /// How many calls of `send` may run at the same time.
    var lanes: Int { get }
    /// How many notices one call takes at the most.
    var batch: Int { get }
    func send(_ notices: [Notice]) async -> [DeliveryResult]
}
