import CPostgres
import Foundation
import Synchronization

/// Until when anybody still waits for the server, once the service is stopping.
final class PostgresHaste: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// Nil while the service runs.
    var end: ContinuousClock.Instant? { last.withLock { $0 } }

    /// Whether that time is up.
    var isOver: Bool { end.map { $0 <= .now } ?? false }

    /// The earliest end counts.
    func begin(within time: Duration) {
        let end = ContinuousClock.now + time
        last.withLock { $0 = min($0 ?? end, end) }
    }
}

/// One connection through libpq with the statements prepared on it; used by one thread at a time.
final class PostgresConnection {
    /// How a connection is set up.
    struct Setup: Sendable {
        /// As libpq documents it; `sslmode` and every other parameter are libpq's own.
        var url: String
        /// Seconds for reaching each host the URL names.
        var connectTimeout = 5
        /// The server gives a statement up after this; nothing the desk asks for takes a tenth of it.
        var statementTimeout = Duration.seconds(30)
        /// Time beyond that in which its word must have arrived, before the connection is taken for dead.
        var answerGrace = Duration.seconds(5)
        /// Run once connected.
        var opening: [String] = []
        /// Shared by all connections of a database.
        let haste = PostgresHaste()
        /// Shared too; nil where a wait may be as long as it takes, as for a step of the schema.
        var pulse: ServerPulse?

        init(url: String) { self.init(url: url, pulse: ServerPulse(url: url)) }

        init(url: String, pulse: ServerPulse?) { (self.url, self.pulse) = (url, pulse) }
    }

    /// Statements kept prepared at the most, as on SQLite.
    private static let mostPrepared = 512

    let place: String
    /// The line of history the server writes, nil when it does not tell: transactions of one line keep their numbers.
    private(set) var timeline: String?

    private let handle: OpaquePointer
    private let patience: Duration
    private let haste: PostgresHaste
    private let pulse: ServerPulse?
    /// How soon a wait hears that the service is stopping.
    private static let hastePause = Duration.milliseconds(500)
    private var prepared: [String: [Prepared]] = [:]
    private var preparedCount = 0
    private var named = 0
    /// Times the desk has waited for the server's answer.
    private(set) var exchanges = 0
    private let clock = ContinuousClock()

    private struct Prepared {
        var name: String
        var kinds: [PostgresKind]

        /// A placeholder declared with no type takes anything, and NULL fits everywhere.
        func takes(_ other: [PostgresKind]) -> Bool {
            kinds.count == other.count && zip(kinds, other).allSatisfy { $0 == $1 || $0 == .any || $1 == .any }
        }
    }

    /// Connects; blocks for `connectTimeout` per host at the most.
    init(_ setup: Setup) throws(PostgresFault) {
        // A server that takes connections and says nothing would cost each caller its whole time.
        guard !setup.haste.isOver else {
            throw .lost(.unavailable(what: "PostgreSQL", remedy: "the service is stopping"))
        }
        if setup.pulse?.isSilent == true { throw .lost(.silent) }
        let start = ContinuousClock.now
        // Given before the URL, which may say otherwise; libpq keeps the last it reads.
        let parameters = [
            ("fallback_application_name", "calldesk"),
            ("connect_timeout", String(setup.connectTimeout)),
            // A server that died without a word is noticed within about 20 s.
            ("keepalives_idle", "5"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "20000"),
            // With several hosts in the URL: the one that takes writes.
            ("target_session_attrs", "read-write"),
            ("dbname", setup.url),
            ("client_encoding", "UTF8"),
        ]
        let opened = Self.connect(parameters)
        guard let opened else {
            throw .lost(.unavailable(what: "PostgreSQL", remedy: "the machine is out of memory"))
        }
        handle = opened
        place = Self.place(of: opened)
        patience = setup.statementTimeout + setup.answerGrace
        haste = setup.haste
        pulse = setup.pulse
        PQsetNoticeProcessor(opened, { _, _ in }, nil)
        guard PQstatus(opened) == CONNECTION_OK else {
            let refusal = Self.refusal(of: opened, place: place)
            if case .lost = refusal { pulse?.unreached(after: .now - start) }
            throw refusal
        }
        let milliseconds = Int64(setup.statementTimeout.seconds * 1000)
        var settings = [
            "SET statement_timeout = \(milliseconds)",
            "SET lock_timeout = \(milliseconds / 3)",
            "SET idle_in_transaction_session_timeout = \(milliseconds)",
            "SET bytea_output = 'hex'",
            // What was told to a caller survives a power cut, whatever the server's own setting.
            """
            SELECT set_config('synchronous_commit', 'on', false)
                WHERE current_setting('synchronous_commit') IN ('off', 'local')
            """,
            // Compiling a plan takes 70 ms, and nothing the desk asks for runs as long.
            "SELECT set_config('jit', 'off', false) WHERE current_setting('jit', true) = 'on'",
        ]
        settings += setup.opening
        try script(settings.joined(separator: ";"))
        timeline = try? run("SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)", [], limit: 1).rows.first?.text(0)
    }

