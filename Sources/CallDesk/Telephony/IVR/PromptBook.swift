import DeskCore

/// Every sound of the telephone menu with its text: the menu's own sentences, signs and numbers, and the catalogue's.
///
/// Menu and renderer both name sounds by it, so that they cannot disagree.
enum PromptBook {
    struct Sound: Sendable, Equatable {
        var name: String
        var text: String
    }

    /// All of them in one language, sorted by name.
    static func sounds(_ catalogue: Catalogue, _ language: Language) -> [Sound] {
        var sounds = PhoneSentence.allCases.map { Sound(name: $0.rawValue, text: $0.text(language)) }
        sounds += SpokenSigns.all(language).map { Sound(name: $0.name, text: $0.text) }
        for section in catalogue.sections {
            guard let digit = section.digit else { continue }
            sounds.append(
                Sound(name: "section-\(section.id)", text: offer(section.say ?? section.title, digit, language))
            )
        }
        for topic in catalogue.topics {
            if let digit = topic.digit {
                sounds.append(Sound(name: "topic-\(topic.id)", text: offer(topic.say ?? topic.title, digit, language)))
            }
            for field in topic.fields where field.keypad {
                let name = Self.field(topic.id, field.id)
                sounds.append(Sound(name: name, text: field.say[language]))
                for (place, option) in field.options.enumerated() {
                    guard let digit = digit(of: option, at: place, in: field.options) else { continue }
                    sounds.append(
                        Sound(
                            name: Self.option(topic.id, field.id, option.id),
                            text: offer(option, digit, language)
                        )
                    )
                }
            }
        }
        return sounds.sorted { $0.name < $1.name }
    }

    static func field(_ topic: String, _ field: String) -> String { "field-\(topic)-\(field)" }
    static func option(_ topic: String, _ field: String, _ option: String) -> String {
        "option-\(topic)-\(field)-\(option)"
    }
    static func node(_ node: CatalogueNode) -> String {
        switch node {
        case .section(let id): "section-\(id)"
        case .topic(let id): "topic-\(id)"
        }
    }

    /// The sentence that offers a choice: “Para erro no sistema, digite 1”.
    private static func offer(_ text: LocalizedText, _ digit: Int, _ language: Language) -> String {
        let title = unended(text[language])
        return LocalizedText(
            "Para \(title), digite \(digit).",
            ptPT: "Para \(title), prima \(digit).",
            en: "For \(title), press \(digit)."
        )[language]
    }

    /// The sentence that offers an option: “Se não abre, digite 2”.
    ///
    /// A label may be a verb or a whole sentence, which no “para” goes before: it stands by itself, “Não abre: digite 2”.
    private static func offer(_ option: FieldOption, _ digit: Int, _ language: Language) -> String {
        let words = unended((option.say ?? option.label)[language]) + (option.say == nil ? ":" : ",")
        return LocalizedText(
            "\(words) digite \(digit).",
            ptPT: "\(words) prima \(digit).",
            en: "\(words) press \(digit)."
        )[language]
    }

    private static func unended(_ text: String) -> String {
        var text = text
        while let last = text.last, ".!:,".contains(last) { text.removeLast() }
        return text
    }

    /// The key of an option: its own, or its place where none has one (as the interview numbers them).
    private static func digit(of option: FieldOption, at place: Int, in all: [FieldOption]) -> Int? {
        if let digit = option.digit { return digit }
        return all.count <= 9 && all.allSatisfy { $0.digit == nil } ? place + 1 : nil
    }
}
