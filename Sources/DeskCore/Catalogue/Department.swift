/// Who handles a ticket.
public struct Department: Sendable, Hashable, Identifiable {
    public let id: String
    public let name: LocalizedText

    public init(id: String, name: LocalizedText) {
        self.id = id
        self.name = name
    }
}
