/// Something that may answer the caller before a ticket is opened.
public struct Guide: Sendable, Hashable, Identifiable {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case doubt
        case error
        case update
        case installation
        case procedure
    }

    /// Unique within the topic: its place in the author's order, from 1.
    public let id: Int
    public let kind: Kind
    public let title: LocalizedText
    /// What to tell the caller, when the author wrote it here.
    public let text: LocalizedText?
    /// A page with more; always http or https.
    public let url: String?

    public init(id: Int, kind: Kind, title: LocalizedText, text: LocalizedText?, url: String?) {
        self.id = id
        self.kind = kind
        self.title = title
        self.text = text
        self.url = url
    }
}
