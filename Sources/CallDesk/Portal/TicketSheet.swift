import DeskCore

/// A ticket as its customer reads it, ready for the template: by the quick link and on the portal alike.
///
/// Made of `PublicEntry` and files of public entries only, so that nothing of the desk's own can stand in it.
struct TicketSheet: PagePart {
    struct Step: PagePart {
        var title: String
        /// done, current or ahead.
        var place: String
        var isCurrent: Bool
    }

    struct Fact: PagePart {
        var label: String
        var text: String
    }

    struct File: PagePart {
        var name: String
        var size: String
        var href: String
    }

    struct Item: PagePart {
        /// `event` for what happened, `reply` for what somebody wrote.
        var kind: String
        var author: String
        var time: String
        var text: String
        var files: [File]
    }

    var number: String
    var summary: String
    var steps: [Step]
    /// What the customer can do now, and until when: the first two lines of the page.
    var outlook: [String]
    var facts: [Fact]
    var description: String?
    var whatChanged: String?
    var answers: [Fact]
    var solution: Item?
    var conversation: [Item]
    var history: [Item]
    var files: [File]
    var deeds: [TicketDeed]
    /// What cannot be done any more, with the reason and the day.
    var refusals: [String]
    /// Where a new request that refers to this one begins; nil while this one takes replies.
    var follower: String?

    var hasAnswers: Bool
    var hasFiles: Bool
    var hasConversation: Bool
    var hasDeeds: Bool
}

/// What the page of a ticket is made of, read once.
struct TicketDossier: Sendable {
    var ticket: Ticket
    var attendance: Attendance
    var thread: [PublicEntry]
    var files: [Attachment]
    var survey: TicketSurvey?
    var offers: [TicketOffer]

    /// Reads all that the customer of a ticket may see of it.
    init(_ ticket: Ticket, for actor: TicketActor, app: App) async throws {
        self.ticket = ticket
        guard let attendance = try await app.attendances.find(ticket.attendanceID) else {
            throw StoreError.corrupt(what: "ticket.attendance_id")
        }
        self.attendance = attendance
        thread = try await app.directory.publicThread(ticket.id)
        files = try await app.attachments.publicList(of: ticket)
        survey = try await app.surveys.survey(of: ticket.id)
        offers = app.tickets.offers(on: ticket, to: actor)
    }
}

/// Who reads the page of a ticket, and by what way.
struct TicketReader: Sendable {
    var words: Words
    var time: DeskTime
    /// Where the page's forms are sent, and its files lie below.
    var address: String
    /// Whether the answers to the form are shown: they hold what is asked of a person, and a mail can be passed on.
    var seesAnswers: Bool
    /// The contacts the reader is; nil for whoever has a link.
    var own: Set<Int64>?
    /// Where a new request that refers to this one begins; nil for who is not signed in.
    var follower: String?
}

extension TicketSheet {
    /// The page of a ticket.
    ///
    /// `typed`: what was sent and not taken, to stand in its form again.
    init(_ dossier: TicketDossier, for reader: TicketReader, app: App, typed: TypedDeed? = nil) {
        let (ticket, words, time) = (dossier.ticket, reader.words, reader.time)
        let catalogue = app.catalogue.current
        number = ticket.number
        summary = ticket.summary
        steps = Self.steps(ticket, time.language)
        outlook = TicketOutlook(ticket, terms: app.terms, words: words, time: time, catalogue: catalogue).sentences
        facts = Self.facts(dossier, words, time, catalogue, at: app.clock.now)
        description = ticket.details.isEmpty ? nil : ticket.details
        whatChanged = ticket.whatChanged.flatMap { $0.isEmpty ? nil : $0 }
        answers =
            reader.seesAnswers
            ? ticket.answers.filter { !$0.display.isEmpty }.map { Fact(label: $0.label, text: $0.display) } : []
        let items = Self.items(dossier, reader, catalogue)
        conversation = items.filter { $0.isSaid }.map(\.item)
        history = items.map(\.item)
        solution = ticket.state == .solved || ticket.state == .closed ? items.last { $0.isSolution }?.item : nil
        files = dossier.files.map { Self.file($0, reader) }
        let doings = TicketDoings(dossier, for: reader, app: app)
        deeds = doings.deeds(typed)
        refusals = doings.refusals
        follower = ticket.state.isOver ? reader.follower : nil
        hasAnswers = !answers.isEmpty
        hasFiles = !files.isEmpty
        hasConversation = !conversation.isEmpty
        hasDeeds = !deeds.isEmpty
    }

