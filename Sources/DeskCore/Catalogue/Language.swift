/// A language people read and hear the desk in.
public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
    case ptBR = "pt-BR"
    case ptPT = "pt-PT"
    case en
}

/// One text in the desk's languages; Brazilian Portuguese is always there.
public struct LocalizedText: Sendable, Hashable {
    public let ptBR: String
    public let ptPT: String?
    public let en: String?

    public init(_ ptBR: String, ptPT: String? = nil, en: String? = nil) {
        self.ptBR = ptBR
        self.ptPT = ptPT
        self.en = en
    }

    /// The text in `language`, or in Brazilian Portuguese where the author wrote no other.
    public subscript(_ language: Language) -> String {
        switch language {
        case .ptBR: ptBR
        case .ptPT: ptPT ?? ptBR
        case .en: en ?? ptBR
        }
    }

    /// Every wording there is, for searching.
    var wordings: [String] { [ptBR] + [ptPT, en].compactMap(\.self) }
}
