import DeskCore

/// The interview as lines of text, pure: what to print for a question, and what a typed line means.
struct TerminalScript: Sendable {
    /// What to do after a line was typed.
    enum Step: Equatable {
        case answer(InterviewAnswerLine)
        case back
        case goTo(String)
        case attach(String)
        case chooseEnd
        case help
        case guides
        case quit
        /// The line means nothing here; say this and ask again.
        case again(String)
    }

    let words: TerminalWords
    /// Columns of the terminal; lines part between words, and what goes on stands under where it began.
    var width = 80

    /// The question as printed: progress, the sentence to say, hint, options, what is wrong.
    ///
    /// `showsGuides`: whether the topic's guides are listed; under every question they would hide it.
    func lines(for reply: InterviewReply, showsGuides: Bool = true) -> [String] {
        question(reply, showsGuides).flatMap(wrapped)
    }

    /// The topic's guides, to be read again.
    func lines(for guides: [InterviewReply.Help]) -> [String] {
        guard !guides.isEmpty else { return [words.noGuides] }
        return (["  \(words.guides):"] + guides.map { "    \($0.title)\($0.url.map { " · \($0)" } ?? "")" })
            .flatMap(wrapped)
    }

    /// A line of text in the terminal's width.
    func wrapped(_ line: String) -> [String] { TerminalText.wrapped(line, width: width) }

    private func question(_ reply: InterviewReply, _ showsGuides: Bool) -> [String] {
        let prompt = reply.prompt
        var lines = ["", progress(reply.progress)]
        if let error = prompt.error { lines.append("✗ \(error)") }
        if prompt.reopened != nil { lines.append("↻ \(words.reopened)") }
        lines.append("\(prompt.label)\(prompt.required || prompt.kind != "field" ? "" : " (\(words.optional))")")
        if !prompt.say.isEmpty { lines.append("  “\(prompt.say)”") }
        if let hint = prompt.hint { lines.append("  \(hint)") }
        if showsGuides, !prompt.guides.isEmpty { lines += self.lines(for: prompt.guides) }
        // The one who is asked about is no choice: “Sim” is 1 here as everywhere.
        for person in prompt.candidates where prompt.kind == "confirm_candidate" { lines.append("  \(line(person))") }
        for (index, choice) in choices(prompt).enumerated() {
            lines.append(" \(choice.isCurrent ? "●" : " ")\(index + 1)) \(choice.text)")
        }
        if prompt.field == "choices" { lines.append("  (\(words.severalHint))") }
        for (index, line) in prompt.review.enumerated() {
            lines.append("  \(index + 1). \(line.label): \(line.display)")
        }
        for warning in prompt.warnings { lines.append("  ⚠ \(warning)") }
        if prompt.kind == "review" { lines.append("  \(words.create)") }
        if prompt.kind == "confirm_candidate" { lines.append("  \(words.confirm)") }
        if let current = prompt.current, !current.isEmpty { lines.append("  \(words.current): \(current)") }
        if let suggestion = prompt.suggestion { lines.append("  \(words.suggestion): \(suggestion)") }
        return lines
    }

    /// One numbered line.
    private struct Choice {
        var id: String
        var text: String
        var isCurrent = false
    }

    /// What is numbered: people to choose from, then what can be chosen or done; of yes and no the yes is always 1.
    private func choices(_ prompt: InterviewReply.Question) -> [Choice] {
        if prompt.field == "yes-no" {
            return [("yes", words.yes), ("no", words.no)].map {
                Choice(id: $0, text: $1, isCurrent: prompt.current == $1)
            }
        }
        let people =
            prompt.kind == "confirm_candidate" ? [] : prompt.candidates.map { Choice(id: $0.id, text: line($0)) }
        let others = prompt.options.filter { $0.role != "candidate" }.map { option in
            Choice(
                id: option.id,
                text: option.label + (option.detail.map { " — \($0)" } ?? ""),
                isCurrent: option.current
            )
        }
        return people + others
    }

    private func line(_ person: InterviewReply.Person) -> String {
        let name = person.contactName.map { "\($0), \(person.name)" } ?? person.name
        let reasons = person.reasons.joined(separator: "; ")
        return name + (person.document.map { " · \($0)" } ?? "") + (reasons.isEmpty ? "" : " — \(reasons)")
    }

