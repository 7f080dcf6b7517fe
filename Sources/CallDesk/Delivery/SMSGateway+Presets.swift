import Codecs
import DeskCore
import Foundation

extension SMSGateway {
    /// Kannel's sendsms (user guide, “HTTP interface to smsbox”): one GET, `202` and `0: Accepted` or `3: Queued`.
    ///
    /// `url` is the smsbox (`http://127.0.0.1:13013`), with or without `/cgi-bin/sendsms`.
    static func kannel(
        url: String,
        user: String,
        password: String,
        from: String?,
        connections: Int = SMSGateway.usualConnections
    ) -> SMSGateway {
        let path = URL(string: url)?.path ?? ""
        let base =
            path.isEmpty || path == "/" ? "\(url.hasSuffix("/") ? String(url.dropLast()) : url)/cgi-bin/sendsms" : url
        return SMSGateway(
            name: "kannel",
            method: .get,
            url: SMSTemplate(literal: base),
            query: [
                Pair("username", SMSTemplate(.user)), Pair("password", SMSTemplate(.password)),
                Pair("to", SMSTemplate(.to)), Pair("text", SMSTemplate(.text)),
                Pair("charset", SMSTemplate(literal: "UTF-8")), Pair("coding", SMSTemplate(.coding)),
                Pair("from", SMSTemplate(.from), optional: true),
                // Delivered (1), not delivered (2), refused (16): the others say nothing that is kept, and each is a request of
                // Kannel's to us and a file in its spool. Without an address Kannel ignores the mask.
                Pair("dlr-mask", SMSTemplate(literal: "19")),
                Pair("dlr-url", SMSTemplate(.reportURL), optional: true),
            ],
            reports: .kannel,
            acceptedPrefixes: ["0:", "3:", "Sent", "Ok"],
            acceptedStatus: 202,
            constants: [.user: user, .password: password, .from: from ?? ""],
            connections: connections
        )
    }

    /// Twilio's messages resource, or a service that speaks like it at another `url`.
    static func twilio(
        url: String? = nil,
        account: String,
        token: String,
        from: String?,
        connections: Int = SMSGateway.usualConnections
    ) -> SMSGateway {
        let base = url ?? "https://api.twilio.com"
        let basic = Base64.text("\(account):\(token)".utf8)
        return SMSGateway(
            name: "twilio",
            method: .post,
            url: SMSTemplate(
                literal: "\(base)/2010-04-01/Accounts/\(PercentEncoding.encode(account))/Messages.json"
            ),
            headers: [Pair("Authorization", SMSTemplate(literal: "Basic \(basic)"))],
            body: .form([
                Pair("To", SMSTemplate(.to)), Pair("From", SMSTemplate(.from), optional: true),
                Pair("Body", SMSTemplate(.text)), Pair("StatusCallback", SMSTemplate(.reportURL), optional: true),
            ]),
            reference: .json(["sid"]),
            reports: .twilio,
            constants: [.user: account, .password: token, .from: from ?? ""],
            connections: connections
        )
    }

    /// Vonage's SMS API: a form to `sms/json`, answered with a status for each part.
    ///
    /// Source: developer.vonage.com, “SMS API” and “Troubleshooting SMS”.
    static func vonage(
        url: String? = nil,
        key: String,
        secret: String,
        from: String?,
        connections: Int = SMSGateway.usualConnections
    ) -> SMSGateway {
        SMSGateway(
            name: "vonage",
            method: .post,
            url: SMSTemplate(literal: Self.joined(url ?? "https://rest.nexmo.com", "/sms/json")),
            body: .form([
                Pair("api_key", SMSTemplate(.user)), Pair("api_secret", SMSTemplate(.password)),
                Pair("from", SMSTemplate(.from)), Pair("to", SMSTemplate(.toDigits)), Pair("text", SMSTemplate(.text)),
                Pair("type", SMSTemplate(.textType)), Pair("callback", SMSTemplate(.reportURL), optional: true),
            ]),
            reports: .vonage,
            answers: .vonage,
            constants: [.user: key, .password: secret, .from: from ?? ""],
            connections: connections
        )
    }

