extension Interview {
    /// Every answer in order, each a link back to its question.
    var reviewLines: [ReviewLine] {
        var lines: [ReviewLine] = []
        for item in plan() {
            if item.id == .register || item.id == .verify { continue }
            if item.id == .identify {
                lines.append(
                    ReviewLine(
                        id: .identify,
                        stage: .identification,
                        label: LocalizedText("Cliente", en: "Customer")[draft.language],
                        display: customer?.name
                            ?? LocalizedText("não identificado", en: "unidentified")[draft.language],
                        canChange: true
                    )
                )
            } else if item.id == .topic, let topic {
                let path = catalogue.pathTitles(of: topic, in: draft.language) + [topic.title[draft.language]]
                lines.append(
                    ReviewLine(
                        id: .topic,
                        stage: .topic,
                        label: InterviewWording.sentence(.topic).label[draft.language],
                        display: path.joined(separator: " › "),
                        canChange: true
                    )
                )
                lines += calculatedLines
            } else {
                let shown = prompt(for: item.id)
                lines.append(
                    ReviewLine(
                        id: item.id,
                        stage: item.stage,
                        label: shown?.label ?? item.id.rawValue,
                        display: shown?.current ?? "",
                        canChange: true
                    )
                )
            }
        }
        return lines
    }

    private var calculatedLines: [ReviewLine] {
        formAnswers.filter { topic?.field($0.fieldID)?.calculate != nil }.map {
            ReviewLine(id: .field($0.fieldID), stage: .form, label: $0.label, display: $0.display, canChange: false)
        }
    }

    /// The e-mail address and the phones a confirmation goes to; no SMS is promised that the contract does not include.
    ///
    /// Stars stand in them until the caller has proved whose they are: the technician reads them out.
    var recipients: [String] {
        guard let customer else { return [] }
        let isOpen = IdentityRule.opensRecord(draft.identified?.level ?? .none)
        let phones =
            customer.smsState == .ready
            ? customer.smsPhones.map(checks.displayPhone).map { isOpen ? $0 : PhoneNumber.masked($0) } : []
        let email = customer.email.map { isOpen ? $0 : EmailAddress($0)?.masked ?? "•••" }
        return [email.map { "E-mail: \($0)" }].compactMap(\.self) + phones.map { "SMS: \($0)" }
    }

    /// What the technician should know before creating the ticket.
    var warnings: [String] {
        var warnings: [LocalizedText] = []
        let level = draft.identified?.level ?? .none
        if let topic, draft.linkTo == nil, level < topic.identity {
            warnings.append(
                LocalizedText(
                    "Este assunto pede identidade confirmada: o chamado será marcado como não verificado.",
                    ptPT: "Este assunto pede identidade confirmada: o pedido será marcado como não verificado.",
                    en: "This topic asks for a confirmed identity: the ticket will be marked as unverified."
                )
            )
        }
        guard let customer else {
            warnings.append(
                LocalizedText(
                    "Cliente não identificado: nenhuma confirmação será enviada. Leia o protocolo em voz alta.",
                    en: "Unidentified caller: no confirmation will be sent. Read the protocol number out."
                )
            )
            return warnings.map { $0[draft.language] }
        }
        switch customer.smsState {
        case .ready, .unknown: break
        case .contractWithoutSMS:
            warnings.append(
                LocalizedText(
                    "Sem SMS: o contrato não inclui o serviço.",
                    en: "No SMS: the contract does not include it."
                )
            )
        case .noMobile:
            warnings.append(
                LocalizedText(
                    "Sem SMS: nenhum celular cadastrado.",
                    ptPT: "Sem SMS: nenhum telemóvel registado.",
                    en: "No SMS: no mobile number is registered."
                )
            )
        }
        if customer.email == nil {
            warnings.append(
                LocalizedText(
                    "Sem e-mail cadastrado: a confirmação não irá por e-mail.",
                    ptPT: "Sem e-mail registado: a confirmação não seguirá por e-mail.",
                    en: "No e-mail address is registered: no confirmation will go by e-mail."
                )
            )
        }
        return warnings.map { $0[draft.language] }
    }

