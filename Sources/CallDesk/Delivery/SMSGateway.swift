import DeskCore

/// An HTTP gateway to the telephone network, described: how to ask, how to tell yes from no, what reports look like.
struct SMSGateway: Sendable, Equatable {
    enum Method: String, Sendable { case get = "GET", post = "POST" }

    enum Body: Sendable, Equatable {
        case none
        case form([Pair])
        /// JSON or any other text, with fields inside JSON strings.
        case json(SMSTemplate)
        /// JSON that says where to report, and what is sent instead when there is no such address.
        case reported(SMSTemplate, otherwise: SMSTemplate)
    }

    /// A name and its value with fields.
    struct Pair: Sendable, Equatable {
        var name: String
        var value: SMSTemplate
        /// Left out when the value comes to nothing, as optional parameters must be.
        var isOptional = false

        init(_ name: String, _ value: SMSTemplate, optional: Bool = false) {
            self.name = name
            self.value = value
            isOptional = optional
        }
    }

    /// Where the gateway's own name for a message stands in its answer.
    enum Reference: Sendable, Equatable {
        case none
        /// Keys into a JSON answer: `["messages", "0", "id"]`.
        case json([String])
    }

    /// How delivery reports come.
    enum Reports: String, Sendable {
        case kannel, twilio, http, vonage, infobip, smsdev
        /// Only by an account-wide subscription, which names nothing of ours.
        case none
    }

    /// What stands in a successful answer's body, where the status alone does not tell.
    enum Answers: String, Sendable { case plain, vonage, infobip, smsdev }

    /// Names the gateway in `/hooks/sms/{name}` and in messages.
    var name: String
    var method: Method
    var url: SMSTemplate
    var query: [Pair] = []
    var headers: [Pair] = []
    var body: Body = .none
    var reference: Reference = .none
    var reports: Reports
    var answers = Answers.plain
    /// A successful answer begins so, where the status alone does not tell.
    var acceptedPrefixes: [String] = []
    /// A status that is a yes whatever the body says.
    var acceptedStatus: Int?
    /// The values of `from`, `user` and `password`.
    var constants: [SMSField: String] = [:]
    var connections = usualConnections
    var timeout = Duration.seconds(30)

    /// A gateway answers when it has stored the message: while one connection waits for that, others carry the next ones.
    static let usualConnections = 32

    /// What fills the fields for one notice.
    func values(for notice: Notice, reportURL: String?, reportKey: String? = nil) -> [SMSField: String] {
        // The text was planned when it was written; only its alphabet has to be told again.
        let isPlain = SMSText.canBeWritten(notice.body, in: .gsm7)
        var values = constants
        values[.to] = notice.recipient
        values[.toDigits] = String(decoding: notice.recipient.utf8.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
        values[.text] = notice.body
        values[.id] = String(notice.id)
        values[.encoding] = isPlain ? "gsm7" : "ucs2"
        values[.coding] = isPlain ? "0" : "2"
        values[.textType] = isPlain ? "text" : "unicode"
        values[.segments] = notice.segments.map { String($0) } ?? "1"
        values[.reportURL] = reportURL
        values[.reportKey] = reportKey
        return values
    }

    /// The request's address, with everything in it escaped.
    func address(_ values: [SMSField: String]) -> String {
        var address = url.filled(values, for: .url)
        var separator = address.contains("?") ? "&" : "?"
        for pair in query {
            let value = pair.value.filled(values, for: .url)
            if pair.isOptional && value.isEmpty { continue }
            address += "\(separator)\(pair.name)=\(value)"
            separator = "&"
        }
        return address
    }

    /// The request's body and its type; nil for none.
    func content(_ values: [SMSField: String]) -> (type: String, text: String)? {
        switch body {
        case .none: return nil
        case .json(let template): return ("application/json", template.filled(values, for: .json))
        case .reported(let template, let otherwise):
            let isReported = values[.reportURL]?.isEmpty == false
            return ("application/json", (isReported ? template : otherwise).filled(values, for: .json))
        case .form(let pairs):
            let fields = pairs.compactMap { pair -> String? in
                let value = pair.value.filled(values, for: .url)
                return pair.isOptional && value.isEmpty ? nil : "\(pair.name)=\(value)"
            }
            return ("application/x-www-form-urlencoded", fields.joined(separator: "&"))
        }
    }
}
