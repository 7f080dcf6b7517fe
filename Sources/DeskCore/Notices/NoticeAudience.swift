/// Everybody who could be told, before the rules say who is.
public struct NoticeAudience: Sendable, Equatable {
    /// A registered phone.
    public struct Phone: Sendable, Equatable {
        /// Nil for numbers that have none (0800, 4004): they never get an SMS.
        public var e164: String?
        /// Whether an SMS can reach it; a fixed line cannot.
        public var takesSMS: Bool
        public var name: String?
        /// Whether the name is an organisation's.
        public var isCompany: Bool
        /// Of the contact whose phone it is.
        public var language: Language?
        /// Nil for the customer's own.
        var contactID: Int64?

        public init(
            e164: String?,
            takesSMS: Bool,
            name: String? = nil,
            isCompany: Bool = false,
            language: Language? = nil,
            contactID: Int64? = nil
        ) {
            self.contactID = contactID
            self.e164 = e164
            self.takesSMS = takesSMS
            self.name = name
            self.isCompany = isCompany
            self.language = language
        }
    }

    /// A contact's mailbox.
    public struct Mailbox: Sendable, Equatable {
        public var address: String
        public var name: String?
        /// Whether the name is an organisation's.
        public var isCompany: Bool
        public var language: Language?
        var contactID: Int64?

        public init(
            address: String,
            name: String? = nil,
            isCompany: Bool = false,
            language: Language? = nil,
            contactID: Int64? = nil
        ) {
            self.contactID = contactID
            self.address = address
            self.name = name
            self.isCompany = isCompany
            self.language = language
        }
    }

    /// Whether it is known whom the contact is with.
    public var isIdentified: Bool
    public var mailboxes: [Mailbox]
    public var phones: [Phone]
    /// A3: an active contract of this customer has the SMS service.
    public var smsInContract: Bool
    /// Channels on which somebody was left out who does not want it.
    var declined: Set<NoticeChannel> = []
    /// The one channel they are told by; nil for all that the event has.
    var onlyBy: NoticeChannel?

    public init(isIdentified: Bool, mailboxes: [Mailbox] = [], phones: [Phone] = [], smsInContract: Bool = false) {
        self.isIdentified = isIdentified
        self.mailboxes = mailboxes
        self.phones = phones
        self.smsInContract = smsInContract
    }

    /// Nobody known.
    public static let nobody = NoticeAudience(isIdentified: false)
}

/// Which events go out on which channels, and how an SMS is written.
public struct NoticePolicy: Sendable, Equatable {
    public var channels: [NoticeEvent: Set<NoticeChannel>]
    /// Channels that have a sender configured.
    public var configured: Set<NoticeChannel>
    /// How many parts an SMS should have at the most; names and topics give way to stay under it.
    public var preferredParts: Int
    /// How accents may be given up.
    public var sms: SMSPolicy
    /// A customer with more phones or mailboxes than this gets the first ones only: one ticket is not a mailing.
    public var mostRecipients: Int

    public init(
        channels: [NoticeEvent: Set<NoticeChannel>] = NoticePolicy.usualChannels,
        configured: Set<NoticeChannel> = [.mail, .sms],
        preferredParts: Int = 1,
        sms: SMSPolicy = .standard,
        mostRecipients: Int = 20
    ) {
        self.channels = channels
        self.configured = configured
        self.preferredParts = preferredParts
        self.sms = sms
        self.mostRecipients = mostRecipients
    }

    /// Numbers and answers go everywhere; what only interests those who look goes by mail.
    public static let usualChannels: [NoticeEvent: Set<NoticeChannel>] = [
        .protocolIssued: [.mail, .sms],
        .ticketOpened: [.mail, .sms],
        .ticketAnswered: [.mail, .sms],
        .ticketStateChanged: [.mail],
        .ticketSolved: [.mail, .sms],
        .ticketClosed: [.mail],
        .ticketReopened: [.mail],
        .ticketReiterated: [.mail],
        .ticketAsked: [.mail, .sms],
        .ticketReminded: [.mail, .sms],
        .ticketMoved: [.mail],
        .ticketCancelled: [.mail],
        .ticketMerged: [.mail],
        .ticketDueChanged: [.mail],
        .linkRenewed: [.mail, .sms],
        .callMissed: [.sms],
        .surveyRequested: [.mail, .sms],
        .accountActivation: [.mail, .sms],
        .passwordReset: [.mail, .sms],
        .verificationCode: [.mail, .sms],
        .accountConfirmation: [.mail],
        .addressConfirmation: [.mail],
        .accountExists: [.mail],
        .staffBell: [.mail],
        .mailRefused: [.mail],
        .portalCode: [.mail, .sms],
    ]

    /// Who is told, and why the others are not.
    public struct Decision: Sendable, Equatable {
        public var recipients: [NoticeRecipient] = []
        public var withheld: [(channel: NoticeChannel, reason: WithheldReason)] = []

        public static func == (left: Decision, right: Decision) -> Bool {
            left.recipients == right.recipients && left.withheld.map(\.channel) == right.withheld.map(\.channel)
                && left.withheld.map(\.reason) == right.withheld.map(\.reason)
        }
    }

    /// Applies the rules to one event.
    public func decide(_ event: NoticeEvent, for audience: NoticeAudience) -> Decision {
        var decision = Decision()
        for channel in NoticeChannel.allCases {
            switch recipients(event, channel, audience) {
            case .success(let recipients):
                decision.recipients += recipients.prefix(mostRecipients)
                if recipients.count > mostRecipients {
                    decision.withheld.append((channel, .tooManyRecipients))
                }
            case .failure(let held):
                decision.withheld.append((channel, held.reason))
            }
        }
        return decision
    }

    private struct Held: Error { let reason: WithheldReason }

    private func recipients(
        _ event: NoticeEvent,
        _ channel: NoticeChannel,
        _ audience: NoticeAudience
    ) -> Result<[NoticeRecipient], Held> {
        guard channels[event, default: []].contains(channel) else { return .failure(Held(reason: .channelOff)) }
        guard audience.onlyBy ?? channel == channel else { return .failure(Held(reason: .channelOff)) }
        guard configured.contains(channel) else { return .failure(Held(reason: .noSender)) }
        guard audience.isIdentified else { return .failure(Held(reason: .noCustomer)) }
        var seen: Set<String> = []
        switch channel {
        case .mail:
            let found = audience.mailboxes.filter { seen.insert($0.address.lowercased()).inserted }
            if found.isEmpty { return .failure(Held(reason: audience.declined.contains(.mail) ? .declined : .noEmail)) }
            return .success(
                found.map {
                    NoticeRecipient(
                        .mail,
                        $0.address,
                        name: $0.name,
                        isCompany: $0.isCompany,
                        language: $0.language,
                        contactID: $0.contactID
                    )
                }
            )
        case .sms:
            // The contract is named first: it is what the technician can tell the caller about.
            guard audience.smsInContract else { return .failure(Held(reason: .contractWithoutSMS)) }
            let found = audience.phones.filter { phone in
                guard phone.takesSMS, let number = phone.e164 else { return false }
                return seen.insert(number).inserted
            }
            if found.isEmpty {
                return .failure(Held(reason: audience.declined.contains(.sms) ? .declined : .noMobileNumber))
            }
            return .success(
                found.compactMap { phone in
                    phone.e164.map {
                        NoticeRecipient(
                            .sms,
                            $0,
                            name: phone.name,
                            isCompany: phone.isCompany,
                            language: phone.language,
                            contactID: phone.contactID
                        )
                    }
                }
            )
        }
    }
}
