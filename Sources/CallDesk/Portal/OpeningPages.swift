import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// `/abrir`: a customer's new request, from the section to the number (A5, B3, B4, C3–C5, D1, D3–D5, E1, E3, E8).
///
/// Its questions are the same interview's as by telephone, several a page; each page that is sent is kept as a draft, so
/// that it can be gone on with on another day or another device.
struct OpeningPages: Sendable {
    let app: App
    let pages: PortalPages
    let lookup: PostalLookup

    func addPages(to routes: PortalRoutes) {
        routes.ownPage("/abrir") { visit, customer in try await catalogue(visit, customer) }
        routes.ownPage("/abrir/:topic") { visit, customer in
            try await first(visit, customer, para: visit.query("para"), ref: visit.query("ref"))
        }
        routes.ownForm(
            "/abrir/:topic",
            typed: typed,
            overlong: { form, customer, fault in
                try await first(form.visit, customer, para: form["para"], ref: form["ref"], of: form, fault)
            },
            { form, customer in try await begin(form, customer) }
        )
        routes.ownPage("/abrir/rascunho/:id") { visit, customer in try await draft(visit, customer) }
        routes.ownForm(
            "/abrir/rascunho/:id",
            typed: typed,
            overlong: { form, customer, fault in try await overlong(form, customer, fault) },
            { form, customer in try await answer(form, customer) }
        )
        routes.ownPage("/abrir/feito/:id") { visit, customer in try await done(visit, customer) }
    }

    // MARK: - For whom, and what

    /// The contact named by `para`, else who they are to the ticket that is referred to, else the first.
    ///
    /// - Throws: `Problem.noContact` for a person who is nobody's contact.
    func asker(_ para: String?, _ ref: Ticket?, _ customer: Caller.Customer) async throws -> Asker {
        let named = para.flatMap { Int64($0) }.flatMap { id in customer.contacts.first { $0.contactID == id } }
        guard let contact = named ?? customer.contact(on: ref) ?? customer.contacts.first,
            let asker = try await Asker(contact, app: app)
        else { throw Problem.noContact }
        return asker
    }

    /// An earlier ticket that the new one refers to, when it is theirs to see (D6).
    func reference(_ number: String?, _ customer: Caller.Customer) async throws -> Ticket? {
        guard let number, number.utf8.count <= 100, let ticket = try await app.directory.find(number: number),
            customer.reach.covers(ticket)
        else { return nil }
        return ticket
    }

    // MARK: - Its questions

    /// What a page of questions is made of.
    private struct Ground {
        var visit: PortalVisit
        var interview: Interview
        var action: String
        var para = ""
        var ref = ""
        /// The name of the first page's form, which begins one request however often it is sent; empty on later pages.
        var once = ""
        /// The draft that later pages are made of, so that none takes the place of a newer one.
        var revision = ""
        /// Requests of the same kind that were begun and not sent.
        var drafts: [TopicsPage.Draft] = []

        var isNew: Bool { !once.isEmpty }
    }

    /// The first page; `form` is one of it that was too large to be read, whose words stand in it again with what is wrong.
    private func first(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        para: String?,
        ref: String?,
        of form: PortalForm? = nil,
        _ fault: Problem? = nil
    ) async throws -> Response {
        let (asker, topic, ref) = try await asked(visit, customer, para: para, ref: ref)
        let interview = try await app.interviews.preview(topic.id, by: asker.candidate, language: visit.language)
        let drafts = try await app.drafts.list(contacts: [asker.contact.contactID]).filter { $0.topicID == topic.id }
        let ground = Ground(
            visit: visit,
            interview: interview,
            action: "/abrir/\(PercentEncoding.encode(topic.id))",
            para: String(asker.contact.contactID),
            ref: ref?.number ?? "",
            once: OnceToken.make(secret: customer.signedIn.csrf, subject: Self.subject(topic)),
            drafts: drafts.map { kept($0, visit) }
        )
        let answers = form.map { OpeningAnswers($0, saying: fault?.sentence[visit.language]) }
        return await page(ground, .first(of: interview), answers ?? OpeningAnswers(), status: fault?.status ?? .ok)
    }

    /// What the first page's form is named for.
    private static func subject(_ topic: Topic) -> String { "open:\(topic.id)" }

    /// - Throws: `Problem` 404 for a topic that is none, or is not in their contract; `TicketRefusal.anotherCustomer` for an
    ///   earlier ticket of another customer's than it is for.
    private func asked(_ visit: PortalVisit, _ customer: Caller.Customer, para: String?, ref: String?) async throws
        -> (Asker, Topic, ref: Ticket?)
    {
        let earlier = try await reference(ref, customer)
        let asker = try await asker(para, earlier, customer)
        guard let topic = app.catalogue.current.topic(try visit.text("topic")) else { throw Problem.notFound }
        guard app.catalogue.current.allows(topic, sections: asker.sections) else { throw Problem.notInContract }
        if let earlier, earlier.customerID != asker.contact.customerID { throw TicketRefusal.anotherCustomer }
        return (asker, topic, earlier)
    }

