import DeskCore
import HTTPTypes
import Hummingbird

/// Customers, their people, phones and contracts.
struct CustomerOperations: OperationSet {
    let customers: CustomerDirectory
    let attendances: AttendanceDesk

    private var region: Region { customers.region }

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

    private func views(_ ask: Ask) async throws -> RecordViews {
        try await RecordViews(attendances, for: ask.caller)
    }
}

// MARK: - People, phones, contracts

extension CustomerOperations {
    private var people: [Operation] {
        [
            Operation(
                method: .get,
                path: "/customers/{id}/contacts",
                id: "listContacts",
                tag: "customers",
                summary: "The people who speak for a customer.",
                who: [.program(.customersRead), .staff(.technician)],
                answer: .list("Contact"),
                problems: [.notFound]
            ) { ask in
                let id = try await existing(ask)
                let view = try await views(ask).of(id)
                return .list(try await customers.contacts(of: id)) { $0.write($1, view) }
            },
            Operation(
                method: .post,
                path: "/customers/{id}/contacts",
                id: "addContact",
                tag: "customers",
                summary: "Adds a person; e-mail addresses are unique and never a department's.",
                who: [.program(.customersWrite), .staff(.technician)],
                body: .json("NewContact"),
                status: .created,
                answer: .one("Contact"),
                problems: [.notFound, .conflict]
            ) { ask in
                let body = try ask.fields()
                let draft = CustomerBody.contact(body, by: ask.caller)
                try body.finish()
                let contact = try await customers.addContact(draft, to: ask.id(), by: ask.actor)
                return .one(revision: contact.revision, .created) { $0.write(contact, .whole) }
            },
            Operation(
                method: .delete,
                path: "/customers/{id}/contacts/{contact}",
                id: "removeContact",
                tag: "customers",
                summary: "Takes a person off a customer's record.",
                who: [.program(.customersWrite), .staff(.technician)],
                status: .noContent,
                answer: .nothing
            ) { ask in
                try await customers.removeContact(own(ask), by: ask.actor)
                return Response(status: .noContent)
            },
        ]
    }

    private var contactChanges: [Operation] {
        [HTTPRequest.Method.patch, .put].map { method in
            let isWhole = method == .put
            return Operation(
                method: method,
                path: "/customers/{id}/contacts/{contact}",
                id: isWhole ? "replaceContact" : "updateContact",
                tag: "customers",
                summary: isWhole
                    ? "Writes a person's data anew; what is not named becomes empty."
                    : "Changes a person's data; what is not named stays, null empties it.",
                who: [.program(.customersWrite), .staff(.technician)],
                revisions: isWhole ? .needed : .taken,
                body: .json("ContactChange"),
                answer: .one("Contact"),
                problems: [.conflict]
            ) { ask in
                let id = try await own(ask)
                let body = try ask.fields()
                let change = CustomerBody.contactChange(body, isWhole: isWhole, by: ask.caller)
                let copy = try StaleCopy(ask, body, isWhole: isWhole)
                try body.finish()
                let view = try await views(ask).of(ask.id())
                let contact = try await copy.change {
                    try await customers.updateContact(id, revision: copy.revision, by: ask.actor, change)
                } current: {
                    guard let now = try await customers.contact(id) else { throw Problem.notFound }
                    var json = JSONWriter()
                    json.write(now, view)
                    return json.bytes
                }
                return .one(revision: contact.revision) { $0.write(contact, view) }
            }
        }
    }

    /// A contact of the customer in the path; another's is none here.
    private func own(_ ask: Ask) async throws -> Int64 {
        let id = try ask.id("contact")
        guard try await customers.contact(id)?.customerID == ask.id() else { throw Problem.notFound }
        return id
    }

