import DeskCore

/// One question of a page, as the control its kind needs.
struct OpeningQuestion: PagePart {
    struct Choice: PagePart {
        var value: String
        var label: String
        var isChosen: Bool
        var choiceID: String
    }

    struct Part: PagePart {
        var name: String
        var label: String
        var value: String
        var autocomplete: String
        var isOwed: Bool
    }

    struct File: PagePart {
        var id: Int64
        /// The question it answers.
        var owner: String
        var name: String
        var size: String
    }

    var id: String
    var label: String
    var hint: String?
    var purpose: String?
    var fault: String?
    var isOwed: Bool
    var value: String
    var longest: Int

    var isLine: Bool
    var type: String
    var inputMode: String
    var isProse: Bool
    var isList: Bool
    var isRadio: Bool
    var isBoxes: Bool
    var isAddress: Bool
    var isFile: Bool
    var isSecret: Bool
    /// A secret is kept already.
    var isKept: Bool
    var choices: [Choice]
    var parts: [Part]
    var files: [File]
    var fileKinds: String
}

extension OpeningQuestion {
    init(_ prompt: Prompt, _ answers: OpeningAnswers, _ words: Words) {
        let name = prompt.id.rawValue
        id = name
        label = prompt.label
        hint = prompt.hint
        purpose = prompt.purpose
        fault = answers.faults[prompt.id] ?? (prompt.reopened == nil ? nil : words("open.again"))
        isOwed = prompt.required
        longest = prompt.maximumLength
        let control = (prompt.kind.fieldKind ?? .text).traits.control
        let typed = answers.typed[name]
        // What the person gave before stands in the field; sending the page gives it again.
        let stored = prompt.currentValue ?? prompt.remembered
        let shown = prompt.current ?? (prompt.remembered == nil ? nil : prompt.suggestion)
        if case .line(let type, let mode, let isStored) = control {
            (isLine, self.type, inputMode) = (true, type, mode)
            // Dates and times as their control wants them, what people write in a form of its own as they write it.
            value = typed?.first ?? (isStored ? stored?.text : shown) ?? ""
        } else {
            (isLine, type, inputMode) = (false, "", "")
            value = typed?.first ?? (control == .prose ? stored?.text : shown) ?? ""
        }
        isProse = control == .prose
        isList = control == .list && prompt.options.count > 6
        isRadio = control == .yesNo || control == .list && prompt.options.count <= 6
        isBoxes = control == .boxes
        isAddress = control == .address
        isFile = control == .file
        isSecret = control == .secret
        isKept = if case .sealed = stored { true } else { false }
        let options =
            control == .yesNo
            ? [("yes", words("open.yes")), ("no", words("open.no"))] : prompt.options.map { ($0.id, $0.label) }
        choices = options.enumerated().map { index, option in
            let isChosen =
                typed?.contains(option.0)
                ?? {
                    if case .list(let ids) = stored { return ids.contains(option.0) }
                    return stored?.text == option.0
                }()
            return Choice(value: option.0, label: option.1, isChosen: isChosen, choiceID: "\(name)-\(index)")
        }
        parts =
            control == .address
            ? AddressAnswer.parts.map { part, path in
                let own: String = if case .address(let address) = stored { address[keyPath: path] } else { "" }
                return Part(
                    name: "\(name).\(part)",
                    label: words("open.address.\(part)"),
                    value: answers.typed["\(name).\(part)"]?.first ?? own,
                    autocomplete: Self.autocomplete[part] ?? "off",
                    isOwed: prompt.required && part != "complement" && part != "number" && part != "district"
                )
            } : []
        if case .files(let kept) = stored {
            files = kept.map { File(id: $0.id, owner: name, name: $0.name, size: ByteCount.text($0.size)) }
        } else {
            files = []
        }
        fileKinds = AttachmentStore.accepted
    }

    private static let autocomplete = [
        "cep": "postal-code", "street": "address-line1", "complement": "address-line2", "district": "address-level3",
        "city": "address-level2", "state": "address-level1",
    ]
}
