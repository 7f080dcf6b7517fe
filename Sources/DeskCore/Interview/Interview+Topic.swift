extension Interview {
    /// One line of the topic question: a section to enter or a topic to take.
    struct TopicChoice: Equatable {
        var node: CatalogueNode
        var title: String
        var detail: String?
        var digit: Int?
    }

    /// What the topic question shows: a search's hits, or what lies in the section; only what the contract opens.
    var topicChoices: [TopicChoice] {
        let language = draft.language
        if let query = draft.topicQuery {
            return catalogue.search(query, sections: allowedSections).map { hit in
                TopicChoice(
                    node: .topic(hit.id),
                    title: hit.topic.title[language],
                    detail: catalogue.pathTitles(of: hit.topic, in: language).joined(separator: " › "),
                    digit: nil
                )
            }
        }
        return catalogue.children(of: draft.section).compactMap { node in
            switch node {
            case .topic(let id):
                guard let topic = catalogue.topic(id), catalogue.allows(topic, sections: allowedSections) else {
                    return nil
                }
                return TopicChoice(node: node, title: topic.title[language], digit: topic.digit)
            case .section(let id):
                guard let section = catalogue.section(id), leadsSomewhere(section) else { return nil }
                return TopicChoice(node: node, title: section.title[language], digit: section.digit)
            }
        }
    }

    /// Whether a section holds, at any depth, a topic this customer may ask for.
    private func leadsSomewhere(_ section: Section) -> Bool {
        guard let allowed = allowedSections else { return true }
        if allowed.contains(section.id) || section.path.contains(where: allowed.contains) { return true }
        return catalogue.topics.contains {
            $0.path.contains(section.id) && catalogue.allows($0, sections: allowed)
        }
    }

    mutating func takeTopic(_ answer: Answer) throws(PromptFault) {
        switch answer {
        case .option(let id): try enter(id)
        case .keys(let keys):
            let key = keys.hasSuffix("#") ? String(keys.dropLast()) : keys
            guard let choice = topicChoices.first(where: { $0.digit.map(String.init) == key }) else {
                throw PromptFault(.notAnOption)
            }
            try enter(choice.node.id)
        case .text(let raw), .number(let raw):
            guard raw.utf8.count <= InterviewLimits.rawBytes else {
                throw PromptFault(.tooLong, limit: InterviewLimits.line)
            }
            let line = AnswerText.line(raw)
            guard !line.isEmpty else { throw PromptFault(.required) }
            if let option = AnswerReader.match(line, in: topicOptions) { return try enter(option.id) }
            let hits = catalogue.search(line, sections: allowedSections)
            guard !hits.isEmpty else { throw PromptFault(.topicNotFound) }
            // Naming one topic in full chooses it; anything less only lists what fits.
            let folded = TextFolding.fold(line)
            let named = hits.filter { TextFolding.fold($0.topic.title[draft.language]) == folded }
            if named.count == 1, let hit = named.first { return try enter(hit.id) }
            draft.topicQuery = String(line.prefix(InterviewLimits.line))
        case .confirm:
            guard draft.answers[.topic] != nil, draft.reopened[.topic] == nil else { throw PromptFault(.required) }
            leaveTopicList()
        case .skip, .options, .address, .files: throw PromptFault(.required)
        }
    }

    private mutating func enter(_ id: String) throws(PromptFault) {
        if id == Choice.up { return topicUp() }
        if let topic = catalogue.topic(id), catalogue.allows(topic, sections: allowedSections) {
            draft.answers[.topic] = StoredAnswer(.text(id), kind: .choice)
            draft.reopened[.topic] = nil
            return leaveTopicList()
        }
        guard let section = catalogue.section(id), leadsSomewhere(section) else { throw PromptFault(.notAnOption) }
        draft.topicQuery = nil
        draft.section = id
    }

    private mutating func leaveTopicList() {
        draft.topicQuery = nil
        draft.section = nil
    }

    /// One step up: out of a search, or to the section above.
    mutating func topicUp() {
        if draft.topicQuery != nil {
            draft.topicQuery = nil
        } else if let id = draft.section {
            draft.section = catalogue.section(id)?.path.last
        }
    }
}
