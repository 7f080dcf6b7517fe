import DeskCore

/// One customer with people, phones, contracts and the newest tickets.
struct CustomerPage: Page {
    static let template = "customer"

    struct Person: PagePart {
        var id: Int64
        var revision: Int64
        var name: String
        var email: String?
        var role: String?
        var url: String
        /// What became of their account on the portal, in words.
        var access: String
        /// Whether the link to activate it can be sent, or sent again.
        var mayInvite: Bool
        /// That their address sends our mail back, and since when.
        var trouble: String?
    }

    struct Phone: PagePart {
        var display: String
        var label: String?
        /// That nothing proves it is theirs.
        var claim: String?
        /// Whose it is, when it is one person's.
        var contact: String?
        var sms: Bool
        /// Whether it can be read, and so called.
        var isWhole: Bool
        var url: String
    }

    struct Contract: PagePart {
        var id: Int64
        var revision: Int64
        var number: String
        var title: String
        var isActive: Bool
        var isInForce: Bool
        var sms: Bool
        /// One on each line, as the products are.
        var sections: String
        var products: String
        /// The last day, as it is read.
        var ends: String?
        var url: String
    }

    struct Request: KeptPart {
        static let template = "customer-ticket"

        var number: String
        var summary: String
        var state: String
        var tone: String
        var created: String
    }

    /// Another record that may be the same customer, or one that was made part of this.
    struct Twin: PagePart {
        var id: Int64
        var name: String
        var document: String?
    }

    /// One line of the customer's story.
    struct Line: KeptPart {
        static let template = "customer-line"

        var at: String
        var kind: String
        var tone: String
        var text: String
        var href: String?
        var detail: String
    }

    var id: Int64
    var revision: Int64
    var name: String
    /// With stars; a look shows the whole.
    var document: String?
    var hasDocument: Bool
    var address: String?
    var notes: String?
    var isCompany: Bool
    /// The reader is on the line with somebody who has not yet proven to be this customer.
    var isMasked: Bool
    var hasSMS: Bool
    var sms: String
    var canChangeContracts: Bool
    /// Whether the reader may have all of it erased.
    var mayErase: Bool
    var contacts: [Person]
    var phones: [Phone]
    var contracts: [Contract]
    var tickets: [Request]
    var hasTickets: Bool
    var story: [Line] = []
    var hasStory = false
    /// The next page of the story.
    var older: String?
    /// Records that may be this customer's too, when one is looked for.
    var twins: [Twin] = []
    var hasTwins = false
    /// What the twins were looked for by.
    var like = ""
    /// Records that were made part of this one.
    var absorbed: [Twin] = []
    var hasAbsorbed = false
}

extension CustomerPage {
    init(
        _ card: CustomerCard,
        _ view: RecordView,
        tickets: [Ticket],
        region: Region,
        time: DeskTime,
        now: Moment,
        canChangeContracts: Bool,
        mayErase: Bool,
        accounts: [Int64: DeskCore.Person.State],
        access: (DeskCore.Person.State?) -> String,
        trouble: (Contact) -> String?
    ) {
        let customer = card.customer
        let url = "/api/v1/customers/\(customer.id)"
        let names = Dictionary(card.contacts.map { ($0.id, $0.name) }) { first, _ in first }
        self.init(
            id: customer.id,
            revision: customer.revision,
            name: customer.name,
            document: customer.document?.masked,
            hasDocument: customer.document != nil,
            address: view.address(customer.address),
            notes: customer.notes,
            isCompany: customer.kind == .company,
            isMasked: !view.isOpen,
            hasSMS: card.smsService == .active,
            sms: card.smsService.text(in: time.language),
            canChangeContracts: canChangeContracts,
            mayErase: mayErase,
            contacts: card.contacts.filter(\.isActive).map { contact in
                let state = accounts[contact.id]
                return Person(
                    contact,
                    view,
                    url: url,
                    access: access(state),
                    mayInvite: state == nil || state == .pending,
                    trouble: trouble(contact)
                )
            },
            phones: card.phones.map {
                Phone($0, view, names: names, region: region, language: time.language, url: url)
            },
            contracts: card.contracts.map { Contract($0, view, time: time, now: now, url: url) },
            tickets: tickets.map { Request($0, time: time) },
            hasTickets: !tickets.isEmpty
        )
    }
}

extension CustomerPage.Person {
    fileprivate init(
        _ contact: Contact,
        _ view: RecordView,
        url: String,
        access: String,
        mayInvite: Bool,
        trouble: String?
    ) {
        self.init(
            id: contact.id,
            revision: contact.revision,
            name: contact.name,
            email: view.email(contact.email),
            role: contact.role,
            url: "\(url)/contacts/\(contact.id)",
            access: access,
            mayInvite: mayInvite,
            trouble: trouble
        )
    }
}

extension CustomerPage.Phone {
    fileprivate init(
        _ phone: DeskCore.Phone,
        _ view: RecordView,
        names: [Int64: String],
        region: Region,
        language: Language,
        url: String
    ) {
        self.init(
            display: view.display(phone, region: region),
            label: phone.label,
            claim: phone.isConfirmed ? nil : CandidateReason.claimedPhone.text(in: language),
            contact: phone.contactID.flatMap { names[$0] },
            sms: phone.canReceiveSMS(region: region),
            isWhole: view.shows(phone),
            url: "\(url)/phones/\(phone.id)"
        )
    }
}

extension CustomerPage.Contract {
    fileprivate init(_ contract: DeskCore.Contract, _ view: RecordView, time: DeskTime, now: Moment, url: String) {
        self.init(
            id: contract.id,
            revision: contract.revision,
            number: view.contract(contract.number),
            title: contract.title,
            isActive: contract.isActive,
            isInForce: contract.isInForce(at: now),
            sms: contract.hasSMS,
            sections: contract.sections.joined(separator: "\n"),
            products: contract.products.joined(separator: "\n"),
            ends: contract.endsAt.map(time.date),
            url: "\(url)/contracts/\(contract.id)"
        )
    }
}

extension CustomerPage.Request {
    fileprivate init(_ ticket: Ticket, time: DeskTime) {
        self.init(
            number: ticket.number,
            summary: ticket.summary,
            state: TicketWords.state(ticket.state)[time.language],
            tone: TicketWords.tone(ticket.state),
            created: time.date(ticket.createdAt)
        )
    }
}
