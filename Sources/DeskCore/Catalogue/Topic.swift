/// A part of the customer's product a ticket can be about.
public struct TopicModule: Sendable, Hashable, Identifiable {
    public let id: String
    public let label: LocalizedText
    public let digit: Int?

    public init(id: String, label: LocalizedText, digit: Int?) {
        self.id = id
        self.label = label
        self.digit = digit
    }
}

/// One thing to do for every ticket of a topic, ticked by whoever did it.
public struct TopicStep: Sendable, Hashable, Identifiable {
    public let id: String
    public let label: LocalizedText

    public init(id: String, label: LocalizedText) {
        self.id = id
        self.label = label
    }
}

/// How a topic asks one of the questions every ticket has; nil texts fall back to the desk's own wording.
public struct TopicPrompt: Sendable, Hashable {
    public let label: LocalizedText?
    public let say: LocalizedText?
    public let hint: LocalizedText?

    public init(label: LocalizedText? = nil, say: LocalizedText? = nil, hint: LocalizedText? = nil) {
        self.label = label
        self.say = say
        self.hint = hint
    }

    public static let standard = TopicPrompt()
}

/// Something a customer can ask for: it decides department, form, priority and promised times.
///
/// One object for all who look at it: it is made once, read by every answer of every interview, and never changes.
public final class Topic: Sendable, Hashable, Identifiable {
    public let id: String
    public let title: LocalizedText
    public let say: LocalizedText?
    /// Words people use for it that are not in the title.
    public let keywords: [String]
    /// Sections from the root down to the one that holds it.
    public let path: [String]
    public let department: String
    public let priority: TopicPriority
    public let serviceLevel: ServiceLevel
    public let digit: Int?
    public let identity: IdentityLevel
    public let fields: [Field]
    public let modules: [TopicModule]
    public let guides: [Guide]
    public let summary: TopicPrompt
    public let description: TopicPrompt
    /// Asked when present: “o que mudou?”.
    public let whatChanged: TopicPrompt?
    /// Asked when present; always optional (C4).
    public let attachments: TopicPrompt?
    /// What sort of thing it is for.
    public let type: TicketType
    /// Whether its tickets are seen by the requester and those they name only, not by colleagues.
    public let isConfidential: Bool
    /// The checklist of its tickets.
    public let steps: [TopicStep]

    public init(
        id: String,
        title: LocalizedText,
        say: LocalizedText?,
        keywords: [String],
        path: [String],
        department: String,
        priority: TopicPriority,
        serviceLevel: ServiceLevel,
        digit: Int?,
        identity: IdentityLevel,
        fields: [Field],
        modules: [TopicModule],
        guides: [Guide],
        summary: TopicPrompt,
        description: TopicPrompt,
        whatChanged: TopicPrompt?,
        attachments: TopicPrompt?,
        type: TicketType = .request,
        isConfidential: Bool = false,
        steps: [TopicStep] = []
    ) {
        self.id = id
        self.title = title
        self.say = say
        self.keywords = keywords
        self.path = path
        self.department = department
        self.priority = priority
        self.serviceLevel = serviceLevel
        self.digit = digit
        self.identity = identity
        self.fields = fields
        self.modules = modules
        self.guides = guides
        self.summary = summary
        self.description = description
        self.whatChanged = whatChanged
        self.attachments = attachments
        self.type = type
        self.isConfidential = isConfidential
        self.steps = steps
    }

    /// The field called `id`, if the form has it.
    public func field(_ id: String) -> Field? { fields.first { $0.id == id } }

    public static func == (left: Topic, right: Topic) -> Bool {
        left === right
            || left.id == right.id && left.title == right.title && left.say == right.say
                && left.keywords == right.keywords && left.path == right.path && left.department == right.department
                && left.priority == right.priority && left.serviceLevel == right.serviceLevel
                && left.digit == right.digit && left.identity == right.identity && left.fields == right.fields
                && left.modules == right.modules && left.guides == right.guides && left.summary == right.summary
                && left.description == right.description && left.whatChanged == right.whatChanged
                && left.attachments == right.attachments && left.type == right.type
                && left.isConfidential == right.isConfidential && left.steps == right.steps
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
