/// Everything the desk can be asked for, as one file said it: a value that never changes once read.
///
/// ```swift
/// let catalogue = try CatalogueReader.read(bytes, file: "catalogue.xml")
/// let hits = catalogue.search("nota fiscal", language: .ptBR)
/// ```
public struct Catalogue: Sendable {
    /// Hash of the file's bytes; answers remember it.
    public let version: String
    public let title: LocalizedText
    public let departments: [Department]
    /// Sections without a parent, in the author's order.
    public let roots: [CatalogueNode]
    /// Every topic, in the author's order.
    public let topics: [Topic]

    private let departmentsByID: [String: Department]
    private let sectionsByID: [String: Section]
    private let topicsByID: [String: Topic]
    private let rulesByTopic: [String: FormRules]
    let searchIndex: TopicSearchIndex

    init(
        version: String,
        title: LocalizedText,
        departments: [Department],
        roots: [CatalogueNode],
        sections: [Section],
        topics: [Topic],
        rules: [String: FormRules]
    ) {
        self.version = version
        self.title = title
        self.departments = departments
        self.roots = roots
        self.topics = topics
        departmentsByID = Dictionary(departments.map { ($0.id, $0) }) { first, _ in first }
        sectionsByID = Dictionary(sections.map { ($0.id, $0) }) { first, _ in first }
        topicsByID = Dictionary(topics.map { ($0.id, $0) }) { first, _ in first }
        rulesByTopic = rules
        searchIndex = TopicSearchIndex(topics: topics, sections: sectionsByID)
    }

    public func department(_ id: String) -> Department? { departmentsByID[id] }
    public func section(_ id: String) -> Section? { sectionsByID[id] }
    public func topic(_ id: String) -> Topic? { topicsByID[id] }

    /// Every section, in no particular order.
    public var sections: [Section] { Array(sectionsByID.values) }

    /// What lies one step below `section`, or at the root for nil; empty for a section that does not exist.
    public func children(of section: String?) -> [CatalogueNode] {
        guard let section else { return roots }
        return sectionsByID[section]?.children ?? []
    }

    /// The titles from the root to `topic`, without its own.
    public func pathTitles(of topic: Topic, in language: Language) -> [String] {
        topic.path.compactMap { sectionsByID[$0]?.title[language] }
    }

    /// The topic by which people ask to see, correct or erase what is kept of them; a catalogue may be without it.
    public static let ownData = "dados-pessoais"

    /// Whether a customer whose contracts name `sections` may ask for `topic`; nil means everything, an empty list nothing.
    ///
    /// A section that is named opens all that lies below it. What people may ask of their own data no contract takes away.
    public func allows(_ topic: Topic, sections: Set<String>?) -> Bool {
        guard let sections, topic.id != Self.ownData else { return true }
        return topic.path.contains { sections.contains($0) }
    }

    /// The rules of a topic's form, ready to evaluate.
    func rules(for topic: String) -> FormRules? { rulesByTopic[topic] }
}

extension Catalogue: Equatable {
    /// Two catalogues are the same when the files they were read from are.
    public static func == (left: Catalogue, right: Catalogue) -> Bool { left.version == right.version }
}
