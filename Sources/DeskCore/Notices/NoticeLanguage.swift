/// The languages notices are written in.
public enum NoticeLanguage: String, Sendable, Codable, CaseIterable {
    case portugueseBrazil = "pt-BR"
    case portuguesePortugal = "pt-PT"
    case english = "en"

    /// The closest of the three to a language tag such as `pt`, `pt_PT` or `en-GB`; Brazilian Portuguese when unknown.
    public init(closestTo tag: String?) {
        let parts = (tag ?? "").lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).map(String.init)
        switch parts.first {
        case "en": self = .english
        case "pt" where parts.dropFirst().first == "pt": self = .portuguesePortugal
        default: self = .portugueseBrazil
        }
    }
}

/// One sentence in the three languages.
struct NoticeWords: Sendable {
    let portugueseBrazil: String
    let portuguesePortugal: String
    let english: String

    init(_ portugueseBrazil: String, _ portuguesePortugal: String, _ english: String) {
        self.portugueseBrazil = portugueseBrazil
        self.portuguesePortugal = portuguesePortugal
        self.english = english
    }

    subscript(language: NoticeLanguage) -> String {
        switch language {
        case .portugueseBrazil: portugueseBrazil
        case .portuguesePortugal: portuguesePortugal
        case .english: english
        }
    }
}
