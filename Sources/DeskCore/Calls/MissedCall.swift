/// Which call was missed, and which of those still asks to be returned: the rule for values and the same for the database.
enum MissedCall {
    /// Nobody answered an inbound call that is over, and nobody was to leave it unanswered.
    static let condition = """
        direction = 'inbound' AND ended_at IS NOT NULL AND answered_at IS NULL AND merged_into IS NULL
        AND outcome <> 'answered' AND outcome <> 'blocked'
        """

    /// It was missed, and nobody has talked to that number since.
    static let unreturned = "returned_at IS NULL AND \(condition)"

    /// It is unreturned and can be called: withheld numbers cannot.
    static let callable = "\(unreturned) AND \(hasNumber)"

    /// It broke off while people talked, and nobody has talked to that number since.
    static let droppedUnreturned = "dropped_at IS NOT NULL AND returned_at IS NULL"

    /// It broke off and can be called again.
    static let droppedCallable = "\(droppedUnreturned) AND \(hasNumber)"

    /// Calls with a number, which is bound at `place`, each of the two found by an index of its own: a number that can be called
    /// from everywhere, and one that is only known as it was sent or dialled.
    static func isOf(_ place: String) -> [String] {
        ["number = \(place)", "number IS NULL AND withheld = 0 AND number_raw = \(place)"]
    }

    private static let hasNumber = "withheld = 0 AND COALESCE(number, number_raw) IS NOT NULL"

    /// Whether a talk that ended just now is to be taken up again by calling back.
    ///
    /// One that was only inferred to have broken off is not where somebody finished the contact: whoever did had ended
    /// the talk, before the PBX went.
    static func isOwed(_ way: CallBreak?, of call: Call, in contact: Attendance) -> Bool {
        guard let way, call.answeredAt != nil else { return false }
        return way == .seen || contact.state == .open
    }

    /// Notes that the call of a contact broke off, unless its caller was talked to again already.
    static func noteDrop(of attendanceID: Int64, at now: Moment, in session: any SQLSession) throws(StoreError) {
        try session.execute(
            """
            UPDATE call SET dropped_at = $1
            WHERE id = (SELECT call_id FROM attendance WHERE attendance.id = $2) AND merged_into IS NULL
                AND answered_at IS NOT NULL AND direction <> 'internal'
                AND NOT EXISTS (
                    SELECT 1 FROM call AS later WHERE later.number = call.number AND later.id > call.id
                        AND later.started_at >= call.started_at AND later.answered_at IS NOT NULL
                )
                AND NOT EXISTS (
                    SELECT 1 FROM call AS later WHERE call.number IS NULL AND later.number IS NULL
                        AND later.withheld = 0 AND later.number_raw = call.number_raw AND later.id > call.id
                        AND later.started_at >= call.started_at AND later.answered_at IS NOT NULL
                )
            """,
            [.moment(now), .integer(attendanceID)]
        )
    }
}

extension Call {
    /// The number by which a caller is called back: as it was sent where it is none that can be called from everywhere; nil
    /// for one that was not shown.
    public var callBackNumber: String? { number ?? (withheld ? nil : numberRaw) }

    /// Whether nobody answered an inbound call that is over, and nobody was to leave it unanswered.
    public var wasMissed: Bool { wasUnanswered && outcome != .blocked }

    /// Whether nobody answered an inbound call that is over, meant or not.
    var wasUnanswered: Bool {
        direction == .inbound && endedAt != nil && answeredAt == nil && mergedInto == nil && outcome != .answered
    }

    /// Whether it was missed and still asks to be returned.
    public var isUnreturned: Bool { wasMissed && returnedAt == nil }
}
