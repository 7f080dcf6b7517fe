import DeskCore
import HTTPTypes
import Hummingbird

/// What is done with a ticket in a dialog: its day and topic, those who watch it, other tickets, the customer's own moves.
extension TicketPages {
    func deeds(
        _ ticket: Ticket,
        _ thread: [Entry],
        _ offers: [TicketOffer],
        _ context: SignedInContext,
        _ words: Words
    ) async throws -> TicketPage.Deeds {
        let language = context.language
        let time = DeskTime(timeZone: app.timeZone, language: language)
        let own = Set(offers.filter { !$0.forCustomer }.map(\.move))
        let mayChange = own.contains(.change)
        let catalogue = app.catalogue.current
        let topics = mayChange ? catalogue.topics : []
        let parts = own.contains(.split) ? thread.filter { Self.canSplit($0, from: ticket) } : []
        let contacts = try await contacts(of: ticket, offers, context.account)
        let places = own.contains(.move) ? catalogue.departments.filter { $0.id != ticket.department } : []
        return TicketPage.Deeds(
            mayChange: mayChange,
            due: ticket.dueAt.map { ISOTime.local($0, in: app.timeZone) },
            topics: PageOptions(
                choices: topics.map { topic in
                    let path = topic.path.compactMap { catalogue.section($0)?.title[language] }
                    return PageChoice(
                        value: topic.id,
                        label: (path + [topic.title[language]]).joined(separator: " › "),
                        isChosen: topic.id == ticket.topic
                    )
                }
            ),
            watchers: .init(people: mayChange ? try await people(ticket) : []),
            parts: parts.map { entry in
                let text = entry.body.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
                return TicketPage.Part(
                    id: entry.id,
                    label: "\(time.dateAndTime(entry.createdAt)) · \(entry.authorName) · \(text.prefix(80))"
                )
            },
            hasParts: !parts.isEmpty,
            mayMove: !places.isEmpty,
            places: places.map { TicketPage.Place(id: $0.id, name: $0.name[language]) },
            takers: try await takers(in: places.map(\.id)),
            mayMerge: own.contains(.merge),
            mayLink: own.contains(.link),
            mayCancel: own.contains(.cancel),
            contacts: contacts.enumerated().map { index, contact in
                PageChoice(
                    value: String(contact.id),
                    label: "\(SpokenDigits.grouped(contact.protocolNumber)) · \(time.dateAndTime(contact.startedAt))",
                    isChosen: index == 0
                )
            },
            forCustomer: contacts.isEmpty ? [] : forCustomer(ticket, offers, words),
            hasForCustomer: !contacts.isEmpty && offers.contains { Self.customers.contains($0.move) }
        )
    }

    /// What is said by a person moves; what happened stays where it did.
    private static func canSplit(_ entry: Entry, from ticket: Ticket) -> Bool {
        entry.ticketID == ticket.id && [.reply, .note, .asked, .file].contains(entry.kind)
    }

    /// A page with more names is none to choose from; who is missing is found by the program's interface.
    static let mostTakers = 500

    /// Who takes a ticket in other departments: those who work there, as the move itself asks.
    private func takers(in places: [String]) async throws -> [TicketPage.Taker] {
        guard !places.isEmpty else { return [] }
        let takers = try await app.accounts.list().lazy.compactMap { person -> TicketPage.Taker? in
            guard !person.isDisabled else { return nil }
            let own = places.filter(person.takes)
            return own.isEmpty
                ? nil : TicketPage.Taker(id: person.id, name: person.name, places: own.joined(separator: " "))
        }
        return Array(takers.prefix(Self.mostTakers))
    }

    /// Who can watch: those who see the ticket, and those who do already.
    private func people(_ ticket: Ticket) async throws -> [TicketPage.Person] {
        let watching = Set(try await app.directory.watchers(of: ticket.id))
        return try await app.accounts.list().filter { person in
            watching.contains(person.id) || !person.isDisabled && person.mayRead(ticket)
        }.map { TicketPage.Person(id: $0.id, name: $0.name, isWatching: watching.contains($0.id)) }
    }

    /// What only the customer does, by a wish of theirs.
    static let customers: [TicketMove] = [.reiterate, .confirm, .restart, .reopen]

    /// The contacts in which somebody may act for the customer: a colleague's that is in hand is theirs alone.
    private func contacts(of ticket: Ticket, _ offers: [TicketOffer], _ account: Account) async throws -> [Attendance] {
        guard let customer = ticket.customerID, offers.contains(where: { Self.customers.contains($0.move) }) else {
            return []
        }
        var own: [Attendance] = []
        for contact in try await app.attendances.recent(customerID: customer, at: app.clock.now) {
            if contact.isCustomersOwn { continue }
            if account.role < .supervisor, let holder = contact.accountID, holder != account.id,
                try await app.attendances.isInHand(contact)
            {
                continue
            }
            own.append(contact)
        }
        return own
    }

    private func forCustomer(_ ticket: Ticket, _ offers: [TicketOffer], _ words: Words) -> [TicketPage.ForCustomer] {
        Self.customers.compactMap { move in
            guard let offer = offers.first(where: { $0.move == move }) else { return nil }
            return TicketPage.ForCustomer(
                move: move.rawValue,
                label: words("ticket.for.\(move.rawValue)"),
                url: "/api/v1/tickets/\(ticket.id)/\(move.rawValue)",
                needsReason: offer.needs.contains(.reason)
            )
        }
    }
}
