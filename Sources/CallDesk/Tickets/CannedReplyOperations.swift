import DeskCore
import HTTPTypes
import Hummingbird

/// Prepared texts: found while writing, filled in with the ticket, kept by who may.
struct CannedReplyOperations: OperationSet {
    let app: App

    var operations: [Operation] { [list, add, change, remove] }

    static let schemas: [(String, Schema)] = [
        (
            "CannedReply",
            .object([
                .init("id", .id), .init("title", .text), .init("body", .text, "As it was kept, with its variables."),
                .nullable("text", .text, "Filled in, when a ticket was named."),
                .init("mine", .boolean, "The person's own; else a department's or everybody's."),
                .nullable("department", .text), .init("may_change", .boolean),
                .init("revision", .integer(minimum: 0), "How often it was changed."),
            ])
        ),
        (
            "NewCannedReply",
            .object([
                .init("title", .string(maximum: CannedReplies.longestTitle, minimum: 1)),
                .init(
                    "body",
                    .string(maximum: CannedReplies.longestBody, minimum: 1),
                    "With variables: \(CannedReply.variables.map { "{{\($0.rawValue)}}" }.sorted().joined(separator: ", "))."
                ),
                .optional("mine", .boolean, "The person's own, which is the rule."),
                .optional("department", .orNull(.string(maximum: 100)), "Whose people see it, unless it is one's own."),
                StaleCopy.property,
            ])
        ),
    ]

    private var list: Operation {
        Operation(
            method: .get,
            path: "/canned-replies",
            id: "listCannedReplies",
            tag: "tickets",
            summary: "Prepared texts the person may use, their own first; filled in with a ticket when one is named.",
            who: [.staff(.technician)],
            parameters: [
                .init(name: "q", schema: .string(maximum: 200), about: "Words of the title or the text."),
                .init(name: "ticket_id", schema: .id, about: "Fill in with this ticket; texts of its department only."),
                .limit,
            ],
            answer: .list("CannedReply"),
            problems: [.notFound]
        ) { ask in
            let person = try ask.person()
            var ticket: Ticket?
            if let id = ask.number("ticket_id") { ticket = try await app.ticket(id, for: ask.caller) }
            var values: [NoticeVariable: String]?
            if let ticket { values = try await app.values(of: ticket, for: person) }
            let found = try await app.cannedReplies.list(
                for: person,
                department: ticket?.department,
                words: ask.query("q") ?? "",
                limit: ask.page.limit
            )
            return .list(found) { json, reply in json.write(reply, for: person, text: values.map(reply.filled)) }
        }
    }

    private var add: Operation {
        Operation(
            method: .post,
            path: "/canned-replies",
            id: "addCannedReply",
            tag: "tickets",
            summary: "Keeps a prepared text; those of a department are its supervisors' to write.",
            who: [.staff(.technician)],
            body: .json("NewCannedReply"),
            status: .created,
            answer: .one("CannedReply")
        ) { ask in try await save(nil, ask, .created) }
    }

    private var change: Operation {
        Operation(
            method: .put,
            path: "/canned-replies/{id}",
            id: "changeCannedReply",
            tag: "tickets",
            summary: "Changes a prepared text.",
            who: [.staff(.technician)],
            revisions: .needed,
            body: .json("NewCannedReply"),
            answer: .one("CannedReply"),
            problems: [.notFound]
        ) { ask in try await save(try ask.id(), ask, .ok) }
    }

