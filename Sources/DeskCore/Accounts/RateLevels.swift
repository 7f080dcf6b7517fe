import Crypto

/// Whose requests are counted: a token's by its id, a session's by a hash of its own token.
public struct RateHolder: Sendable, Hashable {
    /// As it stands in the row; those of sessions lie below zero.
    let number: Int64

    public init(token: Int64) { number = token }

    /// Two sessions in some billions of billions would share their limit.
    public init(session: String) {
        let hash = SHA256.hash(data: Array(session.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        number = -1 - Int64(hash >> 1)
    }

    /// For a count by this node alone.
    public var bytes: [UInt8] { Array("\(number)".utf8) }
}

/// How much of its limit each token and session has used, over all nodes: a leaking bucket in one row, of which nodes take
/// shares.
///
/// A node takes a share of requests at a time and asks again when it is used up, so that no request waits for a row that
/// every request changes. What it does not use within a minute has leaked by then.
public struct RateLevels: Sendable {
    /// Thousandths of a request: a bucket leaks parts of one between two visits.
    private static let unit: Int64 = 1_000

    /// A share of requests, or when there will be one again.
    public struct Share: Sendable, Equatable {
        /// Requests that may be made; 0 when the limit is reached.
        public var requests: Int
        /// What is left for everybody, after this share.
        public var left: Int
        /// Milliseconds until a request is there again; 0 with a share.
        public var wait: Int64

        public init(requests: Int, left: Int, wait: Int64) {
            (self.requests, self.left, self.wait) = (requests, left, wait)
        }
    }

    private let database: any Database

    public init(database: any Database) { self.database = database }

    /// Takes a share.
    ///
    /// - Parameters:
    ///   - holder: whose limit it is.
    ///   - limit: requests at once, and a minute.
    ///   - wanted: the largest share.
    ///   - now: the node's clock; a row that was written by a clock a little ahead of it does not leak backwards.
    /// - Returns: the share.
    /// - Throws: what the database says.
    public func take(
        _ holder: RateHolder,
        limit: Int,
        wanted: Int,
        at now: Moment
    ) async throws(StoreError) -> Share {
        let whole = Int64(limit) * Self.unit
        return try await database.write { session in
            // Makes the row or locks it: nodes that ask at once ask one after the other.
            let row = try session.row(
                """
                INSERT INTO rate_level (token_id, level, at) VALUES ($1, 0, $2)
                ON CONFLICT (token_id) DO UPDATE SET token_id = excluded.token_id RETURNING level, at
                """,
                [.integer(holder.number), .integer(now.milliseconds)]
            )
            guard var level = row?.integer(0), let written = row?.integer(1) else {
                throw StoreError.corrupt(what: "rate_level")
            }
            // A row that is damaged may hold any number; none is used up beyond the whole.
            level = min(max(0, level), whole)
            // A minute forgives the whole limit; more than that is none.
            // A clock that stood ahead when it wrote the row must not stop the leak until its time comes.
            let minute = now.milliseconds - 60_000...now.milliseconds + 60_000
            let at = minute.contains(written) ? written : minute.lowerBound
            let passed = min(max(0, now.milliseconds - at), 60_000)
            var used = max(0, level - whole * passed / 60_000)
            let requests = max(0, min(Int64(wanted), (whole - used) / Self.unit))
            used += requests * Self.unit
            try session.execute(
                "UPDATE rate_level SET level = $2, at = $3 WHERE token_id = $1",
                [.integer(holder.number), .integer(used), .integer(max(at, now.milliseconds))]
            )
            let missing = used + Self.unit - whole
            return Share(
                requests: Int(requests),
                left: Int((whole - used) / Self.unit),
                wait: requests > 0 ? 0 : max(1, (missing * 60_000 + whole - 1) / whole)
            )
        }
    }

    /// Forgets the rows of sessions that have asked for nothing since: what they used has leaked long before.
    ///
    /// - Throws: what the database says.
    public func forgetSessions(before moment: Moment) async throws(StoreError) {
        try await database.write { session in
            try session.execute("DELETE FROM rate_level WHERE token_id < 0 AND at < $1", [.moment(moment)])
        }
    }
}
