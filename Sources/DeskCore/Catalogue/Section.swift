/// A branch of the catalogue: sections of any depth lead to topics.
public struct Section: Sendable, Hashable, Identifiable {
    public let id: String
    public let title: LocalizedText
    /// The sentence to speak when the section is offered; without one the title is spoken.
    public let say: LocalizedText?
    /// The key that enters the section on the telephone, 1 to 9.
    public let digit: Int?
    /// Sections from the root down to the parent.
    public let path: [String]
    /// What it holds, in the author's order.
    public let children: [CatalogueNode]

    public init(
        id: String,
        title: LocalizedText,
        say: LocalizedText?,
        digit: Int?,
        path: [String],
        children: [CatalogueNode]
    ) {
        self.id = id
        self.title = title
        self.say = say
        self.digit = digit
        self.path = path
        self.children = children
    }
}

/// A place one step down the tree.
public enum CatalogueNode: Sendable, Hashable {
    /// By identifier; `Catalogue.section(_:)` has the rest.
    case section(String)
    /// By identifier; `Catalogue.topic(_:)` has the rest.
    case topic(String)

    public var id: String {
        switch self {
        case .section(let id), .topic(let id): id
        }
    }
}
