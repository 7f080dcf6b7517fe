/// Why a notice could not be handed over, with what to do; never carries a recipient, a name or a text.
public struct DeliveryError: Error, Sendable, Equatable {
    /// How far the trouble reaches, which decides what the worker does next.
    public enum Reach: String, Sendable, Codable {
        /// This notice alone: another attempt may go through (greylisting, full mailbox).
        case noticeNow = "notice_now"
        /// This notice was handed over whole and nobody said what became of it: the customer may have it already.
        ///
        /// It may be sent again a few times, long apart; the sender is tried with one notice at a time meanwhile.
        case unanswered = "notice_unanswered"
        /// This notice alone, for good (no such mailbox, number refused).
        case noticeForever = "notice_forever"
        /// The server or gateway itself, for whatever notice: wait and try one again (down, wrong password).
        case sender
    }

    public var reach: Reach
    public var fault: NoticeFault
    /// Of a notice that is not sent again, though it may have arrived.
    private var isGivenUp = false

    public init(_ reach: Reach, _ fault: NoticeFault) {
        self.reach = reach
        self.fault = fault
    }

    /// In words of one's own, which are in one language.
    public init(_ reach: Reach, what: String, remedy: String) {
        self.init(reach, .said(what: what, remedy: remedy))
    }

    /// What happened and where, in one clause, as a log has it.
    public var what: String { fault.what(.en) }
    /// What a person can do about it.
    public var remedy: String { isGivenUp ? NoticeFault.askFirst[.en] : fault.remedy(.en) }

    /// Whether the same notice may go through later.
    public var isTransient: Bool { reach != .noticeForever }

    /// Whether the next notice would fare no better just now.
    public var stopsSender: Bool { reach == .sender || reach == .unanswered }

    /// The same of a notice that is not sent again: nobody knows whether its recipient has it.
    var givenUp: DeliveryError {
        guard reach == .unanswered else { return self }
        var error = self
        error.isGivenUp = true
        return error
    }
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
///
/// Where one notice takes long, those behind it need not wait: a sender may give back how many of the last ones it will not
/// begin, once, while the call still runs, and leaves their results out.
public protocol NoticeSender: Sendable {
    var channel: NoticeChannel { get }
    /// How many calls of `send` may run at the same time.
    var lanes: Int { get }
    /// How many notices one call takes at the most.
    var batch: Int { get }
    func send(_ notices: [Notice]) async -> [DeliveryResult]
    func send(_ notices: [Notice], givingBack: @escaping @Sendable (_ last: Int) -> Void) async -> [DeliveryResult]
}

extension NoticeSender {
    public func send(
        _ notices: [Notice],
        givingBack: @escaping @Sendable (_ last: Int) -> Void
    ) async -> [DeliveryResult] {
        await send(notices)
    }
}
