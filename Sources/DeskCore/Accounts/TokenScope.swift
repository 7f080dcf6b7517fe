/// What a program's token may do; `write` scopes include reading.
public enum TokenScope: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case customersRead = "customers:read"
    case customersWrite = "customers:write"
    case callsRead = "calls:read"
    case callsWrite = "calls:write"
    case ticketsRead = "tickets:read"
    case ticketsWrite = "tickets:write"
    case interviewsWrite = "interviews:write"
    case noticesRead = "notices:read"
    case noticesWrite = "notices:write"
    case eventsRead = "events:read"
    case administration = "admin"

    public static func < (left: TokenScope, right: TokenScope) -> Bool { left.rawValue < right.rawValue }

    /// The scopes a token with this one has.
    var included: Set<TokenScope> {
        switch self {
        case .customersWrite: [.customersWrite, .customersRead]
        case .callsWrite: [.callsWrite, .callsRead]
        case .ticketsWrite: [.ticketsWrite, .ticketsRead]
        case .noticesWrite: [.noticesWrite, .noticesRead]
        case .administration: Set(TokenScope.allCases)
        default: [self]
        }
    }
}
