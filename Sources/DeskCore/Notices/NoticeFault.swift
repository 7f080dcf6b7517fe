/// Why a notice did not go or did not arrive, as a code with its facts.
///
/// The sentence is made where it is read, in its reader's language; facts are names out of the settings and numbers, never a
/// recipient, a name or a server's own words.
public enum NoticeFault: Sendable, Hashable, Codable {
    /// `server` is host and port; `reply` its reply's code, `554 5.7.1`.
    case mail(MailComplaint, server: String, reply: String? = nil)
    /// `reply` is what it answered by numbers: `HTTP 200, status 9`.
    case gateway(GatewayComplaint, name: String, reply: String? = nil)
    /// What a delivery report says, with its code.
    case report(ReportComplaint, code: String? = nil)
    case desk(DeskComplaint)
    /// In words of whoever made it, which are in one language.
    case said(what: String, remedy: String)

    /// What is wrong between us and a mail server.
    public enum MailComplaint: String, Sendable, Codable, CaseIterable {
        case unconfirmed, unknown, absent, slow, login, unencrypted, certificate, denied, closing, wantsLogin, sender
        case refused, later, hungUp, broke, relaysToNobody, barredByReceiver, rules
    }

    /// What is wrong between us and an SMS gateway, or with what it was given.
    public enum GatewayComplaint: String, Sendable, Codable, CaseIterable {
        case address, slow, notHTTP, certificate, hungUp, unreachable, unanswered
        case elsewhere, login, noSuchAddress, outOfTime, noMore, numberOrText, failed, down, refused, unreadable,
            notTaken
        case closed, noCredit, sender, reportAddress, status
    }

    /// What was reported of a notice that had been taken.
    public enum ReportComplaint: String, Sendable, Codable, CaseIterable {
        case gateway, network, centre, sentBack
    }

    /// What is wrong on our own side.
    public enum DeskComplaint: String, Sendable, Codable, CaseIterable {
        case cutOff, memory, mailAddress, mailSettings, mailRecipient, smsSettings, smsFile, unreadable, interrupted
        case interruptedOften, wordless
    }
}

extension NoticeFault {
    /// As a row keeps it.
    var stored: String { StoredList.encode(self) }

    /// Nil for none, and for a code of another version, whose English sentence is kept beside it.
    init?(stored: String?) {
        guard let fault = StoredList.decode(Self.self, stored) else { return nil }
        self = fault
    }

    /// What happened and what to do, in one sentence.
    public func text(_ language: Language) -> String {
        [what(language), remedy(language)].filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// What happened and where, in one clause.
    public func what(_ language: Language) -> String {
        switch self {
        case .mail(let complaint, let server, let reply):
            Self.clause(complaint.words.what[language], server, reply.map { Self.reply[language] + $0 })
        case .gateway(let complaint, let name, let reply): Self.clause(complaint.words.what[language], name, reply)
        case .report(let complaint, let code):
            Self.clause(complaint.words.what[language], "", code.map { Self.code[language] + $0 })
        case .desk(let complaint): complaint.words.what[language]
        case .said(let what, _): what
        }
    }

    private static let reply = LocalizedText("resposta ", en: "reply ")
    private static let code = LocalizedText("código ", en: "code ")

    private static func clause(_ text: String, _ name: String, _ tail: String?) -> String {
        text.replacing("{}", with: name) + (tail.map { " (\($0))" } ?? "")
    }

    /// What a person can do about it; empty where the clause says it all.
    public func remedy(_ language: Language) -> String {
        switch self {
        case .mail(let complaint, _, _): complaint.words.remedy[language]
        case .gateway(let complaint, _, _): complaint.words.remedy[language]
        case .report(let complaint, _): complaint.words.remedy[language]
        case .desk(let complaint): complaint.words.remedy[language]
        case .said(_, let remedy): remedy
        }
    }

    /// What to do about a notice that was given up and may have arrived, whatever kept it from being confirmed.
    static let askFirst = LocalizedText(
        "pode ter chegado: pergunte ao cliente antes de reenviar",
        en: "it may have arrived: ask the customer before you send it again"
    )
}
