import Codecs
import Crypto

/// What a notice is about, and the occurrence that tells two notices of the same kind apart.
public struct NoticeSubject: Sendable, Equatable {
    public var attendanceID: Int64?
    public var ticketID: Int64?
    public var customerID: Int64?
    /// What makes this happening unlike the last of its kind: an entry's id, a state and its time.
    ///
    /// Empty when it can happen once only (a ticket is opened once).
    public var occurrence: String

    public init(attendanceID: Int64? = nil, ticketID: Int64? = nil, customerID: Int64? = nil, occurrence: String = "") {
        self.attendanceID = attendanceID
        self.ticketID = ticketID
        self.customerID = customerID
        self.occurrence = occurrence
    }

    /// The key under which a notice is kept once: event, subject, occurrence, channel and recipient.
    ///
    /// The recipient goes in as a hash: keys turn up in error messages, addresses must not.
    public func dedupeKey(event: NoticeEvent, channel: NoticeChannel, recipient: String) -> String {
        let about =
            if let ticketID {
                "ticket:\(ticketID)"
            } else if let attendanceID {
                "attendance:\(attendanceID)"
            } else {
                "customer:\(customerID ?? 0)"
            }
        let who =
            recipient.isEmpty
            ? "nobody" : Hexadecimal.text(SHA256.hash(data: Array(recipient.lowercased().utf8)).prefix(16))
        return "\(event.rawValue)/\(about)/\(occurrence)/\(channel.rawValue)/\(who)"
    }
}
