/// A folder of mails, read by the numbers that its server gives them (RFC 9051 §2.3.1.1).
protocol Mailbox: Sendable {
    func status() async throws(MailboxError) -> MailboxStatus

    /// Which numbers of a range there are; `since`: of mails that arrived on that day or later.
    func numbers(_ range: ClosedRange<Int64>, since: IMAPDate?) async throws(MailboxError) -> [Int64]

    /// A mail's size in bytes; nil when it is gone.
    func size(_ uid: Int64) async throws(MailboxError) -> Int?

    /// A mail's bytes, at most `limit`.
    func fetch(_ uid: Int64, uidValidity: Int64, limit: Int) async throws(MailboxError) -> [UInt8]

    /// Ends what it has open; it is not asked again.
    func shutDown() async
}

/// What a server says of a folder before it is read.
struct MailboxStatus: Sendable, Equatable {
    var uidValidity: Int64
    /// The next mail's number.
    var uidNext: Int64
}

/// Why a mailbox is not read now, and what to do.
struct MailboxError: Error, Equatable, CustomStringConvertible {
    enum Reach: Sendable, Equatable {
        /// The server, the account or the folder: nothing is read until it is mended.
        case mailbox
        /// One mail: it is gone, or larger than it said.
        case mail
        /// The folder was numbered anew meanwhile; ask again.
        case renumbered
    }

    var reach: Reach
    var what: String
    var remedy: String

    init(_ reach: Reach = .mailbox, what: String, remedy: String) {
        (self.reach, self.what, self.remedy) = (reach, what, remedy)
    }

    var description: String { "\(what); \(remedy)" }
}
