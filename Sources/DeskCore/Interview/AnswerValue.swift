/// An answer in canonical form, as it is stored.
public enum AnswerValue: Sendable, Hashable {
    /// Text, number (`1234.5`), date (`2026-11-21`), time (`14:30`), phone (E.164), document digits, option identifier…
    case text(String)
    case list([String])
    case address(AddressAnswer)
    case files([FileAnswer])
    /// Where the vault keeps a secret; the secret itself is never here.
    case sealed(String)
    /// Asked and left empty.
    case empty

    /// The single text, for the kinds that have one.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    public var isEmpty: Bool {
        switch self {
        case .text(let text): text.isEmpty
        case .list(let list): list.isEmpty
        case .files(let files): files.isEmpty
        case .address(let address): address == AddressAnswer()
        case .sealed: false
        case .empty: true
        }
    }
}

extension AnswerValue: Codable {
    private enum Key: String, CodingKey {
        case text, list, address, files, sealed
    }

    /// `{"text":"…"}`, `{"list":[…]}`, … and `{}` for an empty answer.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let text = try container.decodeIfPresent(String.self, forKey: .text) {
            self = .text(text)
        } else if let list = try container.decodeIfPresent([String].self, forKey: .list) {
            self = .list(list)
        } else if let address = try container.decodeIfPresent(AddressAnswer.self, forKey: .address) {
            self = .address(address)
        } else if let files = try container.decodeIfPresent([FileAnswer].self, forKey: .files) {
            self = .files(files)
        } else if let reference = try container.decodeIfPresent(String.self, forKey: .sealed) {
            self = .sealed(reference)
        } else {
            self = .empty
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .text(let text): try container.encode(text, forKey: .text)
        case .list(let list): try container.encode(list, forKey: .list)
        case .address(let address): try container.encode(address, forKey: .address)
        case .files(let files): try container.encode(files, forKey: .files)
        case .sealed(let reference): try container.encode(reference, forKey: .sealed)
        case .empty: break
        }
    }
}

/// An answer with the kind of question it was given to, so that a changed form is noticed.
public struct StoredAnswer: Sendable, Hashable, Codable {
    public var value: AnswerValue
    public var kind: FieldKind

    public init(_ value: AnswerValue, kind: FieldKind) {
        self.value = value
        self.kind = kind
    }
}