    private func progress(_ progress: InterviewReply.Progress) -> String {
        progress.steps.map { step in
            switch step.state {
            case "done": "✓ \(step.title)"
            case "current": "▸ \(step.title)"
            default: "· \(step.title)"
            }
        }.joined(separator: "  ")
    }

    /// What a typed line says about a password that was noticed in an answer.
    enum PasswordChoice: Equatable {
        case wish(PasswordSpotter.Wish)
        case writeAgain
    }

    /// Nothing but the two numbers sends anything.
    func passwordWish(_ line: String) -> PasswordChoice {
        switch line.trimmingWhitespace {
        case "1": .wish(.seal)
        case "2": .wish(.keep)
        default: .writeAgain
        }
    }

    /// What a typed line means for a question.
    func step(_ line: String, for prompt: InterviewReply.Question) -> Step {
        let text = line.trimmingWhitespace
        if text == "?" || text == "/?" { return .help }
        if text.hasPrefix("/") { return command(text, prompt) }
        switch prompt.kind {
        case "review":
            return text.isEmpty ? .answer(.confirm) : .again(words.create)
        case "confirm_candidate" where text.isEmpty || ["s", "sim", "y", "yes"].contains(text.lowercased()):
            return .answer(.confirm)
        case "confirm_candidate" where ["n", "não", "nao", "no"].contains(text.lowercased()):
            return .answer(.option("no"))
        default:
            break
        }
        if text.isEmpty {
            if let current = prompt.current, !current.isEmpty { return .answer(.text(current)) }
            return .answer(.skip)
        }
        if text == "=", let suggestion = prompt.suggestion { return .answer(.text(suggestion)) }
        return .answer(chosen(text, prompt) ?? .text(text))
    }

    /// A number picks from what was listed; several numbers where several may be chosen.
    private func chosen(_ text: String, _ prompt: InterviewReply.Question) -> InterviewAnswerLine? {
        let listed = choices(prompt).map(\.id)
        guard !listed.isEmpty else { return nil }
        let parts = text.split(whereSeparator: { $0 == "," || $0 == " " || $0 == ";" })
        let picked = parts.compactMap { part in
            Int(part).flatMap { listed.indices.contains($0 - 1) ? listed[$0 - 1] : nil }
        }
        guard picked.count == parts.count, let first = picked.first else { return nil }
        if prompt.field == "choices" { return .options(picked) }
        return picked.count == 1 ? .option(first) : nil
    }

    private func command(_ text: String, _ prompt: InterviewReply.Question) -> Step {
        let parts = text.split(separator: " ", maxSplits: 1)
        let argument = parts.count > 1 ? String(parts[1]).trimmingWhitespace : ""
        switch parts.first?.lowercased() ?? "" {
        case "/voltar", "/back", "/v", "/b": return .back
        case "/sair", "/quit", "/q": return .quit
        case "/encerrar", "/end": return .chooseEnd
        case "/guias", "/guides": return .guides
        case "/anexo", "/attach": return argument.isEmpty ? .help : .attach(argument)
        case "/ir", "/go":
            guard let number = Int(argument), prompt.review.indices.contains(number - 1) else { return .help }
            return .goTo(prompt.review[number - 1].prompt)
        default: return .help
        }
    }

    /// The end of the interview: what to read out.
    func lines(for outcome: InterviewReply.Outcome, _ contact: InterviewReply.Contact) -> [String] {
        var lines = [""]
        if let number = outcome.ticketNumber {
            lines.append("✓ \(words.ticket) \(number)\(outcome.priority.map { " · \($0)" } ?? "")")
        } else {
            lines.append("✓ \(words.ended)\(outcome.reason.map { ": \($0)" } ?? "")")
        }
        lines.append("  \(words.protocolNumber): \(contact.protocol)")
        lines.append("  \(words.readAloud): \(contact.groups.joined(separator: " · "))")
        return lines
    }
}

/// An answer as the terminal gives it.
enum InterviewAnswerLine: Equatable {
    case text(String)
    case option(String)
    case options([String])
    case skip
    case confirm

    var body: InterviewAnswerBody {
        switch self {
        case .text(let text): InterviewAnswerBody(text: text)
        case .option(let id): InterviewAnswerBody(option: id)
        case .options(let ids): InterviewAnswerBody(options: ids)
        case .skip: InterviewAnswerBody(skip: true)
        case .confirm: InterviewAnswerBody(confirm: true)
        }
    }
}

extension String {
    /// Without white space at either end.
    var trimmingWhitespace: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
