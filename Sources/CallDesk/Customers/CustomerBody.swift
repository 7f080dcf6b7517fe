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

    /// What a body names of a customer, to be put over what is there; a member that is null empties its field.
    static func change(_ body: FieldReader) -> @Sendable (inout CustomerDraft) -> Void {
        let kind = body.choice("kind", Customer.Kind.self)
        let name = body.text("name", maximum: 500)
        let document = Named(body, "document") { body.text($0, maximum: 40) }
        let address = Named(body, "address") { body.text($0, maximum: 2000) }
        let notes = Named(body, "notes") { body.text($0) }
        return { draft in
            if let kind { draft.kind = kind }
            if let name { draft.name = name }
            document.put(into: &draft.document)
            address.put(into: &draft.address)
            notes.put(into: &draft.notes)
        }
    }

    /// What a body names of a person who speaks for a customer; of a whole one, what it does not name becomes empty.
    static func contactChange(
        _ body: FieldReader,
        isWhole: Bool,
        by caller: Caller
    ) -> @Sendable (inout ContactDraft) -> Void {
        let name = body.text("name", maximum: 500, required: isWhole)
        let email = Named(body, "email", isWhole: isWhole) { body.text($0, maximum: 254) }
        let role = Named(body, "role", isWhole: isWhole) { body.text($0, maximum: 200) }
        let language = body.choice("language", Language.self)
        let wants = body.bool("departmental") ?? false
        let allows = wants && caller.isStaff(.administrator)
        return { draft in
            if let name { draft.name = name }
            email.put(into: &draft.email)
            role.put(into: &draft.role)
            // There is no contact without a language: none named leaves it.
            if let language { draft.language = language }
            draft.allowsDepartmental = allows
        }
    }

    /// What a body names of a contract; of a whole one, what it does not name becomes empty.
    static func contractChange(_ body: FieldReader, isWhole: Bool) -> @Sendable (inout ContractDraft) -> Void {
        let number = body.text("number", maximum: CustomerLimits.number, required: isWhole)
        let title = body.text("title", maximum: 500, required: isWhole)
        let active = body.bool("active") ?? (isWhole ? true : nil)
        let sms = body.bool("sms") ?? (isWhole ? false : nil)
        let sections = Named(body, "sections", isWhole: isWhole) {
            body.texts($0, most: CustomerLimits.contractList)
        }
        let products = Named(body, "products", isWhole: isWhole) {
            body.texts($0, most: CustomerLimits.contractList)
        }
        let starts = Named(body, "starts_at", isWhole: isWhole) { body.time($0) }
        let ends = Named(body, "ends_at", isWhole: isWhole) { body.time($0) }
        return { draft in
            if let number { draft.number = number }
            if let title { draft.title = title }
            if let active { draft.isActive = active }
            if let sms { draft.hasSMS = sms }
            sections.put(into: &draft.sections)
            products.put(into: &draft.products)
            starts.put(into: &draft.startsAt)
            ends.put(into: &draft.endsAt)
        }
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
