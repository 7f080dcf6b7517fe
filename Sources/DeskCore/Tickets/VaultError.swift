/// Why the vault gives nothing.
public enum VaultError: Error, Equatable, CustomStringConvertible {
    /// The key cannot be read or made.
    case key(KeyFileError)
    /// The key is not there, and passwords that are kept need it.
    case keyMissing(String)
    /// The key is there and opens none of the passwords sealed with it.
    case keyWrong(String)
    /// Another node made a key of the same name: the nodes do not share their data folder.
    case keyNotShared(String)
    case erased
    case missing
    /// Nobody looks at a password without saying why.
    case noReason
    case reasonTooLong(limit: Int)
    /// The sealed bytes do not open: the row was changed or moved.
    case damaged

    public var description: String {
        switch self {
        case .key(let error): error.description
        case .keyMissing(let name):
            "the key \(name) is not in the data folder, and passwords that are kept need it: put it back, or give them up with 'calldesk vault forget'"
        case .keyWrong(let name):
            "the key \(name) opens none of the passwords that are kept: put the right one back, or give them up with 'calldesk vault forget'"
        case .keyNotShared(let name):
            "another node has made another key \(name): all nodes need the same data folder (docs/operations.md)"
        case .erased: "the term is over; the password was erased for good"
        case .missing: "there is no such secret"
        case .noReason: "say why the password is looked at"
        case .reasonTooLong(let limit): "the reason takes at most \(limit) characters"
        case .damaged: "the password does not open: its row is damaged"
        }
    }
}
