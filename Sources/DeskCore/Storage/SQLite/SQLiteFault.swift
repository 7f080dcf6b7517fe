import GRDBSQLite

/// Turns SQLite's result codes into what the desk can say and do about them.
///
/// Source: https://www.sqlite.org/rescode.html. Messages of SQLite name tables and columns, never values.
enum SQLiteFault {
    /// The error of the last call on `handle`.
    static func last(_ handle: OpaquePointer, place: String) -> StoreError {
        error(
            code: sqlite3_extended_errcode(handle),
            message: sqlite3_errmsg(handle).map { String(cString: $0) } ?? "no message",
            place: place
        )
    }

    /// The error for an extended result code; `place` is the database file as its reader knows it.
    static func error(code: Int32, message: String, place: String) -> StoreError {
        switch code {
        case constraintUnique, constraintPrimaryKey, constraintRowID:
            return .notUnique(constraint: subject(of: message))
        case readOnlyDatabaseMoved:
            return .unavailable(what: place, remedy: "its file was moved or replaced; restart the service")
        default: break
        }
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: return .constraint(message)
        case SQLITE_TOOBIG: return .constraint("a value is too large")
        case SQLITE_FULL: return .full(what: place)
        case SQLITE_BUSY, SQLITE_LOCKED:
            return .unavailable(
                what: place,
                remedy: "another process holds its lock; end that process, work resumes by itself"
            )
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(what: place)
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            return .unavailable(
                what: place,
                remedy: "check that its folder exists and that the service's user may write there"
            )
        case SQLITE_READONLY:
            return .unavailable(
                what: place,
                remedy: "it is read-only for the service's user; make file and folder writable"
            )
        case SQLITE_IOERR:
            return .unavailable(
                what: place,
                remedy: "the disk reports an error (\(message), code \(code)); check the disk"
            )
        case SQLITE_NOMEM: return .unavailable(what: place, remedy: "the machine is out of memory")
        case SQLITE_INTERRUPT, SQLITE_PROTOCOL: return .unavailable(what: place, remedy: "try again")
        default: return .statement("\(message), code \(code)")
        }
    }

    // The extended codes are macros with arithmetic, which Swift does not import.
    private static let constraintUnique = SQLITE_CONSTRAINT | (8 << 8)
    private static let constraintPrimaryKey = SQLITE_CONSTRAINT | (6 << 8)
    private static let constraintRowID = SQLITE_CONSTRAINT | (10 << 8)
    private static let readOnlyDatabaseMoved = SQLITE_READONLY | (4 << 8)

    /// “UNIQUE constraint failed: ticket.number” → “ticket.number”.
    private static func subject(of message: String) -> String {
        let marker = "constraint failed: "
        guard let start = message.range(ofPlain: marker) else { return message }
        return String(message[start...])
    }
}

extension String {
    /// Where the text after the first `marker` begins.
    fileprivate func range(ofPlain marker: String) -> String.Index? {
        var rest = self[...]
        while !rest.isEmpty {
            if rest.hasPrefix(marker) { return rest.index(rest.startIndex, offsetBy: marker.count) }
            rest = rest.dropFirst()
        }
        return nil
    }
}