    deinit { PQfinish(handle) }

    /// Waits until the server has something to say, `milliseconds` at the most.
    func waitForInput(milliseconds: Int32) {
        var waiting = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        poll(&waiting, 1, milliseconds)
    }

    /// Whether a transaction is open or failed on the connection.
    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Runs statements without arguments in one exchange, and returns the first row of their results.
    @discardableResult
    func script(_ sql: String) throws(PostgresFault) -> SQLRow? {
        exchanges += 1
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        return try results(limit: 1).rows.first
    }

    /// Runs one statement, prepared and kept, and returns rows and the count of rows it touched.
    func run(_ sql: String, _ arguments: [SQLValue], limit: Int) throws(PostgresFault) -> (rows: [SQLRow], touched: Int)
    {
        let name = try prepare(sql, arguments.map { PostgresKind($0) })
        let sent = PostgresArguments(arguments).withPointers { values, lengths, formats in
            PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 0)
        }
        guard sent == 1 else { throw lost() }
        exchanges += 1
        // Row by row, so that a long result is never held twice, nor past the limit.
        PQsetSingleRowMode(handle)
        return try results(limit: limit)
    }

    /// Sends statements together, in one exchange; returns the rows of the last and the count of rows it touched.
    ///
    /// The first that fails keeps those after it from running.
    func run(_ statements: [PostgresStatement], limit: Int) throws(PostgresFault) -> (rows: [SQLRow], touched: Int) {
        if statements.count == 1, let only = statements.first { return try run(only.sql, only.arguments, limit: limit) }
        var names: [String] = []
        for statement in statements {
            names.append(try prepare(statement.sql, statement.arguments.map { PostgresKind($0) }))
        }
        exchanges += 1
        guard PQenterPipelineMode(handle) == 1 else { throw lost() }
        for (statement, name) in zip(statements, names) {
            let sent = PostgresArguments(statement.arguments).withPointers { values, lengths, formats in
                PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, formats, 0)
            }
            guard sent == 1 else { throw lost() }
        }
        guard PQpipelineSync(handle) == 1 else { throw lost() }
        var answer: (rows: [SQLRow], touched: Int) = ([], 0)
        var fault: PostgresFault?
        for statement in statements.indices {
            let isLast = statement == statements.count - 1
            if isLast { PQsetSingleRowMode(handle) }
            do throws(PostgresFault) {
                answer = try results(limit: isLast ? limit : 0)
            } catch {
                if case .lost = error { throw error }
                fault = fault ?? error
            }
        }
        // The mark that ends them, after which the connection is as it was.
        let deadline = clock.now + patience
        try waitForResult(until: deadline)
        guard let mark = PQgetResult(handle) else { throw lost() }
        defer { PQclear(mark) }
        guard PQresultStatus(mark) == PGRES_PIPELINE_SYNC, PQexitPipelineMode(handle) == 1 else { throw lost() }
        if let fault { throw fault }
        return answer
    }

    /// Drops every prepared statement.
    func forgetPrepared() throws(PostgresFault) {
        prepared = [:]
        preparedCount = 0
        try script("DEALLOCATE ALL")
    }

    /// A notification that has arrived, without waiting.
    func nextNotification() throws(PostgresFault) -> (channel: String, payload: String)? {
        guard PQconsumeInput(handle) == 1 else { throw lost() }
        guard let notification = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notification) }
        return (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
    }

    private func prepare(_ sql: String, _ kinds: [PostgresKind]) throws(PostgresFault) -> String {
        if let known = prepared[sql]?.first(where: { $0.takes(kinds) }) { return known.name }
        let placeholders = SQLPlaceholders.count(in: sql)
        guard placeholders == kinds.count else {
            throw .refused(.statement("\(placeholders) placeholders, \(kinds.count) arguments"))
        }
        if preparedCount >= Self.mostPrepared { try forgetPrepared() }
        named += 1
        exchanges += 1
        let name = "s\(named)"
        guard PQsendPrepare(handle, name, sql, Int32(kinds.count), kinds.map(\.rawValue)) == 1 else { throw lost() }
        _ = try results(limit: 0)
        prepared[sql, default: []].append(Prepared(name: name, kinds: kinds))
        preparedCount += 1
        return name
    }

    /// Reads everything the server answers to what was sent; the first error wins.
    private func results(limit: Int) throws(PostgresFault) -> (rows: [SQLRow], touched: Int) {
        let deadline = clock.now + patience
        var rows: [SQLRow] = []
        var touched = 0
        var fault: PostgresFault?
        while true {
            try waitForResult(until: deadline)
            guard let result = PQgetResult(handle) else { break }
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
                for row in 0..<PQntuples(result) where rows.count < limit {
                    rows.append(PostgresValue.row(result, row))
                }
                touched = Self.touched(result)
            case PGRES_COMMAND_OK:
                touched = Self.touched(result)
            // One before it failed, and said why.
            case PGRES_PIPELINE_ABORTED: break
            case PGRES_EMPTY_QUERY: fault = fault ?? .refused(.statement("an empty statement"))
            default: fault = fault ?? .of(result, place: place)
            }
        }
        if let fault {
            if PQstatus(handle) == CONNECTION_BAD { throw lost() }
            throw fault
        }
        return (rows, touched)
    }

    private func waitForResult(until deadline: ContinuousClock.Instant) throws(PostgresFault) {
        var start: ContinuousClock.Instant?
        while true {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw lost() }
            if unsent == 0, PQisBusy(handle) == 0 {
                // What had come already tells nothing of now.
                if start != nil { pulse?.heard() }
                return
            }
            if let pulse, let start {
                pulse.waiting(since: start)
                if pulse.isSilent { throw .lost(.silent) }
            }
            start = start ?? clock.now
            let time = min(deadline, haste.end ?? deadline) - clock.now
            let left = Int32(clamping: Int64(min(time, Self.hastePause).seconds * 1000))
            guard time > .zero else { throw lost() }
            var waiting = pollfd(fd: PQsocket(handle), events: Int16(POLLIN | (unsent == 0 ? 0 : POLLOUT)), revents: 0)
            let ready = poll(&waiting, 1, max(left, 1))
            guard ready >= 0 || errno == EINTR else { throw lost() }
            guard PQconsumeInput(handle) == 1 else { throw lost() }
        }
    }

    private func lost() -> PostgresFault {
        .lost(
            .unavailable(what: place, remedy: "the connection broke; check server and network, it comes back by itself")
        )
    }

    private static func touched(_ result: OpaquePointer) -> Int {
        PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0
    }

    private static func connect(_ parameters: [(String, String)]) -> OpaquePointer? {
        let names = parameters.map { strdup($0.0) }
        let values = parameters.map { strdup($0.1) }
        defer { for text in names + values { free(text) } }
        return PQconnectdbParams(
            names.map { UnsafePointer($0) } + [nil],
            values.map { UnsafePointer($0) } + [nil],
            1
        )
    }

    /// Where the server is, without user and password.
    private static func place(of handle: OpaquePointer) -> String {
        let host = PQhost(handle).map { String(cString: $0) } ?? ""
        let port = PQport(handle).map { String(cString: $0) } ?? ""
        return "PostgreSQL at \(host.isEmpty ? "the default socket" : host):\(port)"
    }

    /// Why connecting failed: libpq has only its message, which names user and host.
    private static func refusal(of handle: OpaquePointer, place: String) -> PostgresFault {
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        let settled = [
            ("password authentication failed", "the password in the setting is wrong"),
            ("no password supplied", "the setting has no password, and the server asks for one"),
            ("no pg_hba.conf entry", "the server's pg_hba.conf does not let this user in from here"),
            ("role \"", "the role in the setting does not exist on the server"),
            ("database \"", "the database in the setting does not exist; create it"),
            ("certificate", "the server's certificate is not trusted; see sslrootcert in libpq's manual"),
            ("invalid", "the setting is not a URL libpq understands"),
            ("URI", "the setting is not a URL libpq understands"),
        ]
        for (sign, remedy) in settled where message.contains(sign) {
            return .refused(.unavailable(what: place, remedy: remedy))
        }
        return .lost(.unavailable(what: place, remedy: "it does not answer; check that it runs and can be reached"))
    }
}

extension StoreError {
    /// The server takes connections and says nothing.
    static let silent = StoreError.unavailable(
        what: "PostgreSQL",
        remedy: "it says nothing to anybody; look whether its machine hangs, it comes back by itself"
    )
}
