extension Schema {
    /// The walks of tickets that have ended, as lists of all tickets take them beside those of the open ones.
    ///
    /// They hold what has ended only, so that a new ticket writes none of them. By due time they end in what lists are
    /// narrowed by; in order of opening there is one for each thing that may fit few. Of priority and channel there are
    /// some twenty pairs, and each is walked by itself.
    static let endedTickets = [
        walk("ticket_ended_due", "department, \(due)"),
        walk("ticket_ended_due_all", due),
        walk("ticket_ended_topic", "topic, id, department, priority, channel, assigned_to"),
        walk("ticket_ended_person", "assigned_to, id, department, priority, channel", where: "assigned_to IS NOT NULL"),
        walk("ticket_ended_kind", "department, priority, channel, id"),
        walk("ticket_ended_kind_all", "priority, channel, id"),
    ]

    private static let due = "(\(WorkListDesk.Statement.due)), id, state, priority, topic, channel, assigned_to"

    private static func walk(_ name: String, _ order: String, where condition: String? = nil) -> String {
        let first = condition.map { "\($0) AND " } ?? ""
        return "CREATE INDEX \(name) ON ticket (\(order)) WHERE \(first)\(TicketState.endedCondition)"
    }
}
