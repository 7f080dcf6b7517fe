/// A telephone of the PBX and the technician it belongs to.
public struct MappedPhone: Sendable, Equatable {
    /// Empty for a phone that is the same on every line.
    public var line: String
    public var party: String
    public var accountID: Int64
    /// The technician's.
    public var name: String?
}

extension AccountDesk {
    /// The phones of everybody whose account is in use.
    public static func mappedPhones(in database: any Database) async throws(StoreError) -> [MappedPhone] {
        try await database.read { session in
            try session.rows(
                """
                SELECT extension.line, extension.party, account.id, account.name FROM extension
                JOIN account ON account.id = extension.account_id WHERE account.disabled_at IS NULL
                """
            ).compactMap { row in
                guard let line = row.text(0), let party = row.text(1), let id = row.integer(2) else { return nil }
                return MappedPhone(line: line, party: party, accountID: id, name: row.text(3))
            }
        }
    }
}
