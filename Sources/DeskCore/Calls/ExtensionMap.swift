/// Whose phone a party of the PBX is.
enum ExtensionMap {
    /// The technician of a phone named as the PBX does (`PJSIP/1001`), or by its extension alone (`1001`).
    static func account(party: String, line: String, in session: any SQLSession) throws(StoreError) -> Int64? {
        let bare = party.split(separator: "/").last.map(String.init) ?? party
        let row = try session.row(
            """
            SELECT extension.account_id FROM extension JOIN account ON account.id = extension.account_id
            WHERE extension.party IN ($1, $2) AND extension.line IN ($3, '') AND account.disabled_at IS NULL
            ORDER BY extension.line DESC, LENGTH(extension.party) DESC
            """,
            [.text(party), .text(bare), .text(line)]
        )
        return row?.integer(0)
    }
}
