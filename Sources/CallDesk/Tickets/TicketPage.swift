import Codecs
import DeskCore

/// One ticket as the desk sees it: what it is, its thread, whose it is, what can be done now.
struct TicketPage: Page {
    static let template = "ticket"

    struct Fact: PagePart {
        var label: String
        var text: String
        var tone: String
    }

    struct Answer: PagePart {
        var label: String
        var text: String
        var isSecret: Bool
        /// By which a secret is asked for.
        var reference: String?
        /// Where the whole document is asked for; the text has stars.
        var look: String?
    }

    struct Whose: PagePart {
        var id: Int64
        var name: String
    }

    struct Item: KeptPart {
        static let template = "ticket-entry"

        var id: Int64
        /// reply, note or event.
        var kind: String
        var label: String
        var author: String
        var time: String
        var text: String
        var files: [File]
        var hasFiles: Bool
        /// The vault's references of passwords that were taken out of the text.
        var secrets: [String]
        /// What the sender's program quoted beneath an answer by e-mail.
        var quoted: String?
    }

    /// An entry that can go into a ticket of its own.
    struct Part: PagePart {
        var id: Int64
        var label: String
    }

    /// Somebody who watches the ticket, or may.
    struct Person: PagePart {
        var id: Int64
        var name: String
        var isWatching: Bool
    }

    struct Watchers: KeptPart {
        static let template = "ticket-watchers"

        var people: [Person]
    }

    /// One thing of the topic's checklist.
    struct Step: PagePart {
        var id: String
        var url: String
        var label: String
        var isDone: Bool
        /// That of the mark as it was shown.
        var tag: String
        /// Who did it, and when.
        var done: String?
    }

    /// What the customer may do, done for them in a contact of theirs.
    struct ForCustomer: PagePart {
        var move: String
        var label: String
        var url: String
        var needsReason: Bool
    }

    /// A department a ticket can move to.
    struct Place: PagePart {
        var id: String
        var name: String
    }

    /// Somebody a ticket can be given to as it moves.
    struct Taker: PagePart {
        var id: Int64
        var name: String
        /// The departments they take it in, parted by blanks.
        var places: String
    }

    /// What opens in a dialog, by its button or Ctrl+K.
    struct Deeds: PagePart {
        var mayChange: Bool
        /// As the control for day and time takes it.
        var due: String?
        var topics: PageOptions
        var watchers: Watchers
        var parts: [Part]
        var hasParts: Bool
        /// Whether it can go to another department, and where; nobody need take it there at once.
        var mayMove: Bool
        var places: [Place]
        var takers: [Taker]
        var mayMerge: Bool
        var mayLink: Bool
        var mayCancel: Bool
        var contacts: [PageChoice]
        var forCustomer: [ForCustomer]
        var hasForCustomer: Bool
    }

    struct File: PagePart {
        var id: Int64
        var name: String
        var size: String
    }

    /// What became of a mail or an SMS.
    struct Fate: PagePart {
        var sentence: String
        var icon: String
        var tone: String
        var error: String?
    }

    /// A quick link that opens the ticket now.
    struct Link: PagePart {
        /// Whom it was sent to, masked.
        var recipient: String
        /// Of which ticket, where that was merged into this one.
        var number: String?
        var until: String
        var url: String
    }

    /// What the composer writes.
    struct Kind: PagePart {
        var move: String
        var key: String
        var label: String
        var isFirst: Bool
    }

    /// A fact that changes where it stands.
    struct Choice: PagePart {
        var name: String
        var label: String
        var isNumber: Bool
        var options: PageOptions
        var method: String
        var url: String
    }

    struct Work: PagePart {
        var kinds: [Kind]
        var hasKinds: Bool
        var composerURL: String
        /// Characters of an entry.
        var longest: Int
        var mayTake: Bool
        var mayWork: Bool
        var choices: [Choice]
        var revision: Int64
        var deeds: Deeds
    }

    var id: Int64
    var number: String
    var summary: String
    var state: String
    var tone: String
    var isLate: Bool
    var isClosed: Bool
    var isUnverified: Bool
    var needsProof: Bool
    var facts: [Fact]
    var details: String
    var whatChanged: String?
    var answers: [Answer]
    var hasAnswers: Bool
    var customer: Whose?
    var contact: String?
    var email: String?
    var phone: String?
    /// The number to dial, when it can be.
    var dial: String?
    var entries: [Item]
    /// The newest entry.
    var last: Int64?
    var files: [File]
    var hasFiles: Bool
    var fates: [Fate]
    var hasFates: Bool
    var links: [Link]
    var hasLinks: Bool
    var steps: [Step]
    var hasSteps: Bool
    var work: Work
}

extension TicketPage.Answer {
    init(_ answer: FormAnswer, ofTicket ticket: Int64) {
        let isSecret = answer.kind == .secret
        self.init(
            label: answer.label,
            text: answer.shown,
            isSecret: isSecret,
            reference: isSecret ? answer.value : nil,
            look: answer.isDocument
                ? "/api/v1/tickets/\(ticket)/answers/\(PercentEncoding.encode(answer.fieldID))/document" : nil
        )
    }
}

extension TicketPage.Fate {
    init(_ fate: NoticeFate, _ language: Language) {
        self.init(
            sentence: fate.sentence(language),
            icon: fate.channel == .mail ? "mail" : "sms",
            tone: fate.state.tone,
            error: fate.error(language)
        )
    }
}
