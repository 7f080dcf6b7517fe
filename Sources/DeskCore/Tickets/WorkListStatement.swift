extension WorkListDesk {
    /// The statement of one list: walks along an index each, and the first rows of all.
    struct Statement {
        private let query: WorkListQuery
        private let now: Moment
        private(set) var arguments: [SQLValue] = []

        private let engine: DatabaseEngine
        private let matches: [Int64]?

        init(_ query: WorkListQuery, matches: [Int64]? = nil, at now: Moment, on engine: DatabaseEngine) {
            self.query = query
            self.matches = matches
            self.now = now
            self.engine = engine
        }

        /// SQLite would look each state up and sort what it finds; it is told which index the list is in order of.
        ///
        /// A person's open tickets, a customer's, and those words were found in are short lists of their own.
        private func source(of walk: Walk) -> String {
            guard engine == .sqlite else { return "ticket" }
            let own = walk.department == nil ? "_all" : ""
            switch walk.part {
            case .whole: return "ticket"
            case .ended:
                if matches != nil || query.customerID != nil { return "ticket" }
                if query.order == .due { return "ticket INDEXED BY ticket_ended_due\(own)" }
                if query.topic != nil { return "ticket INDEXED BY ticket_ended_topic" }
                if query.personID != nil { return "ticket INDEXED BY ticket_ended_person" }
                if walk.kind != nil { return "ticket INDEXED BY ticket_ended_kind\(own)" }
                return "ticket INDEXED BY ticket_ended\(own)"
            case .open:
                if query.kind == .mine { return "ticket INDEXED BY ticket_mine" }
                if matches != nil { return "ticket INDEXED BY ticket_open_created\(own)" }
                if query.customerID != nil { return "ticket INDEXED BY ticket_customer_open" }
                if query.personID != nil { return "ticket INDEXED BY ticket_mine" }
                return switch (query.order, query.kind) {
                case (.work, .waiting): "ticket INDEXED BY ticket_waiting\(own)"
                case (.created, _), (.work, .all): "ticket INDEXED BY ticket_open_created\(own)"
                case (.due, _), (.work, .late): "ticket INDEXED BY ticket_open_due\(own)"
                case (.work, _): "ticket INDEXED BY ticket_work\(own)"
                }
            }
        }

        /// Those that are watched and open, and each of them among the open ones.
        private var watched: String {
            engine == .sqlite
                ? """
                ticket_watcher INDEXED BY ticket_watched
                CROSS JOIN ticket INDEXED BY ticket_open_created_all ON ticket.id = ticket_watcher.ticket_id
                """
                : "ticket_watcher JOIN ticket ON ticket.id = ticket_watcher.ticket_id"
        }

        /// Which tickets a walk goes along: open and ended ones have indexes of their own.
        private enum Part { case whole, open, ended }

        /// One way along one index.
        private struct Walk {
            var department: String?
            var part: Part
            /// Of what ended, those of one priority that came one way.
            var kind: (priority: TopicPriority, channel: AttendanceChannel)?
            var state: TicketState?
        }

        private var parts: [Part] {
            guard query.kind == .all else { return [.open] }
            if let state = query.state { return [state.isOpen ? .open : .ended] }
            switch query.situation {
            case .open: return [.open]
            case .closed: return [.ended]
            case .all: break
            }
            if matches != nil || query.customerID != nil { return [.whole] }
            // All of them are in order of opening, and stand together in no other.
            let isNarrowed =
                query.topic != nil || query.personID != nil || query.priority != nil || query.channel != nil
            return query.order == .due || isNarrowed ? [.open, .ended] : [.whole]
        }

        /// The walks of a department, or of all: what has ended is walked by what there is least of.
        private func walks(of department: String?) -> [Walk] {
            parts.flatMap { part in
                let walk = Walk(department: department, part: part)
                guard part == .ended, query.order != .due, matches == nil, query.customerID == nil else {
                    return [walk]
                }
                if query.topic != nil || query.personID != nil { return [walk] }
                if query.priority != nil || query.channel != nil {
                    let priorities = query.priority.map { [$0] } ?? TopicPriority.allCases
                    let channels = query.channel.map { [$0] } ?? AttendanceChannel.allCases
                    return priorities.flatMap { priority in
                        channels.map { Walk(department: department, part: part, kind: (priority, $0)) }
                    }
                }
                let states = query.state.map { [$0] } ?? TicketState.allCases.filter { !$0.isOpen }
                return states.map { Walk(department: department, part: part, state: $0) }
            }
        }

        private mutating func bind(_ value: SQLValue) -> String {
            arguments.append(value)
            return "$\(arguments.count)"
        }

        /// The column the list is in order of; ids break ties.
        private var key: String {
            switch (query.order, query.kind) {
            case (.created, _), (.work, .all): "ticket.id"
            case (.due, _), (.work, .late): Self.due
            case (.work, .waiting): "ticket.waiting_since"
            case (.work, _): "ticket.list_rank"
            }
        }

        /// As the index has it: without a due time a ticket is after every other, and never late.
        static let due = "COALESCE(due_at, 9223372036854775807)"

        /// All tickets have no order of work: the newest come first, unless asked otherwise.
        private var isDescending: Bool { query.kind == .all && query.order == .work ? true : query.isDescending }

        /// Whether pages of the list go from the newest ticket on, as those of a search do.
        var isNewestFirst: Bool { key == "ticket.id" && isDescending }

        /// Whether one place comes before another in the list.
        func isBefore(_ one: WorkListCursor, _ other: WorkListCursor) -> Bool {
            let (first, second) = isDescending ? (other, one) : (one, other)
            return (first.key, first.id) < (second.key, second.id)
        }

        private var direction: String { isDescending ? " DESC" : "" }

        mutating func keys(limit: Int) -> String {
            var departments: [String?] = query.places.map { Array($0.prefix(WorkListDesk.mostDepartments)) } ?? [nil]
            // Those words were found in are looked up one by one: once, not once for each department.
            if matches != nil { departments = [nil] }
            let walks = departments.flatMap { self.walks(of: $0) }
            guard walks.count > 1 else { return walks.first.map { rows(of: $0, limit: limit) } ?? Self.none }
            let parts = walks.map { "SELECT * FROM (\(rows(of: $0, limit: limit))) AS walk" }
            let order = key == "ticket.id" ? "1\(direction)" : "2\(direction), 1\(direction)"
            return "\(parts.joined(separator: " UNION ALL ")) ORDER BY \(order) LIMIT \(limit)"
        }

        /// The first rows' places.
        mutating func rows(limit: Int, in session: any SQLSession) throws(StoreError) -> [WorkListCursor] {
            let sql = keys(limit: limit)
            return try session.rows(sql, arguments, limit: limit).compactMap { row in
                row.integer(0).flatMap { id in row.integer(1).map { WorkListCursor(key: $0, id: id) } }
            }
        }

        /// The list of who belongs to no department.
        private static let none = "SELECT id, id FROM ticket WHERE 1 = 0"

        private mutating func rows(of walk: Walk, limit: Int) -> String {
            var conditions: [String] = []
            var source = source(of: walk)
            // The state alone says to neither engine which of the two kinds of indexes it is in.
            switch walk.part {
            case .whole: break
            case .open: conditions.append(TicketState.openCondition)
            case .ended: conditions.append(TicketState.endedCondition)
            }
            switch query.kind {
            case .all, .department: break
            case .mine: conditions.append("ticket.assigned_to = \(bind(.integer(query.accountID)))")
            case .unassigned: conditions.append("assigned_to IS NULL")
            case .watched:
                source = watched
                conditions += [
                    "ticket_watcher.account_id = \(bind(.integer(query.accountID)))", "ticket_watcher.is_open = 1",
                ]
                // Since they began to watch it, it or they may have moved where they do not read it.
                let reach = StaffReach(departments: query.departments, accountID: query.accountID)
                if let readable = reach.condition({ bind($0) }) { conditions.append(readable) }
            // Of each its own indexes and those of all open tickets are asked word by word.
            case .waiting: conditions.append("state = 'waiting'")
            case .late:
                conditions += ["state IN ('triage', 'in_progress')", "\(Self.due) < \(bind(.moment(now)))"]
            }
            if let department = walk.department {
                conditions.append("ticket.department = \(bind(.text(department)))")
            }
            if let kind = walk.kind {
                conditions.append("priority = \(bind(.text(kind.priority.rawValue)))")
                conditions.append("channel = \(bind(.text(kind.channel.rawValue)))")
            }
            conditions += filters(of: walk)
            if let after = query.after {
                let sign = isDescending ? "<" : ">"
                if key == "ticket.id" {
                    conditions.append("ticket.id \(sign) \(bind(.integer(after.id)))")
                } else {
                    let first = bind(.integer(after.key))
                    conditions.append("(\(key), ticket.id) \(sign) (\(first), \(bind(.integer(after.id))))")
                }
            }
            if conditions.isEmpty { conditions = ["1 = 1"] }
            let order = key == "ticket.id" ? "ticket.id\(direction)" : "\(key)\(direction), ticket.id\(direction)"
            return """
                SELECT ticket.id, \(key) FROM \(source) WHERE \(conditions.joined(separator: " AND "))
                ORDER BY \(order) LIMIT \(limit)
                """
        }

        private mutating func filters(of walk: Walk) -> [String] {
            var conditions: [String] = []
            // The search index gives ids of ours, no text of anybody's.
            if let matches {
                conditions.append("ticket.id IN (\(matches.map(String.init).joined(separator: ", ")))")
                if let places = query.places {
                    let names = places.prefix(WorkListDesk.mostDepartments).map { bind(.text($0)) }
                        .joined(separator: ", ")
                    conditions.append(names.isEmpty ? "1 = 0" : "ticket.department IN (\(names))")
                }
            }
            if query.isByName, let department = query.department {
                conditions.append("ticket.department = \(bind(.text(department)))")
            }
            if let state = query.state ?? walk.state {
                conditions.append("ticket.state = \(bind(.text(state.rawValue)))")
            }
            if walk.kind == nil, let priority = query.priority {
                conditions.append("priority = \(bind(.text(priority.rawValue)))")
            }
            if let topic = query.topic { conditions.append("ticket.topic = \(bind(.text(topic)))") }
            if let customer = query.customerID { conditions.append("customer_id = \(bind(.integer(customer)))") }
            if walk.kind == nil, let channel = query.channel {
                conditions.append("channel = \(bind(.text(channel.rawValue)))")
            }
            if let person = query.personID { conditions.append("assigned_to = \(bind(.integer(person)))") }
            if let from = query.from { conditions.append("created_at >= \(bind(.moment(from)))") }
            if let to = query.to { conditions.append("created_at < \(bind(.moment(to)))") }
            if let service = query.service { conditions += standing(service, in: walk.part) }
            return conditions
        }

        /// `Ticket.serviceStatus` in the engine's words.
        private mutating func standing(_ service: ServiceStatus, in part: Part) -> [String] {
            if service == .open { return ["due_at IS NULL"] }
            let now = bind(.moment(now))
            // Of open ones no more than their indexes hold is asked.
            let moment =
                part == .open
                ? "CASE WHEN state = 'waiting' THEN COALESCE(waiting_since, \(now)) ELSE \(now) END"
                : """
                COALESCE(solved_at, closed_at, cancelled_at,
                    CASE state WHEN 'waiting' THEN waiting_since WHEN 'merged' THEN updated_at END, \(now))
                """
            // No moment lies after now, and by that alone an index leaves most out.
            return switch service {
            case .open, .late: ["due_at < \(now)", "due_at < \(moment)"]
            case .atRisk: ["at_risk_at <= \(now)", "at_risk_at <= \(moment)", "due_at >= \(moment)"]
            case .normal: ["due_at >= \(moment)", "(at_risk_at IS NULL OR at_risk_at > \(moment))"]
            }
        }
    }
}
