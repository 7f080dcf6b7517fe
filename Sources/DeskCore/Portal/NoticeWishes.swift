/// Which notices a person wants by which channel (B2): what proves a contact, and what was asked for, always goes.
public struct NoticeWishes: Sendable, Hashable, Codable {
    /// Notices that belong together for the person who gets them.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// Replies, questions and their reminders.
        case answers
        /// Who has it, which state, which day.
        case progress
        /// Solved, closed, how was it.
        case end
    }

    /// `answers.sms`: what is not wanted; everything else is.
    private var declined: Set<String> = []

    public init() {}

    public mutating func decline(_ kind: Kind, _ channel: NoticeChannel) {
        declined.insert("\(kind.rawValue).\(channel.rawValue)")
    }

    public func wants(_ kind: Kind, _ channel: NoticeChannel) -> Bool {
        !declined.contains("\(kind.rawValue).\(channel.rawValue)")
    }

    /// Whether a notice of an event may go by a channel.
    public func wants(_ event: NoticeEvent, _ channel: NoticeChannel) -> Bool {
        Kind.of(event).map { wants($0, channel) } ?? true
    }

    public static let everything = NoticeWishes()
}

extension NoticeWishes.Kind {
    /// The kind of an event; nil for what cannot be declined.
    static func of(_ event: NoticeEvent) -> Self? {
        switch event {
        case .ticketAnswered, .ticketAsked, .ticketReminded: .answers
        case .ticketStateChanged, .ticketReopened, .ticketReiterated, .ticketMoved, .ticketMerged, .ticketDueChanged:
            .progress
        case .ticketSolved, .ticketClosed, .ticketCancelled, .surveyRequested: .end
        default: nil
        }
    }
}

extension NoticeAudience {
    /// Leaves out whoever does not want an event's notices by a channel.
    ///
    /// A mailbox is its owner's, their account's and their contact's; the telephones of a private customer are that person's,
    /// of a company those registered for their contact.
    mutating func heed(
        _ event: NoticeEvent,
        customerID: Int64?,
        in session: any SQLSession
    ) throws(StoreError) {
        guard let customerID, NoticeWishes.Kind.of(event) != nil else { return }
        for row in try session.rows(
            """
            SELECT person.email, person.preferences, customer.kind, contact.id, contact.email FROM person
            JOIN person_contact ON person_contact.person_id = person.id
            JOIN contact ON contact.id = person_contact.contact_id
            JOIN customer ON customer.id = contact.customer_id
            WHERE contact.customer_id = $1 AND person.preferences <> '{}'
            """,
            [.integer(customerID)],
            limit: CustomerLimits.contacts
        ) {
            guard let wishes = StoredList.decode(NoticeWishes.self, row.text(1)) else { continue }
            // The desk may have another address of theirs than they sign in with.
            let own = [row.text(0), row.text(4)].compactMap(\.self)
            if !wishes.wants(event, .mail), !own.isEmpty {
                declined.insert(.mail)
                mailboxes.removeAll { own.contains($0.address) }
            }
            if !wishes.wants(event, .sms) {
                declined.insert(.sms)
                if row.text(2) == Customer.Kind.person.rawValue { phones = [] }
                let numbers = try session.rows(
                    "SELECT e164 FROM phone WHERE contact_id = $1 AND e164 IS NOT NULL",
                    [.integer(row.integer(3))],
                    limit: CustomerLimits.phones
                ).compactMap { $0.text(0) }
                phones.removeAll { phone in phone.e164.map(numbers.contains) ?? false }
            }
        }
    }
}
