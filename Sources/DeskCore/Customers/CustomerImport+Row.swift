extension CustomerDirectory {
    /// Takes one line of a file: checks it against what is there before anything is written, so that a refused line leaves
    /// nothing behind and its batch goes on.
    func take(_ row: ImportRow, by actor: AuditActor, in session: any SQLSession) throws(CustomerError) -> ImportOutcome
    {
        let there = try Self.storing { () throws(StoreError) in try existing(row, in: session) }
        var checks = CustomerChecks(region: region)
        try judge(row, there, &checks, in: session)
        if !checks.faults.isEmpty { return .refused(checks.faults.map(row.refusal)) }
        guard let there else {
            let customer = try insert(row.customer, by: actor, in: session)
            _ = try put(row, customer, contacts: [], phones: [], contract: nil, by: actor, in: session)
            return .created
        }
        var isChanged = try change(there.customer, row, by: actor, in: session)
        isChanged =
            try put(
                row,
                there.customer,
                contacts: there.contacts,
                phones: there.phones,
                contract: there.contract,
                by: actor,
                in: session
            ) || isChanged
        return isChanged ? .updated : .unchanged
    }

    private struct There {
        var customer: Customer
        var contacts: [Contact]
        var phones: [Phone]
        /// The contract of the line's number, whoever has it.
        var contract: Contract?
    }

    /// The customer the line is about.
    private func existing(_ row: ImportRow, in session: any SQLSession) throws(StoreError) -> There? {
        let contract = try row.contract.flatMap { checked throws(StoreError) in
            try self.contract(number: checked.number, in: session)
        }
        guard let customer = try match(row, contract, in: session) else { return nil }
        return There(
            customer: customer,
            contacts: try contacts(of: customer.id, in: session),
            phones: try phones(of: customer.id, in: session),
            contract: contract
        )
    }

    private func match(
        _ row: ImportRow,
        _ contract: Contract?,
        in session: any SQLSession
    ) throws(StoreError) -> Customer? {
        if let document = row.customer.document {
            if let customer = try find(document: document, in: session) { return customer }
        }
        if let contract, let customer = try unmerged(contract.customerID, row, in: session) { return customer }
        if let email = row.contact?.email, let contact = try contact(email: email, in: session),
            let customer = try unmerged(contact.customerID, row, in: session)
        {
            return customer
        }
        for number in row.phones {
            for phone in try registered(number, in: session) {
                guard let customer = try unmerged(phone.customerID, row, in: session) else { continue }
                if Self.searchable(customer.name) == Self.searchable(row.customer.name) { return customer }
            }
        }
        return nil
    }

    /// The record, unless it was merged or has another document than the line: then it is somebody else.
    private func unmerged(_ id: Int64, _ row: ImportRow, in session: any SQLSession) throws(StoreError) -> Customer? {
        guard let customer = try find(id, in: session), customer.mergedInto == nil else { return nil }
        if let given = row.customer.document, let own = customer.document, given != own { return nil }
        return customer
    }

    /// Faults what belongs to somebody else, and what would be too much.
    private func judge(
        _ row: ImportRow,
        _ there: There?,
        _ checks: inout CustomerChecks,
        in session: any SQLSession
    ) throws(CustomerError) {
        if let email = row.contact?.email {
            let owner = try Self.storing { () throws(StoreError) in try self.contact(email: email, in: session) }
            if let owner, owner.customerID != there?.customer.id { checks.fault(.email, .taken) }
        }
        if let checked = row.contract {
            let owner = try Self.storing { () throws(StoreError) in try contract(number: checked.number, in: session) }
            if let owner, owner.customerID != there?.customer.id { checks.fault(.contractNumber, .taken) }
            let isCut = try Self.storing { () throws(StoreError) in
                try hasContract(withZerosBefore: checked.number, in: session)
            }
            if owner == nil, isCut { checks.fault(.contractNumber, .zerosMissing) }
        }
        let phones = (there?.phones.count ?? 0) + fresh(row, there?.phones ?? []).count
        if phones > CustomerLimits.phones { checks.fault(.phone, .tooMany) }
        if let there, there.contacts.count >= CustomerLimits.contacts, contact(of: row, among: there.contacts) == nil {
            checks.fault(.contact, .tooMany)
        }
    }

    private func fresh(_ row: ImportRow, _ phones: [Phone]) -> [PhoneNumber] {
        var fresh: [PhoneNumber] = []
        for number in row.phones where !fresh.contains(where: { $0.lookup == number.lookup }) {
            let known = phones.first { number.lookupVariants.contains($0.lookup) }
            // What somebody gave as theirs on the portal is confirmed by the list.
            if known?.isConfirmed != true { fresh.append(number) }
        }
        return fresh
    }

    /// The contact the line means: by address, else by name.
    private func contact(of row: ImportRow, among contacts: [Contact]) -> Contact? {
        guard let checked = row.contact else { return nil }
        let active = contacts.filter(\.isActive)
        if let email = checked.email?.canonical, let known = active.first(where: { $0.email == email }) { return known }
        // A line that names nobody means whoever is there.
        if !row.namesContact, let known = active.first(where: { checked.email == nil || $0.email == nil }) {
            return known
        }
        let name = Self.searchable(checked.name)
        // A second address under one name is a second person, unless the first has none yet.
        return active.first { Self.searchable($0.name) == name && ($0.email == nil || checked.email == nil) }
    }

    /// Changes the customer's own data where the line says something else.
    private func change(
        _ customer: Customer,
        _ row: ImportRow,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Bool {
        var draft = CustomerDraft(customer)
        draft.name = row.customer.name
        if row.hasKind { draft.kind = row.customer.kind }
        if let document = row.customer.document { draft.document = document.canonical }
        draft.address = row.customer.address ?? customer.address
        draft.notes = row.customer.notes ?? customer.notes
        if draft == CustomerDraft(customer) { return false }
        _ = try update(customer, draft, by: actor, in: session)
        return true
    }

    /// Adds or changes contact, phones and contract.
    ///
    /// - Returns: whether anything was written.
    private func put(
        _ row: ImportRow,
        _ customer: Customer,
        contacts: [Contact],
        phones: [Phone],
        contract: Contract?,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Bool {
        var isChanged = false
        if let checked = row.contact {
            if let known = contact(of: row, among: contacts) {
                isChanged = try change(known, checked, row, by: actor, in: session)
            } else {
                _ = try insert(checked, customerID: customer.id, by: actor, in: session)
                isChanged = true
            }
        }
        for number in fresh(row, phones) {
            let label = row.labels[number.lookup]
            if let claimed = phones.first(where: { number.lookupVariants.contains($0.lookup) }) {
                _ = try confirm(claimed, nil, label, by: actor, in: session)
            } else {
                _ = try insert(number, customer.id, nil, label, by: actor, in: session)
            }
            isChanged = true
        }
        if let checked = row.contract {
            if let contract {
                isChanged = try change(contract, checked, row, by: actor, in: session) || isChanged
            } else {
                _ = try insert(checked, customerID: customer.id, by: actor, in: session)
                isChanged = true
            }
        }
        return isChanged
    }

    private func change(
        _ contact: Contact,
        _ checked: CheckedContact,
        _ row: ImportRow,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Bool {
        let draft = ContactDraft(
            name: row.namesContact ? checked.name : contact.name,
            email: checked.email?.canonical ?? contact.email,
            role: checked.role ?? contact.role,
            language: checked.language ?? contact.language,
            allowsDepartmental: true
        )
        if draft.name == contact.name, draft.email == contact.email, draft.role == contact.role,
            draft.language == contact.language
        {
            return false
        }
        _ = try updateContact(contact.id, by: actor, in: session) { $0 = draft }
        return true
    }

    private func change(
        _ contract: Contract,
        _ checked: CheckedContract,
        _ row: ImportRow,
        by actor: AuditActor,
        in session: any SQLSession
    ) throws(CustomerError) -> Bool {
        let draft = ContractDraft(
            number: contract.number,
            title: checked.title.isEmpty ? contract.title : checked.title,
            isActive: contract.isActive,
            hasSMS: row.hasSMS ? checked.hasSMS : contract.hasSMS,
            sections: checked.sections.isEmpty ? contract.sections : checked.sections,
            products: checked.products.isEmpty ? contract.products : checked.products,
            startsAt: contract.startsAt,
            endsAt: contract.endsAt
        )
        if draft.title == contract.title, draft.hasSMS == contract.hasSMS, draft.sections == contract.sections,
            draft.products == contract.products
        {
            return false
        }
        _ = try updateContract(contract.id, by: actor, in: session) { $0 = draft }
        return true
    }
}
