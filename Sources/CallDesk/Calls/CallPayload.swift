import DeskCore

/// A call as the desk's screens and the event stream see it (docs/api.md, event `call`).
struct CallPayload: Codable, Sendable {
    struct Contact: Codable, Sendable {
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
    var startedAt: Int64?
    var answeredAt: Int64?
    var endedAt: Int64?
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

    enum CodingKeys: String, CodingKey {
        case id, line, direction, state, outcome, number, withheld, dialled, queue, attendance, candidates, ringing
        case unrecorded
        case numberDisplay = "number_display"
        case callerName = "caller_name"
        case answeredBy = "answered_by"
        case lastParty = "last_party"
        case startedAt = "started_at"
        case answeredAt = "answered_at"
        case endedAt = "ended_at"
        case accountID = "account_id"
        case takenBy = "taken_by"
        case isNew = "is_new"
        case whyNot = "why_not"
    }

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
        startedAt = call.startedAt.milliseconds
        answeredAt = call.answeredAt?.milliseconds
        endedAt = call.endedAt?.milliseconds
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
        startedAt = report.startedAt.map { Moment(microseconds: $0).milliseconds }
        answeredAt = report.answeredAt.map { Moment(microseconds: $0).milliseconds }
        endedAt = report.endedAt.map { Moment(microseconds: $0).milliseconds }
        unrecorded = true
    }
}
