import DeskCore
import Hummingbird

/// A customer's whole story, and making two records of one customer one.
struct CustomerStoryOperations: OperationSet {
    let customers: CustomerDirectory
    let attendances: AttendanceDesk
    let tickets: TicketDesk

    var operations: [Operation] { [timeline, merge, unmerge] }

    static let schemas: [(String, Schema)] = [
        (
            "CustomerTimeline",
            .object([
                .init(
                    "items",
                    .array(
                        .object([
                            .init("at", .time), .nullable("attendance", .reference("Attendance")),
                            .nullable("ticket", .reference("Ticket")), .nullable("notice", .reference("Notice")),
                            .nullable(
                                "change",
                                .object([.init("action", .text), .init("actor", .text)])
                            ),
                        ])
                    ),
                    "One of attendance, ticket, notice and change each."
                ),
                .nullable("next", .text, "Hand it back as `after` for the next page."),
            ])
        ),
        ("CustomerMerge", .object([.init("into", .id, "The record that stays.")])),
    ]

    private var timeline: Operation {
        Operation(
            method: .get,
            path: "/customers/{id}/timeline",
            id: "getCustomerTimeline",
            tag: "customers",
            summary: "A customer's attendances, tickets, notices and changes in one story, the newest first.",
            who: [.staff(.technician)],
            parameters: [
                .init(name: "after", schema: .string(maximum: 60), about: "The `next` of the page before."), .limit,
            ],
            answer: .one("CustomerTimeline"),
            problems: [.notFound]
        ) { ask in
            let id = try ask.id()
            guard try await customers.find(id) != nil else { throw Problem.notFound }
            var cursor: TimelineCursor?
            if let text = ask.query("after") {
                guard let read = TimelineCursor(text) else {
                    throw Problem.invalid("after", FieldText.expected("1795236570000.2.17"))
                }
                cursor = read
            }
            let limit = ask.page.limit
            let departments = ask.caller.visibleDepartments
            let found = try await customers.timeline(of: id, departments: departments, after: cursor, limit: limit)
            let language = ask.language
            let view = try await RecordViews(attendances, for: ask.caller).of(id)
            return .one { json in
                json.object { json in
                    json.key("items")
                    json.array(found) { json, event in json.write(event, view, language) }
                    json.field("next", found.count == limit ? found.last?.cursor.text : nil)
                }
            }
        }
    }

    private var merge: Operation {
        Operation(
            method: .post,
            path: "/customers/{id}/merge",
            id: "mergeCustomer",
            tag: "customers",
            summary: "Makes this record part of another of the same customer; unmergeCustomer takes it back.",
            who: [.program(.customersWrite), .staff(.supervisor)],
            body: .json("CustomerMerge"),
            answer: .one("Customer"),
            problems: [.notFound, .conflict]
        ) { ask in
            let body = try ask.fields()
            let kept = body.id("into")
            if kept == nil { body.fault("into", FieldText.missing) }
            try body.finish()
            guard let kept else { throw Problem.invalid("into", FieldText.missing) }
            let id = try ask.id()
            try await customers.merge(id, into: kept, by: ask.actor)
            return try await answer(kept, ask)
        }
    }

    private var unmerge: Operation {
        Operation(
            method: .post,
            path: "/customers/{id}/unmerge",
            id: "unmergeCustomer",
            tag: "customers",
            summary: "Takes a merge back: what it moved, and nobody moved on since, is this record's again.",
            who: [.program(.customersWrite), .staff(.supervisor)],
            answer: .one("Customer"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try ask.id()
            try await customers.unmerge(id, by: ask.actor, with: tickets)
            return try await answer(id, ask)
        }
    }

    private func answer(_ id: Int64, _ ask: Ask) async throws -> Response {
        guard let customer = try await customers.find(id) else { throw Problem.notFound }
        let view = try await RecordViews(attendances, for: ask.caller).of(id)
        return .one { $0.write(customer, view) }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ event: CustomerEvent, _ view: RecordView, _ language: Language) {
        object { json in
            json.field("at", event.at)
            json.key("attendance")
            if case .contact(let contact) = event.what { json.write(contact) } else { json.null() }
            json.key("ticket")
            if case .ticket(let ticket) = event.what { json.write(view.shown(ticket)) } else { json.null() }
            json.key("notice")
            if case .notice(let notice) = event.what { json.write(notice, language: language) } else { json.null() }
            json.key("change")
            guard case .change(let record) = event.what else { return json.null() }
            json.object { json in
                json.field("action", record.action)
                json.field("actor", record.actor)
            }
        }
    }
}
