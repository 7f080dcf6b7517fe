import CPostgres

/// What went wrong on a connection, with what may be done about it: the same transaction again, or not.
enum PostgresFault: Error {
    /// Told to the caller as it is.
    case refused(StoreError)
    /// Another transaction was in the way; this one can run again.
    case conflict
    /// Prepared statements no longer fit the tables (a step was applied meanwhile); prepare again, run again.
    case stalePlans
    /// The connection is gone.
    case lost(StoreError)
    /// The server or the transaction takes no writes.
    case readOnly(StoreError)

    /// As a closure sees it when its statement throws.
    var storeError: StoreError {
        switch self {
        case .refused(let error), .lost(let error), .readOnly(let error): error
        case .conflict: .conflict
        case .stalePlans: .statement("the tables have changed")
        }
    }

    /// The fault of a failed result.
    ///
    /// Detail and data of the server's message hold values of rows, and so do the messages about bad values: only names
    /// and codes are taken over.
    static func of(_ result: OpaquePointer?, place: String) -> PostgresFault {
        let state = field(result, stateField) ?? ""
        return of(
            state: state,
            constraint: field(result, constraintField) ?? field(result, columnField) ?? "",
            message: field(result, messageField) ?? "",
            place: place
        )
    }

    /// Source: https://www.postgresql.org/docs/15/errcodes-appendix.html.
    static func of(state: String, constraint: String, message: String, place: String) -> PostgresFault {
        switch state {
        case "23505": return .refused(.notUnique(constraint: constraint))
        case "40001", "40P01", "55P03": return .conflict
        case "26000": return .stalePlans
        case "0A000" where message.contains("cached plan"): return .stalePlans
        case "53100": return .refused(.full(what: place))
        case "57014":
            return refused(place, "a statement took too long; look for locks and slow disks")
        case "08P01": return .refused(.statement("arguments and placeholders differ"))
        case "25006":
            return .readOnly(
                .unavailable(what: place, remedy: "it takes no writes; point the setting at the primary server")
            )
        case "42501":
            return refused(place, "the role lacks rights; make it the owner of the database")
        case "": return lost(place, "the connection broke; check server and network")
        default: break
        }
        switch state.prefix(2) {
        case "23": return .refused(.constraint(constraint))
        case "22": return .refused(.constraint("a value does not fit its column, code \(state)"))
        case "08", "57":
            return lost(place, "the server is stopping or starting; work resumes by itself")
        case "53": return lost(place, "the server is out of connections or memory")
        case "58": return refused(place, "the server's disk reports an error; see its log")
        case "XX": return .refused(.corrupt(what: place))
        case "42": return .refused(.statement("\(message), code \(state)"))
        default: return .refused(.statement("code \(state)"))
        }
    }

    private static func refused(_ place: String, _ remedy: String) -> PostgresFault {
        .refused(.unavailable(what: place, remedy: remedy))
    }

    private static func lost(_ place: String, _ remedy: String) -> PostgresFault {
        .lost(.unavailable(what: place, remedy: remedy))
    }

    private static func field(_ result: OpaquePointer?, _ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    // Letters in libpq's header, as macros that Swift does not import.
    private static let stateField = Int32(UInt8(ascii: "C"))
    private static let messageField = Int32(UInt8(ascii: "M"))
    private static let constraintField = Int32(UInt8(ascii: "n"))
    private static let columnField = Int32(UInt8(ascii: "c"))
}