    private func begin(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (asker, topic, ref) = try await asked(form.visit, customer, para: form["para"], ref: form["ref"])
        let nonce = OnceToken.nonce(form["once"], secret: customer.signedIn.csrf, subject: Self.subject(topic))
        let (state, isNew) = try await app.interviews.request(
            topic.id,
            by: asker.candidate,
            refersTo: ref?.id,
            once: nonce.map { "portal:\(customer.person.id):\($0)" },
            language: form.visit.language
        )
        guard state.attendance.state == .open else { return done(state) }
        // Sent once more, it is a page that is older than its draft.
        return try await take(form, state, over: isNew ? state.interview.draft.revision : nil)
    }

    /// The customer's own draft; a stranger's is not there.
    private func state(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> InterviewState {
        guard let attendance = try await app.attendances.find(try visit.id()), attendance.channel == .portal,
            let contact = attendance.contactID, customer.contacts.contains(where: { $0.contactID == contact })
        else { throw Problem.notFound }
        return try await app.interviews.state(attendanceID: attendance.id, by: nil, language: visit.language)
    }

    private func draft(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        let state = try await state(visit, customer)
        if state.attendance.state == .ended { return done(state) }
        let step = visit.query("passo").flatMap(OpeningStep.init) ?? .next(of: state.interview)
        return await page(ground(state, visit), step, OpeningAnswers())
    }

    private func ground(_ state: InterviewState, _ visit: PortalVisit) -> Ground {
        Ground(
            visit: visit,
            interview: state.interview,
            action: "/abrir/rascunho/\(state.attendance.id)",
            revision: String(state.interview.draft.revision)
        )
    }

    private func done(_ state: InterviewState) -> Response {
        PortalRoutes.redirect("/abrir/feito/\(state.attendance.id)")
    }

    /// The page of a form that was too large to be read, with its words and what is wrong.
    private func overlong(_ form: PortalForm, _ customer: Caller.Customer, _ fault: Problem) async throws -> Response {
        let state = try await state(form.visit, customer)
        guard state.attendance.state == .open else { return done(state) }
        var ground = ground(state, form.visit)
        // It is as old as it was.
        ground.revision = form["rev"]
        let answers = OpeningAnswers(form, saying: fault.sentence[form.visit.language])
        return await page(ground, OpeningStep(rawValue: form["passo"]) ?? .form, answers, status: fault.status)
    }

    private func answer(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let state = try await state(form.visit, customer)
        let id = state.attendance.id
        guard state.attendance.state == .open else { return done(state) }
        let revision = Int(form["rev"])
        switch form["ir"] {
        case "descartar":
            // Given up by a tick, never by a robot that sends every form.
            guard form.has("assent") else { return PortalRoutes.redirect("/abrir/rascunho/\(id)") }
            guard revision == state.interview.draft.revision else { return await changed(state, form.visit) }
            _ = try await app.interviews.end(.other(OpeningStep.discarded), attendanceID: id, by: nil)
            return PortalRoutes.redirect("/abrir")
        case "enviar": return try await send(form, state)
        default: return try await take(form, state, over: revision)
        }
    }

    /// Keeps what a page asked, and goes on to the next one; what was wrong is marked at its field.
    ///
    /// `revision`: the draft the page was made of. Of a page that is older than what is kept nothing takes the place of that:
    /// it is shown again with both.
    private func take(_ form: PortalForm, _ state: InterviewState, over revision: Int?) async throws -> Response {
        let id = state.attendance.id
        let isLookUp = form["ir"] == "buscar"
        // Nothing is judged yet: what is there is kept.
        let isBack = form["ir"] == "voltar" || isLookUp
        var answers = OpeningAnswers()
        try await answers.read(form, state.interview, id, skippingEmpty: isBack, app: app)
        let current = state.interview.draft.revision
        if revision != current, !state.interview.overwritten(by: answers.written).isEmpty {
            return try await stale(form, state, answers)
        }
        if isLookUp { await answers.fillAddresses(form, lookup) }
        try await answers.guardPasswords(form, state.interview, id, app: app)
        let taken = try await app.interviews.answer(
            form: answers.given,
            aside: answers.aside,
            revision: current,
            attendanceID: id
        )
        if case .stale = taken.state.refusal {
            // Another page was kept in between: what this one put aside belongs to nothing.
            for reference in answers.aside { try await app.vault.discard(reference) }
            guard taken.state.attendance.state == .open else { return done(taken.state) }
            var anew = OpeningAnswers()
            try await anew.read(form, taken.state.interview, id, skippingEmpty: isBack, app: app)
            return try await stale(form, taken.state, anew)
        }
        for refused in taken.refused where !isBack && answers.faults[refused.id] == nil {
            answers.faults[refused.id] = taken.state.interview.message(of: refused.fault, at: refused.id)
        }
        let step = OpeningStep(rawValue: form["passo"]) ?? .form
        if !answers.faults.isEmpty {
            return await page(ground(taken.state, form.visit), step, answers, status: .unprocessableContent)
        }
        if isLookUp { return await page(ground(taken.state, form.visit), step, answers) }
        let next =
            isBack ? step.before(taken.state.interview) : OpeningStep.next(of: taken.state.interview, after: step)
        return PortalRoutes.redirect("/abrir/rascunho/\(id)?passo=\(next.rawValue)")
    }

    /// A page whose draft went on elsewhere: what was typed stands in it, and beside it what is kept now.
    private func stale(_ form: PortalForm, _ old: InterviewState, _ read: OpeningAnswers) async throws -> Response {
        var (state, answers) = (old, read)
        let words = pages[form.visit.language]
        for id in state.interview.overwritten(by: answers.written) {
            let now = state.interview.prompt(for: id)?.current ?? ""
            answers.faults[id] = words("open.stale.now", ["text": now])
        }
        answers.message = words("open.stale")
        // Files come to those that are there, whichever page they come from.
        let files = answers.given.filter { answers.fileQuestions.contains($0.key) }
        if !files.isEmpty {
            state = try await app.interviews.answer(form: files, attendanceID: state.attendance.id).state
        }
        let step = OpeningStep(rawValue: form["passo"]) ?? .form
        return await page(ground(state, form.visit), step, answers, status: .conflict)
    }

    /// The draft as it is now, for who was about to send or discard it as it was.
    private func changed(_ state: InterviewState, _ visit: PortalVisit) async -> Response {
        var answers = OpeningAnswers()
        answers.message = pages[visit.language]("open.stale.look")
        return await page(ground(state, visit), .next(of: state.interview), answers, status: .conflict)
    }

    private func send(_ form: PortalForm, _ state: InterviewState) async throws -> Response {
        let id = state.attendance.id
        guard Int(form["rev"]) == state.interview.draft.revision else { return await changed(state, form.visit) }
        guard form.has("assent") else {
            var answers = OpeningAnswers()
            answers.message = pages[form.visit.language]("open.review.tick")
            return await page(ground(state, form.visit), .review, answers, status: .unprocessableContent)
        }
        let sent: InterviewState
        do {
            sent = try await app.interviews.answer(
                .confirm,
                to: .review,
                revision: state.interview.draft.revision,
                attendanceID: id,
                by: nil
            )
        } catch InterviewDeskError.ended {
            // The same page sent twice at once.
            return done(state)
        }
        if sent.ticket != nil || sent.attendance.state == .ended { return done(sent) }
        if case .stale = sent.refusal { return await changed(sent, form.visit) }
        var answers = OpeningAnswers()
        answers.message = sent.interview.prompt.error
        return await page(ground(sent, form.visit), .next(of: sent.interview), answers, status: .conflict)
    }

    private func page(
        _ ground: Ground,
        _ step: OpeningStep,
        _ answers: OpeningAnswers,
        status: HTTPResponse.Status = .ok
    ) async -> Response {
        let (visit, interview) = (ground.visit, ground.interview)
        let words = pages[visit.language]
        let title = interview.topic?.title[visit.language] ?? words("open.title")
        let catalogue = app.catalogue.current
        if step == .review {
            let review = OpeningReviewPage(
                interview,
                message: answers.message,
                words: words,
                action: ground.action,
                revision: ground.revision,
                catalogue: catalogue
            )
            return pages.response(visit, title: title, review, status: status)
        }
        let page = OpeningPage(
            interview,
            step,
            answers,
            words: words,
            action: ground.action,
            para: ground.para,
            ref: ground.ref,
            once: ground.once,
            revision: ground.revision,
            drafts: ground.drafts,
            canLookUp: await lookup.isOffered(),
            catalogue: catalogue
        )
        return pages.response(visit, title: title, page, status: status)
    }

    /// What was written in a page of questions, without what is secret and what was only chosen.
    private func typed(_ form: PortalForm) -> [UnsentText] {
        let (language, topics) = (form.visit.language, app.catalogue.current.topics)
        let words = pages[language]
        return form.all("pergunta").prefix(FormFields.most).compactMap { name in
            let id = PromptID(rawValue: name)
            guard let fieldID = id.fieldID else {
                let isText = [PromptID.summary, .description, .whatChanged].contains(id)
                return isText ? UnsentText(words("portal.unsent.text"), form[name]) : nil
            }
            // A page does not say which topic's it is: a name that is secret in one of them is in none shown.
            let fields = topics.compactMap { $0.field(fieldID) }
            guard let field = fields.first, fields.allSatisfy(\.kind.isWritten) else { return nil }
            let parts = AddressAnswer.parts.map { form["\(name).\($0.0)"] }.filter { !$0.isEmpty }
            return UnsentText(
                field.label[language],
                field.kind == .address ? parts.joined(separator: ", ") : form[name]
            )
        }
    }
}

extension FieldKind {
    /// Whether what is answered is written, and no secret.
    fileprivate var isWritten: Bool {
        switch traits.control {
        case .line, .prose, .address: true
        case .list, .boxes, .yesNo, .file, .secret: false
        }
    }
}
