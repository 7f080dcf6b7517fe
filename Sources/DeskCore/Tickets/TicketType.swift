/// What sort of thing is asked for; the topic says which, and a person may correct it.
public enum TicketType: String, Sendable, Codable, CaseIterable {
    case request, incident, question, complaint

    public var title: LocalizedText {
        switch self {
        case .request: LocalizedText("Requisição", en: "Request")
        case .incident: LocalizedText("Incidente", en: "Incident")
        case .question: LocalizedText("Dúvida", en: "Question")
        case .complaint: LocalizedText("Reclamação", en: "Complaint")
        }
    }
}

/// Where a ticket stands among the open ones of its department: reiterated first, then by priority, then as they came.
enum ListRank {
    static func value(priority: TopicPriority, reiterations: Int64) -> Int64 {
        (reiterations > 0 ? 0 : 10) + (3 - priority.rank)
    }
}

extension TopicPriority {
    /// 0 for low to 3 for urgent.
    var rank: Int64 {
        switch self {
        case .low: 0
        case .normal: 1
        case .high: 2
        case .urgent: 3
        }
    }

    /// One higher, urgent at the most.
    var raised: TopicPriority {
        switch self {
        case .low: .normal
        case .normal: .high
        case .high, .urgent: .urgent
        }
    }
}
