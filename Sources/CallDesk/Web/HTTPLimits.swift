import DeskCore
import NIOCore

/// How much of anything one request or one client may use, each with its reason.
enum HTTPLimits {
    /// 1 MiB: a ticket's text at its longest is 50 kB; more is a mistake or an attack.
    static let jsonBody = 1_048_576
    /// The files of one form together: two of the largest.
    static let formFiles = 2 * AttachmentStore.largest
    /// A form with its files, and a text's worth of fields.
    static let formBody = formFiles + jsonBody
    /// A body's first seconds, whatever its size: a slow line's start.
    static let bodySeconds = 20
    /// Bytes a second a body brings at least after those: a bad mobile line does.
    static let bodyRate = 16 * 1024
    /// Deeper JSON than this has no form of ours, and recursion must end.
    static let jsonDepth = 32
    /// More values than any request of ours holds; keeps a 1 MiB body of `[0,0,…]` from becoming 100 MB of values.
    static let jsonValues = 20_000
    /// What takes a connection without having shown who it is; open streams are counted by themselves (`streams`).
    static let connections = 10_000
    /// Connections of one address (an IPv6 subscriber's /64): an office of some hundred desks behind one router, each with
    /// a browser's six at the very worst moment.
    static let connectionsEach = 1_024
    /// From a request's first byte to the end of its head: some hundred bytes that leave a browser at once.
    static let headTime = TimeAmount.seconds(10)
    /// Bytes a second of an answer that a client takes at least.
    static let answerRate = 8 * 1024
    /// A client that takes nothing of its answer for so long, and longer by what waits at `answerRate`, has gone.
    static let answerGrace = TimeAmount.seconds(20)
    /// When the service stops, what is half-sent is waited for no longer.
    static let endGrace = TimeAmount.seconds(2)
    /// Every method that anything of ours takes.
    static let methods = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
    /// A connection that sends nothing for a minute makes room; a running response (a live stream) does not count.
    static let idleSeconds: Int64 = 60
    /// One header line: room for a long cookie, not for a book.
    static let headerField = 16 * 1024
    /// All header lines of one request.
    static let headerList = 32 * 1024
    static let headerCount = 100
    /// What the kernel queues while the accept loop is busy: some thousand desks that come back at once (its own most).
    static let backlog = 4096
    /// Pages of a list through the API.
    static let pageSize = 50
    static let largestPage = 200
    /// Open event streams: ten thousand desks, and those that come back before their old stream is missed.
    static let streams = 20_000
    /// Live streams one token or account may hold: a browser has six connections to a host, a program needs one.
    static let streamsEach = 12
}
