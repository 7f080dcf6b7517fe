/// A work list with its filters, order and columns, kept by a name.
public struct SavedList: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var accountID: Int64
    public var name: String
    /// The department that sees it too; nil when it is its owner's alone.
    public var department: String?
    /// The query of its address, as the page reads it.
    public var query: String
}

/// Why a list was not saved.
public enum SavedListRefusal: Error, Equatable, CustomStringConvertible {
    case noName
    case tooLong
    case tooMany(limit: Int)
    /// Lists are shared with a department one works in.
    case departmentElsewhere
    /// The person keeps a list of this name, and it was not said that this one takes its place.
    case nameTaken

    public var description: String {
        switch self {
        case .noName: "the list needs a name"
        case .tooLong: "the name or the filters are too long"
        case .tooMany(let limit): "at most \(limit) lists are kept; remove one first"
        case .departmentElsewhere: "a list is shared with a department of one's own"
        case .nameTaken: "there is a list of this name; choose another name, or say that this one takes its place"
        }
    }
}

/// The lists people keep, and those their departments share.
public struct SavedLists: Sendable {
    public static let longestName = 60
    /// Every filter of the page with its longest value fits.
    public static let longestQuery = 2_000
    /// More than a menu shows nobody finds again.
    public static let most = 50

    private let database: any Database
    private let clock: DeskClock

    public init(database: any Database, clock: DeskClock) {
        self.database = database
        self.clock = clock
    }

    /// A person's own lists and those shared with their departments, by name.
    public func list(for account: Account) async throws(StoreError) -> [SavedList] {
        try await database.read { session in
            var arguments: [SQLValue] = [.integer(account.id)]
            let shared: String
            if account.departments.isEmpty {
                // Whoever belongs to no department in particular works in all.
                shared = "department IS NOT NULL"
            } else {
                let places = account.departments.prefix(WorkListDesk.mostDepartments).map { department in
                    arguments.append(.text(department))
                    return "$\(arguments.count)"
                }
                shared = places.isEmpty ? "1 = 0" : "department IN (\(places.joined(separator: ", ")))"
            }
            return try session.rows(
                """
                SELECT id, account_id, name, department, query FROM saved_list WHERE account_id = $1 OR \(shared)
                ORDER BY name, id
                """,
                arguments,
                limit: Self.most * 4
            ).map { row throws(StoreError) in
                SavedList(
                    id: try row.need(row.integer(0), "saved_list.id"),
                    accountID: try row.need(row.integer(1), "saved_list.account_id"),
                    name: row.text(2) ?? "",
                    department: row.text(3),
                    query: row.text(4) ?? ""
                )
            }
        }
    }

    /// Keeps a list; one of the same name of the same person is written over only where that is meant (`replaces`).
    ///
    /// - Returns: the list, and whether there was none of its name.
    /// - Throws: `StoreError.refused(SavedListRefusal)`.
    public func save(
        _ name: String,
        query: String,
        department: String?,
        replaces: Bool = false,
        by account: Account
    ) async throws(StoreError) -> (list: SavedList, isNew: Bool) {
        let name = name.trimmingBlanks
        guard !name.isEmpty else { throw .refused(SavedListRefusal.noName) }
        guard name.count <= Self.longestName, query.utf8.count <= Self.longestQuery else {
            throw .refused(SavedListRefusal.tooLong)
        }
        if let department, !account.works(in: department) {
            throw .refused(SavedListRefusal.departmentElsewhere)
        }
        let now = clock.now
        return try await database.write { session in
            let namesake = try session.row(
                "SELECT 1 FROM saved_list WHERE account_id = $1 AND name = $2",
                [.integer(account.id), .text(name)]
            )
            guard namesake == nil || replaces else { throw SavedListRefusal.nameTaken }
            let others = try session.row(
                "SELECT COUNT(*) FROM saved_list WHERE account_id = $1 AND name <> $2",
                [.integer(account.id), .text(name)]
            )
            guard others?.integer(0) ?? 0 < Int64(Self.most) else { throw SavedListRefusal.tooMany(limit: Self.most) }
            let row = try session.row(
                """
                INSERT INTO saved_list (account_id, name, department, query, saved_at) VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (account_id, name) DO UPDATE
                    SET department = excluded.department, query = excluded.query, saved_at = excluded.saved_at
                RETURNING id
                """,
                [.integer(account.id), .text(name), .text(department), .text(query), .moment(now)]
            )
            guard let id = row?.integer(0) else { throw StoreError.corrupt(what: "saved_list") }
            let list = SavedList(id: id, accountID: account.id, name: name, department: department, query: query)
            return (list, namesake == nil)
        }
    }

    /// Removes a list of one's own; false when there is none of this id.
    public func remove(_ id: Int64, by account: Account) async throws(StoreError) -> Bool {
        try await database.write { session in
            try session.execute(
                "DELETE FROM saved_list WHERE id = $1 AND account_id = $2",
                [.integer(id), .integer(account.id)]
            ) == 1
        }
    }
}
