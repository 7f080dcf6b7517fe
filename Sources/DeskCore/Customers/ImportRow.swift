/// One line of a customer file after its checks.
struct ImportRow: Sendable {
    let line: Int
    /// Where it ends, behind quoted line breaks.
    let lastLine: Int
    let customer: CheckedCustomer
    /// Columns that say nothing leave the record's own value.
    let hasKind: Bool
    let contact: CheckedContact?
    /// Whether the line names the contact itself, and not only an address.
    let namesContact: Bool
    let phones: [PhoneNumber]
    /// What the line says about a phone, by its canonical form.
    let labels: [String: String]
    let contract: CheckedContract?
    /// Whether the line says anything about SMS.
    let hasSMS: Bool
    let titles: [ImportColumn: String]
    /// What was mended while reading it.
    let mendings: [ImportMending]

    /// What tells this line's customer, contact and contract from every other line's.
    var identity: Int {
        var hasher = Hasher()
        hasher.combine(customer.document?.canonical)
        if customer.document == nil { hasher.combine(CustomerDirectory.searchable(customer.name)) }
        hasher.combine(contact?.email?.canonical)
        hasher.combine(contact.map { CustomerDirectory.searchable($0.name) })
        hasher.combine(contract?.number)
        // Without any of them the numbers are what makes two people of one name two.
        if customer.document == nil, contact?.email == nil, contract == nil { hasher.combine(phones.map(\.lookup)) }
        return hasher.finalize()
    }

    /// A refusal of this line, at the column the fault's field comes from.
    func refusal(_ fault: CustomerFault) -> ImportRefusal {
        ImportRefusal(
            line: line,
            through: lastLine,
            column: Self.column(of: fault.field).flatMap { titles[$0] },
            fault: .customer(fault)
        )
    }

    static func column(of field: CustomerField) -> ImportColumn? {
        switch field {
        case .name: .name
        case .kind: .kind
        case .document: .document
        case .address: .address
        case .notes: .notes
        case .contact, .contactName: .contact
        case .email: .email
        case .role: .role
        case .language: .language
        case .phone: .phone
        case .contract, .contractNumber, .contractPeriod: .contractNumber
        case .contractTitle: .contractTitle
        case .sections: .sections
        case .products: .products
        case .customer, .label, .reason: nil
        }
    }
}

/// Turns records into rows, telling everything that is wrong with a line at once.
struct ImportRowReader: Sendable {
    let header: ImportHeader
    let region: Region
    let allowsDepartmental: Bool

    func read(_ record: CSVRecord) -> Result<ImportRow, ImportRowFaults> {
        var refusals: [ImportRefusal] = []
        func refuse(_ title: String?, _ fault: ImportFault) {
            refusals.append(
                ImportRefusal(line: record.line, through: record.lastLine, column: title, fault: fault)
            )
        }
        if record.fields.dropFirst(header.columns.count).contains(where: { !$0.isEmpty }) {
            refuse(nil, .tooManyFields)
        }
        var checks = CustomerChecks(region: region)
        let documents = documents(record)
        let document = documents.first
        // Which of two is the customer's, nobody here knows.
        if documents.count > 1 { checks.fault(.document, .several) }
        let kind = kind(record, document)
        if case .failure = kind { refuse(header.title(.kind), .notAKind) }
        let customer = checks.customer(
            CustomerDraft(
                kind: (try? kind.get()) ?? guessedKind(document),
                name: text(.name, record) ?? "",
                document: document.map { $0.canonical ?? $0.text },
                address: text(.address, record),
                notes: text(.notes, record),
                origin: "import"
            )
        )
        let language = text(.language, record).map { Self.language($0) }
        if case .some(.none) = language { refuse(header.title(.language), .notALanguage) }
        let sms = text(.sms, record).map { Self.truth($0) }
        if case .some(.none) = sms { refuse(header.title(.sms), .notYesOrNo) }
        let contact = contactDraft(record, customer, language ?? nil).map { checks.contact($0) }
        var phones: [PhoneNumber] = []
        var labels: [String: String] = [:]
        for cell in header.values(.phone, of: record) {
            for entry in PhoneCell.entries(SpreadsheetText.digits(cell), region: region) {
                guard let phone = checks.phone(entry.number) else { continue }
                phones.append(phone)
                if let label = entry.label { labels[phone.lookup] = label }
            }
        }
        let contract = contractDraft(record, hasSMS: (sms ?? nil) ?? false).map { checks.contract($0) }
        var titles: [ImportColumn: String] = [:]
        for column in ImportColumn.allCases { titles[column] = header.title(column) }
        // The column it stands in, of those that may have it.
        if let document { titles[.document] = document.title }
        for fault in checks.faults {
            let isSecond = fault == CustomerFault(.document, .several)
            let title = isSecond ? documents.last?.title : ImportRow.column(of: fault.field).flatMap { titles[$0] }
            refuse(title, .customer(fault))
        }
        guard refusals.isEmpty else { return .failure(ImportRowFaults(refusals: refusals)) }
        return .success(
            ImportRow(
                line: record.line,
                lastLine: record.lastLine,
                customer: customer,
                hasKind: text(.kind, record) != nil,
                contact: contact,
                namesContact: text(.contact, record) != nil || nameInAddress(record, customer) != nil,
                phones: phones,
                labels: labels,
                contract: contract,
                hasSMS: sms != nil,
                titles: titles,
                mendings: document?.canonical == nil
                    ? [] : [ImportMending(line: record.line, column: titles[.document], kind: .zeros)]
            )
        )
    }

