import DeskCore
import HTTPTypes
import Hummingbird

/// Customers, their people, phones and contracts.
struct CustomerEndpoints: Sendable {
    let customers: CustomerDirectory

    private var region: Region { customers.region }

    var all: [Endpoint] { [list, create, show, update] + people + phones + contracts }

    private var list: Endpoint {
        Endpoint(
            method: .get,
            path: "/customers",
            id: "listCustomers",
            tag: "customers",
            summary: "Customers in order of registration, or those that fit a search, best first.",
            scope: .customersRead,
            parameters: [
                .after, .limit,
                .init(
                    name: "q",
                    schema: .string(maximum: 200),
                    about: "Words of a name, a document, an e-mail address or a phone; accents do not matter."
                ),
            ],
            answer: .page("Customer")
        ) { request, _ in
            let page = try PageQuery(request)
            var found: [Customer]
            var next: Int64?
            if let words = request.query("q") {
                guard words.unicodeScalars.count <= 200 else { throw Problem.invalid("q", FieldText.longest(200)) }
                found = try await customers.search(words, limit: min(page.limit, CustomerLimits.hits))
            } else {
                found = try await customers.list(after: page.after, limit: page.limit)
                next = found.count == page.limit ? found.last?.id : nil
            }
            return .page(found, next: next) { $0.write($1) }
        }
    }

    private var create: Endpoint {
        Endpoint(
            method: .post,
            path: "/customers",
            id: "createCustomer",
            tag: "customers",
            summary: "Registers a customer, with the person who speaks for it and its phones.",
            scope: .customersWrite,
            parameters: [.idempotencyKey],
            body: .json("NewCustomer"),
            status: .created,
            answer: .one("Customer"),
            problems: [.conflict]
        ) { request, context in
            let body = try FieldReader(await request.json())
            var registration = CustomerBody.registration(body)
            try body.finish()
            registration.key = try IdempotencyKey(request)?.scoped(to: context.token)
            let made = try await customers.register(registration, by: context.actor)
            var json = JSONWriter()
            json.write(made.customer)
            var response = Response.json(.created, json)
            response.headers[.location] = "/api/v1/customers/\(made.customer.id)"
            return response
        }
    }

    private var show: Endpoint {
        Endpoint(
            method: .get,
            path: "/customers/{id}",
            id: "getCustomer",
            tag: "customers",
            summary: "A customer with people, phones, contracts and what is open.",
            scope: .customersRead,
            answer: .one("CustomerCard"),
            problems: [.notFound]
        ) { _, context in
            guard let card = try await customers.card(context.id()) else { throw Problem.notFound }
            return .one { $0.write(card, region: region) }
        }
    }

    private var update: Endpoint {
        Endpoint(
            method: .patch,
            path: "/customers/{id}",
            id: "updateCustomer",
            tag: "customers",
            summary: "Changes a customer's own data; what is not named stays, null empties it.",
            scope: .customersWrite,
            body: .json("CustomerChange"),
            answer: .one("Customer"),
            problems: [.notFound, .conflict]
        ) { request, context in
            let id = try context.id()
            let value = try await request.json()
            let body = try FieldReader(value)
            guard let current = try await customers.find(id) else { throw Problem.notFound }
            var draft = CustomerDraft(current)
            CustomerBody.change(&draft, body, members: value.object ?? [:])
            try body.finish()
            let customer = try await customers.update(id, draft, by: context.actor)
            return .one { $0.write(customer) }
        }
    }
}

// MARK: - People, phones, contracts

