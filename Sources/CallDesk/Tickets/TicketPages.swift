import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// Tickets on the desk: the list with its search, one ticket with its thread, replies and notes.
struct TicketPages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        let lists = TicketListPages(app: app, pages: pages)
        routes.get("/desk/tickets") { request, context, frame in try await lists.page(request, context, &frame) }
        routes.group.get("/desk/tickets.csv") { request, context in try await lists.file(request, context) }
        routes.get("/desk/tickets/:number") { _, context, frame in try await show(context, &frame) }
    }

    // MARK: - One ticket

    private func show(_ context: SignedInContext, _ frame: inout PageFrame) async throws -> PageContent {
        frame.place = "tickets"
        frame.script = "ticket"
        let ticket: Ticket
        switch try await app.directory.read(number: try context.text("number"), format: app.numbers.tickets) {
        // A merged one reads as the one that counts.
        case .ticket(let found): ticket = try await app.directory.survivor(of: found)
        case .mistyped: throw TicketRefusal.mistypedNumber
        case .unknown: throw Problem.notFound
        }
        guard context.account.mayRead(ticket) else { throw Problem.otherDepartment }
        let words = pages[context.language]
        let language = context.language
        frame.title = "\(ticket.number) · \(ticket.summary)"
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let attendance = try await app.attendances.find(ticket.attendanceID)
        var customer: Customer?
        if let id = ticket.customerID { customer = try await app.customers.find(id) }
        var contact: Contact?
        if let id = ticket.contactID { contact = try await app.customers.contact(id) }
        // A registered caller's number is their record's; a stranger's is the one they called from.
        var number = ticket.callerPhone
        if number == nil, let id = customer?.id {
            number = try await app.customers.phones(of: id).lazy.compactMap(\.e164).first
        }
        var view = RecordView.whole
        if let id = customer?.id { view = try await RecordViews(app.attendances, for: context.caller).of(id) }
        let shows = view.isOpen || number == view.number
        var opener: Account?
        if let id = ticket.createdBy { opener = try await app.accounts.find(id) }
        let thread = try await app.directory.thread(ticket.id)
        let files = try await app.attachments.list(ticketID: ticket.id)
        let fates = try await app.outbox.fates(ticketID: ticket.id)
        let now = app.clock.now
        let spent = try await app.directory.time(of: ticket.id)
        let steps = try await app.steps.list(of: ticket.id, topic: app.catalogue.current.topic(ticket.topic))
        let links = try await app.links.list(ticketID: ticket.id).filter { $0.isOpen(at: now) }
        var facts: [TicketPage.Fact] = []
        func fact(_ key: String, _ text: String?, tone: String = "") {
            if let text, !text.isEmpty { facts.append(.init(label: words("ticket.\(key)"), text: text, tone: tone)) }
        }
        let isLate = ticket.state.isOpen && ticket.dueAt.map { $0 < app.clock.now } ?? false
        fact("protocol", attendance.map { SpokenDigits.grouped($0.protocolNumber) }, tone: "number")
        fact("priority", TicketWords.priority(ticket.priority, language))
        fact("department", app.catalogue.current.department(ticket.department)?.name[language] ?? ticket.department)
        fact("topic", (ticket.sectionPath + [ticket.topicTitle]).joined(separator: " › "))
        fact("module", ticket.module)
        fact("channel", TicketWords.channel(ticket.channel)[language])
        fact("opened", time.dateAndTime(ticket.createdAt), tone: "number")
        fact("by", opener?.name)
        if spent.whole >= .seconds(60) { fact("spent", DeskTime.length(spent.whole)) }
        if spent.talked > .zero { fact("talked", DeskTime.length(spent.talked)) }
        fact("type", ticket.type.title[language])
        fact("sla", ticket.state.isOpen ? ticket.serviceStatus(at: app.clock.now).title(language) : nil)
        fact(
            "due",
            ticket.state.isOpen ? ticket.dueAt.map(time.dateAndTime) ?? words("ticket.dueopen") : nil,
            tone: isLate ? "late" : "number"
        )
        facts += try await clockFacts(ticket, words, time)
        return .page(
            TicketPage(
                id: ticket.id,
                number: ticket.number,
                summary: ticket.summary,
                state: TicketWords.state(ticket.state)[language],
                tone: TicketWords.tone(ticket.state),
                isLate: isLate,
                isClosed: ticket.state.isOver,
                isUnverified: ticket.isUnverified,
                needsProof: ticket.needsProof,
                facts: facts,
                details: ticket.details,
                whatChanged: ticket.whatChanged,
                answers: view.shown(ticket).answers.map { TicketPage.Answer($0, ofTicket: ticket.id) },
                hasAnswers: !ticket.answers.isEmpty,
                customer: customer.map { TicketPage.Whose(id: $0.id, name: $0.name) },
                contact: contact?.name ?? ticket.callerName,
                email: view.email(contact?.email),
                phone: number.map { number in
                    let display = PhoneNumber.display(number, region: app.region)
                    return shows ? display : PhoneNumber.masked(display)
                },
                dial: shows ? number : nil,
                entries: thread.map { item in
                    entry(ofTicket: item, words, time, files: files.filter { $0.entryID == item.id })
                },
                last: thread.last?.id,
                files: files.map { TicketPage.File(id: $0.id, name: $0.name, size: ByteCount.text($0.size)) },
                hasFiles: !files.isEmpty,
                fates: fates.map { TicketPage.Fate($0, language) },
                hasFates: !fates.isEmpty,
                links: links.map { link in
                    TicketPage.Link(
                        recipient: link.recipient,
                        number: link.ticketID == ticket.id ? nil : link.ticketNumber,
                        until: time.date(link.expiresAt),
                        url: "/api/v1/tickets/\(ticket.id)/links/\(link.id)"
                    )
                },
                hasLinks: !links.isEmpty,
                steps: steps.map { step in
                    TicketPage.Step(
                        id: step.id,
                        url: "/api/v1/tickets/\(ticket.id)/steps/\(PercentEncoding.encode(step.id))",
                        label: step.label[language],
                        isDone: step.doneAt != nil,
                        tag: step.tag.text,
                        done: step.doneAt.map { "\(step.doneBy ?? "") · \(time.dateAndTime($0))" }
                    )
                },
                hasSteps: !steps.isEmpty,
                work: try await work(ticket, thread, context, words)
            )
        )
    }

    /// What can be done now, by the table: the composer's kinds and the facts that change where they stand.
    private func work(_ ticket: Ticket, _ thread: [Entry], _ context: SignedInContext, _ words: Words) async throws
        -> TicketPage.Work
    {
        let offers = app.tickets.offers(on: ticket, to: .account(context.account))
        let own = Set(offers.filter { !$0.forCustomer }.map(\.move))
        let all: [(TicketMove, String, String)] = [
            (.reply, "R", words("ticket.reply")), (.ask, "P", words("ticket.ask")), (.note, "N", words("ticket.note")),
            (.solve, "S", words("ticket.solve")),
        ]
        let kinds = all.filter { own.contains($0.0) }
        var choices: [TicketPage.Choice] = []
        func choice(
            _ move: TicketMove,
            _ name: String,
            _ label: String,
            number: Bool = false,
            _ options: [PageChoice]
        ) {
            guard own.contains(move) else { return }
            choices.append(
                TicketPage.Choice(
                    name: name,
                    label: label,
                    isNumber: number,
                    options: PageOptions(choices: options),
                    method: move == .change ? "PATCH" : "POST",
                    url: "/api/v1/tickets/\(ticket.id)" + (move == .change ? "" : "/\(move.rawValue)")
                )
            )
        }
        func option(_ value: String, _ label: String, _ isChosen: Bool) -> PageChoice {
            PageChoice(value: value, label: label, isChosen: isChosen)
        }
        var people = ticket.assignedTo == nil ? [option("", words("ticket.nobody"), true)] : []
        for person in try await app.accounts.list() where !person.isDisabled {
            guard person.works(in: ticket.department) || person.role >= .supervisor else { continue }
            people.append(option(String(person.id), person.name, person.id == ticket.assignedTo))
        }
        choice(.assign, "account_id", words("ticket.person"), number: true, people)
        choice(
            .move,
            "department",
            words("ticket.department"),
            app.catalogue.current.departments.map {
                option($0.id, $0.name[context.language], $0.id == ticket.department)
            }
        )
        choice(
            .move,
            "level",
            words("ticket.level"),
            number: true,
            MoveLimits.levels.map { option(String($0), String($0), $0 == ticket.level) }
        )
        choice(
            .change,
            "priority",
            words("ticket.priority"),
            TopicPriority.allCases.map {
                option($0.rawValue, $0.title[context.language], $0.rawValue == ticket.priority)
            }
        )
        choice(
            .change,
            "type",
            words("ticket.type"),
            PageChoice.all(TicketType.self, chosen: ticket.type) { $0.title[context.language] }
        )
        return TicketPage.Work(
            kinds: kinds.enumerated().map { index, kind in
                TicketPage.Kind(move: kind.0.rawValue, key: kind.1, label: kind.2, isFirst: index == 0)
            },
            hasKinds: !kinds.isEmpty,
            composerURL: "/api/v1/tickets/\(ticket.id)/\(kinds.first?.0.rawValue ?? "")",
            longest: TicketDesk.longestEntry,
            mayTake: own.contains(.take) && ticket.assignedTo != context.account.id,
            mayWork: !choices.isEmpty,
            choices: choices,
            revision: ticket.revision,
            deeds: try await deeds(ticket, thread, offers, context, words)
        )
    }

    private func entry(
        ofTicket entry: Entry,
        _ words: Words,
        _ time: DeskTime,
        files: [Attachment]
    ) -> TicketPage.Item {
        let catalogue = app.catalogue
        let sentence = EntrySentence(
            time: time,
            department: { catalogue.current.department($0)?.name[time.language] },
            topic: { catalogue.current.topic($0)?.title[time.language] }
        ).text(entry)
        // What a person wrote stands out; what happened is a line between.
        let kind = entry.kind == .note ? "note" : entry.body.isEmpty ? "event" : "reply"
        return TicketPage.Item(
            id: entry.id,
            kind: kind,
            label: words("ticket.entry.\(kind)"),
            author: entry.authorName.isEmpty && entry.authorKind == .customer
                ? words("ticket.customer") : entry.authorName,
            time: time.dateAndTime(entry.createdAt),
            text: [sentence, entry.body].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "\n"),
            files: files.map { TicketPage.File(id: $0.id, name: $0.name, size: ByteCount.text($0.size)) },
            hasFiles: !files.isEmpty,
            secrets: entry.facts.sealed ?? [],
            quoted: entry.facts.mail?.quoted
        )
    }
}

/// Addresses with a query, encoded.
enum QueryText {
    /// `path?name=value&…` of the pairs that have a value.
    static func path(_ path: String, _ pairs: [(String, String)]) -> String {
        let query = pairs.filter { !$0.1.isEmpty }.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(
            separator: "&"
        )
        return query.isEmpty ? path : "\(path)?\(query)"
    }
}

/// Sizes of files as people read them.
enum ByteCount {
    static func text(_ bytes: Int64) -> String {
        switch bytes {
        case ..<1024: "\(bytes) B"
        case ..<1_048_576: "\((bytes + 512) / 1024) kB"
        default: "\(bytes / 1_048_576),\(bytes % 1_048_576 * 10 / 1_048_576) MB"
        }
    }
}
