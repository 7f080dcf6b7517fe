/// A mail's text as it is recorded, with dots for what looks like a password.
struct CutMail: Sendable {
    /// What was written now.
    var fresh: String
    var quoted: String?
    /// All of it, for a request: what is quoted is what it is about.
    var text: String
    var subject: String
    /// The whole text as a file, where it is too long for an entry.
    var overflow: [IncomingMail.File] = []
    /// What the dots stand for, each once.
    private(set) var passwords: [String] = []

    /// The subject alone, for a mail of which nothing else is recorded.
    init(subjectOf mail: IncomingMail) {
        (fresh, quoted, text, subject) = ("", nil, "", "")
        subject = cover(mail.subject)
    }

    init(_ mail: IncomingMail, isRequest: Bool) {
        self.init(subjectOf: mail)
        let whole = cover(mail.text)
        let parts = QuotedText(whole)
        fresh = parts.fresh
        quoted = parts.quoted.map { Self.short($0) }
        text = whole.trimmingBlanks
        if (isRequest ? text : fresh).count > MoveLimits.longestText {
            overflow = [IncomingMail.File(name: "mensagem.txt", bytes: Array(text.utf8))]
        }
        fresh = Self.short(fresh)
        text = Self.short(text)
    }

    /// More passwords than this nobody hands over in a mail; what is beyond stays in the mailbox alone.
    private static let most = 50

    private mutating func cover(_ text: String) -> String {
        let found = PasswordSpotter.spot(in: text, most: .max)
        for password in found.map({ String(text[$0]) })
        where passwords.count < Self.most && !passwords.contains(password) {
            passwords.append(password)
        }
        return PasswordSpotter.covered(text, found)
    }

    private static func short(_ text: String) -> String {
        text.count <= MoveLimits.longestText ? text : String(text.prefix(MoveLimits.longestText - 1)) + "…"
    }
}
