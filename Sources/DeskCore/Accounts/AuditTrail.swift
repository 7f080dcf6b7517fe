/// Who did something, as the audit trail keeps it.
public enum AuditActor: Sendable, Hashable {
    case account(Int64)
    case contact(Int64)
    /// A customer's own account.
    case person(Int64)
    case token(Int64)
    /// A part of the service itself or a command on its machine: `import`, `console`.
    case system(String)

    /// `account:7`, `person:3`, `system:import`.
    public var text: String {
        switch self {
        case .account(let id): "account:\(id)"
        case .contact(let id): "contact:\(id)"
        case .person(let id): "person:\(id)"
        case .token(let id): "token:\(id)"
        case .system(let name): "system:\(name)"
        }
    }
}

/// One thing that was done.
public struct AuditRecord: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var at: Moment
    public var actor: String
    public var action: String
    public var subject: String
    public var detail: String?
}

/// The record of who changed what, written in the transaction of the change itself.
///
/// Details name fields and identifiers, never the values of a person's data: the trail outlives deletions.
public enum AuditTrail {
    /// A detail is a short list of identifiers; a merge's is the longest.
    static let longestDetail = 200_000

    public static func record(
        _ action: String,
        subject: String,
        by actor: AuditActor,
        detail: String? = nil,
        at moment: Moment,
        in session: any SQLSession
    ) throws(StoreError) {
        try session.execute(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)",
            [.moment(moment), .text(actor.text), .text(action), .text(subject), .text(detail)]
        )
    }

    /// What was done to a subject, newest first; `before` is the last id of the page before.
    public static func list(
        subject: String,
        before: Int64? = nil,
        limit: Int = 100,
        in session: any SQLSession
    ) throws(StoreError) -> [AuditRecord] {
        var records: [AuditRecord] = []
        for row in try session.rows(
            """
            SELECT id, at, actor, action, subject, detail FROM audit WHERE subject = $1 AND id < $2 ORDER BY id DESC
            """,
            [.text(subject), .integer(before ?? .max)],
            limit: min(max(1, limit), 500)
        ) {
            records.append(
                AuditRecord(
                    id: try row.need(row.integer(0), "audit.id"),
                    at: try row.need(row.moment(1), "audit.at"),
                    actor: row.text(2) ?? "",
                    action: row.text(3) ?? "",
                    subject: row.text(4) ?? "",
                    detail: row.text(5)
                )
            )
        }
        return records
    }
}
