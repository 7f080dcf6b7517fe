import DeskCore
import HTTPTypes

/// Somebody on the customer's side of one ticket, by a session or by a quick link.
struct TicketDoer: Sendable {
    var customerID: Int64?
    var contactID: Int64?
    var name: String
    /// Masked: the address of the link it is done by.
    var link: String?
    /// Sets this one's wishes apart from everybody else's: `link:12`, `person:5`.
    var scope: String

    var actor: TicketActor { .customer(customerID: customerID, contactID: contactID, name: name) }
}

/// Does what the forms of a ticket's page ask for, by the desk's own moves.
struct TicketDeeds: Sendable {
    enum Outcome: Sendable {
        /// Done, or done before by the same form.
        case done(String)
        case refused(TypedDeed, HTTPResponse.Status)
    }

    let app: App

    /// Makes the move a form asks for, once however often the form is sent.
    ///
    /// `nonce`: the form's own name; nil for a form that was not given to this reader.
    /// - Throws: `StoreError` that is no refusal, `AttachmentError` of ours.
    func make(_ form: MultipartForm, nonce: String?, on ticket: Ticket, by doer: TicketDoer, _ language: Language)
        async throws
        -> Outcome
    {
        let deed = form["deed"] ?? ""
        var typed = Self.typed(form)
        guard let nonce else {
            typed.fault = Self.stale[language]
            return .refused(typed, .forbidden)
        }
        // All forms of a page carry one name: each of them is a wish of its own.
        let key = "\(doer.scope):\(nonce):\(deed)"
        let made = DeedMade(form, deed, by: doer, on: ticket, attachments: app.attachments)
        do {
            let before = try await app.tickets.entry(madeBy: key)
            if let before, try await made.isRecorded(by: before) { return .done(deed) }
            // Files first: a wrong field must not lose them.
            try await files(form, on: ticket, deed, of: doer, into: &typed.files)
            guard before == nil else { throw DeedMade.Another() }
            if PasswordOffer.isOpen(typed.text, form["passwords"].flatMap(PasswordSpotter.Wish.init)) {
                typed.fault = PasswordOffer.noticed[language]
                typed.asksAboutPassword = true
                return .refused(typed, .conflict)
            }
            try await make(deed, form, typed, key: key, made, ticket, doer)
            return .done(deed)
        } catch is DeedMade.Another {
            typed.fault = DeedMade.Another.text[language]
            return .refused(typed, .conflict)
        } catch {
            guard let (problem, status) = Self.refusal(error) else { throw error }
            // The same form sent at the same time was faster: what it needs is used by then.
            if let other = try await app.tickets.entry(madeBy: key), try await made.isRecorded(by: other) {
                try await app.attachments.letGo(typed.files.map(\.id))
                return .done(deed)
            }
            typed.fault = problem[language]
            return .refused(typed, status)
        }
    }

    /// What came with a form that is not taken, to stand in it again with what is wrong: the files of an earlier try too.
    func typed(_ form: MultipartForm, _ fault: String, on ticket: Ticket, by doer: TicketDoer) async throws -> TypedDeed
    {
        var typed = Self.typed(form)
        typed.fault = fault
        let kept = DeedMade.kept(form)
        if !kept.isEmpty {
            typed.files = try await app.attachments.waiting(on: ticket.id, for: doer.scope)
                .filter { kept.contains($0.id) }
        }
        return typed
    }

    /// What was typed comes back whatever happens, bounded as it would be kept.
    private static func typed(_ form: MultipartForm) -> TypedDeed {
        let deed = form["deed"] ?? ""
        return TypedDeed(
            deed: deed,
            text: String((form["text"] ?? "").prefix(MoveLimits.longestText)),
            choice: form[deed == "survey" ? "mark" : "kind"] ?? "",
            fault: ""
        )
    }

    /// What is said after a deed, by the word in the address; nil for a word that is none.
    static func news(_ deed: String) -> String? {
        switch deed {
        case "reply": "request.reply.done"
        case "confirm": "request.confirm.done"
        case "reopen": "request.reopen.done"
        case "restart": "request.restart.done"
        case "reiterate": "request.reiterate.done"
        case "cancel": "request.cancel.done"
        case "survey": "request.survey.done"
        case "opinion": "request.opinion.done"
        case "renew": "link.renew.done"
        default: nil
        }
    }

