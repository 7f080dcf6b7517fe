/// Writes notices: an event, its facts and its recipients in, drafts out.
///
/// No clock, no database.
public struct NoticeComposer: Sendable {
    /// A subject longer than this is cut; mail clients show less than half of it.
    static let longestSubject = 200
    /// The longest a single value is in an SMS, before anything else is decided.
    static let longestValueInSMS = 300

    private let shelf: TemplateShelf
    private let policy: NoticePolicy
    private let deskName: String
    private let deskPhone: String?
    private let deskLanguage: Language
    private let mailbox: EmailAddress?

    /// `mailbox`: where answers to mails are read; nil where nobody reads them.
    public init(
        shelf: TemplateShelf,
        policy: NoticePolicy,
        deskName: String,
        deskPhone: String?,
        deskLanguage: Language,
        mailbox: EmailAddress? = nil
    ) {
        self.mailbox = mailbox
        self.shelf = shelf
        self.policy = policy
        self.deskName = deskName
        self.deskPhone = deskPhone
        self.deskLanguage = deskLanguage
    }

    /// One draft a recipient.
    public func compose(
        _ event: NoticeEvent,
        facts: NoticeFacts,
        about subject: NoticeSubject,
        to recipients: [NoticeRecipient]
    ) -> [NoticeDraft] {
        recipients.map { recipient in
            let language = recipient.language ?? deskLanguage
            let key = NoticeTemplateKey(event, recipient.channel, language)
            var values = values(facts, for: recipient, language)
            if event.repliesAreRead(on: recipient.channel, ticketID: subject.ticketID) {
                values[.replies] = mailbox?.canonical
            }
            let text = write(shelf.parsed(key), channel: recipient.channel, values: values)
            return NoticeDraft(
                event: event,
                channel: recipient.channel,
                recipient: recipient.address,
                recipientName: recipient.name.map(NoticeEscaping.line),
                language: language,
                subject: text.subject,
                body: text.body,
                html: text.html,
                segments: text.segments,
                attendanceID: subject.attendanceID,
                ticketID: subject.ticketID,
                customerID: subject.customerID,
                contactID: recipient.contactID,
                dedupeKey: subject.dedupeKey(event: event, channel: recipient.channel, recipient: recipient.address)
            )
        }
    }

    /// What a template would make of these facts.
    public struct Preview: Sendable, Equatable {
        public var subject: String?
        public var body: String
        public var html: String?
        /// SMS only: alphabet, parts and whether accents were given up.
        public var sms: SMSPlan?

        public var segments: Int? { sms?.segments }
    }

    /// A template, not yet saved, with sample values or the worst that can happen to it.
    public func preview(
        _ template: NoticeTemplate,
        for key: NoticeTemplateKey,
        worstCase: Bool
    ) throws(TemplateFault) -> Preview {
        let parsed = try ParsedTemplate(template, for: key)
        var values: [NoticeVariable: String] = [:]
        for variable in key.event.variables {
            // Where no mailbox is read, and in an SMS, there is none to name.
            if variable == .replies, mailbox == nil || key.channel != .mail { continue }
            values[variable] =
                worstCase
                ? variable.worstCase(key.language, in: key.event) : variable.sample(key.language, in: key.event)
        }
        return write(parsed, channel: key.channel, values: values)
    }

    private func values(
        _ facts: NoticeFacts,
        for recipient: NoticeRecipient,
        _ language: Language
    ) -> [NoticeVariable: String] {
        var values = facts.values(in: language)
        if let name = recipient.name, !name.isEmpty { values[.customer] = name }
        if let link = recipient.link { values[.link] = link }
        values[.desk] = deskName
        values[.phone] = deskPhone
        if values[.firstName] == nil, let name = values[.customer] {
            values[.firstName] = PersonName.greeting(name, isCompany: recipient.isCompany)
        }
        return values
    }

    private func write(
        _ template: ParsedTemplate,
        channel: NoticeChannel,
        values: [NoticeVariable: String]
    ) -> Preview {
        switch channel {
        case .mail:
            let subject = template.subject?.filled(values, escape: NoticeEscaping.line) ?? ""
            return Preview(
                subject: NoticeEscaping.shortened(NoticeEscaping.line(subject), to: Self.longestSubject),
                body: template.body.filled(values, escape: NoticeEscaping.paragraph),
                html: template.html?.filled(values, escape: NoticeEscaping.htmlLines),
                sms: nil
            )
        case .sms:
            let wording = wording(template.body, values)
            return Preview(subject: nil, body: wording.text, html: nil, sms: wording)
        }
    }

    /// The fullest wording that stays within the preferred number of parts, else the shortest there is.
    ///
    /// What yields first is what the customer knows anyway: the own name, then topic and summary. Protocol number, ticket
    /// number, code and link are never touched.
    private func wording(_ template: TemplateText, _ values: [NoticeVariable: String]) -> SMSPlan {
        var values = values
        for variable in NoticeVariable.yielding.joined() {
            values[variable] = values[variable].map { Self.cut($0, to: Self.longestValueInSMS) }
        }
        var best = plan(template, values)
        for group in [[]] + NoticeVariable.yielding where best.segments > policy.preferredParts {
            let touched = group.filter { template.variables.contains($0) && values[$0]?.isEmpty == false }
            if touched.isEmpty { continue }
            // Cut before dropped: a topic cut short still says more than none.
            for limit in [24, 0] where best.segments > policy.preferredParts {
                for variable in touched {
                    values[variable] =
                        limit == 0 || Self.wholeOnly.contains(variable)
                        ? nil : values[variable].map { Self.cut($0, to: limit) }
                }
                let candidate = plan(template, values)
                if candidate.segments < best.segments { best = candidate }
            }
        }
        return best
    }

    private func plan(_ template: TemplateText, _ values: [NoticeVariable: String]) -> SMSPlan {
        SMSText.plan(Self.tidy(template.filled(values, escape: NoticeEscaping.line)), policy: policy.sms)
    }

    /// Half a name is another name.
    private static let wholeOnly: Set<NoticeVariable> = [.firstName, .customer, .agent]

    /// Cuts with full stops: the ellipsis sign is outside the SMS alphabet and would cost more than it saves.
    private static func cut(_ value: String, to limit: Int) -> String {
        value.utf8.count <= limit || value.count <= limit ? value : value.prefix(max(0, limit - 3)) + "..."
    }

    /// One space between words, none before a stop: dropped values leave holes.
    private static func tidy(_ text: String) -> String {
        var result = ""
        var gap = false
        for character in text {
            if character.isWhitespace {
                gap = !result.isEmpty
                continue
            }
            if gap && !",.;:!?".contains(character) { result.append(" ") }
            gap = false
            result.append(character)
        }
        return result
    }
}
