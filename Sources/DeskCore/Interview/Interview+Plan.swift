extension Interview {
    /// One item of the way, answered or not.
    struct PlanItem: Equatable {
        var id: PromptID
        var stage: InterviewStage
        var isAnswered: Bool
    }

    /// Everything there is to ask as things stand, in order.
    func plan() -> [PlanItem] {
        var items = identificationPlan()
        if draft.linkTo == nil {
            items.append(PlanItem(id: .topic, stage: .topic, isAnswered: isAnswered(.topic)))
            items += topicPlan()
        } else {
            items.append(item(.description, .description))
            items.append(item(.attachments, .attachments))
        }
        return items
    }

    /// The question to ask now.
    var currentID: PromptID {
        if draft.outcome != nil { return .done }
        let items = plan()
        if let focus = draft.focus, focus == .review || items.contains(where: { $0.id == focus }) { return focus }
        if let next = items.first(where: { !$0.isAnswered }) { return next.id }
        return draft.channel == .keypad ? .handOver : .review
    }

    func isAnswered(_ id: PromptID) -> Bool { draft.answers[id] != nil && draft.reopened[id] == nil }

    private func item(_ id: PromptID, _ stage: InterviewStage) -> PlanItem {
        PlanItem(id: id, stage: stage, isAnswered: isAnswered(id))
    }

    private func identificationPlan() -> [PlanItem] {
        // On the portal the customer is signed in: there is nothing to ask.
        if draft.channel == .portal, draft.identified != nil { return [] }
        let isSettled = draft.identified != nil
        var items = [PlanItem(id: .identify, stage: .identification, isAnswered: isSettled || draft.registering)]
        if draft.channel == .keypad { return items }
        if draft.registering, !isSettled {
            items += registerQuestions.map { item($0, .identification) }
            items.append(PlanItem(id: .register, stage: .identification, isAnswered: false))
        }
        guard let identified = draft.identified else { return items }
        guard let customer = identified.candidate else {
            return items + [item(.callerName, .contact), item(.callerPhone, .contact)]
        }
        guard customer.kind == .company, customer.contactID == nil else { return items }
        if !customer.people.isEmpty { items.append(item(.contact, .contact)) }
        if customer.people.isEmpty || draft.answers[.contact]?.value.text == Choice.other {
            items.append(item(.contactName, .contact))
        }
        return items
    }

    /// What a registration asks, in order.
    var registerQuestions: [PromptID] {
        let isCompany = draft.answers[.registerKind]?.value.text == Candidate.Kind.company.rawValue
        return [.registerKind, .registerName] + (isCompany ? [.registerPerson] : [])
            + [.registerDocument, .registerEmail, .registerPhone]
    }

    private func topicPlan() -> [PlanItem] {
        guard let topic, draft.reopened[.topic] == nil else { return [] }
        var items: [PlanItem] = []
        if topic.identity == .verified, let identified = draft.identified, identified.candidate != nil,
            identified.level < .verified
        {
            items.append(item(.verify, .verification))
        }
        for field in topic.fields where form.relevant.contains(field.id) && field.calculate == nil {
            if draft.channel == .keypad, !field.keypad { continue }
            items.append(item(field.prompt, .form))
        }
        if draft.channel == .keypad { return items }
        items.append(item(.summary, .summary))
        if !topic.modules.isEmpty { items.append(item(.module, .module)) }
        if !products.isEmpty { items.append(item(.product, .module)) }
        items.append(item(.description, .description))
        if topic.whatChanged != nil { items.append(item(.whatChanged, .whatChanged)) }
        if topic.attachments != nil { items.append(item(.attachments, .attachments)) }
        return items
    }

    /// The customer's products and domains, each once, as many as a list is read to its end.
    var products: [String] {
        var seen: Set<String> = []
        return (customer?.products ?? []).filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(100).map(\.self)
    }

    /// Identifiers of options that are not values.
    enum Choice {
        static let yes = "yes"
        static let no = "no"
        static let search = "search"
        static let new = "new"
        static let skip = "skip"
        static let other = "other"
        static let up = "up"
        static let none = "none"
    }
}

extension PromptID {
    /// All is taken down; the customer is being registered.
    public static let register = PromptID(rawValue: "register")
}
