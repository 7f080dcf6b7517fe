/// The texts of one event on one channel in one language, as written.
public struct NoticeTemplate: Sendable, Equatable, Codable {
    /// Mail only.
    public var subject: String?
    public var body: String
    /// Mail only; without it the mail's HTML is laid out from the body.
    public var html: String?

    public init(subject: String? = nil, body: String, html: String? = nil) {
        self.subject = subject
        self.body = body
        self.html = html
    }
}

/// Names a template.
public struct NoticeTemplateKey: Sendable, Hashable {
    public var event: NoticeEvent
    public var channel: NoticeChannel
    public var language: Language

    public init(_ event: NoticeEvent, _ channel: NoticeChannel, _ language: Language) {
        self.event = event
        self.channel = channel
        self.language = language
    }

    /// Every template there is.
    public static var all: [NoticeTemplateKey] {
        NoticeEvent.allCases.flatMap { event in
            NoticeChannel.allCases.flatMap { channel in
                Language.allCases.map { NoticeTemplateKey(event, channel, $0) }
            }
        }
    }
}

extension NoticeEvent {
    /// What its templates can fill in.
    public var variables: Set<NoticeVariable> {
        let always: Set<NoticeVariable> = [.customer, .firstName, .desk, .phone]
        let ticket: Set<NoticeVariable> = [
            .protocolNumber, .ticket, .topic, .summary, .link, .priority, .due, .opened, .state, .department,
        ]
        let replies: Set<NoticeVariable> = linksTicket ? [.replies] : []
        let own: Set<NoticeVariable> =
            switch self {
            case .protocolIssued, .linkRenewed: always.union(ticket)
            case .callMissed: always.union([.protocolNumber, .opened, .topic, .department])
            case .ticketOpened: always.union(ticket).union([.answers])
            case .ticketAnswered: always.union(ticket).union([.answer, .agent])
            case .ticketSolved: always.union(ticket).union([.answer, .agent, .reason, .validity])
            case .ticketAsked, .ticketReminded: always.union(ticket).union([.answer, .agent, .validity])
            case .ticketStateChanged, .ticketClosed, .ticketReopened, .ticketReiterated, .ticketCancelled,
                .ticketMerged:
                always.union(ticket).union([.reason, .agent])
            // Why is the desk's own to know.
            case .ticketMoved, .ticketDueChanged: always.union(ticket).union([.agent])
            case .surveyRequested: always.union(ticket).union([.validity])
            case .accountActivation, .passwordReset, .accountConfirmation, .addressConfirmation, .accountExists:
                always.union([.link, .validity])
            case .staffBell: always.union([.ticket, .topic, .summary, .link, .reason])
            case .mailRefused: always.union([.ticket, .reason, .link])
            case .verificationCode, .portalCode: always.union([.code, .validity])
            }
        return own.union(replies)
    }

    /// What none of its templates may leave out.
    public var indispensable: Set<NoticeVariable> {
        switch self {
        case .protocolIssued, .callMissed: [.protocolNumber]
        case .ticketOpened: [.protocolNumber, .ticket, .link]
        case .linkRenewed: [.ticket, .link]
        case .ticketAnswered, .ticketStateChanged, .ticketSolved, .ticketClosed, .ticketReopened, .ticketReiterated,
            .ticketAsked, .ticketReminded, .ticketMoved, .ticketCancelled, .ticketMerged, .ticketDueChanged:
            [.ticket]
        case .surveyRequested, .accountActivation, .passwordReset, .accountConfirmation, .addressConfirmation,
            .accountExists:
            [.link]
        case .staffBell: [.ticket, .link]
        case .mailRefused: [.link]
        case .verificationCode, .portalCode: [.code]
        }
    }
}

/// A template read and checked, ready to be filled in.
struct ParsedTemplate: Sendable {
    let subject: TemplateText?
    let body: TemplateText
    let html: TemplateText?

    /// Six parts in the poorer alphabet; carriers cut or refuse what is longer.
    private static let longestSMS = 400

    /// Writes nothing; stands in where no template is known, which cannot happen with ours.
    static let empty = ParsedTemplate()

    private init() {
        subject = nil
        body = .empty
        html = nil
    }

    init(_ template: NoticeTemplate, for key: NoticeTemplateKey) throws(TemplateFault) {
        let allowed = key.event.variables
        body = try TemplateText(template.body, part: "body", allowed: allowed)
        switch key.channel {
        case .mail:
            guard let source = template.subject, source.contains(where: { !$0.isWhitespace }) else {
                throw TemplateFault(part: "subject", line: 1, column: 1, kind: .missingSubject)
            }
            subject = try TemplateText(source, part: "subject", allowed: allowed)
            html =
                if let source = template.html, !source.isEmpty {
                    try TemplateText(source, part: "html", allowed: allowed)
                } else {
                    nil
                }
        case .sms:
            guard template.body.count <= Self.longestSMS else {
                throw TemplateFault(part: "body", line: 1, column: 1, kind: .tooLong(limit: Self.longestSMS))
            }
            subject = nil
            html = nil
        }
        guard template.body.contains(where: { !$0.isWhitespace }) else {
            throw TemplateFault(part: "body", line: 1, column: 1, kind: .missingBody)
        }
        for (part, text) in [("body", body), ("html", html)] {
            guard let text else { continue }
            let missing = key.event.indispensable.subtracting(text.certain)
            if let first = missing.map(\.rawValue).min() {
                throw TemplateFault(part: part, line: 1, column: 1, kind: .missingVariable(first))
            }
        }
    }
}
