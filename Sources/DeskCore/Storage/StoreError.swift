/// What can go wrong between the desk and its database, with what to do about it.
///
/// Descriptions carry the place and the remedy, never the values of a row.
public enum StoreError: Error, Sendable {
    /// A unique index refused the row; `constraint` names table.column(s) or the index.
    case notUnique(constraint: String)
    /// A reference, check or not-null rule refused the row.
    case constraint(String)
    /// Two transactions met and this one was given up after its retries.
    case conflict
    /// The engine cannot be reached or is locked by another process; `what` says where, `remedy` what to do.
    case unavailable(what: String, remedy: String)
    /// The disk is full or a file cannot be written.
    case full(what: String)
    /// The file or a row is not what it must be.
    case corrupt(what: String)
    /// A statement of ours is wrong (a bug), with the engine's message.
    case statement(String)
    /// The closure itself threw: the original error.
    case refused(any Error & Sendable)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notUnique(let constraint): "database: already there (\(constraint))"
        case .constraint(let what): "database: a rule refused the row (\(what))"
        case .conflict: "database: two changes met; try again"
        case .unavailable(let what, let remedy): "database: \(what) cannot be used now; \(remedy)"
        case .full(let what): "database: no room to write \(what); free disk space, work resumes by itself"
        case .corrupt(let what): "database: \(what) is damaged; restore the last backup (docs/operations.md)"
        case .statement(let message): "database: statement refused (\(message))"
        case .refused(let error): "\(error)"
        }
    }

    /// Whether the same call may succeed a little later.
    public var isTransient: Bool {
        switch self {
        case .conflict, .unavailable, .full: true
        default: false
        }
    }
}