    /// The topic's answers, calculated ones too, in the form's order.
    var formAnswers: [FormAnswer] {
        guard let topic else { return [] }
        return productAnswer
            + topic.fields.compactMap { field in
                guard form.relevant.contains(field.id) else { return nil }
                let id = field.prompt
                let value: AnswerValue
                if field.calculate != nil {
                    value = .text(form.calculated[field.id] ?? "")
                } else if let stored = draft.answers[id]?.value {
                    value = stored
                } else {
                    return nil
                }
                if value.isEmpty { return nil }
                return FormAnswer(
                    fieldID: field.id,
                    kind: field.kind,
                    label: field.label[draft.language],
                    display: display(value, id, kind: field.kind),
                    value: Self.canonical(value),
                    purpose: field.purpose?[draft.language]
                )
            }
    }

    /// Which product or domain it concerns, as the first line of the form.
    private var productAnswer: [FormAnswer] {
        guard let value = draft.answers[.product]?.value, !value.isEmpty, !products.isEmpty else { return [] }
        return [
            FormAnswer(
                fieldID: PromptID.product.rawValue,
                kind: .choice,
                label: InterviewWording.sentence(.product).label[draft.language],
                display: display(value, .product, kind: .choice),
                value: Self.canonical(value)
            )
        ]
    }

    private static func canonical(_ value: AnswerValue) -> String {
        switch value {
        case .text(let text), .sealed(let text): text
        case .list(let ids): ids.joined(separator: " ")
        case .files(let files): files.map { String($0.id) }.joined(separator: " ")
        case .address(let address):
            AddressAnswer.parts.map { address[keyPath: $0.path] }.joined(separator: "\n")
        case .empty: ""
        }
    }

    /// What confirming the review does; nil while something is missing.
    var openAction: InterviewAction? {
        if let linkTo = draft.linkTo { return .link(linkRequest(to: linkTo)) }
        return ticketRequest.map { .open($0) }
    }

    private func text(_ id: PromptID) -> String? { draft.answers[id]?.value.text }

    private var contactID: Int64? {
        customer?.contactID ?? text(.contact).flatMap { Int64($0) }
    }

    /// Who calls, when no registered contact does; the portal has no caller.
    private var callerName: String? {
        if contactID != nil { return nil }
        return customer == nil ? text(.callerName) : text(.contactName)
    }

    /// Files of the attachments question and of the form's file fields, each once.
    private var attachmentIDs: [Int64] {
        var ids: [Int64] = []
        let hasFiles = draft.answers.values.contains { if case .files = $0.value { true } else { false } }
        for item in hasFiles ? plan() : [] {
            guard case .files(let files) = draft.answers[item.id]?.value else { continue }
            for file in files where !ids.contains(file.id) { ids.append(file.id) }
        }
        return ids
    }

    private func linkRequest(to ticket: OpenedTicket) -> TicketLink {
        TicketLink(
            key: draft.key,
            attendanceID: draft.caller.attendanceID,
            ticketID: ticket.ticketID,
            customerID: customer?.customerID,
            contactID: contactID,
            callerName: callerName,
            description: text(.description) ?? "",
            attachments: attachmentIDs,
            language: draft.language,
            sealed: draft.aside
        )
    }

    private var ticketRequest: TicketRequest? {
        guard let topic, let summary = text(.summary), let description = text(.description) else { return nil }
        let module = topic.modules.first { $0.id == text(.module) }
        return TicketRequest(
            key: draft.key,
            attendanceID: draft.caller.attendanceID,
            customerID: customer?.customerID,
            contactID: contactID,
            callerName: callerName,
            callerPhone: customer == nil ? text(.callerPhone) : nil,
            identity: draft.identified?.level ?? .none,
            identityNeeded: topic.identity,
            channel: draft.channel,
            language: draft.language,
            topicID: topic.id,
            topicTitle: topic.title[draft.language],
            sectionPath: topic.path,
            sectionTitles: catalogue.pathTitles(of: topic, in: draft.language),
            department: topic.department,
            priority: topic.priority,
            serviceLevel: topic.serviceLevel,
            summary: summary,
            moduleID: module?.id,
            moduleLabel: module?.label[draft.language],
            description: description,
            whatChanged: topic.whatChanged == nil ? nil : text(.whatChanged),
            answers: formAnswers + asideAnswers,
            attachments: attachmentIDs,
            formVersion: catalogue.version,
            refersTo: draft.refersTo,
            type: topic.type,
            isConfidential: topic.isConfidential
        )
    }
}