    /// Infobip's SMS API, version 3: JSON to the account's own address with an API key.
    ///
    /// Source: infobip.com/docs, “Send SMS message” and “Message status codes”.
    static func infobip(
        url: String,
        key: String,
        from: String?,
        connections: Int = SMSGateway.usualConnections
    ) throws(SMSTemplate.Fault) -> SMSGateway {
        func body(_ delivery: String) throws(SMSTemplate.Fault) -> SMSTemplate {
            try SMSTemplate(
                #"{"messages":[{"sender":"{{from}}","destinations":[{"to":"{{to_digits}}"}],"#
                    + #""content":{"text":"{{text}}"},"webhooks":{"delivery":"# + delivery + "}}]}"
            )
        }
        return SMSGateway(
            name: "infobip",
            method: .post,
            url: SMSTemplate(literal: Self.joined(url, "/sms/3/messages")),
            headers: [
                Pair("Authorization", try SMSTemplate("App {{password}}")),
                Pair("Accept", SMSTemplate(literal: "application/json")),
            ],
            body: .reported(try body(#"{"url":"{{report_url}}"}"#), otherwise: try body(#"{"notify":false}"#)),
            reports: .infobip,
            answers: .infobip,
            constants: [.password: key, .from: from ?? ""],
            connections: connections
        )
    }

    /// Zenvia's API, version 2, channel SMS.
    ///
    /// Its reports come by a subscription of the whole account and name nothing of ours: they are not asked for.
    /// Source: zenvia.github.io/zenvia-openapi-spec.
    static func zenvia(
        url: String? = nil,
        token: String,
        from: String?,
        connections: Int = SMSGateway.usualConnections
    ) throws(SMSTemplate.Fault) -> SMSGateway {
        SMSGateway(
            name: "zenvia",
            method: .post,
            url: SMSTemplate(literal: Self.joined(url ?? "https://api.zenvia.com", "/v2/channels/sms/messages")),
            headers: [Pair("X-API-TOKEN", SMSTemplate(.password))],
            body: .json(
                try SMSTemplate(
                    #"{"from":"{{from}}","to":"{{to_digits}}","contents":[{"type":"text","text":"{{text}}"}]}"#
                )
            ),
            reference: .json(["id"]),
            reports: .none,
            constants: [.password: token, .from: from ?? ""],
            connections: connections
        )
    }

    /// SMSDev: a form, answered with `situacao`; reports come to the address set in its panel.
    ///
    /// Source: smsdev.com.br, “Envio SMS” and “Callback situação da mensagem (DLR)”.
    static func smsdev(
        url: String? = nil,
        key: String,
        connections: Int = SMSGateway.usualConnections
    ) -> SMSGateway {
        SMSGateway(
            name: "smsdev",
            method: .post,
            url: SMSTemplate(literal: Self.joined(url ?? "https://api.smsdev.com.br", "/v1/send")),
            body: .form([
                Pair("key", SMSTemplate(.password)), Pair("type", SMSTemplate(literal: "9")),
                Pair("number", SMSTemplate(.toDigits)), Pair("msg", SMSTemplate(.text)),
                Pair("refer", SMSTemplate(.reportKey), optional: true),
            ]),
            reports: .smsdev,
            answers: .smsdev,
            constants: [.password: key],
            connections: connections
        )
    }

    /// An address of the settings with the path of the gateway's documentation.
    private static func joined(_ base: String, _ path: String) -> String {
        var base = base
        while base.hasSuffix("/") { base.removeLast() }
        return base.hasSuffix(path) ? base : base + path
    }

    /// Any other HTTP gateway: address, headers and body as the operator wrote them, with `{{fields}}`.
    ///
    /// - Parameters:
    ///   - url: `https://sms.example/send?to={{to}}&msg={{text}}`
    ///   - method: GET without a body, POST with one, unless said.
    ///   - headers: such as `Authorization: Bearer …`.
    ///   - body: begins with `{` or `[`: JSON. Else a form, `to={{to}}&msg={{text}}`.
    ///   - reference: where the answer names the message: `data.id`.
    ///   - user: the value of `{{user}}`.
    ///   - password: the value of `{{password}}`.
    ///   - from: the value of `{{from}}`.
    ///   - connections: kept at the same time.
    /// - Returns: the description.
    /// - Throws: `SMSTemplate.Fault` for a field that does not exist.
    static func http(
        url: String,
        method: Method?,
        headers: [String: String],
        body: String?,
        reference: String?,
        user: String?,
        password: String?,
        from: String?,
        connections: Int = SMSGateway.usualConnections
    ) throws(SMSTemplate.Fault) -> SMSGateway {
        var described: [Pair] = []
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            described.append(Pair(name, try SMSTemplate(value)))
        }
        return SMSGateway(
            name: "http",
            method: method ?? (body == nil ? .get : .post),
            url: try SMSTemplate(url),
            headers: described,
            body: try parsed(body),
            reference: reference.map { .json($0.split(separator: ".").map(String.init)) } ?? .none,
            reports: .http,
            constants: [.user: user ?? "", .password: password ?? "", .from: from ?? ""],
            connections: connections
        )
    }

    private static func parsed(_ body: String?) throws(SMSTemplate.Fault) -> Body {
        guard let body, let first = body.first(where: { !$0.isWhitespace }) else { return .none }
        if first == "{" && !body.hasPrefix("{{") || first == "[" { return .json(try SMSTemplate(body)) }
        var pairs: [Pair] = []
        for field in body.split(separator: "&") {
            let halves = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? String(halves[1]) : ""
            pairs.append(Pair(String(halves[0]), try SMSTemplate(value)))
        }
        return .form(pairs)
    }
}
