import DeskCore

/// One thing that happened at the desk, as open screens, programs and the other nodes are told it.
///
/// Every case is written as JSON once, in the form of the API (docs/api.md, “Events”): what is sent to a stream, carried to
/// a node or posted to a hook are the same bytes.
enum LiveChange: Sendable {
    /// A call rang, was answered, moved on or ended.
    case call(CallPayload)
    /// A contact changed hands.
    case attendance(HolderChange)
    /// The list of callers to be called back is another, because of this call.
    case callBack(callID: Int64)
    /// An interview went on.
    case draft(DraftChange)
    /// A ticket was opened or changed.
    case ticket(TicketChange)
    /// Something was added to a ticket.
    case entry(TicketChange)
    /// A customer's ticket has something new to show, by its number.
    case news(number: String)
    /// A notice moved to another state.
    case notice(NoticeFateChange)
    /// A PBX line was lost or came back.
    case line(LineChange)
    /// This node's database stopped answering, or answers again.
    case database(isWell: Bool, message: String?)
    /// Something for one person's eyes.
    case bell(Bell)
    /// Somebody has a ticket open, or leaves it.
    case presence(TicketLook)
    /// Something may have been missed: lists are to be loaded again.
    case resync

    /// What a change is called on the wire.
    enum Kind: String, Sendable, CaseIterable {
        case call, attendance, draft, ticket, entry, news, notice, line, database, bell, presence, resync
        case callBack = "callback"
    }

    /// Why a person's bell rings.
    enum Bell: Sendable {
        /// The line's self-test asks whether a screen hears.
        case selfTest
        /// A telephone or program asks to open a page of the desk.
        case open(path: String)
    }

    /// What happened to a contact's holder.
    struct HolderChange: Sendable {
        enum Verb: String, Sendable { case claimed, handedOver = "handed_over", takenBack = "taken_back" }

        var attendance: Attendance
        var verb: Verb
        var to: Account
        var from: Account?
    }

    /// Where an interview stands.
    struct DraftChange: Sendable {
        var attendanceID: Int64
        var protocolNumber: String
        /// Nobody's while a program that acts for nobody runs it.
        var accountID: Int64?
        var customer: String?
        var title: String
        var stage: String
        var revision: Int
        var updatedAt: Moment
        /// The interview is over: it leaves the list of drafts.
        var isOver: Bool
    }

    /// A ticket by its keys; who may read it asks for the rest.
    struct TicketChange: Sendable {
        var id: Int64
        var number: String
        var attendanceID: Int64
        var department: String
    }

    /// Who has a ticket open.
    struct TicketLook: Sendable {
        var ticketID: Int64
        var accountID: Int64
        var name: String
        var isWriting: Bool
        var isLeaving: Bool
    }

    /// How a PBX line is doing.
    struct LineChange: Sendable {
        var line: String
        var isConnected: Bool
        var message: String?
    }

    var kind: Kind {
        switch self {
        case .call: .call
        case .attendance: .attendance
        case .callBack: .callBack
        case .draft: .draft
        case .ticket: .ticket
        case .entry: .entry
        case .news: .news
        case .notice: .notice
        case .line: .line
        case .database: .database
        case .bell: .bell
        case .presence: .presence
        case .resync: .resync
        }
    }

    /// One JSON object without line breaks.
    var json: [UInt8] {
        var json = JSONWriter()
        switch self {
        case .call(let call): json.write(call)
        case .attendance(let change): json.write(change)
        case .callBack(let callID): json.object { json in json.field("id", callID) }
        case .draft(let change): json.write(change)
        case .ticket(let change), .entry(let change): json.write(change)
        case .news(let number): json.object { json in json.field("number", number) }
        case .notice(let change): json.write(change)
        case .line(let change): json.write(change)
        case .database(let isWell, let message):
            json.object { json in
                json.field("ok", isWell)
                json.field("message", message)
            }
        case .bell(.selfTest): json.object { json in json.field("reason", "self_test") }
        case .bell(.open(let path)):
            json.object { json in
                json.field("reason", "open")
                json.field("path", path)
            }
        case .presence(let look):
            json.object { json in
                json.field("ticket_id", look.ticketID)
                json.field("account_id", look.accountID)
                json.field("name", look.name)
                json.field("writing", look.isWriting)
                json.field("leaving", look.isLeaving)
            }
        case .resync: json.object { _ in }
        }
        return json.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ change: LiveChange.HolderChange) {
        object { json in
            json.field("id", change.attendance.id)
            json.field("protocol", change.attendance.protocolNumber)
            json.field("groups", DeskBoard.groups(change.attendance.protocolNumber))
            json.field("account_id", change.to.id)
            json.field("taken_by", change.to.name)
            json.field("from_account_id", change.from?.id)
            json.field("from", change.from?.name)
            json.field("verb", change.verb.rawValue)
        }
    }

    fileprivate mutating func write(_ change: LiveChange.DraftChange) {
        object { json in
            json.field("attendance_id", change.attendanceID)
            json.field("protocol", change.protocolNumber)
            json.field("account_id", change.accountID)
            json.field("customer", change.customer)
            json.field("title", change.title)
            json.field("stage", change.stage)
            json.field("revision", change.revision)
            json.field("updated_at", change.updatedAt)
            json.field("is_over", change.isOver)
        }
    }

    fileprivate mutating func write(_ change: LiveChange.TicketChange) {
        object { json in
            json.field("id", change.id)
            json.field("number", change.number)
            json.field("attendance_id", change.attendanceID)
            json.field("department", change.department)
        }
    }

    fileprivate mutating func write(_ change: NoticeFateChange) {
        object { json in
            json.field("id", change.noticeID)
            json.field("attendance_id", change.attendanceID)
            json.field("ticket_id", change.ticketID)
            json.field("channel", change.channel.rawValue)
            json.field("state", change.state.rawValue)
            json.field("error", change.lastError)
            json.field("at", change.at)
        }
    }

    fileprivate mutating func write(_ change: LiveChange.LineChange) {
        object { json in
            json.field("line", change.line)
            json.field("connected", change.isConnected)
            json.field("message", change.message)
        }
    }
}