    private static func steps(_ ticket: Ticket, _ language: Language) -> [Step] {
        // A ticket that was cancelled went no further than that.
        let path: [TicketState] =
            ticket.state == .cancelled ? [.triage, .cancelled] : [.triage, .inProgress, .waiting, .solved, .closed]
        let at = path.firstIndex(of: ticket.state) ?? 0
        return path.enumerated().map { index, state in
            Step(
                title: state.title(language, toCustomer: true),
                place: index < at ? "done" : index == at ? "current" : "ahead",
                isCurrent: index == at
            )
        }
    }

    private static func facts(
        _ dossier: TicketDossier,
        _ words: Words,
        _ time: DeskTime,
        _ catalogue: Catalogue,
        at now: Moment
    ) -> [Fact] {
        let ticket = dossier.ticket
        var facts: [Fact] = []
        func fact(_ label: String, _ text: String?) {
            if let text, !text.isEmpty { facts.append(Fact(label: label, text: text)) }
        }
        fact(words("request.protocol"), SpokenDigits.grouped(dossier.attendance.protocolNumber))
        fact(words("request.topic"), (ticket.sectionPath + [ticket.topicTitle]).joined(separator: " › "))
        fact(words("request.type"), ticket.type.title[time.language])
        fact(words("request.module"), ticket.module)
        fact(
            words("request.department"),
            catalogue.department(ticket.department)?.name[time.language] ?? ticket.department
        )
        fact(words("request.priority"), TicketWords.priority(ticket.priority, time.language))
        fact(words("request.opened"), time.dateAndTime(ticket.createdAt))
        fact(words("request.updated"), time.dateAndTime(ticket.updatedAt))
        if ticket.state.isOpen {
            fact(
                words("request.due"),
                ticket.dueAt.map(time.dateAndTime) ?? ServiceStatus.open.title(time.language)
            )
            fact(words("request.sla"), ticket.serviceStatus(at: now).title(time.language))
        }
        fact(words("request.closed"), ticket.closedAt.map(time.dateAndTime))
        return facts
    }

    private static func file(_ file: Attachment, _ reader: TicketReader) -> File {
        File(name: file.name, size: ByteCount.text(file.size), href: "\(reader.address)/arquivos/\(file.id)")
    }

    private static func items(
        _ dossier: TicketDossier,
        _ reader: TicketReader,
        _ catalogue: Catalogue
    ) -> [(item: Item, isSaid: Bool, isSolution: Bool)] {
        let sentence = EntrySentence(
            time: reader.time,
            department: { catalogue.department($0)?.name[reader.time.language] }
        )
        return dossier.thread.compactMap { entry in
            let files = dossier.files.filter { $0.entryID == entry.id }.map { file($0, reader) }
            let text = [sentence.text(entry), entry.body].compactMap(\.self).filter { !$0.isEmpty }
            guard !text.isEmpty || !files.isEmpty else { return nil }
            let isSaid = !entry.body.isEmpty || !files.isEmpty
            let item = Item(
                kind: isSaid ? "reply" : "event",
                author: author(entry, reader),
                time: reader.time.dateAndTime(entry.createdAt),
                text: text.joined(separator: "\n"),
                files: files
            )
            return (item, isSaid, entry.kind == .solved && !entry.body.isEmpty)
        }
    }

    /// Who wrote an entry; people of the desk, and the reader's colleagues, by their first name, as letters are signed.
    private static func author(_ entry: PublicEntry, _ reader: TicketReader) -> String {
        let words = reader.words
        switch entry.authorKind {
        case .customer:
            // Behind a link reads whoever has it.
            guard let own = reader.own else { return words("request.customer") }
            if let contact = entry.contactID, own.contains(contact) { return words("request.you") }
            return entry.contactName.isEmpty ? words("request.customer") : entry.contactName
        case .technician, .program, .system:
            return entry.authorName.isEmpty ? words("request.desk") : entry.authorName
        }
    }
}
