extension Language {
    /// The closest to a language tag such as `pt`, `pt_PT` or `en-GB`; Brazilian Portuguese when unknown.
    public init(closestTo tag: String?) {
        let parts = (tag ?? "").lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).map(String.init)
        switch parts.first {
        case "en": self = .en
        case "pt" where parts.dropFirst().first == "pt": self = .ptPT
        default: self = .ptBR
        }
    }
}

/// One sentence of ours in the three languages, none of them missing.
struct NoticeWords: Sendable {
    private let ptBR: String
    private let ptPT: String
    private let en: String

    init(_ ptBR: String, _ ptPT: String, _ en: String) {
        self.ptBR = ptBR
        self.ptPT = ptPT
        self.en = en
    }

    subscript(language: Language) -> String {
        switch language {
        case .ptBR: ptBR
        case .ptPT: ptPT
        case .en: en
        }
    }
}
