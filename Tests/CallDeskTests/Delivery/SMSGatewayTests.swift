import DeskCore
import IVRBridge
import Testing

@testable import CallDesk

@Suite("SMS gateways")
struct SMSGatewayTests {
    static func notice(_ text: String = "Protocolo 20261121000017-4", to: String = "+5531992710322", id: Int64 = 12)
        -> Notice
    {
        Notice(
            id: id,
            event: .ticketOpened,
            channel: .sms,
            recipient: to,
            body: text,
            segments: 1,
            createdAt: Moment(milliseconds: 1)
        )
    }

    let kannel = SMSGateway.kannel(url: "http://127.0.0.1:13013", user: "u&x", password: "p=y", from: nil)

    func values(_ gateway: SMSGateway, _ notice: Notice, report: String? = nil) -> [SMSField: String] {
        gateway.values(for: notice, reportURL: report)
    }

    @Test("Kannel is asked as its guide says, with the coding the text needs")
    func kannelRequest() {
        let plain = kannel.address(values(kannel, Self.notice(), report: "https://d.example/hooks?n=1&status=%d"))
        #expect(
            plain == "http://127.0.0.1:13013/cgi-bin/sendsms?username=u%26x&password=p%3Dy&to=%2B5531992710322"
                + "&text=Protocolo%2020261121000017-4&charset=UTF-8&coding=0&dlr-mask=19"
                + "&dlr-url=https%3A%2F%2Fd.example%2Fhooks%3Fn%3D1%26status%3D%25d"
        )
        let accents = kannel.address(values(kannel, Self.notice("Solicitação")))
        #expect(accents.contains("&text=Solicita%C3%A7%C3%A3o&") && accents.contains("coding=2"))
        #expect(!accents.contains("dlr-url"))
        #expect(kannel.address(values(kannel, Self.notice("é @ €"))).contains("coding=0"), "é is in the 7-bit alphabet")
    }

    @Test(
        "no text or number can add a parameter, a header or break the JSON",
        arguments: [
            "a&to=+1900", "a#b", "a\r\nX-Evil: 1", "\"},{\"to\":\"+1900", "\\\"", "a\u{2028}b", "😀 שלום\u{0}",
            "%0d%0a", "{{password}}",
        ]
    )
    func hostile(value: String) throws {
        let notice = Self.notice(value, to: value)
        let address = kannel.address(values(kannel, notice))
        #expect(
            address.split(separator: "&").count
                == kannel.address(values(kannel, Self.notice())).split(separator: "&").count
        )
        #expect(address.allSatisfy { $0.isASCII && !$0.isNewline && $0 != " " && $0 != "#" })
        let json = try SMSGateway.http(
            url: "https://sms.example/{{to}}/send",
            method: nil,
            headers: ["X-To": "{{to}}"],
            body: "{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}",
            reference: nil,
            user: nil,
            password: "secret",
            from: nil
        )
        let filled = values(json, notice)
        #expect(!json.address(filled).dropFirst("https://sms.example/".count).contains { "?#&\r\n ".contains($0) })
        let header = json.headers[0].value.filled(filled, for: .header)
        #expect(!header.contains { $0.isNewline })
        let content = try #require(json.content(filled))
        #expect(content.type == "application/json" && !content.text.contains("secret"))
        let answer = SMSAnswer(status: 200, body: Array("{\"id\": \"\(SMSTemplate.Place.json.escape(value))\"}".utf8))
        var echo = json
        echo.reference = .json(["id"])
        #expect(answer.judge(by: echo) == .accepted(reference: value))
    }

    @Test("Twilio gets a form, Basic auth and where to report")
    func twilio() throws {
        let gateway = SMSGateway.twilio(account: "AC1", token: "t", from: "+15005550006")
        let filled = values(gateway, Self.notice("oi & tchau"), report: "https://d.example/hooks")
        #expect(gateway.address(filled) == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json")
        #expect(gateway.headers[0].value.filled(filled, for: .header) == "Basic QUMxOnQ=")
        let content = try #require(gateway.content(filled))
        #expect(
            content.text == "To=%2B5531992710322&From=%2B15005550006&Body=oi%20%26%20tchau"
                + "&StatusCallback=https%3A%2F%2Fd.example%2Fhooks"
        )
    }

    @Test("a gateway of one's own is a form or JSON, and its faults name the field")
    func own() throws {
        let form = try SMSGateway.http(
            url: "https://sms.example/send?key={{password}}",
            method: nil,
            headers: [:],
            body: "phone={{to_digits}}&message={{text}}",
            reference: "data.0.id",
            user: nil,
            password: "k/1",
            from: nil
        )
        let filled = values(form, Self.notice("olá"))
        #expect(form.method == .post && form.address(filled) == "https://sms.example/send?key=k%2F1")
        #expect(form.content(filled)?.text == "phone=5531992710322&message=ol%C3%A1")
        let answer = SMSAnswer(status: 201, body: Array("{\"data\": [{\"id\": 42}]}".utf8))
        #expect(answer.judge(by: form) == .accepted(reference: "42"))
        #expect(throws: SMSTemplate.Fault(tag: "tox")) {
            try SMSGateway.http(
                url: "https://x/{{tox}}",
                method: nil,
                headers: [:],
                body: nil,
                reference: nil,
                user: nil,
                password: nil,
                from: nil
            )
        }
    }

    @Test(
        "an answer means what its status says",
        arguments: [
            (202, "0: Accepted for delivery", nil), (202, "3: Queued for later delivery", nil),
            (202, "", nil), (202, "Accepté", nil), (200, "Sent.", nil),
            (200, "<html>welcome to your router</html>", DeliveryError.Reach.unanswered), (200, "", .unanswered),
            (301, "", .sender), (400, "Empty receiver number", .noticeForever), (401, "", .sender),
            (403, "Authorization failed for sendsms", .sender), (404, "", .sender), (429, "", .sender),
            (500, "", .noticeNow), (503, "Temporal failure, try again later", .sender), (418, "", .noticeForever),
        ]
    )
    func answers(status: Int, body: String, reach: DeliveryError.Reach?) {
        switch SMSAnswer(status: status, body: Array(body.utf8)).judge(by: kannel) {
        case .accepted(let reference): #expect(reach == nil && reference == nil)
        case .refused(let error):
            #expect(error.reach == reach && !error.remedy.isEmpty)
            #expect(!error.description.contains(body) || body.isEmpty)
        case .untried: Issue.record("an answer was there")
        }
    }

    @Test("an answer that is no JSON, or names nothing, gives no reference")
    func references() {
        let gateway = SMSGateway.twilio(account: "AC1", token: "t", from: nil)
        for body in [
            "", "nonsense", "[]", "{\"sid\": null}", "{\"sid\": {}}",
            "{\"sid\": \"\(String(repeating: "x", count: 300))\"}",
        ] {
            #expect(SMSAnswer(status: 201, body: Array(body.utf8)).judge(by: gateway) == .accepted(reference: nil))
        }
        let body = Array("{\"sid\": \"SM9\"}".utf8)
        #expect(SMSAnswer(status: 201, body: body).judge(by: gateway) == .accepted(reference: "SM9"))
    }
}

