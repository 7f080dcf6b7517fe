/// A customer's data after its checks: clean, canonical, within bounds.
struct CheckedCustomer: Sendable {
    let kind: Customer.Kind
    let name: String
    let document: Document?
    let address: String?
    let notes: String?
    let origin: String
}

/// A contact's data after its checks.
struct CheckedContact: Sendable {
    let name: String
    let email: EmailAddress?
    let role: String?
    let language: Language?
    let needsAdministrator: Bool
}

/// A contract's data after its checks.
struct CheckedContract: Sendable {
    let number: String
    let title: String
    let isActive: Bool
    let hasSMS: Bool
    let sections: [String]
    let products: [String]
    let startsAt: Moment?
    let endsAt: Moment?
}

/// Checks what forms and files say, gathering every fault instead of stopping at the first.
struct CustomerChecks {
    let region: Region
    private(set) var faults: [CustomerFault] = []

    init(region: Region) { self.region = region }

    /// Ends with the faults found, if there are any.
    func finish() throws(CustomerError) {
        if !faults.isEmpty { throw .refused(faults) }
    }

    mutating func fault(_ field: CustomerField, _ code: CustomerFault.Code) {
        let fault = CustomerFault(field, code)
        if !faults.contains(fault) { faults.append(fault) }
    }

    mutating func customer(_ draft: CustomerDraft) -> CheckedCustomer {
        CheckedCustomer(
            kind: draft.kind,
            name: required(draft.name, .name, longest: TextLimits.name),
            document: document(draft.document),
            address: optionalProse(draft.address, .address, longest: TextLimits.address),
            notes: optionalProse(draft.notes, .notes, longest: TextLimits.notes),
            origin: CleanText.shortened(draft.origin, to: 40)
        )
    }

    mutating func contact(_ draft: ContactDraft) -> CheckedContact {
        let email = email(draft.email, allowsDepartmental: draft.allowsDepartmental)
        return CheckedContact(
            name: required(draft.name, .contactName, longest: TextLimits.name),
            email: email,
            role: optional(draft.role, .role, longest: TextLimits.line),
            language: draft.language,
            needsAdministrator: email?.isDepartmental ?? false
        )
    }

    /// A number that can be registered.
    mutating func phone(_ raw: String) -> PhoneNumber? {
        if (CleanText.line(raw, longest: DialledText.longest) ?? " ").isEmpty {
            fault(.phone, .missing)
            return nil
        }
        guard let number = PhoneNumber.parse(raw, region: region) else {
            fault(.phone, SpreadsheetText.isRounded(raw) ? .rounded : .invalid)
            return nil
        }
        guard number.isComplete else {
            // A subscriber's number without its area code can be completed by asking; anything else cannot.
            fault(.phone, number.kind == .mobile || number.kind == .fixed ? .incomplete : .invalid)
            return nil
        }
        return number
    }

    mutating func contract(_ draft: ContractDraft) -> CheckedContract {
        if let starts = draft.startsAt, let ends = draft.endsAt, ends <= starts { fault(.contractPeriod, .invalid) }
        return CheckedContract(
            number: required(draft.number, .contractNumber, longest: CustomerLimits.number),
            title: optional(draft.title, .contractTitle, longest: TextLimits.line) ?? "",
            isActive: draft.isActive,
            hasSMS: draft.hasSMS,
            sections: list(draft.sections, .sections),
            products: list(draft.products, .products),
            startsAt: draft.startsAt,
            endsAt: draft.endsAt
        )
    }

    mutating func label(_ raw: String?) -> String? { optional(raw, .label, longest: CustomerLimits.number) }

    // MARK: - Fields

    private mutating func document(_ raw: String?) -> Document? {
        guard let raw, CleanText.line(raw, longest: DocumentText.longest)?.isEmpty != true else { return nil }
        // Either kind of customer may have either kind: sole traders have a CNPJ, farms work under a CPF.
        let document = Document(raw, region: region)
        if document == nil {
            let isShort = Document.completingZeros(raw, region: region, most: 11) != nil
            fault(.document, isShort ? .zerosMissing : SpreadsheetText.isRounded(raw) ? .rounded : .invalid)
        }
        return document
    }

    private mutating func email(_ raw: String?, allowsDepartmental: Bool) -> EmailAddress? {
        guard let raw, CleanText.line(raw, longest: 2 * EmailAddress.longest)?.isEmpty != true else { return nil }
        guard let email = WrittenAddress(raw)?.address else {
            fault(.email, WrittenAddress.areSeveral(raw) ? .several : .invalid)
            return nil
        }
        if email.isDepartmental, !allowsDepartmental { fault(.email, .departmental) }
        return email
    }

    private mutating func required(_ raw: String, _ field: CustomerField, longest: Int) -> String {
        guard let text = CleanText.line(raw, longest: longest) else {
            fault(field, .tooLong)
            return ""
        }
        if text.isEmpty { fault(field, .missing) }
        return text
    }

    private mutating func optional(_ raw: String?, _ field: CustomerField, longest: Int) -> String? {
        guard let raw else { return nil }
        guard let text = CleanText.line(raw, longest: longest) else {
            fault(field, .tooLong)
            return nil
        }
        return text.isEmpty ? nil : text
    }

    private mutating func optionalProse(_ raw: String?, _ field: CustomerField, longest: Int) -> String? {
        guard let raw else { return nil }
        guard let text = CleanText.prose(raw, longest: longest) else {
            fault(field, .tooLong)
            return nil
        }
        return text.isEmpty ? nil : text
    }

    private mutating func list(_ raw: [String], _ field: CustomerField) -> [String] {
        guard raw.count <= CustomerLimits.contractList else {
            fault(field, .tooMany)
            return []
        }
        var seen: Set<String> = []
        var list: [String] = []
        for item in raw {
            guard let text = optional(item, field, longest: TextLimits.line) else { continue }
            if seen.insert(text).inserted { list.append(text) }
        }
        return list
    }
}