extension CustomerEndpoints {
    private var people: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/customers/{id}/contacts",
                id: "listContacts",
                tag: "customers",
                summary: "The people who speak for a customer.",
                scope: .customersRead,
                answer: .list("Contact"),
                problems: [.notFound]
            ) { _, context in
                let id = try await existing(context)
                return .list(try await customers.contacts(of: id)) { $0.write($1) }
            },
            Endpoint(
                method: .post,
                path: "/customers/{id}/contacts",
                id: "addContact",
                tag: "customers",
                summary: "Adds a person; e-mail addresses are unique and never a department's.",
                scope: .customersWrite,
                body: .json("NewContact"),
                status: .created,
                answer: .one("Contact"),
                problems: [.notFound, .conflict]
            ) { request, context in
                let body = try FieldReader(await request.json())
                let draft = CustomerBody.contact(body)
                try body.finish()
                let contact = try await customers.addContact(draft, to: context.id(), by: context.actor)
                return .one(.created) { $0.write(contact) }
            },
        ]
    }

    private var phones: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/customers/{id}/phones",
                id: "listPhones",
                tag: "customers",
                summary: "A customer's phones in the order they were added.",
                scope: .customersRead,
                answer: .list("Phone"),
                problems: [.notFound]
            ) { _, context in
                let id = try await existing(context)
                return .list(try await customers.phones(of: id)) { $0.write($1, region: region) }
            },
            Endpoint(
                method: .post,
                path: "/customers/{id}/phones",
                id: "addPhone",
                tag: "customers",
                summary: "Registers a phone, written as people write it.",
                scope: .customersWrite,
                body: .json("NewPhone"),
                status: .created,
                answer: .one("Phone"),
                problems: [.notFound, .conflict]
            ) { request, context in
                let body = try FieldReader(await request.json())
                let number = body.text("number", maximum: 40, required: true)
                let contactID = body.id("contact_id")
                let label = body.text("label", maximum: 60)
                try body.finish()
                let phone = try await customers.addPhone(
                    number ?? "",
                    to: context.id(),
                    contactID: contactID,
                    label: label,
                    by: context.actor
                )
                return .one(.created) { $0.write(phone, region: region) }
            },
            Endpoint(
                method: .delete,
                path: "/customers/{id}/phones/{phone}",
                id: "removePhone",
                tag: "customers",
                summary: "Takes a phone off a customer's record.",
                scope: .customersWrite,
                status: .noContent,
                answer: .nothing,
                problems: [.notFound]
            ) { _, context in
                try await customers.removePhone(context.id("phone"), of: context.id(), by: context.actor)
                return Response(status: .noContent)
            },
        ]
    }

    private var contracts: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/customers/{id}/contracts",
                id: "listContracts",
                tag: "customers",
                summary: "A customer's contracts, those in use first.",
                scope: .customersRead,
                answer: .list("Contract"),
                problems: [.notFound]
            ) { _, context in
                let id = try await existing(context)
                return .list(try await customers.contracts(of: id)) { $0.write($1) }
            },
            Endpoint(
                method: .post,
                path: "/customers/{id}/contracts",
                id: "addContract",
                tag: "customers",
                summary: "Adds a contract: the sections it opens, and whether SMS is part of it.",
                scope: .customersWrite,
                body: .json("NewContract"),
                status: .created,
                answer: .one("Contract"),
                problems: [.notFound, .conflict]
            ) { request, context in
                let body = try FieldReader(await request.json())
                let draft = CustomerBody.contract(body)
                try body.finish()
                let contract = try await customers.addContract(draft, to: context.id(), by: context.actor)
                return .one(.created) { $0.write(contract) }
            },
            Endpoint(
                method: .put,
                path: "/customers/{id}/contracts/{contract}",
                id: "updateContract",
                tag: "customers",
                summary: "Changes a contract; what is not named becomes empty.",
                scope: .customersWrite,
                body: .json("NewContract"),
                answer: .one("Contract"),
                problems: [.notFound, .conflict]
            ) { request, context in
                let body = try FieldReader(await request.json())
                let draft = CustomerBody.contract(body)
                try body.finish()
                let id = try context.id("contract")
                let own = try await customers.contracts(of: context.id()).contains { $0.id == id }
                guard own else { throw Problem.notFound }
                let contract = try await customers.updateContract(id, draft, by: context.actor)
                return .one { $0.write(contract) }
            },
        ]
    }

    private func existing(_ context: APIContext) async throws -> Int64 {
        let id = try context.id()
        guard try await customers.find(id) != nil else { throw Problem.notFound }
        return id
    }
}
