import DeskCore

/// An interview as browser, terminal and API see it: the same JSON for all three (docs/api.md).
struct InterviewReply: Codable, Sendable {
    struct Contact: Codable, Sendable {
        var id: Int64
        var `protocol`: String
        /// The protocol number in groups one can say.
        var groups: [String]
        var channel: String
        var state: String
        var callID: Int64?
        var customerID: Int64?
        /// How sure the desk is of who it is with: none, known or verified.
        var identity: String

        enum CodingKeys: String, CodingKey {
            case id, `protocol`, groups, channel, state, identity
            case callID = "call_id"
            case customerID = "customer_id"
        }
    }

    struct Option: Codable, Sendable {
        var id: String
        var label: String
        var detail: String?
        /// value, candidate, section, topic or action.
        var role: String
        var digit: Int?
        var current: Bool
    }

    struct Person: Codable, Sendable {
        var id: String
        var customerID: Int64
        var contactID: Int64?
        var name: String
        var contactName: String?
        var kind: String
        var document: String?
        /// Why this may be the caller, in words.
        var reasons: [String]
        var openTickets: Int
        /// ISO 8601 in UTC.
        var lastCallAt: String?
        var sms: String

        enum CodingKeys: String, CodingKey {
            case id, name, kind, document, reasons, sms
            case customerID = "customer_id"
            case contactID = "contact_id"
            case contactName = "contact_name"
            case openTickets = "open_tickets"
            case lastCallAt = "last_call_at"
        }
    }

    struct Help: Codable, Sendable, Equatable {
        var title: String
        var text: String?
        var url: String?
    }

    struct Line: Codable, Sendable {
        var prompt: String
        var stage: String
        var label: String
        var display: String
        var canChange: Bool

        enum CodingKeys: String, CodingKey {
            case prompt, stage, label, display
            case canChange = "can_change"
        }
    }

    struct Question: Codable, Sendable {
        var id: String
        var stage: String
        /// confirm_candidate, choose_candidate, search_customer, topic, field, review, waiting, hand_over or done.
        var kind: String
        /// What a `field` is: text, long-text, number, money, date, time, choice, choices, yes-no, phone, email, cpf and others.
        var field: String?
        var label: String
        /// The sentence to say to the caller.
        var say: String
        var hint: String?
        var purpose: String?
        var options: [Option]
        /// The sections that lead to what a topic question shows, the outermost first; each is an option to go back to.
        var trail: [Option]?
        var candidates: [Person]
        var required: Bool
        var current: String?
        var suggestion: String?
        /// The suggestion, or the address, is what the same person answered before.
        var remembered: Bool?
        var error: String?
        var reopened: String?
        var maximumLength: Int
        var guides: [Help]
        var review: [Line]
        /// Where confirmations will go, as people write it; in the review.
        var recipients: [String] = []
        /// The files given so far, of a question that takes files.
        var files: [InterviewAnswerBody.File]?
        /// The largest file such a question takes, in bytes.
        var fileLimit: Int?
        /// The parts given so far, of a question that takes an address.
        var address: [String: String]?
        var warnings: [String]
        var canGoBack: Bool
        var waiting: Bool
        var misses: Int

        enum CodingKeys: String, CodingKey {
            case id, stage, kind, field, label, say, hint, purpose, options, candidates, required, current, suggestion
            case remembered, trail, error, reopened, guides, review, recipients, files, address, warnings, waiting,
                misses
            case maximumLength = "maximum_length"
            case canGoBack = "can_go_back"
            case fileLimit = "file_limit"
        }
    }

    struct Progress: Codable, Sendable {
        struct Step: Codable, Sendable {
            var stage: String
            var title: String
            /// done, current or ahead.
            var state: String
        }

        var done: Int
        var total: Int
        var steps: [Step]
    }

    struct Outcome: Codable, Sendable {
        /// opened, linked or ended.
        var kind: String
        var ticketID: Int64?
        var ticketNumber: String?
        var priority: String?
        /// Why it ended without a ticket, in words.
        var reason: String?

        enum CodingKeys: String, CodingKey {
            case kind, priority, reason
            case ticketID = "ticket_id"
            case ticketNumber = "ticket_number"
        }
    }

    /// The open ticket that the contact will be added to instead of opening one.
    struct Link: Codable, Sendable {
        var ticketID: Int64
        var number: String

        enum CodingKeys: String, CodingKey {
            case number
            case ticketID = "ticket_id"
        }
    }

    var attendance: Contact
    /// The topic's title, once there is one.
    var topic: String?
    var revision: Int
    var link: Link?
    var prompt: Question
    var progress: Progress
    var outcome: Outcome?
}

/// An answer as a front end sends it: exactly one of the fields, as `kind` of the question asks.
struct InterviewAnswerBody: Codable, Sendable {
    struct File: Codable, Sendable {
        var id: Int64
        var name: String
        var size: Int64
    }

    var text: String?
    var option: String?
    var options: [String]?
    var keys: String?
    var address: [String: String]?
    var files: [File]?
    var skip: Bool?
    var confirm: Bool?

    /// The answer, or nil when none or more than one is given.
    var answer: Answer? {
        var found: [Answer] = []
        if let text { found.append(.text(text)) }
        if let option { found.append(.option(option)) }
        if let options { found.append(.options(options)) }
        if let keys { found.append(.keys(keys)) }
        if let address {
            var parts = AddressAnswer()
            for (name, path) in AddressAnswer.parts { parts[keyPath: path] = address[name] ?? "" }
            found.append(.address(parts))
        }
        if let files { found.append(.files(files.map { FileAnswer(id: $0.id, name: $0.name, size: $0.size) })) }
        if skip == true { found.append(.skip) }
        if confirm == true { found.append(.confirm) }
        return found.count == 1 ? found[0] : nil
    }
}
