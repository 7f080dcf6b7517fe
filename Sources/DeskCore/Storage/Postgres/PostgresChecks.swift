/// When PostgreSQL looks whether a row that another one names is there: at the commit, not at each statement.
///
/// A check reads the index page of the row that is named. Tickets, contacts and calls name rows that were written a
/// moment before, whose page every node writes to: a transaction that reads such a page and then writes to it again meets any
/// other that does the same, and one of the two runs again. With all checks at the end, whatever is written is written
/// before it is read (docs/storage.md).
enum PostgresChecks {
    static let step = SchemaStep(
        name: "checks-0001-at-commit",
        statements: growing.map { table, column in
            "ALTER TABLE \(table) ALTER CONSTRAINT \(table)_\(column)_fkey DEFERRABLE INITIALLY DEFERRED"
        }
    )

    /// What names a row of a table that every node adds to all the time: call, contact, ticket, entry.
    static let growing: [(table: String, column: String)] = [
        ("attachment", "attendance_id"), ("attachment", "entry_id"), ("attachment", "ticket_id"),
        ("attendance", "call_id"), ("bell", "ticket_id"), ("call", "merged_into"), ("call_part", "call_id"),
        ("draft", "attendance_id"), ("entry", "ticket_id"), ("notice", "attendance_id"), ("notice", "ticket_id"),
        ("person_read", "ticket_id"), ("quick_link", "ticket_id"), ("satisfaction", "attendance_id"),
        ("secret", "attendance_id"), ("secret", "ticket_id"), ("ticket", "attendance_id"), ("ticket", "refers_to"),
        ("ticket_before", "ticket_id"), ("ticket_escalation", "ticket_id"), ("ticket_pause", "ticket_id"),
        ("ticket_read", "ticket_id"), ("ticket_step", "ticket_id"), ("ticket_survey", "ticket_id"),
        ("ticket_time", "ticket_id"), ("ticket_watcher", "ticket_id"),
    ]
}
