import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import IVRBridge
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Webhooks of calls, from the request to the call", .timeLimit(.minutes(5)))
struct CallHookTests {
    static let token = "0123456789abcdef0123"

    /// Takes what the hooks' lines tell.
    final class Told: Sendable {
        let signals = Mutex<[CallSignal]>([])
        var last: CallSignal? { signals.withLock { $0.last } }
        var count: Int { signals.withLock { $0.count } }
    }

    /// A desk with one webhook line `matriz` of a kind, and its hooks at HTTP.
    static func with(
        _ kind: HookKind,
        secret: String = "",
        allow: [String] = [],
        over setup: TestingSetup = .router,
        _ body:
            @escaping @Sendable (any TestClientProtocol, DeskUnderTest, CallHooks, Told) async throws -> Void
    ) async throws {
        let pbx = Settings.PBX(
            line: "matriz",
            kind: .hook(kind),
            secret: secret,
            token: token,
            allow: allow
        )
        try await DeskUnderTest.with(settings: { $0.pbx = [pbx] }) { test in
            let told = Told()
            let region = test.app.region
            let hooks = CallHooks(
                app: test.app,
                sinks: LineSinks(signal: { signal in told.signals.withLock { $0.append(signal) } }),
                e164: { PhoneNumber.callerE164($0, region: region) }
            )
            let router = buildRouter(
                options: HTTPOptions(),
                metrics: test.registry,
                assets: AssetLibrary(folder: nil),
                routes: [hooks]
            )
            try await HTTPServer.application(router, options: HTTPOptions(port: 0), logger: test.quiet).test(setup) {
                client in
                try await body(client, test, hooks, told)
            }
        }
    }