    private func text(_ column: ImportColumn, _ record: CSVRecord) -> String? { header.value(column, of: record) }

    /// A document as its cell means it; canonical when zeros in front had to be put back.
    private struct DocumentCell {
        var title: String
        var text: String
        var canonical: String?
    }

    /// What stands in the columns for a document, each document once.
    private func documents(_ record: CSVRecord) -> [DocumentCell] {
        var seen: Set<String> = []
        return header.cells(.document, of: record).map { cell in
            let text = SpreadsheetText.digits(cell.value)
            let canonical = Document.completingZeros(text, region: region)?.canonical
            return DocumentCell(title: cell.title, text: text, canonical: canonical)
        }.filter { cell in
            seen.insert(cell.canonical ?? Document(cell.text, region: region)?.canonical ?? cell.text).inserted
        }
    }

    private func contactDraft(_ record: CSVRecord, _ customer: CheckedCustomer, _ language: Language?) -> ContactDraft?
    {
        let email = text(.email, record)
        let named = text(.contact, record)
        // A person speaks for themselves; a company's address without a person goes under the company's name.
        guard named != nil || email != nil || customer.kind == .person else { return nil }
        return ContactDraft(
            name: named ?? nameInAddress(record, customer) ?? customer.name,
            email: email,
            role: text(.role, record),
            language: language,
            allowsDepartmental: allowsDepartmental
        )
    }

    /// The name before an address, `Ana <ana@example.com>`, unless it is the customer's own or a part of that.
    private func nameInAddress(_ record: CSVRecord, _ customer: CheckedCustomer) -> String? {
        guard let name = text(.email, record).flatMap({ WrittenAddress($0)?.name }) else { return nil }
        let isOwn = CustomerDirectory.matches(
            CustomerDirectory.searchable(customer.name),
            CustomerDirectory.searchable(name)
        )
        return isOwn ? nil : name
    }

    private func contractDraft(_ record: CSVRecord, hasSMS: Bool) -> ContractDraft? {
        text(.contractNumber, record).map { number in
            ContractDraft(
                number: number,
                title: text(.contractTitle, record) ?? "",
                hasSMS: hasSMS,
                sections: list(.sections, record),
                products: list(.products, record)
            )
        }
    }

    /// Several values of one field stand apart by a bar, a semicolon or a line break.
    private func list(_ column: ImportColumn, _ record: CSVRecord) -> [String] {
        (text(column, record) ?? "").split { "|;\n\r".contains($0) }.map(String.init)
    }

    private func kind(_ record: CSVRecord, _ document: DocumentCell?) -> Result<Customer.Kind, ImportRowFaults> {
        guard let text = text(.kind, record) else { return .success(guessedKind(document)) }
        switch TextFolding.fold(CleanText.shortened(text, to: 40)) {
        case "pessoa", "pessoa fisica", "pf", "fisica", "person", "singular", "pessoa singular", "f":
            return .success(.person)
        case "empresa", "pessoa juridica", "pj", "juridica", "company", "coletiva", "pessoa coletiva", "j":
            return .success(.company)
        default: return .failure(ImportRowFaults(refusals: []))
        }
    }

    /// Without a column of its own the document tells: a CNPJ, and a NIF that begins with 5 or 6, are organisations'.
    private func guessedKind(_ cell: DocumentCell?) -> Customer.Kind {
        guard let document = cell.flatMap({ Document($0.canonical ?? $0.text, region: region) }) else { return .person }
        switch document.kind {
        case .cpf: return .person
        case .cnpj: return .company
        case .nif: return document.canonical.hasPrefix("5") || document.canonical.hasPrefix("6") ? .company : .person
        }
    }

    private static func language(_ text: String) -> Language? {
        switch TextFolding.fold(CleanText.shortened(text, to: 40)) {
        case "pt-br", "pt", "portugues", "brasil": .ptBR
        case "pt-pt", "portugal": .ptPT
        case "en", "en-us", "en-gb", "ingles", "english": .en
        default: nil
        }
    }

    private static func truth(_ text: String) -> Bool? {
        switch TextFolding.fold(CleanText.shortened(text, to: 40)) {
        case "sim", "s", "yes", "y", "1", "true", "x", "ativo", "verdadeiro": true
        case "nao", "n", "no", "0", "false", "inativo", "falso", "-": false
        default: nil
        }
    }
}

/// Everything wrong with one line.
struct ImportRowFaults: Error, Sendable {
    let refusals: [ImportRefusal]
}
