import Foundation

/// Sends a caller the protocol number by SMS while they are still in the telephone menu.
public struct ProtocolNotices: Sendable {
    private let database: any Database
    private let customers: CustomerDirectory
    private let composer: NoticeComposer
    private let policy: NoticePolicy
    private let clock: DeskClock
    private let timeZone: TimeZone
    private let language: Language

    public init(
        database: any Database,
        customers: CustomerDirectory,
        composer: NoticeComposer,
        policy: NoticePolicy,
        clock: DeskClock,
        timeZone: TimeZone,
        language: Language
    ) {
        self.database = database
        self.customers = customers
        self.composer = composer
        self.policy = policy
        self.clock = clock
        self.timeZone = timeZone
        self.language = language
    }

    /// Keeps an SMS with the number for the phone that calls, when the rules allow one; repeated, it stays one.
    ///
    /// The rules are those of every SMS (A3): a known customer, a contract in force with the service, and a mobile. The
    /// caller's own number need not be registered: who identified themselves calls from it.
    /// - Returns: whether an SMS is on its way.
    public func send(
        _ attendance: Attendance,
        customerID: Int64?,
        callerNumber: String?,
        name: String?
    ) async throws(StoreError) -> Bool {
        let now = clock.now
        return try await database.write { session in
            var audience = try customers.noticeRecipients(customerID: customerID, contactID: nil, in: session)
            let caller = callerNumber.flatMap { PhoneNumber.parse($0, region: customers.region) }
            // Whoever called on a registered phone is written to in that contact's language.
            let known = caller.flatMap { caller in audience.phones.first { $0.e164 == caller.e164 } }
            audience.phones = [
                NoticeAudience.Phone(
                    e164: caller?.e164,
                    takesSMS: caller?.canReceiveSMS ?? false,
                    name: name,
                    language: known?.language
                )
            ]
            let subject = NoticeSubject(attendanceID: attendance.id, customerID: customerID, occurrence: "menu")
            let decision = policy.decide(.protocolIssued, for: audience)
            let recipients = decision.recipients.filter { $0.channel == .sms }
            var facts = NoticeFacts(protocolNumber: attendance.protocolNumber, customerName: name)
            facts.say(.opened) { DeskTime(timeZone: timeZone, language: $0).dateAndTime(attendance.startedAt) }
            for draft in composer.compose(.protocolIssued, facts: facts, about: subject, to: recipients) {
                try NoticeOutbox.enqueue(draft, at: now, in: session)
            }
            for held in decision.withheld where held.channel == .sms && held.reason != .channelOff {
                try NoticeOutbox.withhold(
                    .protocolIssued,
                    channel: .sms,
                    reason: held.reason,
                    about: subject,
                    language: language,
                    at: now,
                    in: session
                )
            }
            return !recipients.isEmpty
        }
    }
}
