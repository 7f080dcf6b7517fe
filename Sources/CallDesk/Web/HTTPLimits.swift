/// How much of anything one request or one client may use, each with its reason.
enum HTTPLimits {
    /// 1 MiB: a ticket's text at its longest is 50 kB; more is a mistake or an attack.
    static let jsonBody = 1_048_576
    /// A body's first seconds, whatever its size: a slow line's start.
    static let bodySeconds = 20
    /// Bytes a second a body brings at least after those: a bad mobile line does.
    static let bodyRate = 16 * 1024
    /// Deeper JSON than this has no form of ours, and recursion must end.
    static let jsonDepth = 32
    /// More values than any request of ours holds; keeps a 1 MiB body of `[0,0,…]` from becoming 100 MB of values.
    static let jsonValues = 20_000
    /// One desk, portal or program each holds a connection or two; the kernel's file limit is not reached before this.
    static let connections = 20_000
    /// A connection that sends nothing for a minute makes room; a running response (a live stream) does not count.
    static let idleSeconds: Int64 = 60
    /// One header line: room for a long cookie, not for a book.
    static let headerField = 16 * 1024
    /// All header lines of one request.
    static let headerList = 32 * 1024
    static let headerCount = 100
    /// What the kernel queues while the accept loop is busy.
    static let backlog = 1024
    /// Pages of a list through the API.
    static let pageSize = 50
    static let largestPage = 200
    /// Open event streams: ten thousand desks, and those that come back before their old stream is missed.
    static let streams = 20_000
    /// Live streams one token or account may hold: a browser has six connections to a host, a program needs one.
    static let streamsEach = 12
}