    private func make(
        _ deed: String,
        _ form: MultipartForm,
        _ typed: TypedDeed,
        key: String,
        _ made: DeedMade,
        _ ticket: Ticket,
        _ doer: TicketDoer
    ) async throws {
        let wish = form["passwords"].flatMap(PasswordSpotter.Wish.init)
        switch deed {
        case "survey":
            _ = try await app.surveys.rate(
                ticket.id,
                mark: form["mark"].flatMap { Int($0) } ?? 0,
                words: try form["text"].map { try PasswordOffer.covered($0, wish: wish) },
                channel: .portal,
                // Whoever has the link may be anybody: their mark is nobody's to change but by another.
                by: doer.link == nil ? doer.contactID : nil
            )
        case "opinion":
            guard let kind = form["kind"].flatMap(Opinion.init) else {
                throw Problem.invalid("kind", FieldText.missing)
            }
            let said = try await app.surveys.say(
                kind,
                of: ticket.id,
                words: try PasswordOffer.covered(form["text"] ?? "", wish: wish),
                by: doer.name,
                contactID: doer.contactID,
                link: doer.link,
                key: key
            )
            guard try await made.isRecorded(by: said.entry) else { throw DeedMade.Another() }
        default:
            guard let move = TicketMove(rawValue: deed), TicketDoings.moves.contains(move) else {
                throw Problem.invalid("deed", FieldText.missing)
            }
            // Agreed by a tick, never by opening a page or sending an untouched form.
            if move == .confirm, form["assent"] != "yes" { throw Problem.invalid("assent", Self.tick) }
            let offer = PasswordOffer(vault: app.vault)
            let taken = try await offer.take(
                form["text"] ?? "",
                wish: wish,
                attendanceID: ticket.attendanceID,
                ticketID: ticket.id
            )
            var order = MoveOrder(move, of: ticket.id, text: taken.text)
            order.sealed = taken.references
            order.key = key
            order.link = doer.link
            if move == .reply { order.fileIDs = typed.files.map(\.id) }
            let result: MoveResult
            do { result = try await app.tickets.make(order, by: doer.actor) } catch {
                try await offer.discard(taken)
                throw error
            }
            guard !result.isNew else { return }
            // The same form, sent twice at once, was faster.
            try await offer.discard(taken)
            guard try await made.isRecorded(by: result.entry) else { throw DeedMade.Another() }
            try await app.attachments.letGo(order.fileIDs)
        }
    }

    /// The files of a reply: those that came with a try of this sender's that was refused, and those chosen now.
    private func files(
        _ form: MultipartForm,
        on ticket: Ticket,
        _ deed: String,
        of doer: TicketDoer,
        into files: inout [Attachment]
    ) async throws {
        guard deed == TicketMove.reply.rawValue else { return }
        guard app.tickets.offers(on: ticket, to: Self.anybody(ticket)).contains(where: { $0.move == .reply }) else {
            throw TicketRefusal.over(ticket.state)
        }
        let kept = DeedMade.kept(form)
        files =
            kept.isEmpty
            ? [] : try await app.attachments.waiting(on: ticket.id, for: doer.scope).filter { kept.contains($0.id) }
        let isWhole = files.count == kept.count
        var refused = RefusedFiles()
        for file in form.files.prefix(AttachmentStore.most) {
            do {
                let held = try await app.attachments.hold(
                    Array(file.bytes),
                    name: file.name,
                    on: ticket,
                    for: doer.scope,
                    beside: files.count
                )
                if !files.contains(where: { $0.id == held.id }) { files.append(held) }
            } catch {
                // The others are taken all the same: one file must not lose them.
                try refused.note(file.name, error)
            }
        }
        // Nothing is sent without a file that its sender sees in the form, or has just chosen.
        guard isWhole else { throw TicketRefusal.noSuchFile }
        if let problem = refused.problem { throw problem }
    }

    private static func anybody(_ ticket: Ticket) -> TicketActor {
        .customer(customerID: ticket.customerID, contactID: ticket.contactID, name: "")
    }

    /// What a refusal says to a person; nil for faults of ours.
    private static func refusal(_ error: any Error) -> (LocalizedText, HTTPResponse.Status)? {
        let problem = ProblemTranslation.problem(for: error)
        guard problem.status.kind == .clientError else { return nil }
        return (problem.sentence, problem.status)
    }

    static let stale = LocalizedText(
        "Esta página ficou velha. Nada foi enviado: confira o que escreveu e envie de novo.",
        ptPT: "Esta página ficou desatualizada. Nada foi enviado: confira o que escreveu e envie de novo.",
        en: "This page is out of date. Nothing was sent: check what you wrote and send it again."
    )
    private static let tick = LocalizedText(
        "Marque a caixa para confirmar.",
        ptPT: "Assinale a caixa para confirmar.",
        en: "Tick the box to confirm."
    )
}