    private static func post(
        _ client: any TestClientProtocol,
        _ path: String,
        _ body: String,
        _ headers: HTTPFields = [:]
    ) async throws -> Answered {
        try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)) {
            response in
            Answered(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
    }

    private static let cti = "/hooks/cti/matriz/\(token)"
    private static let ring = "event=newCall&from=5531987654321&to=553132710322&direction=in&callId=a&user=1001"

    @Test("a call that is reported becomes one contact with a protocol number, however often it is told")
    func recorded() async throws {
        try await Self.with(.cti) { client, test, _, told in
            for body in [
                Self.ring, Self.ring, Self.ring.replacing("newCall", with: "hangup") + "&cause=cancel", Self.ring,
            ] {
                let answer = try await Self.post(client, Self.cti, body)
                #expect(answer.status == 200 && answer.body == "{}")
                #expect(answer.headers[.contentType] == "application/json")
            }
            var changes: [CallChange] = []
            for signal in told.signals.withLock({ $0 }) { changes += try await test.app.callLog.record([signal]) }
            #expect(Set(changes.map(\.call.id)).count == 1)
            let last = try #require(changes.last)
            #expect(last.call.number == "+5531987654321" && last.call.outcome == .abandoned && last.attendance != nil)
        }
    }

    @Test("a hook says which method it takes")
    func methods() async throws {
        try await Self.with(.cti) { client, _, _, _ in
            let allowed = try await client.execute(uri: Self.cti, method: .put) { response in
                (response.status, response.headers[.allow])
            }
            #expect(allowed.0 == .methodNotAllowed && allowed.1?.contains("POST") == true)
        }
    }

    @Test("who does not know the token, or calls another's hook, is told so and changes nothing")
    func strangers() async throws {
        try await Self.with(.cti) { client, _, hooks, told in
            for path in [
                "/hooks/cti/matriz/x", "/hooks/cti/outra/\(Self.token)", "/hooks/sipgate/matriz/\(Self.token)",
            ] {
                let answer = try await Self.post(client, path, Self.ring)
                #expect(answer.status == 401)
                #expect(answer.body == #"{"error":"Invalid token, please contact your admin!"}"#)
            }
            #expect(told.count == 0 && hooks.log.entries(of: "matriz").isEmpty)
        }
    }

    @Test("a blocked caller is refused and makes no call; one that is answered all the same does")
    func blocked() async throws {
        try await Self.with(.cti) { client, test, _, told in
            let rules = CallerRules(blocks: [.init(.number, "+5531987654321"), .init(.withheld)])
            try await test.app.callerRules.replace(with: rules, by: .system("test"))
            let refused = try await Self.post(client, Self.cti, Self.ring)
            #expect(refused.body == #"{"action":"reject","reason":"busy"}"#)
            let hidden = try await Self.post(client, Self.cti, Self.ring.replacing("5531987654321", with: "anonymous"))
            #expect(hidden.body == #"{"action":"reject","reason":"busy"}"#)
            let end = try await Self.post(
                client,
                Self.cti,
                Self.ring.replacing("newCall", with: "hangup") + "&cause=busy"
            )
            #expect(end.body == "{}")
            #expect(try await test.app.callLog.record(told.signals.withLock { $0 }).isEmpty)
            let other = Self.ring.replacing("callId=a", with: "callId=b")
            _ = try await Self.post(client, Self.cti, other.replacing("newCall", with: "answer"))
            #expect(told.last?.state == .talking)
            #expect(try await test.app.callLog.record([try #require(told.last)]).count == 1)
        }
    }

    @Test("a blocked caller's call that was answered ends, whichever node hears of the end, and after a restart too")
    func answeredElsewhere() async throws {
        try await Self.with(.cti) { client, test, _, told in
            let rules = CallerRules(blocks: [.init(.number, "+5531987654321")])
            try await test.app.callerRules.replace(with: rules, by: .system("test"))
            _ = try await Self.post(client, Self.cti, Self.ring.replacing("newCall", with: "answer"))
            let begun = try await test.app.callLog.record(told.signals.withLock { $0 })
            #expect(begun.map(\.call.state) == [.talking])
            // Another process, which knows nothing of the answer.
            let pbx = try #require(test.app.settings.pbx.first)
            let heard = Told()
            let line = HookLine(
                line: PBXAddress(name: "matriz", host: "", port: 0, user: "", secret: ""),
                kind: .cti,
                normalise: { PhoneNumber.callerE164($0, region: test.app.region) },
                sinks: LineSinks(signal: { signal in heard.signals.withLock { $0.append(signal) } })
            )
            let hook = CallHook(pbx, base: "http://desk.test", line: line, clock: test.app.clock)
            let body = Self.ring.replacing("newCall", with: "hangup") + "&cause=normalClearing"
            let request = HookRequest(
                url: hook.url,
                contentType: "application/x-www-form-urlencoded",
                body: Array(body.utf8),
                arrivedAt: test.clock.now.microseconds + 60_000_000
            )
            let event = try hook.decoder.read(request)
            let (decision, use) = hook.decide(event, test.app.callerRules.current) {
                PhoneNumber.callerE164($0, region: test.app.region)
            }
            #expect(decision == .take && use == .ifAnswered)
            line.receive(event, of: request, isRefused: true)
            let ended = try await test.app.callLog.record(heard.signals.withLock { $0 })
            #expect(ended.count == 1 && ended.first?.call.id == begun.first?.call.id)
            #expect(ended.first?.call.endedAt != nil && ended.first?.call.outcome == .answered)
        }
    }

    @Test("a sender that cannot refuse has its blocked callers' calls recorded: as talks, or as blocked")
    func cannotRefuse() async throws {
        try await Self.with(.threeCX) { client, test, _, told in
            let rules = CallerRules(blocks: [.init(.number, "+5531987654321")])
            try await test.app.callerRules.replace(with: rules, by: .system("test"))
            func report(_ type: String, _ duration: Int, _ id: Int) async throws -> CallChange? {
                _ = try await Self.post(
                    client,
                    "/hooks/3cx/matriz/\(Self.token)",
                    """
                    {"callType":"\(type)","number":"+5531987654321","agent":"101","duration":"\(duration)","callId":"\(id)"}
                    """
                )
                return try await test.app.callLog.record([try #require(told.last)]).first
            }
            let talk = try #require(try await report("Inbound", 75, 1)?.call)
            #expect(talk.outcome == .answered && talk.answeredBy == "101")
            let (from, to) = (try #require(talk.answeredAt), try #require(talk.endedAt))
            #expect(to.since(from) == .seconds(75))
            let missed = try #require(try await report("Missed", 0, 2))
            #expect(missed.call.outcome == .blocked && missed.attendance?.outcome == .blocked)
        }
    }

    @Test("an outgoing call shows the number of ours that the rules say")
    func outgoing() async throws {
        try await Self.with(.cti) { client, test, _, _ in
            let rules = CallerRules(outgoing: [.init("+5511*", to: "+551130001000"), .init("*", to: "+553132710322")])
            try await test.app.callerRules.replace(with: rules, by: .system("test"))
            for (to, shown) in [("5511987654321", "+551130001000"), ("5531987654321", "+553132710322")] {
                let answer = try await Self.post(
                    client,
                    Self.cti,
                    "event=newCall&from=1001&to=\(to)&direction=out&callId=o\(to)&user=1001"
                )
                #expect(answer.json["caller_id"].string == shown && answer.json["number"].string == to)
            }
        }
    }

    @Test("a form with parts and JSON say the same as a form")
    func forms() async throws {
        try await Self.with(.cti) { client, _, _, told in
            let parts =
                [
                    ("event", "newCall"), ("from", "5531987654321"), ("to", "22"), ("direction", "in"), ("callId", "m"),
                ].map { "--x\r\nContent-Disposition: form-data; name=\"\($0)\"\r\n\r\n\($1)\r\n" }.joined()
                + "--x--\r\n"
            let answer = try await Self.post(
                client,
                Self.cti,
                parts,
                [.contentType: "multipart/form-data; boundary=x"]
            )
            #expect(answer.status == 200 && told.last?.number == "+5531987654321")
            _ = try await Self.post(
                client,
                Self.cti,
                #"{"event":"newCall","from":"5531987654322","to":"22","direction":"in","callId":"j"}"#
            )
            #expect(told.last?.key == "j")
        }
    }

    @Test("what cannot be read is refused with a named error that repeats nothing, and shown to the administrator")
    func faults() async throws {
        try await Self.with(.cti) { client, _, hooks, told in
            let cases = [
                (Self.ring.replacing("direction=in", with: "direction=up"), 422, "Invalid direction!"),
                (Self.ring.replacing("callId=a", with: ""), 422, "the field callId is missing"),
                ("{\"event\":", 400, "the body is no JSON object"),
            ]
            for (body, status, words) in cases {
                let answer = try await Self.post(client, Self.cti, body)
                #expect(answer.status == status && answer.json["error"].string == words)
            }
            let huge = try await Self.post(client, Self.cti, String(repeating: "x", count: 70_000))
            #expect(huge.status == 413)
            #expect(told.count == 0)
            let entries = hooks.log.entries(of: "matriz")
            #expect(entries.count == 4 && entries.last?.fault == "Invalid direction!")
            #expect(hooks.hooks["matriz"]?.line.status.trouble?.contains("refused") == true)
        }
    }

    @Test("the last requests are kept, and no more than the last")
    func ring() async throws {
        try await Self.with(.cti) { client, _, hooks, _ in
            for number in 0..<60 {
                _ = try await Self.post(client, Self.cti, Self.ring.replacing("callId=a", with: "callId=\(number)"))
            }
            let entries = hooks.log.entries(of: "matriz")
            #expect(entries.count == HookLog.most && entries.first?.body.contains("callId=59") == true)
        }
    }

    @Test("ten thousand calls at once are refused by name beyond the pace, and the memory stays bounded")
    func flood() async throws {
        try await Self.with(.cti) { client, _, hooks, told in
            let hook = try #require(hooks.hooks["matriz"])
            var refused = 0
            for _ in 0..<10_000 {
                do throws(Problem) { try hook.admit() } catch {
                    refused += 1
                    #expect(error.status == .tooManyRequests)
                }
            }
            #expect(refused == 10_000 - CallHook.burst)
            let answer = try await Self.post(client, Self.cti, Self.ring)
            #expect(answer.status == 429 && answer.headers[.retryAfter] != nil && told.count == 0)
        }
    }

    @Test(
        "a body said to have two gigabytes, and one of a single endless chunk, are refused and not kept",
        arguments: HookKind.allCases
    )
    func enormous(kind: HookKind) async throws {
        try await Self.with(kind, secret: "segredo", over: .live) { client, _, hooks, told in
            let head = "POST /hooks/\(kind.rawValue)/matriz/\(Self.token) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            for (field, body) in [
                ("Content-Length: 2147483648", "event=newCall"),
                ("Transfer-Encoding: chunked", "7fffffff\r\n" + String(repeating: "a", count: 4 << 20)),
            ] {
                let answer = try await RawRequestTests.exchange(
                    client.port ?? 0,
                    "\(head)Content-Type: application/json\r\n\(field)\r\n\r\n\(body)"
                )
                #expect(answer.hasPrefix("HTTP/1.1 413 "), "\(field): \(answer.prefix(60))")
            }
            #expect(told.count == 0)
            #expect(hooks.log.entries(of: "matriz").allSatisfy { $0.body.utf8.count < 1 << 20 })
        }
    }

    @Test("requests from addresses that are not in the list are refused and shown")
    func addresses() async throws {
        try await Self.with(.cti, allow: ["203.0.113.0/24"]) { client, _, hooks, told in
            let answer = try await Self.post(client, Self.cti, Self.ring)
            #expect(answer.status == 403 && told.count == 0)
            #expect(hooks.log.entries(of: "matriz").first?.status == 403)
        }
    }

    @Test("a Twilio request is held against the public address, and a forged one shows what was computed")
    func twilio() async throws {
        try await Self.with(.twilio, secret: "segredo") { client, _, hooks, told in
            let path = "/hooks/twilio/matriz/\(Self.token)"
            let sample = HookSample(kind: .twilio, number: "+5531987654321", phone: "1001", key: "CA1")
            for request in sample.requests(url: "http://desk.test" + path, secret: "segredo", from: 1) {
                let answer = try await Self.post(
                    client,
                    path,
                    String(decoding: request.body, as: UTF8.self),
                    [.twilioSignature: request.signature ?? "", .contentType: "application/x-www-form-urlencoded"]
                )
                #expect(answer.status == 200 && answer.headers[.contentType] == "application/xml")
            }
            #expect(told.last?.outcome == .answered && told.last?.answeredBy == "1001")
            let count = told.count
            let forged = try await Self.post(
                client,
                path,
                "CallSid=CA2&CallStatus=ringing",
                [.twilioSignature: "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", .forwarded: "host=evil.test"]
            )
            #expect(forged.status == 403 && told.count == count)
            let forgery = try #require(hooks.log.entries(of: "matriz").first?.forgery)
            #expect(forgery.address == "http://desk.test" + path && forgery.given == "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")
            let unsigned = try await Self.post(client, path, "CallSid=CA2&CallStatus=ringing")
            #expect(unsigned.status == 400)
        }
    }

    @Test("a Yeastar's events are held against its secret, and a forged one shows both signatures")
    func yeastar() async throws {
        try await Self.with(.yeastar, secret: "segredo") { client, test, hooks, told in
            let path = "/hooks/yeastar/matriz/\(Self.token)"
            let sample = HookSample(kind: .yeastar, number: "+5531987654321", phone: "1001", key: "1795176000.280")
            let requests = sample.requests(url: "http://desk.test" + path, secret: "segredo", from: 1)
            let name = try #require(HTTPField.Name("X-Signature"))
            var states: [CallState?] = []
            for request in requests {
                let body = String(decoding: request.body, as: UTF8.self)
                let answer = try await Self.post(client, path, body, [name: request.signature ?? ""])
                #expect(answer.status == 200 && answer.body == "{}")
                states.append(told.last?.state)
            }
            #expect(states == [.ringing, .talking, .ended])
            #expect(told.last?.answeredBy == "1001" && told.last?.number == "+5531987654321")
            let count = told.count
            let body = String(decoding: requests[0].body, as: UTF8.self)
            let forged = try await Self.post(client, path, body, [name: "AA=="])
            #expect(forged.status == 403 && told.count == count)
            let forgery = try #require(hooks.log.entries(of: "matriz").first?.forgery)
            #expect(forgery.given == "AA==" && forgery.expected == requests[0].signature)
            #expect(try await Self.post(client, path, body).status == 400)
            // It cannot be asked to refuse: a blocked caller rings, and is told as blocked when nobody answers.
            try await test.app.callerRules.replace(
                with: CallerRules(blocks: [.init(.prefix, "+5531")]),
                by: .system("test")
            )
            let other = HookSample(kind: .yeastar, number: "+5531987654321", phone: "1001", key: "2")
            for request in other.requests(url: "", secret: "segredo", from: 1) where !request.body.isAnswer {
                let body = String(decoding: request.body, as: UTF8.self)
                #expect(try await Self.post(client, path, body, [name: request.signature ?? ""]).status == 200)
            }
            let calls = try await test.app.callLog.record(Array(told.signals.withLock { $0.dropFirst(count) }))
            #expect(calls.map(\.call.state) == [.ringing])
            let ended = try await test.app.callLog.closeLost(line: "matriz", except: [])
            #expect(ended.map(\.call.outcome) == [.blocked] && ended.first?.attendance?.outcome == .blocked)
        }
    }

    @Test("a 3CX is given its template, finds a caller's name, and reports calls when they are over")
    func threeCX() async throws {
        try await Self.with(.threeCX) { client, test, _, told in
            let customer = try await test.customer(name: "Maria Silva")
            let path = "/hooks/3cx/matriz/\(Self.token)"
            let template = try await client.send(.get, path + "/template.xml")
            #expect(template.status == 200 && template.body.contains("http://desk.test\(path)/lookup?number=[Number]"))
            let found = try await client.send(.get, path + "/lookup?number=31987654321")
            #expect(found.json["id"].integer == customer.id && found.json["last_name"].string == "Silva")
            #expect(found.json["url"].string == "http://desk.test/desk/calls?q=%2B5531987654321")
            #expect(try await client.send(.get, path + "/lookup?number=11900000000").body == "{}")
            #expect(try await client.send(.get, "/hooks/3cx/matriz/x/lookup?number=31987654321").status == 401)
            _ = try await Self.post(
                client,
                path,
                #"{"callType":"Missed","number":"+5531987654321","agent":"[Agent]","duration":"0","callId":"9"}"#
            )
            #expect(told.last?.outcome == .abandoned && told.last?.isEnded == true)
        }
    }

    @Test("FreeSWITCH is told the caller's name before any phone rings, and nothing of anything else")
    func dialplan() async throws {
        try await Self.with(.freeswitch) { client, test, _, _ in
            _ = try await test.customer(name: "Ana & Cia ${x}")
            let path = "/hooks/freeswitch/matriz/\(Self.token)/dialplan"
            let asked = "section=dialplan&Caller-Context=public&Caller-Caller-ID-Number=31987654321"
            let answer = try await Self.post(client, path, asked)
            #expect(answer.body.contains(#"data="effective_caller_id_name=Ana &amp; Cia x""#))
            #expect(answer.body.contains(#"<context name="public">"#))
            for other in ["section=directory&key_value=x", asked.replacing("31987654321", with: "11900000000"), ""] {
                #expect(try await Self.post(client, path, other).body.contains("not found"))
            }
            try await test.app.callerRules.replace(
                with: CallerRules(blocks: [.init(.prefix, "+5531")]),
                by: .system("test")
            )
            #expect(try await Self.post(client, path, asked).body.contains(#"application="hangup" data="USER_BUSY""#))
        }
    }
}

extension [UInt8] {
    fileprivate var isAnswer: Bool { String(decoding: self, as: UTF8.self).contains("ANSWERED") }
}
