/// One SMTP conversation from the server's side, as a value: bytes in, replies and whole mails out (RFC 5321).
package struct MailSinkSession: Sendable {
    struct Envelope: Sendable, Equatable {
        var from: String
        var to: [String]
        var data: [UInt8]
    }

    enum Action: Sendable, Equatable {
        case reply(String)
        case deliver(Envelope)
        case close
    }

    /// User and password the server asks for, if any.
    package struct Login: Sendable, Equatable {
        var user: String
        var password: String
    }

    /// RFC 5321 §4.5.3.1.4 asks for 512; replies and long addresses included this is ample.
    static let longestLine = 2048
    /// A notice has a few kilobytes.
    static let largestMail = 1_048_576
    private static let mostRecipients = 100

    /// Lets a test answer otherwise: the command line in, the reply out, nil for the usual one.
    package typealias Script = @Sendable (_ command: String) -> String?

    private let login: Login?
    private let script: Script?
    private var buffer: [UInt8] = []
    private var inData = false
    private var loginStep: LoginStep?
    private var isLoggedIn: Bool
    private var sender: String?
    private var recipients: [String] = []
    private var data: [UInt8] = []
    private var tooLarge = false

    private enum LoginStep { case plain, user, password(user: String) }

    init(login: Login? = nil, script: Script? = nil) {
        self.login = login
        self.script = script
        isLoggedIn = login == nil
    }

    static let greeting = "220 sink ESMTP"

    mutating func received(_ bytes: some Sequence<UInt8>) -> [Action] {
        buffer += bytes
        var actions: [Action] = []
        var start = 0
        while let end = buffer[start...].firstIndex(of: 0x0A) {
            var line = buffer[start..<end]
            if line.last == 0x0D { line = line.dropLast() }
            start = end + 1
            actions += inData ? takeData(line) : take(String(decoding: line, as: UTF8.self))
            if actions.last == .close { break }
        }
        buffer.removeFirst(start)
        if buffer.count > (inData ? Self.largestMail : Self.longestLine) {
            buffer = []
            return actions + [.reply("500 line too long"), .close]
        }
        return actions
    }

    private mutating func takeData(_ line: ArraySlice<UInt8>) -> [Action] {
        if line.elementsEqual([UInt8(ascii: ".")]) {
            inData = false
            defer { reset() }
            if tooLarge { return [.reply("552 mail too large")] }
            if let reply = script?(".") {
                return reply.isEmpty ? [.close] : [.reply(reply)]
            }
            return [.deliver(Envelope(from: sender ?? "", to: recipients, data: data)), .reply("250 taken")]
        }
        // RFC 5321 §4.5.2: a dot before a dot is not part of the text.
        let text = line.first == UInt8(ascii: ".") ? line.dropFirst() : line
        if data.count + text.count > Self.largestMail { tooLarge = true } else { data += text + [0x0D, 0x0A] }
        return []
    }

    private mutating func reset() {
        sender = nil
        recipients = []
        data = []
        tooLarge = false
    }

    private mutating func take(_ line: String) -> [Action] {
        if let step = loginStep { return takeLogin(line, step) }
        if let reply = script?(line) {
            // An empty reply hangs up, as a server that dies does.
            return reply.isEmpty ? [.close] : [.reply(reply)]
        }
        let verb = line.prefix { $0 != " " }.uppercased()
        switch verb {
        case "EHLO":
            let offers = ["sink", "8BITMIME", "SIZE \(Self.largestMail)"] + (login == nil ? [] : ["AUTH PLAIN LOGIN"])
            return offers.enumerated().map { .reply("250\($0.offset == offers.count - 1 ? " " : "-")\($0.element)") }
        case "HELO": return [.reply("250 sink")]
        case "AUTH": return auth(line)
        case "MAIL":
            guard isLoggedIn else { return [.reply("530 5.7.0 authentication required")] }
            guard let address = Self.path(line) else { return [.reply("501 MAIL FROM:<address>")] }
            reset()
            sender = address
            return [.reply("250 ok")]
        case "RCPT":
            guard sender != nil else { return [.reply("503 MAIL first")] }
            guard let address = Self.path(line), !address.isEmpty else { return [.reply("501 RCPT TO:<address>")] }
            guard recipients.count < Self.mostRecipients else { return [.reply("452 too many recipients")] }
            recipients.append(address)
            return [.reply("250 ok")]
        case "DATA":
            if recipients.isEmpty { return [.reply("503 RCPT first")] }
            inData = true
            return [.reply("354 end with a dot")]
        case "RSET":
            reset()
            return [.reply("250 ok")]
        case "NOOP": return [.reply("250 ok")]
        case "QUIT": return [.reply("221 bye"), .close]
        default: return [.reply("502 not known here")]
        }
    }

    /// What stands between the angle brackets.
    private static func path(_ line: String) -> String? {
        guard let open = line.firstIndex(of: "<"), let close = line[open...].firstIndex(of: ">") else { return nil }
        return String(line[line.index(after: open)..<close])
    }

    private mutating func auth(_ line: String) -> [Action] {
        guard login != nil else { return [.reply("502 not known here")] }
        let words = line.split(separator: " ").map(String.init)
        switch (words.dropFirst().first?.uppercased(), words.dropFirst(2).first) {
        case ("PLAIN", let initial?): return takeLogin(initial, .plain)
        case ("PLAIN", nil):
            loginStep = .plain
            return [.reply("334 ")]
        case ("LOGIN", nil):
            loginStep = .user
            return [.reply("334 VXNlcm5hbWU6")]
        case ("LOGIN", let initial?): return takeLogin(initial, .user)
        default: return [.reply("504 PLAIN or LOGIN")]
        }
    }

    private mutating func takeLogin(_ line: String, _ step: LoginStep) -> [Action] {
        loginStep = nil
        guard let bytes = MailReading.base64(Array(line.utf8)) else { return [.reply("501 base64 expected")] }
        switch step {
        case .plain:
            let parts = bytes.split(separator: 0, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            return finishLogin(parts.count == 3 ? Login(user: parts[1], password: parts[2]) : nil)
        case .user:
            loginStep = .password(user: String(decoding: bytes, as: UTF8.self))
            return [.reply("334 UGFzc3dvcmQ6")]
        case .password(let user):
            return finishLogin(Login(user: user, password: String(decoding: bytes, as: UTF8.self)))
        }
    }

    private mutating func finishLogin(_ given: Login?) -> [Action] {
        isLoggedIn = given == login
        return [.reply(isLoggedIn ? "235 welcome" : "535 5.7.8 wrong user or password")]
    }
}
