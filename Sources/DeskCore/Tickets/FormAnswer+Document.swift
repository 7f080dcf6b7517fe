extension FieldKind {
    /// Whether the answer is a CPF, a CNPJ or a NIF, which is shown with stars.
    public var isDocument: Bool {
        switch self {
        case .cpf, .cnpj, .cpfOrCnpj, .nif: true
        case .text, .longText, .number, .money, .date, .time, .choice, .choices, .yesNo, .phone, .email, .cep, .address,
            .file, .secret:
            false
        }
    }
}

extension FormAnswer {
    /// Whether it holds a document, which staff and programs see with stars until they look.
    public var isDocument: Bool { kind.isDocument && !value.isEmpty }

    /// What staff and programs read: as people write it, a document with stars.
    public var shown: String { isDocument ? document?.masked ?? "•••" : display }

    /// The document it holds; nil for any other answer.
    public var document: Document? {
        switch kind {
        case .cpf: Document(value, kind: .cpf)
        case .cnpj: Document(value, kind: .cnpj)
        case .cpfOrCnpj: Document(value, kind: .cpf) ?? Document(value, kind: .cnpj)
        case .nif: Document(value, kind: .nif)
        case .text, .longText, .number, .money, .date, .time, .choice, .choices, .yesNo, .phone, .email, .cep, .address,
            .file, .secret:
            nil
        }
    }
}

extension TicketDirectory {
    /// The whole document of a ticket's answer; that it was looked at is in the audit trail.
    ///
    /// - Returns: nil when the ticket has no such answer, or one that holds no document.
    public func revealDocument(
        in field: String,
        of ticketID: Int64,
        by actor: AuditActor,
        at now: Moment
    ) async throws(StoreError) -> FormAnswer? {
        try await database.write { session in
            guard let ticket = try Self.find(ticketID, in: session),
                let answer = ticket.answers.first(where: { $0.fieldID == field }), answer.isDocument
            else { return nil }
            try AuditTrail.record(
                "ticket.document.look",
                subject: "ticket:\(ticketID)",
                by: actor,
                detail: field,
                at: now,
                in: session
            )
            return answer
        }
    }
}
