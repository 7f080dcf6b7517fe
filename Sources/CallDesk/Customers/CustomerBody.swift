import DeskCore

/// What bodies say about customers, read into the desk's own forms; the desk checks them.
enum CustomerBody {
    static func registration(_ body: FieldReader) -> CustomerRegistration {
        let kind = body.choice("kind", Customer.Kind.self) ?? .person
        let name = body.text("name", maximum: 500, required: true) ?? ""
        let customer = CustomerDraft(
            kind: kind,
            name: name,
            document: body.text("document", maximum: 40),
            address: body.text("address", maximum: 2000),
            notes: body.text("notes"),
            origin: "api"
        )
        return CustomerRegistration(
            customer: customer,
            contact: body.object("contact").map { contact($0, unnamed: name) },
            phones: body.texts("phones", most: CustomerLimits.phones, maximum: 40) ?? []
        )
    }

    /// Puts what a body names over what is there; a member that is null empties its field.
    static func change(_ draft: inout CustomerDraft, _ body: FieldReader, members: [String: JSONValue]) {
        if let kind = body.choice("kind", Customer.Kind.self) { draft.kind = kind }
        if let name = body.text("name", maximum: 500) { draft.name = name }
        let document = body.text("document", maximum: 40)
        let address = body.text("address", maximum: 2000)
        let notes = body.text("notes")
        if members["document"] != nil { draft.document = document }
        if members["address"] != nil { draft.address = address }
        if members["notes"] != nil { draft.notes = notes }
    }

    /// A person who speaks for a customer; only an administrator may register a department's address (E6), and says so.
    static func contact(_ body: FieldReader, by caller: Caller) -> ContactDraft {
        var draft = contact(body)
        let wants = body.bool("departmental") ?? false
        draft.allowsDepartmental = wants && caller.isStaff(.administrator)
        return draft
    }

    /// `unnamed`: the name of one that gives none; nil where it must.
    static func contact(_ body: FieldReader, unnamed: String? = nil) -> ContactDraft {
        ContactDraft(
            name: body.text("name", maximum: 500, required: unnamed == nil) ?? unnamed ?? "",
            email: body.text("email", maximum: 254),
            role: body.text("role", maximum: 200),
            language: body.choice("language", Language.self)
        )
    }

    static func contract(_ body: FieldReader) -> ContractDraft {
        ContractDraft(
            number: body.text("number", maximum: CustomerLimits.number, required: true) ?? "",
            title: body.text("title", maximum: 500, required: true) ?? "",
            isActive: body.bool("active") ?? true,
            hasSMS: body.bool("sms") ?? false,
            sections: body.texts("sections", most: CustomerLimits.contractList) ?? [],
            products: body.texts("products", most: CustomerLimits.contractList) ?? [],
            startsAt: body.time("starts_at"),
            endsAt: body.time("ends_at")
        )
    }
}
