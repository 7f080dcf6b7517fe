import DeskCore

/// What a list of tickets can show of each (C6).
enum TicketColumn: String, CaseIterable {
    case number, type, section, topic, summary, customer, created, person, department, state, policy, due
    case serviceStatus = "sla_status"
    case priority, channel, level, updated

    /// What fits a screen and answers most questions.
    static let usual: [TicketColumn] = [.number, .summary, .customer, .state, .priority, .person, .created, .due]

    /// The key of its heading.
    var word: String { "tickets.column." + (self == .serviceStatus ? "service" : rawValue) }

    /// The order of the list that a click on its heading asks for.
    var order: WorkListOrder? {
        switch self {
        case .created, .number: .created
        case .due: .due
        case .priority: .work
        default: nil
        }
    }

    /// Whether figures stand below each other.
    var isNumber: Bool { [.number, .created, .due, .updated, .level].contains(self) }
}

/// One cell of a list of tickets.
///
/// Most cells are plain text: what few have is one part, so that the others cost a tag for it and no more.
struct TicketCell: ToldPart {
    struct Link: ToldPart {
        var href: String
        var text: String

        func tell(_ shape: ShapeReader) {
            shape.take(href)
            shape.take(text)
        }
    }

    struct Badge: ToldPart {
        var tone: String?
        var text: String

        func tell(_ shape: ShapeReader) {
            shape.take(tone)
            shape.take(text)
        }
    }

    /// What a cell can be besides plain text.
    struct Special: ToldPart {
        var link: Link?
        var badge: Badge?
        /// What it says, unless it is a link or a badge.
        var text: String?
        /// A second, quiet line.
        var below: String?
        var isLate = false

        func tell(_ shape: ShapeReader) {
            shape.take(link)
            shape.take(badge)
            shape.take(text)
            shape.take(below)
            shape.take(isLate)
        }
    }

    var label: String
    /// The classes of its style.
    var style: String
    var plain: String?
    var special: Special?

    func tell(_ shape: ShapeReader) {
        shape.take(label)
        shape.take(style)
        shape.take(plain)
        shape.take(special)
    }
}

/// Makes the cells of a list, with the names a page of them needs.
struct TicketCells {
    let words: Words
    let language: Language
    let time: DeskTime
    let now: Moment
    let catalogue: Catalogue
    let customers: [Int64: String]
    let people: [Int64: String]

    func heading(_ column: TicketColumn) -> String { words(column.word) }

    func cell(_ column: TicketColumn, of ticket: Ticket) -> TicketCell {
        let status = ticket.serviceStatus(at: now)
        let text = text(column, of: ticket)
        let isLate = column == .due && ticket.state.isOpen && status == .late
        let styles = [column.isNumber ? "n" : nil, isLate ? "late" : nil].compactMap(\.self)
        let link = TicketCell.Link(href: "/desk/tickets/\(ticket.number)", text: text)
        let special: TicketCell.Special? =
            switch column {
            case .number: .init(link: link)
            case .summary: .init(link: link, below: ticket.topicTitle)
            case .state: .init(badge: .init(tone: TicketWords.tone(ticket.state), text: text))
            case .priority where ticket.state.isOpen && ticket.priority == TopicPriority.urgent.rawValue:
                .init(badge: .init(tone: "late", text: text))
            case .serviceStatus where status == .late || status == .atRisk:
                .init(badge: .init(tone: status == .late ? "late" : "waiting", text: text))
            case _ where isLate: .init(text: text, isLate: true)
            default: nil
            }
        return TicketCell(
            label: heading(column),
            style: styles.joined(separator: " "),
            plain: special == nil ? text : nil,
            special: special
        )
    }

    /// The cell's text alone, as a file of the list has it.
    func text(_ column: TicketColumn, of ticket: Ticket) -> String {
        switch column {
        case .number: ticket.number
        case .type: ticket.type.title[language]
        case .section:
            catalogue.topic(ticket.topic).map { catalogue.pathTitles(of: $0, in: language).joined(separator: " › ") }
                ?? ""
        case .topic: ticket.topicTitle
        case .summary: ticket.summary
        case .customer: ticket.customerID.flatMap { customers[$0] } ?? ticket.callerName ?? words("tickets.nobody")
        case .created: time.compact(ticket.createdAt)
        case .person: ticket.assignedTo.flatMap { people[$0] } ?? words("tickets.free")
        case .department: catalogue.department(ticket.department)?.name[language] ?? ticket.department
        case .state: TicketWords.state(ticket.state)[language]
        case .policy: ticket.policy ?? ""
        case .due: ticket.dueAt.map(time.compact) ?? ServiceStatus.open.title(language)
        case .serviceStatus: ticket.serviceStatus(at: now).title(language)
        case .priority: TicketWords.priority(ticket.priority, language)
        case .channel: TicketWords.channel(ticket.channel)[language]
        case .level: String(ticket.level)
        case .updated: time.compact(ticket.updatedAt)
        }
    }
}
