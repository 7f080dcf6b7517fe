import Codecs
import Foundation

/// A call as the desk keeps it.
public struct Call: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var line: String
    public var key: String
    public var direction: CallDirection
    public var number: String?
    /// As the trunk sent it.
    public var numberRaw: String?
    /// As the PBX's dialplan left it when the call was offered; nil where that was not seen.
    public var numberShown: String?
    public var callerName: String?
    public var withheld: Bool
    public var dialled: String?
    public var callerParty: String?
    public var queue: String?
    public var state: CallState
    public var outcome: CallOutcome
    public var offered: [String]
    public var answeredBy: String?
    public var lastParty: String?
    public var endedBy: CallEnder?
    public var cause: Int64?
    public var holds: Int64
    public var transfers: [CallTransfer]
    public var recording: String?
    public var startedAt: Moment
    public var answeredAt: Moment?
    public var endedAt: Moment?
    public var attendanceID: Int64?
    public var mergedInto: Int64?
    public var returnedAt: Moment?
    /// When its line told of it last, within `CallLog.signOfLife`; nil for calls of releases that did not keep it.
    public var reportedAt: Moment?

    static let columns = """
        id, line, call_key, direction, number, number_raw, caller_name, withheld, dialled, caller_party, queue, state,
        outcome, offered, answered_by, last_party, ended_by, cause, holds, transfers, recording, started_at,
        answered_at, ended_at, attendance_id, merged_into, returned_at, number_shown, reported_at
        """

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "call.id")
        line = try row.need(row.text(1), "call.line")
        key = try row.need(row.text(2), "call.call_key")
        direction = try row.need(row.text(3).flatMap(CallDirection.init), "call.direction")
        number = row.text(4)
        numberRaw = row.text(5)
        callerName = row.text(6)
        withheld = row.bool(7)
        dialled = row.text(8)
        callerParty = row.text(9)
        queue = row.text(10)
        state = try row.need(row.text(11).flatMap(CallState.init), "call.state")
        outcome = try row.need(row.text(12).flatMap(CallOutcome.init), "call.outcome")
        offered = StoredList.decode([String].self, row.text(13)) ?? []
        answeredBy = row.text(14)
        lastParty = row.text(15)
        endedBy = row.text(16).flatMap(CallEnder.init)
        cause = row.integer(17)
        holds = row.integer(18) ?? 0
        transfers = StoredList.decode([CallTransfer].self, row.text(19)) ?? []
        recording = row.text(20)
        startedAt = try row.need(row.moment(21), "call.started_at")
        answeredAt = row.moment(22)
        endedAt = row.moment(23)
        attendanceID = row.integer(24)
        mergedInto = row.integer(25)
        returnedAt = row.moment(26)
        numberShown = row.text(27)
        reportedAt = row.moment(28)
    }

    /// Its key once the line has given that to another call: with its own id, which no other has.
    var givenUpKey: String { WireText.key("\(key)~\(id)") }

    /// The key by which its line knew it, also where the line has used that again since.
    public var lineKey: String {
        let mark = "~\(id)"
        return key.hasSuffix(mark) ? String(key.dropLast(mark.count)) : key
    }

    /// Talk and waiting time so far, in the desk's clock.
    public func duration(now: Moment) -> Duration { (endedAt ?? now).since(startedAt) }

    /// The party of the call that is not the desk.
    public var other: OtherParty {
        OtherParty(
            number: number,
            numberRaw: numberRaw,
            numberShown: numberShown,
            name: callerName,
            isWithheld: withheld
        )
    }

    /// What the trunk sent, where the dialplan made something else of it; nil when there is nothing more to show.
    public var sentOtherwise: String? {
        guard !withheld, let numberRaw, let numberShown, numberRaw != numberShown else { return nil }
        return numberRaw
    }

    /// Whether this contact gets a protocol number.
    public var makesAttendance: Bool { direction.makesAttendance }

    /// The party whose technician has the call, nil while nobody has it.
    public var holder: String? { lastParty ?? answeredBy }
}

/// Lists and small documents kept as JSON text in a column.
enum StoredList {
    /// A document without members.
    static let nothing = "{}"

    static func encode(_ value: some Encodable) -> String { coded(value) }

    /// As the coder writes it.
    static func coded(_ value: some Encodable) -> String {
        // Our own value types always encode; an empty list is the honest answer should one ever not.
        return (try? JSONCoding.text(value)) ?? "[]"
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String?) -> Value? {
        guard let text, text != "[]" else { return nil }
        return try? JSONCoding.value(type, from: text)
    }

    /// A list that grants something: where an empty one means “all”, an unreadable one must not.
    static func texts(_ text: String?, _ what: String) throws(StoreError) -> [String] {
        guard let text, text != "[]" else { return [] }
        guard let list = decode([String].self, text) else { throw .corrupt(what: what) }
        return list
    }
}