@Suite("Delivery reports")
struct SMSReportsTests {
    let kannel = SMSReports(
        gateway: .kannel(url: "http://127.0.0.1:13013", user: "u", password: "p", from: nil),
        publicURL: "https://desk.example.com/",
        secret: "s"
    )

    func query(_ url: String) -> [String: String] {
        Dictionary(
            url.split(separator: "?")[1].split(separator: "&").map { pair in
                let halves = pair.split(separator: "=", maxSplits: 1)
                return (String(halves[0]), halves.count > 1 ? String(halves[1]) : "")
            }
        ) { first, _ in first }
    }

    @Test("Kannel's report types change what they should")
    func kannelTypes() throws {
        let url = kannel.url(for: 12)
        #expect(
            url.hasPrefix("https://desk.example.com/hooks/sms/kannel?notice=12&token=") && url.hasSuffix("&status=%d")
        )
        var query = query(url)
        for (status, delivered) in [("1", true), ("2", false), ("16", false)] {
            query["status"] = status
            #expect(try kannel.read(query: query)?.delivered == delivered)
        }
        for status in ["4", "8", "0", "99"] {
            query["status"] = status
            #expect(try kannel.read(query: query) == nil)
        }
        for status in ["", "x", "%d"] {
            query["status"] = status
            #expect(throws: SMSReportRefusal.malformed) { try kannel.read(query: query) }
        }
    }

    @Test("a forged, moved or foreign token reports nothing")
    func forged() {
        var query = query(kannel.url(for: 12))
        query["status"] = "1"
        for (field, value) in [
            ("token", "0"), ("token", ""), ("notice", "13"), ("token", String(repeating: "0", count: 32)),
        ] {
            var forged = query
            forged[field] = value
            #expect(throws: SMSReportRefusal.forged) { try kannel.read(query: forged) }
        }
        for missing in ["token", "notice"] {
            var short = query
            short[missing] = nil
            #expect(throws: SMSReportRefusal.malformed) { try kannel.read(query: short) }
        }
        let other = SMSReports(
            gateway: .kannel(url: "http://127.0.0.1:13013", user: "u", password: "p", from: nil),
            publicURL: "https://desk.example.com",
            secret: "other"
        )
        #expect(throws: SMSReportRefusal.forged) { try other.read(query: query) }
    }

    let twilioFields = [("CallSid", "CA1234567890ABCDE"), ("Digits", "1234"), ("To", "+18005551212")]

    @Test(
        "Twilio's signature vectors hold",
        arguments: [
            ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="), ("+14158675310", "GvWf1cFY/Q7PnoempGyD5oXAezc="),
        ]
    )
    func vectors(caller: String, signature: String) {
        let fields = (twilioFields + [("From", caller), ("Caller", caller)]).map { (name: $0.0, value: $0.1) }
        for url in ["https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com:443/myapp.php?foo=1&bar=2"] {
            #expect(TwilioSignature.holds(signature, token: "12345", url: url, fields: fields))
        }
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        #expect(TwilioSignature.holds(signature, token: "12345", url: url, fields: fields.reversed()))
        #expect(!TwilioSignature.holds(signature, token: "12346", url: url, fields: fields))
        #expect(!TwilioSignature.holds(signature, token: "12345", url: url + "1", fields: fields))
        #expect(!TwilioSignature.holds(signature, token: "12345", url: url, fields: Array(fields.dropLast())))
        #expect(!TwilioSignature.holds(signature, token: "", url: url, fields: fields))
        for bad in ["", "=", String(repeating: "=", count: 28), String(repeating: "é", count: 14), signature + "x"] {
            #expect(!TwilioSignature.holds(bad, token: "12345", url: url, fields: fields))
        }
    }

    @Test("a Twilio report needs token and signature")
    func twilio() throws {
        let reports = SMSReports(
            gateway: .twilio(account: "AC1", token: "12345", from: nil),
            publicURL: "https://desk.example.com",
            secret: "s"
        )
        let query = query(reports.url(for: 5))
        let form = [(name: "MessageStatus", value: "delivered")]
        #expect(throws: SMSReportRefusal.malformed) { try reports.read(query: query, form: form, pathAndQuery: "/x") }
        #expect(throws: SMSReportRefusal.forged) {
            try reports.read(
                query: query,
                form: form,
                pathAndQuery: "/x",
                signature: "0/KCTR6DLpKmkAf8muzZqo1nDgQ="
            )
        }
    }

    @Test("any other gateway says it in words")
    func named() throws {
        let reports = SMSReports(
            gateway: try .http(
                url: "https://sms.example",
                method: nil,
                headers: [:],
                body: nil,
                reference: nil,
                user: nil,
                password: nil,
                from: nil
            ),
            publicURL: "https://desk.example.com",
            secret: "s"
        )
        let query = query(reports.url(for: 5))
        func report(_ status: String, code: String? = nil) throws -> SMSReport? {
            try reports.read(
                query: query,
                form: [(name: "status", value: status)] + (code.map { [(name: "code", value: $0)] } ?? [])
            )
        }
        #expect(try report("Delivered") == SMSReport(noticeID: 5, delivered: true))
        #expect(
            try report("undelivered", code: "30005")?.fault?.text(.en)
                == "the SMS gateway could not deliver it (code 30005)"
        )
        #expect(try report("failed", code: "<b>")?.fault?.text(.en) == "the SMS gateway could not deliver it")
        #expect(try report("queued") == nil)
        #expect(throws: SMSReportRefusal.malformed) { try reports.read(query: query) }
    }
}
