import Foundation

/// Runs interviews over their stored drafts: loads, applies one input, does what is asked for, saves, returns the state.
///
/// Browser, terminal, API and keypad all come through here, so that they cannot disagree. Two inputs at once meet at the
/// draft's revision: one is kept, the other gets the current question back.
public struct InterviewDesk: Sendable {
    let attendances: AttendanceDesk
    let calls: CallDirectory
    let drafts: DraftDesk
    let tickets: TicketDesk
    let directory: TicketDirectory
    let customers: InterviewCustomers
    let vault: SecretVault
    let catalogue: @Sendable () -> Catalogue
    let checks: FieldChecks
    let clock: DeskClock
    let timeZone: TimeZone
    let newKey: @Sendable () -> String

    public init(
        attendances: AttendanceDesk,
        calls: CallDirectory,
        drafts: DraftDesk,
        tickets: TicketDesk,
        directory: TicketDirectory,
        customers: InterviewCustomers,
        vault: SecretVault,
        catalogue: @escaping @Sendable () -> Catalogue,
        checks: FieldChecks,
        clock: DeskClock,
        timeZone: TimeZone,
        newKey: @escaping @Sendable () -> String = { UUID().uuidString }
    ) {
        self.attendances = attendances
        self.calls = calls
        self.drafts = drafts
        self.tickets = tickets
        self.directory = directory
        self.customers = customers
        self.vault = vault
        self.catalogue = catalogue
        self.checks = checks
        self.clock = clock
        self.timeZone = timeZone
        self.newKey = newKey
    }

    /// The interview as it stands, changing nothing.
    public func state(attendanceID: Int64, by author: TicketAuthor?, language: Language) async throws -> InterviewState
    {
        guard let attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        guard let stored = try await drafts.find(attendanceID: attendanceID) else {
            return try await finished(attendance, language, .desk)
        }
        return try await resume(stored, attendance, author, nil).state
    }

    /// One interview in hand.
    struct Work {
        var attendance: Attendance
        var interview: Interview
        var author: TicketAuthor?
        /// The revision in the database; nil when none is stored.
        var stored: Int64?
        var ticket: Ticket?
        var refusal: InterviewRefusal?

        var outstanding: [InterviewAction] { interview.outstanding }
        var state: InterviewState {
            InterviewState(attendance: attendance, interview: interview, ticket: ticket, refusal: refusal)
        }
    }

    /// The contact, taken for the technician when nobody holds it.
    func hold(_ attendanceID: Int64, for author: TicketAuthor?) async throws -> Attendance {
        guard var attendance = try await attendances.find(attendanceID) else {
            throw InterviewDeskError.noSuchAttendance
        }
        guard let author else { return attendance }
        if attendance.isCustomersOwn { throw TicketRefusal.notSent }
        // One that is over is only read; with another request under way it is its holder's still.
        guard try await attendances.isInHand(attendance) else { return attendance }
        if attendance.accountID == nil {
            attendance.accountID = try await attendances.claim(attendanceID, by: author.accountID)
        }
        if let holder = attendance.accountID, holder != author.accountID {
            throw InterviewDeskError.heldByAnother(accountID: holder)
        }
        return attendance
    }

    /// A contact that is over, shown as the end of its interview.
    func finished(
        _ attendance: Attendance,
        _ language: Language,
        _ channel: InterviewChannel
    ) async throws -> InterviewState {
        guard attendance.state == .ended else { throw InterviewDeskError.noSuchAttendance }
        let ticket = try await directory.list(attendanceID: attendance.id).last
        var interview = Interview(
            key: "ended-\(attendance.id)",
            catalogue: catalogue(),
            checks: checks,
            language: language,
            channel: channel,
            caller: CallerFacts(attendanceID: attendance.id),
            today: today
        )
        let code = attendance.outcome?.rawValue ?? "other"
        _ = interview.end(EndReason(code: code, text: attendance.reason ?? code) ?? .other(code))
        return InterviewState(attendance: attendance, interview: interview, ticket: ticket, refusal: nil)
    }

    var today: CalendarDay {
        let now = clock.now
        let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
        return CalendarDay(now, offsetMinutes: timeZone.secondsFromGMT(for: date) / 60) ?? .epoch
    }
}
