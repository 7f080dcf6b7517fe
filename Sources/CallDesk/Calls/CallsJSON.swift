import DeskCore

/// Calls and attendances as the API writes them.
extension JSONWriter {
    mutating func write(_ call: Call, region: Region) {
        object { json in
            json.field("id", call.id)
            json.field("line", call.line)
            json.field("key", call.key)
            json.field("direction", call.direction.rawValue)
            json.field("number", call.number)
            json.field(
                "number_display",
                (call.number ?? call.numberRaw).map { PhoneNumber.display($0, region: region) }
            )
            json.field("number_sent", call.withheld ? nil : call.numberRaw)
            json.field("number_shown", call.withheld ? nil : call.numberShown)
            json.field("caller_name", call.callerName)
            json.field("withheld", call.withheld)
            json.field("dialled", call.dialled)
            json.field("caller_party", call.callerParty)
            json.field("queue", call.queue)
            json.field("state", call.state.rawValue)
            json.field("outcome", call.outcome.rawValue)
            json.field("offered", call.offered)
            json.field("answered_by", call.answeredBy)
            json.field("last_party", call.lastParty)
            json.field("ended_by", call.endedBy?.rawValue)
            json.field("cause", call.cause)
            json.field("holds", call.holds)
            json.key("transfers")
            json.array(call.transfers) { json, transfer in
                json.object { json in
                    json.field("kind", transfer.kind.rawValue)
                    json.field("from", transfer.from)
                    json.field("to", transfer.to)
                }
            }
            json.field("recording", call.recording)
            json.field("started_at", call.startedAt)
            json.field("answered_at", call.answeredAt)
            json.field("ended_at", call.endedAt)
            json.field("returned_at", call.returnedAt)
            json.field("missed", call.wasMissed)
            json.field("attendance_id", call.attendanceID)
        }
    }

    /// An attendance; `aloud`: with its number in words of that language.
    mutating func write(_ attendance: Attendance, aloud language: Language? = nil) {
        object { json in
            json.field("id", attendance.id)
            json.field("protocol", attendance.protocolNumber)
            json.field(
                "groups",
                SpokenDigits.grouped(attendance.protocolNumber).split(separator: " ").map(String.init)
            )
            if let language {
                json.field("words", SpokenDigits.words(attendance.protocolNumber, language: language))
            }
            json.field("channel", attendance.channel.rawValue)
            json.field("state", attendance.state.rawValue)
            json.field("outcome", attendance.outcome?.rawValue)
            json.field("reason", attendance.reason)
            json.field("topic", attendance.topic)
            json.field("call_id", attendance.callID)
            json.field("customer_id", attendance.customerID)
            json.field("contact_id", attendance.contactID)
            json.field("account_id", attendance.accountID)
            json.field("identity", attendance.identity.word)
            json.field("started_at", attendance.startedAt)
            json.field("ended_at", attendance.endedAt)
        }
    }
}
