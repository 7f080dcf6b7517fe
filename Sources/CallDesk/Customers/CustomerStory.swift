import DeskCore

/// A customer's story as the page tells it, and the records that may be the same customer.
struct CustomerStory {
    private static let pageSize = 30
    /// A handful to compare; more is a search.
    private static let mostTwins = 8

    /// What is told of the record itself, as the audit trail calls it.
    static let changes = [
        "customer.create", "customer.update", "customer.merge", "customer.absorb", "customer.unmerge",
        "customer.document.look", "contact.add", "contact.update", "contact.remove", "phone.add", "phone.remove",
        "contract.add", "contract.update",
    ]

    /// The word of a change: `customer_update`.
    static func key(_ action: String) -> String { action.replacing(".", with: "_") }

    let app: App
    let words: Words
    let time: DeskTime

    func fill(_ page: inout CustomerPage, after: TimelineCursor?, for account: Account) async throws {
        let found = try await app.customers.timeline(
            of: page.id,
            departments: account.visibleDepartments,
            after: after,
            limit: Self.pageSize,
            isBrief: true
        )
        let people = Dictionary(try await app.accounts.list().map { ($0.id, $0.name) }) { first, _ in first }
        page.story = found.map { line($0, people) }
        page.hasStory = !found.isEmpty
        if found.count == Self.pageSize, let last = found.last {
            page.older = QueryText.path("/admin/customers/\(page.id)", [("after", last.cursor.text)]) + "#story"
        }
    }

    /// Records with a like name, or those that fit what was typed.
    func findTwins(of customer: Customer, like typed: String?, in page: inout CustomerPage) async throws {
        let like = String((typed ?? customer.name).prefix(TextLimits.query))
        page.like = like
        let found = try await app.customers.search(like, limit: Self.mostTwins + 1)
        page.twins = found.filter { $0.id != customer.id }.prefix(Self.mostTwins).map(Self.twin)
        page.hasTwins = !page.twins.isEmpty
        page.absorbed = try await app.customers.duplicates(of: customer.id).map(Self.twin)
        page.hasAbsorbed = !page.absorbed.isEmpty
    }

    private static func twin(_ customer: Customer) -> CustomerPage.Twin {
        CustomerPage.Twin(id: customer.id, name: customer.name, document: customer.document?.masked)
    }

    private func line(_ event: CustomerEvent, _ people: [Int64: String]) -> CustomerPage.Line {
        var line = CustomerPage.Line(at: time.dateAndTime(event.at), kind: "", tone: "", text: "", detail: "")
        switch event.what {
        case .contact(let contact):
            line.kind = words("customers.story.contact")
            line.tone = "accent"
            line.text = SpokenDigits.grouped(contact.protocolNumber)
            let outcome = contact.outcome.map { words("ui.outcome.\($0.rawValue)") }
            let length = contact.endedAt.map { DeskTime.length($0.since(contact.startedAt)) }
            line.detail = [
                TicketWords.channel(contact.channel)[time.language], outcome, length,
                contact.accountID.flatMap { people[$0] },
            ].compactMap { $0 }.joined(separator: " · ")
        case .ticket(let ticket):
            line.kind = words("customers.story.ticket")
            line.tone = TicketWords.tone(ticket.state)
            line.text = "\(ticket.number) · \(ticket.summary)"
            line.href = "/desk/tickets/\(ticket.number)"
            line.detail = TicketWords.state(ticket.state)[time.language]
        case .notice(let notice):
            line.kind = words("customers.story.notice")
            line.tone = notice.state.tone
            line.text = notice.event.title(time.language)
            line.detail = notice.sentence(time.language)
        case .change(let record):
            line.kind = words("customers.story.change")
            line.text = change(record.action)
            line.detail = actor(record.actor, people)
        }
        return line
    }

    /// What was done, in words; a deed of a later release keeps its code.
    private func change(_ action: String) -> String {
        guard Self.changes.contains(action) else { return action }
        return words("customers.changed.\(Self.key(action))")
    }

    private func actor(_ text: String, _ people: [Int64: String]) -> String {
        guard text.hasPrefix("account:"), let id = Int64(text.dropFirst("account:".count)) else {
            return words("customers.story.byOther")
        }
        return people[id] ?? words("customers.story.byOther")
    }
}
