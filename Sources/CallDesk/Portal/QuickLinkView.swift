import DeskCore

/// What the quick link's page shows of a ticket, as text: the public part only, never an answer, a phone or a note.
struct QuickLinkView {
    struct Step {
        var title: String
        /// done, current or ahead.
        var state: String
        var isCurrent: Bool
    }

    struct Item {
        var kind: String
        var author: String
        var time: String
        var text: String
    }

    var language: String
    var deskName: String
    var number: String
    var summary: String
    var topic: String
    /// The protocol number in groups one can say.
    var protocolGroups: String
    var opened: String
    var updated: String
    var due: String?
    var expires: String?
    var steps: [Step]
    var items: [Item]

    init(
        ticket: Ticket,
        attendance: Attendance,
        thread: [PublicEntry],
        expiresAt: Moment?,
        deskName: String,
        time: DeskTime,
        department: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        let words = QuickLinkWords(language: time.language)
        language = time.language.rawValue
        self.deskName = deskName
        number = ticket.number
        summary = ticket.summary
        topic = (ticket.sectionPath + [ticket.topicTitle]).joined(separator: " › ")
        protocolGroups = SpokenDigits.grouped(attendance.protocolNumber)
        opened = time.dateAndTime(ticket.createdAt)
        updated = time.dateAndTime(ticket.updatedAt)
        due = ticket.state.isOpen ? ticket.dueAt.map(time.dateAndTime) : nil
        expires = expiresAt.map(time.dateAndTime)
        // A ticket that was cancelled went no further than that.
        let path: [TicketState] =
            ticket.state == .cancelled ? [.triage, .cancelled] : [.triage, .inProgress, .waiting, .solved, .closed]
        let at = path.firstIndex(of: ticket.state) ?? 0
        steps = path.enumerated().map { index, state in
            Step(
                title: state.title(time.language, toCustomer: true),
                state: index < at ? "done" : index == at ? "current" : "ahead",
                isCurrent: index == at
            )
        }
        let sentence = EntrySentence(time: time, department: department)
        items = thread.compactMap { entry in
            let text = [sentence.text(entry), entry.body].compactMap(\.self).filter { !$0.isEmpty }
            guard !text.isEmpty else { return nil }
            return Item(
                // What somebody wrote stands out; what happened is a line between.
                kind: entry.body.isEmpty ? "event" : "reply",
                author: words.author(entry),
                time: time.dateAndTime(entry.createdAt),
                text: text.joined(separator: "\n")
            )
        }
    }
}
