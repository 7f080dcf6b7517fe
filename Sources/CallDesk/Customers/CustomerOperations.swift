import DeskCore
import HTTPTypes
import Hummingbird

/// Customers, their people, phones and contracts.
struct CustomerOperations: OperationSet {
    let customers: CustomerDirectory
    let attendances: AttendanceDesk

    var region: Region { customers.region }

    var operations: [Operation] {
        [list, create, show, update, reveal, find] + people + contactChanges + phones + contracts + contractChanges
    }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/customers",
            id: "listCustomers",
            tag: "customers",
            summary: "Customers in order of registration, or those that fit a search, best first.",
            who: [.program(.customersRead), .staff(.technician)],
            parameters: [
                .after, .limit,
                .init(
                    name: "q",
                    schema: .string(maximum: 200),
                    about: "Words of a name, a document, an e-mail address or a phone; accents do not matter."
                ),
            ],
            answer: .page("Customer")
        ) { ask in
            let page = ask.page
            var found: [Customer]
            var next: Int64?
            if let words = ask.query("q") {
                found = try await customers.search(words, limit: min(page.limit, CustomerLimits.hits))
            } else {
                found = try await customers.list(after: page.after, limit: page.limit)
                next = found.count == page.limit ? found.last?.id : nil
            }
            let views = try await views(ask)
            return .page(found, next: next) { $0.write($1, views.of($1.id)) }
        }
    }

    private var create: Operation {
        Operation(
            method: .post,
            path: "/customers",
            id: "createCustomer",
            tag: "customers",
            summary: "Registers a customer, with the person who speaks for it and its phones.",
            who: [.program(.customersWrite), .staff(.technician)],
            parameters: [.idempotencyKey],
            body: .json("NewCustomer"),
            status: .created,
            otherStatuses: [.ok],
            answer: .one("Customer"),
            problems: [.conflict]
        ) { ask in
            let body = try ask.fields()
            var registration = CustomerBody.registration(body)
            try body.finish()
            if registration.contact == nil, registration.customer.kind == .person, case .staff = ask.caller {
                // Who is registered at the desk is on the line: a person speaks for themselves.
                registration.contact = ContactDraft(name: registration.customer.name)
            }
            registration.key = try ask.idempotencyKey().map(ask.caller.scoped)
            let made = try await customers.register(registration, by: ask.actor)
            guard made.isSame else { throw IdempotencyKey.reused }
            var json = JSONWriter()
            // What somebody has just written they may read.
            json.write(made.customer, made.isNew ? .whole : try await views(ask).of(made.customer.id))
            var response = Response.json(made.isNew ? .created : .ok, json)
            if !made.isNew { response.headers[.idempotentReplayed] = "true" }
            response.headers[.location] = "/api/v1/customers/\(made.customer.id)"
            return response
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/customers/{id}",
            id: "getCustomer",
            tag: "customers",
            summary: "A customer with people, phones, contracts and what is open.",
            who: [.program(.customersRead), .staff(.technician)],
            revisions: .told,
            answer: .one("CustomerCard"),
            problems: [.notFound]
        ) { ask in
            guard let card = try await customers.card(ask.id()) else { throw Problem.notFound }
            let view = try await views(ask).of(card.customer.id)
            return .one(revision: card.customer.revision) { $0.write(card, view, region: region) }
        }
    }

    private var reveal: Operation {
        Operation(
            method: .post,
            path: "/customers/{id}/document",
            id: "revealDocument",
            tag: "customers",
            summary: "Shows a customer's whole document; each look is in the audit trail.",
            who: [.program(.customersRead), .staff(.technician)],
            answer: .one("Document"),
            problems: [.notFound]
        ) { ask in
            let document = try await customers.revealDocument(of: ask.id(), by: ask.actor)
            guard let document else { throw Problem.notFound }
            return .one { json in
                json.object { json in
                    json.field("kind", document.kind.rawValue)
                    json.field("number", document.canonical)
                    json.field("display", document.formatted)
                }
            }
        }
    }

    private var find: Operation {
        Operation(
            method: .get,
            path: "/contracts",
            id: "findContracts",
            tag: "customers",
            summary: "Contracts by the beginning of their number or by whose they are; a few, to choose from.",
            who: [.program(.customersRead), .staff(.technician)],
            parameters: [.init(name: "q", schema: .string(maximum: 200), about: "What to look for.")],
            answer: .list("NamedContract")
        ) { ask in
            let views = try await views(ask)
            // A covered number cannot be chosen; one that was said whole is no secret of the record's any more.
            let found = try await customers.contracts(matching: ask.query("q") ?? "").filter { contract in
                views.of(contract.customerID).isOpen || contract.isSaid
            }
            return .list(found) { json, contract in
                json.object { json in
                    json.field("number", contract.number)
                    json.field("title", contract.title)
                    json.field("customer", contract.customer)
                }
            }
        }
    }

    private var update: Operation {
        Operation(
            method: .patch,
            path: "/customers/{id}",
            id: "updateCustomer",
            tag: "customers",
            summary: "Changes a customer's own data; what is not named stays, null empties it.",
            who: [.program(.customersWrite), .staff(.technician)],
            revisions: .taken,
            body: .json("CustomerChange"),
            answer: .one("Customer"),
            problems: [.notFound, .conflict]
        ) { ask in
            let id = try ask.id()
            let body = try ask.fields()
            let change = CustomerBody.change(body)
            let copy = try StaleCopy(ask, body)
            try body.finish()
            let view = try await views(ask).of(id)
            let customer = try await copy.change {
                try await customers.update(id, revision: copy.revision, by: ask.actor, change)
            } current: {
                guard let now = try await customers.find(id) else { throw Problem.notFound }
                var json = JSONWriter()
                json.write(now, view)
                return json.bytes
            }
            return .one(revision: customer.revision) { $0.write(customer, view) }
        }
    }

    func views(_ ask: Ask) async throws -> RecordViews {
        try await RecordViews(attendances, for: ask.caller)
    }
}
