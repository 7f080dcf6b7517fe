import DeskCore

/// The open tickets that a new catalogue would leave without a department or a topic: nobody would see them.
struct CatalogueHomes: Sendable {
    /// Named in one sentence; the others are counted in the list of tickets.
    private static let mostNamed = 20

    /// How many open tickets lie in each department and topic that is gone.
    let lost: [String: Int64]

    init(from old: Catalogue, to new: Catalogue, _ directory: TicketDirectory) async throws(StoreError) {
        let departments = old.departments.map(\.id).filter { new.department($0) == nil }
        let topics = old.topics.map(\.id).filter { new.topic($0) == nil }
        lost = try await directory.openTickets(of: .department, departments)
            .merging(directory.openTickets(of: .topic, topics)) { max($0, $1) }
    }

    /// `erro-sistema: 1, suporte: 4`.
    var list: String {
        lost.sorted { $0.key < $1.key }.prefix(Self.mostNamed).map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
