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
        if let query = draft.topicQuery { return hits(query) }
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

    /// What a search finds, numbered while there are digits for it.
    private func hits(_ query: String) -> [TopicChoice] {
        catalogue.search(query, sections: allowedSections).enumerated().map { index, hit in
            TopicChoice(
                node: .topic(hit.id),
                title: hit.topic.title[draft.language],
                detail: catalogue.pathTitles(of: hit.topic, in: draft.language).joined(separator: " › ")
                    + (hit.found.map { " · “\($0)”" } ?? ""),
                digit: index < 9 ? index + 1 : nil
            )
        }
    }

    /// The topics that fit `words`, as the topic question would show them.
    public func topics(matching words: String) -> [PromptOption] {
        let line = String(AnswerText.line(String(words.prefix(InterviewLimits.line))))
        return line.isEmpty ? [] : options(for: hits(line))
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
        case .keys(let keys), .keysCutShort(let keys):
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
            // What is found is shown before it is taken, one hit alone and a name given in full as well.
            guard !hits(line).isEmpty else { throw PromptFault(.topicNotFound) }
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