    private func save(_ id: Int64?, _ ask: Ask, _ status: HTTPResponse.Status) async throws -> Response {
        let fields = try ask.fields()
        let title = fields.text("title", maximum: CannedReplies.longestTitle, required: true)
        let body = fields.text("body", maximum: CannedReplies.longestBody, required: true)
        let isMine = fields.bool("mine") ?? true
        let department = fields.text("department", maximum: 100)
        // Two supervisors write a department's texts: the second sees what the first made of it.
        let copy = try StaleCopy(ask, fields, isWhole: id != nil)
        if !isMine, let department, app.catalogue.current.department(department) == nil {
            fields.fault("department", FieldText.oneOf(app.catalogue.current.departments.map(\.id)))
        }
        try fields.finish()
        let person = try ask.person()
        let kept = try await copy.change {
            try await app.cannedReplies.save(
                id,
                revision: copy.revision,
                title: title ?? "",
                body: body ?? "",
                mine: isMine,
                department: department,
                by: person
            )
        } current: {
            guard let id, let now = try await app.cannedReplies.find(id, for: person) else { throw Problem.notFound }
            var json = JSONWriter()
            json.write(now, for: person, text: nil)
            return json.bytes
        }
        return .one(revision: kept.revision, status) { $0.write(kept, for: person, text: nil) }
    }

    private var remove: Operation {
        Operation(
            method: .delete,
            path: "/canned-replies/{id}",
            id: "removeCannedReply",
            tag: "tickets",
            summary: "Forgets a prepared text.",
            who: [.staff(.technician)],
            status: .noContent,
            answer: .nothing,
            problems: [.notFound]
        ) { ask in
            try await app.cannedReplies.remove(try ask.id(), by: try ask.person())
            return Response(status: .noContent)
        }
    }
}

extension App {
    /// What prepared texts fill in for a ticket.
    func values(of ticket: Ticket, for account: Account) async throws -> [NoticeVariable: String] {
        let language = ticket.language ?? self.language
        let time = DeskTime(timeZone: timeZone, language: language)
        var name = ticket.callerName ?? ""
        if let id = ticket.contactID, let contact = try await customers.contact(id) {
            name = contact.name
        } else if let id = ticket.customerID, let customer = try await customers.find(id) {
            name = customer.name
        }
        let attendance = try await attendances.find(ticket.attendanceID)
        return [
            .customer: name,
            .firstName: name.split(separator: " ").first.map { String($0) } ?? "",
            .protocolNumber: attendance.map { SpokenDigits.grouped($0.protocolNumber) } ?? "",
            .ticket: ticket.number,
            .topic: ticket.topicTitle,
            .summary: ticket.summary,
            .priority: TicketWords.priority(ticket.priority, language),
            .due: ticket.dueAt.map(time.dateAndTime) ?? LocalizedText("a combinar", en: "to be agreed")[language],
            .opened: time.dateAndTime(ticket.createdAt),
            .department: catalogue.current.department(ticket.department)?.name[language] ?? ticket.department,
            .agent: account.name,
            .desk: settings.desk.name,
            .phone: settings.desk.phone.map { PhoneNumber.display($0, region: region) } ?? "",
        ]
    }
}

extension JSONWriter {
    mutating func write(_ reply: CannedReply, for account: Account, text: String?) {
        object { json in
            json.field("id", reply.id)
            json.field("title", reply.title)
            json.field("body", reply.body)
            json.field("text", text)
            json.field("mine", reply.accountID != nil)
            json.field("department", reply.department)
            json.field("may_change", CannedReplies.mayChange(reply, account))
            json.field("revision", reply.revision)
        }
    }
}

extension CannedReplyRefusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .noTitle: .invalid("title", FieldText.missing)
        case .titleTooLong: .invalid("title", FieldText.longest(CannedReplies.longestTitle))
        case .text(let fault): .invalid("body", LocalizedText { fault.sentence($0) })
        case .notFound: .notFound
        case .stale: StaleCopy.problem(sent: .null, current: [])
        case .notAllowed: .forbidden
        case .departmentElsewhere:
            .invalid(
                "department",
                LocalizedText(
                    "Você não trabalha neste departamento.",
                    ptPT: "Não trabalha neste departamento.",
                    en: "You do not work in this department."
                )
            )
        case .tooMany(let limit):
            .invalid(
                "title",
                LocalizedText(
                    "Já há \(limit) textos: remova um.",
                    en: "There are \(limit) texts already: remove one."
                )
            )
        }
    }
}