    private var phones: [Operation] {
        [
            Operation(
                method: .get,
                path: "/customers/{id}/phones",
                id: "listPhones",
                tag: "customers",
                summary: "A customer's phones in the order they were added.",
                who: [.program(.customersRead), .staff(.technician)],
                answer: .list("Phone"),
                problems: [.notFound]
            ) { ask in
                let id = try await existing(ask)
                let view = try await views(ask).of(id)
                return .list(try await customers.phones(of: id)) { $0.write($1, view, region: region) }
            },
            Operation(
                method: .post,
                path: "/customers/{id}/phones",
                id: "addPhone",
                tag: "customers",
                summary: "Registers a phone, written as people write it.",
                who: [.program(.customersWrite), .staff(.technician)],
                body: .json("NewPhone"),
                status: .created,
                answer: .one("Phone"),
                problems: [.notFound, .conflict]
            ) { ask in
                let body = try ask.fields()
                let number = body.text("number", maximum: 40, required: true)
                let contactID = body.id("contact_id")
                let label = body.text("label", maximum: 60)
                let fillsBack = body.bool("backfill") ?? false
                try body.finish()
                let phone = try await customers.addPhone(
                    number ?? "",
                    to: ask.id(),
                    contactID: contactID,
                    label: label,
                    backfill: fillsBack,
                    by: ask.actor
                )
                return .one(.created) { $0.write(phone, .whole, region: region) }
            },
            Operation(
                method: .delete,
                path: "/customers/{id}/phones/{phone}",
                id: "removePhone",
                tag: "customers",
                summary: "Takes a phone off a customer's record.",
                who: [.program(.customersWrite), .staff(.technician)],
                status: .noContent,
                answer: .nothing,
                problems: [.notFound]
            ) { ask in
                try await customers.removePhone(ask.id("phone"), of: ask.id(), by: ask.actor)
                return Response(status: .noContent)
            },
        ]
    }

    private var contracts: [Operation] {
        [
            Operation(
                method: .get,
                path: "/customers/{id}/contracts",
                id: "listContracts",
                tag: "customers",
                summary: "A customer's contracts, those in use first.",
                who: [.program(.customersRead), .staff(.technician)],
                answer: .list("Contract"),
                problems: [.notFound]
            ) { ask in
                let id = try await existing(ask)
                let view = try await views(ask).of(id)
                return .list(try await customers.contracts(of: id)) { $0.write($1, view) }
            },
            Operation(
                method: .post,
                path: "/customers/{id}/contracts",
                id: "addContract",
                tag: "customers",
                summary: "Adds a contract: the sections it opens, and whether SMS is part of it.",
                who: [.program(.customersWrite), .staff(.supervisor)],
                body: .json("NewContract"),
                status: .created,
                answer: .one("Contract"),
                problems: [.notFound, .conflict]
            ) { ask in
                let body = try ask.fields()
                let draft = CustomerBody.contract(body)
                try body.finish()
                let contract = try await customers.addContract(draft, to: ask.id(), by: ask.actor)
                return .one(revision: contract.revision, .created) { $0.write(contract, .whole) }
            },
        ]
    }

    private var contractChanges: [Operation] {
        [HTTPRequest.Method.patch, .put].map { method in
            let isWhole = method == .put
            return Operation(
                method: method,
                path: "/customers/{id}/contracts/{contract}",
                id: isWhole ? "replaceContract" : "updateContract",
                tag: "customers",
                summary: isWhole
                    ? "Writes a contract anew; what is not named becomes empty."
                    : "Changes a contract; what is not named stays, null empties it.",
                who: [.program(.customersWrite), .staff(.supervisor)],
                revisions: isWhole ? .needed : .taken,
                body: .json("ContractChange"),
                answer: .one("Contract"),
                problems: [.notFound, .conflict]
            ) { ask in
                let body = try ask.fields()
                let change = CustomerBody.contractChange(body, isWhole: isWhole)
                let copy = try StaleCopy(ask, body, isWhole: isWhole)
                try body.finish()
                let id = try ask.id("contract")
                guard try await customers.contract(id)?.customerID == ask.id() else { throw Problem.notFound }
                let view = try await views(ask).of(ask.id())
                let contract = try await copy.change {
                    try await customers.updateContract(id, revision: copy.revision, by: ask.actor, change)
                } current: {
                    guard let now = try await customers.contract(id) else { throw Problem.notFound }
                    var json = JSONWriter()
                    json.write(now, view)
                    return json.bytes
                }
                return .one(revision: contract.revision) { $0.write(contract, view) }
            }
        }
    }

    private func existing(_ ask: Ask) async throws -> Int64 {
        let id = try ask.id()
        guard try await customers.find(id) != nil else { throw Problem.notFound }
        return id
    }
}
