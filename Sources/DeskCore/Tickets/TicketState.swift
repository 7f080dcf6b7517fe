/// Where a ticket is in its life.
public enum TicketState: String, Sendable, Codable, CaseIterable {
    case triage
    case inProgress = "in_progress"
    /// The customer was asked; the clock stands.
    case waiting
    case solved
    case closed
    case cancelled
    /// Reads as the ticket it was merged into.
    case merged

    /// Work is still to be done, or waited for: “Em andamento”.
    public var isOpen: Bool { Self.open.contains(self) }

    /// Takes no reply, note or file any more (D6).
    public var isOver: Bool { self == .closed || self == .cancelled || self == .merged }

    public static let open: Set<TicketState> = [.triage, .inProgress, .waiting]

    /// The condition of every index over open tickets; SQLite matches it word by word.
    ///
    /// SQLite asks it of every row that is written, once for each index, and would make a table of its own of more than
    /// two values behind `IN` each time.
    static let openCondition = condition(open)

    /// The same for those that are not open.
    static let endedCondition = condition(Set(allCases).subtracting(open))

    private static func condition(_ states: Set<TicketState>) -> String {
        let each = allCases.filter(states.contains).map { "state = '\($0.rawValue)'" }
        return "(\(each.joined(separator: " OR ")))"
    }

    /// What the state is called; `toCustomer` speaks to the one who is waited for.
    public func title(_ language: Language, toCustomer: Bool = false) -> String {
        switch self {
        case .triage: LocalizedText("Em triagem", en: "Received")[language]
        case .inProgress: LocalizedText("Em atendimento", ptPT: "Em tratamento", en: "In progress")[language]
        case .waiting where toCustomer:
            LocalizedText("Aguardando você", ptPT: "A aguardar a sua resposta", en: "Waiting for you")[language]
        case .waiting:
            LocalizedText("Aguardando cliente", ptPT: "A aguardar o cliente", en: "Waiting for the customer")[language]
        case .solved: LocalizedText("Resolvido", en: "Solved")[language]
        case .closed: LocalizedText("Fechado", en: "Closed")[language]
        case .cancelled: LocalizedText("Cancelado", en: "Cancelled")[language]
        case .merged: LocalizedText("Unido a outro", en: "Merged")[language]
        }
    }
}
