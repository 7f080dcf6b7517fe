import DeskCore
import Foundation

/// The lists people work from, among few and among many tickets: each kind, its filters, both ways of each order, “next”.
enum WorkListBenchmarks {
    /// Who has and watches tickets.
    static let people = 20

    static func ask(_ name: String, _ size: Int, on database: any Database) async throws {
        let lists = WorkListDesk(database: database, clock: .system)
        // Whose list it is, and which department's, differs each time.
        func list(
            _ kind: WorkListKind,
            _ departments: Int?,
            _ turn: Int,
            _ edit: (inout WorkListQuery) -> Void = { _ in }
        ) async throws -> Int {
            let own = departments.map { count in (0..<count).map { "setor-\((turn + $0) % 8)" } }
            var query = WorkListQuery(kind, of: Int64(turn % people + 1), departments: own)
            edit(&query)
            return try await lists.page(query).rows.count
        }
        func measure(_ what: String, _ body: (Int) async throws -> Int) async throws {
            try await StorePageBenchmarks.measure("\(name) tickets=\(size) work \(what)", body)
        }
        for kind in WorkListKind.allCases {
            try await measure("\(kind)") { try await list(kind, 1, $0) }
            try await measure("\(kind) of two departments") { try await list(kind, 2, $0) }
            try await measure("\(kind) of all departments") { try await list(kind, nil, $0) }
        }
        for kind in [WorkListKind.mine, .department, .unassigned, .watched, .waiting, .late] {
            for order in [WorkListOrder.work, .created, .due] {
                for isDescending in [false, true] where order != .work || isDescending {
                    try await measure("\(kind) by \(order)\(isDescending ? " descending" : "")") { turn in
                        try await list(kind, nil, turn) { ($0.order, $0.isDescending) = (order, isDescending) }
                    }
                }
            }
        }
        let filters: [(String, (inout WorkListQuery, Int) -> Void)] = [
            ("urgent", { query, _ in query.priority = .urgent }), ("low", { query, _ in query.priority = .low }),
            ("in progress", { query, _ in query.state = .inProgress }),
            ("a rare topic", { query, _ in query.topic = "raro" }),
            ("no such topic", { query, _ in query.topic = "nenhum" }),
            ("a customer", { query, turn in query.customerID = Int64(turn * 104_729 % size / 10 + 1) }),
            ("a person", { query, turn in query.personID = Int64(turn % people + 1) }),
            ("a channel of nobody", { query, _ in query.channel = .portal }),
            ("late", { query, _ in query.service = .late }),
            ("at risk", { query, _ in query.service = .atRisk }),
            (
                "the last tenth of the time",
                { query, _ in query.from = Moment(milliseconds: Int64(size / 10 * 9)) }
            ),
            (
                "the first tenth of the time",
                { query, _ in query.to = Moment(milliseconds: Int64(size / 10)) }
            ),
            ("a word", { query, _ in query.words = "nota" }),
        ]
        for (what, filter) in filters {
            for departments in [1, nil] {
                let whose = departments == nil ? "all departments" : "a department"
                try await measure("open of \(whose), \(what)") { turn in
                    try await list(.department, departments, turn) { filter(&$0, turn) }
                }
            }
        }
        try await measure("count of a department") { turn in
            try await lists.count(WorkListQuery(.department, of: 1, departments: ["setor-\(turn % 8)"]))
        }
        try await measure("next: the first nobody has") { turn in
            try await list(.unassigned, 1, turn) { ($0.state, $0.limit) = (.triage, 1) }
        }
    }
}
