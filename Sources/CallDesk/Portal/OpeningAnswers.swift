import DeskCore
import HTTPTypes

/// What a page of a request sent: the answers, and what is wrong with them.
struct OpeningAnswers {
    var given: [PromptID: Answer] = [:]
    /// What was typed, to stand in the page again.
    var typed: [String: [String]] = [:]
    var faults: [PromptID: String] = [:]
    /// What concerns the whole page.
    var message: String?
    /// A password seems to be in a text: what is to become of it is asked.
    var asksAboutPassword = false
    /// Where the vault has what was taken out of the texts.
    var aside: [String] = []
    /// The questions that files were given to.
    var fileQuestions: Set<PromptID> = []

    /// What was given but for files, which come to those that are there.
    var written: [PromptID: Answer] { given.filter { !fileQuestions.contains($0.key) } }

    /// Notices passwords in texts that would stay readable; they go into the vault, or are asked about.
    mutating func guardPasswords(
        _ form: PortalForm,
        _ interview: Interview,
        _ attendanceID: Int64,
        app: App
    ) async throws {
        let wish = PasswordSpotter.Wish(rawValue: form["passwords"])
        guard wish != .keep else { return }
        for (id, answer) in given {
            guard case .text(let text) = answer, interview.staysReadable(id) else { continue }
            let found = PasswordSpotter.spot(in: text)
            guard !found.isEmpty else { continue }
            guard wish == .seal else {
                asksAboutPassword = true
                faults[id] = PasswordOffer.noticed[form.visit.language]
                given[id] = nil
                continue
            }
            aside += try await app.interviews.sealed(found, of: text, id, attendanceID)
            given[id] = .text(PasswordSpotter.covered(text, found))
        }
    }

    private static func typed(_ form: PortalForm) -> [String: [String]] {
        Dictionary(grouping: form.fields) { $0.name }.mapValues { fields in fields.map { $0.value } }
    }

    /// Reads the answers to the questions a page says it asked; files are kept before anything is judged.
    mutating func read(
        _ form: PortalForm,
        _ interview: Interview,
        _ attendanceID: Int64,
        skippingEmpty: Bool,
        app: App
    ) async throws {
        typed = Self.typed(form)
        for name in form.all("pergunta").prefix(FormFields.most) {
            let id = PromptID(rawValue: name)
            guard let prompt = interview.prompt(for: id), case .field(let kind) = prompt.kind else { continue }
            switch kind {
            case .file: try await files(form, prompt, attendanceID, app: app)
            case .secret:
                // Left empty, the one that is kept stays.
                if !form[name].isEmpty || prompt.currentValue == nil { keep(id, text(form[name]), skippingEmpty) }
            case .choices:
                let chosen = form.all(name).filter { !$0.isEmpty }
                keep(id, chosen.isEmpty ? .skip : .options(chosen), skippingEmpty)
            case .choice, .yesNo:
                keep(id, form[name].isEmpty ? .skip : .option(form[name]), skippingEmpty)
            case .address:
                var address = AddressAnswer()
                for (part, path) in AddressAnswer.parts { address[keyPath: path] = form["\(name).\(part)"] }
                keep(id, address == AddressAnswer() ? .skip : .address(address), skippingEmpty)
            default: keep(id, text(form[name]), skippingEmpty)
            }
        }
    }

    /// Fills the parts that are empty from the postal code beside them; what somebody typed stays.
    mutating func fillAddresses(_ form: PortalForm, _ lookup: PostalLookup) async {
        let addresses = given.filter { if case .address = $0.value { true } else { false } }
        let ordered = addresses.sorted { $0.key.rawValue < $1.key.rawValue }
        let known = await lookup.find(
            ordered.compactMap { if case .address(let address) = $0.value { CEP(address.cep) } else { nil } }
        )
        for (id, answer) in ordered {
            guard case .address(var address) = answer, let code = CEP(address.cep), let found = known[code] else {
                continue
            }
            for (part, path) in AddressAnswer.parts where address[keyPath: path].allSatisfy(\.isWhitespace) {
                address[keyPath: path] = found[keyPath: path]
                typed["\(id.rawValue).\(part)"] = [found[keyPath: path]]
            }
            given[id] = .address(address)
        }
    }

    private func text(_ text: String) -> Answer { text.allSatisfy(\.isWhitespace) ? .skip : .text(text) }

    private mutating func keep(_ id: PromptID, _ answer: Answer, _ skippingEmpty: Bool) {
        if skippingEmpty, answer == .skip { return }
        given[id] = answer
    }

    /// The files of a question: those that were there and stay, and those chosen now; a refused one is named.
    private mutating func files(
        _ form: PortalForm,
        _ prompt: Prompt,
        _ attendanceID: Int64,
        app: App
    ) async throws {
        let name = prompt.id.rawValue
        var kept: [FileAnswer] = []
        if case .files(let files) = prompt.currentValue {
            let dropped = Set(form.all("\(name).remover"))
            kept = files.filter { !dropped.contains(String($0.id)) }
        }
        var refused = RefusedFiles()
        for file in form.files where file.field == name {
            do {
                let stored = try await app.attachments.add(
                    Array(file.bytes),
                    name: file.name,
                    to: attendanceID,
                    by: nil
                )
                let answer = FileAnswer(id: stored.id, name: stored.name, size: stored.size)
                // Chosen once more it is the one that is there.
                if !kept.contains(answer) { kept.append(answer) }
            } catch {
                try refused.note(file.name, error)
            }
        }
        if let text = refused.text { faults[prompt.id] = text[form.visit.language] }
        fileQuestions.insert(prompt.id)
        given[prompt.id] = kept.isEmpty ? .skip : .files(kept)
    }
}

extension OpeningAnswers {
    /// What a page sent that is not taken, to stand in it again with what is wrong.
    init(_ form: PortalForm, saying message: String?) {
        (typed, self.message) = (Self.typed(form), message)
    }
}
