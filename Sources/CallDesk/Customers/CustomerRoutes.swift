import DeskCore
import HTTPTypes
import Hummingbird

/// Changing customers from their pages; the desk's own checks say what is wrong with a field.
struct CustomerRoutes: Sendable {
    let app: App

    private var customers: CustomerDirectory { app.customers }

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.post("/desk/api/customers") { request, context -> Response in try await register(request, context) }
        group.patch("/desk/api/customers/:id") { request, context -> Response in try await change(request, context) }
        group.post("/desk/api/customers/:id/contacts") { request, context -> Response in
            let body = try FieldReader(await request.json())
            let draft = Self.contact(body, context)
            try body.finish()
            let contact = try await customers.addContact(draft, to: context.id("id"), by: context.actor)
            return .one(.created) { $0.write(contact) }
        }
        group.put("/desk/api/customers/:id/contacts/:contact") { request, context -> Response in
            let body = try FieldReader(await request.json())
            let draft = Self.contact(body, context)
            try body.finish()
            let contact = try await customers.updateContact(own(context), draft, by: context.actor)
            return .one { $0.write(contact) }
        }
        group.delete("/desk/api/customers/:id/contacts/:contact") { _, context -> Response in
            try await customers.removeContact(own(context), by: context.actor)
            return Response(status: .noContent)
        }
        group.post("/desk/api/customers/:id/phones") { request, context -> Response in
            let body = try FieldReader(await request.json())
            let number = body.text("number", maximum: 40, required: true) ?? ""
            let label = body.text("label", maximum: 60)
            let fillsBack = body.bool("backfill") ?? false
            try body.finish()
            let phone = try await customers.addPhone(
                number,
                to: context.id("id"),
                label: label,
                backfill: fillsBack,
                by: context.actor
            )
            return .one(.created) { $0.write(phone, region: app.region) }
        }
        group.delete("/desk/api/customers/:id/phones/:phone") { _, context -> Response in
            try await customers.removePhone(context.id("phone"), of: context.id("id"), by: context.actor)
            return Response(status: .noContent)
        }
        group.post("/desk/api/customers/:id/contracts") { request, context -> Response in
            try context.need(.supervisor)
            let body = try FieldReader(await request.json())
            let draft = CustomerBody.contract(body)
            try body.finish()
            let contract = try await customers.addContract(draft, to: context.id("id"), by: context.actor)
            return .one(.created) { $0.write(contract) }
        }
        group.put("/desk/api/customers/:id/contracts/:contract") { request, context -> Response in
            try context.need(.supervisor)
            let body = try FieldReader(await request.json())
            var draft = CustomerBody.contract(body)
            try body.finish()
            let id = try context.id("contract")
            let contracts = try await customers.contracts(of: context.id("id"))
            guard let before = contracts.first(where: { $0.id == id }) else { throw Problem.notFound }
            // The page does not show the term; it stays as it is.
            draft.startsAt = draft.startsAt ?? before.startsAt
            draft.endsAt = draft.endsAt ?? before.endsAt
            let contract = try await customers.updateContract(id, draft, by: context.actor)
            return .one { $0.write(contract) }
        }
    }

    private func register(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let kind = body.choice("kind", Customer.Kind.self) ?? .person
        let name = body.text("name", maximum: 500, required: true) ?? ""
        let person = body.text("person", maximum: 500)
        let email = body.text("email", maximum: 254)
        let document = body.text("document", maximum: 40)
        let phone = body.text("number", maximum: 40)
        try body.finish()
        let isAlone = kind == .company && person == nil && email == nil
        let registration = CustomerRegistration(
            customer: CustomerDraft(kind: kind, name: name, document: document),
            contact: isAlone ? nil : ContactDraft(name: person ?? name, email: email),
            phones: [phone].compactMap { $0 }
        )
        let made = try await customers.register(registration, by: context.actor)
        return .one(.created) { json in json.object { $0.field("id", made.customer.id) } }
    }

    private func change(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let id = try context.id("id")
        let value = try await request.json()
        let body = try FieldReader(value)
        guard let current = try await customers.find(id) else { throw Problem.notFound }
        var draft = CustomerDraft(current)
        CustomerBody.change(&draft, body, members: value.object ?? [:])
        try body.finish()
        let customer = try await customers.update(id, draft, by: context.actor)
        return .one { $0.write(customer) }
    }

    /// A contact of the customer in the path; another's is none here.
    private func own(_ context: SignedInContext) async throws -> Int64 {
        let id = try context.id("contact")
        guard try await customers.contact(id)?.customerID == context.id("id") else { throw Problem.notFound }
        return id
    }

    private static func contact(_ body: FieldReader, _ context: SignedInContext) -> ContactDraft {
        var draft = CustomerBody.contact(body)
        // Only an administrator may register a department's address (E6), and has to say so.
        let wants = body.bool("departmental") ?? false
        draft.allowsDepartmental = wants && context.account.role >= .administrator
        return draft
    }
}
