import DeskCore
import IVRBridge

/// A call as the desk's screens and the event stream see it (docs/api.md, event `call`).
struct CallPayload: Sendable {
    struct Contact: Sendable {
        var id: Int64
        var `protocol`: String
        var groups: [String]

        init(_ attendance: Attendance) {
            id = attendance.id
            self.protocol = attendance.protocolNumber
            groups = SpokenDigits.grouped(attendance.protocolNumber).split(separator: " ").map(String.init)
        }
    }

    var id: Int64?
    var line: String
    var direction: String
    var state: String
    var outcome: String
    var number: String?
    var numberDisplay: String?
    var callerName: String?
    var withheld: Bool
    var dialled: String?
    var queue: String?
    var answeredBy: String?
    var lastParty: String?
    var startedAt: Moment?
    var answeredAt: Moment?
    var endedAt: Moment?
    var attendance: Contact?
    var candidates: [CallTeller.Caller] = []
    var accountID: Int64?
    var takenBy: String?
    /// Technicians whose phones ring now.
    var ringing: [Int64] = []
    var isNew = false
    /// Why it popped nowhere, in a word: `no_extension`, `nobody_ringing`.
    var whyNot: String?
    /// The database would not take it: there is no number to promise.
    var unrecorded = false

    init(_ call: Call, display: (String) -> String) {
        id = call.id
        line = call.line
        direction = call.direction.rawValue
        state = call.state.rawValue
        outcome = call.outcome.rawValue
        number = call.number
        numberDisplay = (call.number ?? call.numberRaw).map(display)
        callerName = call.callerName
        withheld = call.withheld
        dialled = call.dialled
        queue = call.queue
        answeredBy = call.answeredBy
        lastParty = call.lastParty
        startedAt = call.startedAt
        answeredAt = call.answeredAt
        endedAt = call.endedAt
    }

    /// The same without its number, for whom the customer's record is covered.
    var covered: CallPayload {
        var covered = self
        covered.number = nil
        covered.numberDisplay = numberDisplay.map(PhoneNumber.masked)
        covered.candidates = []
        // Where the desk called, what was dialled is the customer's; and a PBX without a name sends the number for one.
        if direction == CallDirection.outbound.rawValue { covered.dialled = dialled.map(PhoneNumber.masked) }
        covered.answeredBy = answeredBy.map(PBXChannel.withoutNumber)
        covered.lastParty = lastParty.map(PBXChannel.withoutNumber)
        if callerName.map({ !$0.contains(where: \.isLetter) }) ?? false { covered.callerName = nil }
        return covered
    }

    init(unrecorded report: CallSignal, display: (String) -> String) {
        let other = report.other
        line = report.line
        direction = report.direction.rawValue
        state = report.state.rawValue
        outcome = report.outcome.rawValue
        number = other.number
        numberDisplay = (other.number ?? other.numberRaw).map(display)
        callerName = other.name
        withheld = other.isWithheld
        dialled = report.dialled
        queue = report.queue
        answeredBy = report.answeredBy
        lastParty = report.deskParty
        startedAt = report.startedAt.map { Moment(microseconds: $0) }
        answeredAt = report.answeredAt.map { Moment(microseconds: $0) }
        endedAt = report.endedAt.map { Moment(microseconds: $0) }
        unrecorded = true
    }
}

extension JSONWriter {
    mutating func write(_ call: CallPayload) {
        object { json in
            json.field("id", call.id)
            json.field("line", call.line)
            json.field("direction", call.direction)
            json.field("state", call.state)
            json.field("outcome", call.outcome)
            json.field("number", call.number)
            json.field("number_display", call.numberDisplay)
            json.field("caller_name", call.callerName)
            json.field("withheld", call.withheld)
            json.field("dialled", call.dialled)
            json.field("queue", call.queue)
            json.field("answered_by", call.answeredBy)
            json.field("last_party", call.lastParty)
            json.field("started_at", call.startedAt)
            json.field("answered_at", call.answeredAt)
            json.field("ended_at", call.endedAt)
            json.key("attendance")
            if let contact = call.attendance {
                json.object { json in
                    json.field("id", contact.id)
                    json.field("protocol", contact.protocol)
                    json.field("groups", contact.groups)
                }
            } else {
                json.null()
            }
            json.key("candidates")
            json.array(call.candidates) { json, caller in
                json.object { json in
                    json.field("customer_id", caller.customerID)
                    json.field("contact_id", caller.contactID)
                    json.field("name", caller.name)
                    json.field("reasons", caller.reasons)
                }
            }
            json.field("account_id", call.accountID)
            json.field("taken_by", call.takenBy)
            json.key("ringing")
            json.array(call.ringing) { json, account in json.number(account) }
            json.field("is_new", call.isNew)
            json.field("why_not", call.whyNot)
            json.field("unrecorded", call.unrecorded)
        }
    }
}
