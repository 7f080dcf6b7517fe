/// The copy of a request that goes back to who made it (D5): what was asked and answered, and the description.
///
/// The ticket keeps labels and answers as whoever took them down read them; another reader gets them in their own language,
/// as far as the form still has the field, and what is stored where it has not.
struct TicketCopy {
    /// The ticket's topic as the catalogue has it now.
    var topic: Topic?
    var region: Region

    /// A form's answers and a description of the longest kind; more than a mail is read for.
    private static let longest = 40_000

    /// One `question: answer` a line; a secret stays dots, an answer of several lines stands under its question.
    func text(_ ticket: Ticket, in language: Language) -> String {
        let isOwn = language == ticket.language
        var lines = ticket.answers.filter { !$0.display.isEmpty }.map { answer in
            let asked = isOwn ? answer.label : label(answer, language)
            let label = asked.last.map { "?:.".contains($0) } ?? false ? String(asked.dropLast()) : asked
            let shown = isOwn ? answer.display : display(answer, language)
            return shown.contains { $0.isNewline } ? "\(label):\n\(shown)" : "\(label): \(shown)"
        }
        if let module = ticket.module {
            let known = topic?.modules.first { $0.label.wordings.contains(module) }
            let name = isOwn ? module : known?.label[language] ?? module
            lines.append("\(NoticeWords("Módulo", "Módulo", "Module")[language]): \(name)")
        }
        if !ticket.details.isEmpty {
            if !lines.isEmpty { lines.append("") }
            lines += ["\(NoticeWords("Descrição", "Descrição", "Description")[language]):", ticket.details]
        }
        return NoticeEscaping.shortened(lines.joined(separator: "\n"), to: Self.longest)
    }

    private func label(_ answer: FormAnswer, _ language: Language) -> String {
        if let field = field(answer) { return field.label[language] }
        if answer.fieldID == PromptID.product.rawValue { return InterviewWording.sentence(.product).label[language] }
        return Interview.isAside(answer) ? Interview.asideLabel[language] : answer.label
    }

    /// The canonical value as this reader writes it; what is a text, or names options that are gone, as it is stored.
    private func display(_ answer: FormAnswer, _ language: Language) -> String {
        let value: AnswerValue
        switch answer.kind {
        case .number, .money, .date, .time, .yesNo, .phone, .cep, .cpf, .cnpj, .cpfOrCnpj, .nif:
            value = .text(answer.value)
        case .choice, .choices:
            guard let field = field(answer) else { return answer.display }
            let ids = answer.kind == .choice ? [answer.value] : answer.value.split(separator: " ").map(String.init)
            guard ids.allSatisfy({ id in field.options.contains { $0.id == id } }) else { return answer.display }
            value = .list(ids)
        case .text, .longText, .email, .address, .file, .secret: return answer.display
        }
        let reader = AnswerDisplay(
            language: language,
            region: region,
            displayPhone: { [region] in PhoneNumber.display($0, region: region) }
        )
        return reader.text(value, kind: answer.kind) { id in
            field(answer)?.options.first { $0.id == id }?.label[language]
        }
    }

    /// The field an answer was given to, when the form still has it and asks for the same.
    private func field(_ answer: FormAnswer) -> Field? {
        topic?.field(answer.fieldID).flatMap { $0.kind == answer.kind ? $0 : nil }
    }
}
