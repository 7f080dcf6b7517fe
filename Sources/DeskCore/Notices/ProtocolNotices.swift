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
    ///
    /// `isVerified`: whether they proved who they are; only then, or on a phone of the customer's, does `name` stand in it.
    /// - Returns: whether an SMS is on its way.
    public func send(
        _ attendance: Attendance,
        customerID: Int64?,
        callerNumber: String?,
        name: String?,
        isVerified: Bool
    ) async throws(StoreError) -> Bool {
        let now = clock.now
        return try await database.write { session in
            try tell(
                .protocolIssued,
                attendance,
                customerID: customerID,
                contactID: nil,
                callerNumber: callerNumber,
                name: name,
                isVerified: isVerified,
                occurrence: "menu",
                at: now,
                in: session
            )
        }
    }

    /// Keeps what an event says of a contact for the phone that called, in the caller's transaction; repeated, it stays one.
    ///
    /// `contactID`: whose mailbox it goes to when no SMS is allowed; nil for SMS alone.
    /// - Returns: whether anything is on its way.
    func tell(
        _ event: NoticeEvent,
        _ attendance: Attendance,
        customerID: Int64?,
        contactID: Int64?,
        callerNumber: String?,
        name: String?,
        isVerified: Bool,
        occurrence: String,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Bool {
        var audience = try customers.noticeRecipients(customerID: customerID, contactID: contactID, in: session)
        let caller = callerNumber.flatMap { PhoneNumber.parse($0, region: customers.region) }
        // Whoever called on a registered phone is written to in that contact's language.
        let known = caller.flatMap { caller in audience.phones.first { $0.e164 == caller.e164 } }
        // Whoever keyed somebody's number may be anybody: their phone is not told whose it is.
        let name = isVerified || known != nil ? name : nil
        audience.phones = [
            NoticeAudience.Phone(
                e164: caller?.e164,
                takesSMS: caller?.canReceiveSMS ?? false,
                name: name,
                language: known?.language,
                contactID: known?.contactID
            )
        ]
        let subject = NoticeSubject(attendanceID: attendance.id, customerID: customerID, occurrence: occurrence)
        let decision = policy.decide(event, for: audience)
        let bySMS = decision.recipients.filter { $0.channel == .sms }
        // A mail goes to the very person the contact was with, never to everybody of the customer.
        let byMail = contactID == nil ? [] : decision.recipients.filter { $0.channel == .mail }
        let recipients = bySMS.isEmpty ? byMail : bySMS
        var facts = NoticeFacts(protocolNumber: attendance.protocolNumber, customerName: name)
        facts.say(.opened) { DeskTime(timeZone: timeZone, language: $0).dateAndTime(attendance.startedAt) }
        for draft in composer.compose(event, facts: facts, about: subject, to: recipients) {
            try NoticeOutbox.enqueue(draft, at: now, in: session)
        }
        for held in decision.withheld where held.channel == .sms && held.reason != .channelOff {
            // The menu and the end of the contact withhold for the same reason as a rule: once said it is said.
            var unsent = subject
            unsent.occurrence = held.reason.rawValue
            try NoticeOutbox.withhold(
                event,
                channel: .sms,
                reason: held.reason,
                about: unsent,
                language: language,
                at: now,
                in: session
            )
        }
        return !recipients.isEmpty
    }
}
