/// The name of one question: stable across sessions, languages and versions of the catalogue.
public struct PromptID: RawRepresentable, Sendable, Hashable, Codable, CodingKeyRepresentable, CustomStringConvertible {
    public let rawValue: String

    /// The form's field this is the question of, if it is one; taken out once, as every answer is asked for it many times.
    public let fieldID: String?

    public init(rawValue: String) {
        self.rawValue = rawValue
        fieldID = rawValue.hasPrefix(Self.ofFields) ? String(rawValue.dropFirst(Self.ofFields.count)) : nil
    }

    private static let ofFields = "field."

    /// A question of the topic's form.
    public static func field(_ id: String) -> PromptID { PromptID(rawValue: ofFields + id) }

    public static func == (left: PromptID, right: PromptID) -> Bool { left.rawValue == right.rawValue }

    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    public var description: String { rawValue }

    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    public static let identify = PromptID(rawValue: "identify")
    public static let callerName = PromptID(rawValue: "caller.name")
    public static let callerPhone = PromptID(rawValue: "caller.phone")
    public static let registerKind = PromptID(rawValue: "register.kind")
    public static let registerName = PromptID(rawValue: "register.name")
    public static let registerPerson = PromptID(rawValue: "register.person")
    public static let registerDocument = PromptID(rawValue: "register.document")
    public static let registerEmail = PromptID(rawValue: "register.email")
    public static let registerPhone = PromptID(rawValue: "register.phone")
    public static let contact = PromptID(rawValue: "contact")
    public static let contactName = PromptID(rawValue: "contact.name")
    public static let topic = PromptID(rawValue: "topic")
    public static let verify = PromptID(rawValue: "verify")
    public static let summary = PromptID(rawValue: "summary")
    public static let module = PromptID(rawValue: "module")
    /// Which of the customer's products or domains it concerns (D4).
    public static let product = PromptID(rawValue: "product")
    public static let description = PromptID(rawValue: "description")
    public static let whatChanged = PromptID(rawValue: "what_changed")
    public static let attachments = PromptID(rawValue: "attachments")
    public static let review = PromptID(rawValue: "review")
    /// Nothing to ask: the interview is over.
    public static let done = PromptID(rawValue: "done")
    /// Nothing more the keypad can ask: a person takes over.
    public static let handOver = PromptID(rawValue: "hand_over")
}

/// The leg of the way an interview is on.
public enum InterviewStage: String, Sendable, Hashable, Codable, CaseIterable {
    case identification
    case contact
    case topic
    case verification
    case form
    case summary
    case module
    case description
    case whatChanged = "what_changed"
    case attachments
    case review
    /// The keypad's part is over.
    case handOver = "hand_over"
    case done
}

/// Who runs the interview, and by what means.
public enum InterviewChannel: String, Sendable, Hashable, Codable, CaseIterable {
    /// A technician, in the browser or the terminal.
    case desk
    /// The customer, on the portal: already identified.
    case portal
    /// The caller's telephone keypad.
    case keypad
    /// The customer's e-mail, which asks nothing and is asked nothing: it is never an interview's.
    case mail
}
