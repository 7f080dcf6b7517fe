import DeskCore
import HTTPTypes
import Hummingbird

/// A customer's people, phones and contracts.
extension CustomerOperations {
    var people: [Operation] {
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

    var contactChanges: [Operation] {
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

    var phones: [Operation] {
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

    var contracts: [Operation] {
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

    var contractChanges: [Operation] {
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
