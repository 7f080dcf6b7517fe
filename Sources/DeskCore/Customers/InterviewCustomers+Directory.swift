extension InterviewCustomers {
    /// The interview's customers in the desk's database.
    ///
    /// `actor` is who the audit trail names for registrations: the desk itself, as several technicians share an interview.
    public static func directory(
        _ directory: CustomerDirectory,
        actor: AuditActor = .system("interview")
    ) -> InterviewCustomers {
        InterviewCustomers(
            candidates: { number in try await directory.candidates(number) },
            search: { query in try await directory.candidates(query) },
            register: { request in try await register(request, in: directory, by: actor) },
            verify: { request in try await directory.verifies(request.query, customerID: request.customerID) },
            renewed: { known in try await directory.renewed(known) }
        )
    }

    private static func register(
        _ request: RegistrationRequest,
        in directory: CustomerDirectory,
        by actor: AuditActor
    ) async throws -> Result<Candidate, RegistrationRefusal> {
        let person = request.person ?? (request.kind == .person ? request.name : nil)
        // An address needs a person; a company's without one goes under the company's name.
        let contact = (person ?? (request.email == nil ? nil : request.name)).map {
            ContactDraft(name: $0, email: request.email, language: request.language)
        }
        let registration = CustomerRegistration(
            customer: CustomerDraft(
                kind: request.kind == .company ? .company : .person,
                name: request.name,
                document: request.document
            ),
            contact: contact,
            phones: [request.phone].compactMap(\.self),
            key: request.key
        )
        do {
            let made = try await directory.register(registration, by: actor)
            guard let card = try await directory.card(made.customer.id) else {
                return .failure(RegistrationRefusal(fault: PromptFault(.notRegistered), prompt: nil))
            }
            var candidate = Candidate(card, contactID: made.contact?.id, region: directory.region)
            candidate.reasons = [.registered]
            candidate.score = CandidateReason.registered.points
            return .success(candidate)
        } catch CustomerError.refused(let faults) {
            return .failure(refusal(faults))
        }
    }

    /// The first fault in the interview's own words, at the question to answer again.
    private static func refusal(_ faults: [CustomerFault]) -> RegistrationRefusal {
        for fault in faults {
            switch (fault.field, fault.code) {
            case (.document, .taken): return .init(fault: PromptFault(.documentTaken), prompt: .registerDocument)
            case (.document, _): return .init(fault: PromptFault(.notADocument), prompt: .registerDocument)
            case (.email, .taken): return .init(fault: PromptFault(.emailTaken), prompt: .registerEmail)
            case (.email, .departmental), (.email, .notAllowed):
                return .init(fault: PromptFault(.departmentalEmail), prompt: .registerEmail)
            case (.email, _): return .init(fault: PromptFault(.notAnEmail), prompt: .registerEmail)
            case (.phone, _): return .init(fault: PromptFault(.notAPhone), prompt: .registerPhone)
            case (.name, .tooLong):
                return .init(fault: PromptFault(.tooLong, limit: TextLimits.name), prompt: .registerName)
            case (.name, _): return .init(fault: PromptFault(.required), prompt: .registerName)
            case (.contactName, _): return .init(fault: PromptFault(.required), prompt: .registerPerson)
            default: continue
            }
        }
        return RegistrationRefusal(fault: PromptFault(.notRegistered), prompt: nil)
    }
}
