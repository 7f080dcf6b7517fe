import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import IVRBridge
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("A call looked back at: its page, its steps, its line's bytes", .timeLimit(.minutes(5)))
struct CallLookBackTests {
    private static let stream: [UInt8] = {
        let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/ami")
        return (try? [UInt8](Data(contentsOf: fixtures.appending(path: "22-c-queue.txt")))) ?? []
    }()

    private static func calls(_ bytes: [UInt8]) -> [CallSnapshot] {
        var replay = Replay { PhoneNumber.callerE164($0, region: Region(.brazil)) }
        replay.feed(bytes)
        return replay.finish().map(\.call)
    }

    private static func line(_ name: String, _ kind: PBXKind = .asterisk) -> Settings.PBX {
        Settings.PBX(line: name, kind: kind)
    }

    /// A desk whose line brought the recording's bytes, and the first call of it as the desk keeps it.
    private static func with(
        term: LineTapes.Term? = LineTapes.Term(),
        _ body: (DeskUnderTest, Call, CallSnapshot) async throws -> Void
    ) async throws {
        let snapshot = try #require(calls(stream).first { $0.direction == .inbound && $0.answeredBy != nil })
        try await DeskUnderTest.with(settings: { settings in
            settings.pbx = [line("matriz"), line("loja", .hook(.cti))]
            settings.lineTape = term
        }) { test in
            if let tape = test.app.tapes.tapes["matriz"] {
                tape.noteBeginning()
                for start in Swift.stride(from: 0, to: stream.count, by: 1_000) {
                    tape.note(ByteBuffer(bytes: stream[start..<min(stream.count, start + 1_000)]))
                }
                // Cancelled at once, it writes what waits.
                let writing = Task { await tape.run() }
                writing.cancel()
                await writing.value
            }
            _ = try await test.app.callLog.record([CallSignal(line: "matriz", call: snapshot)])
            let call = try #require(try await test.app.calls.list(before: nil, limit: 10).first)
            try await body(test, call, snapshot)
        }
    }

    @Test("each event that did something is told with what it did, the people by name")
    func steps() async throws {
        try await Self.with { test, call, snapshot in
            let taker = try #require(snapshot.answeredBy)
            _ = try await test.account("ana", extensions: [AccountExtension(party: taker)])
            let sofia = try await test.account("sofia", role: .supervisor)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(sofia, client)
                let told = try await browser.get("/api/v1/calls/\(call.id)/steps").json
                let sentences = (told["steps"].array ?? []).flatMap { $0["changes"].array ?? [] }.compactMap(\.string)
                #expect(sentences.first == "Começa, vinda de fora.")
                #expect(sentences.contains { $0.hasPrefix("Ana (") && $0.contains("aparece na tela") })
                #expect(sentences.contains { $0.hasPrefix("Ana atendeu") })
                #expect(sentences.last?.hasPrefix("Termina: atendida") == true)
                // Whoever rang and is nobody's shows nowhere, which is said.
                for other in snapshot.offered where other != taker {
                    let plain = PhoneName(other).plain
                    #expect(sentences.contains { $0.hasPrefix("\(plain) toca, e nenhum usuário") }, "\(plain)")
                }
                #expect(told["has_gaps"] == .bool(false))
                // This PBX tells no times: it is when they were read that counts.
                let times = (told["steps"].array ?? []).compactMap { $0["at"].string }
                #expect(Set(times) == ["2026-11-21T12:00:00.000Z"])

                let page = try await browser.get("/desk/calls/\(call.id)")
                #expect(page.status == 200)
                #expect(page.body.contains("Ana atendeu"))
                // The bytes are for administrators.
                #expect(!page.body.contains("/bytes"))
                #expect(try await browser.get("/desk/calls").body.contains("/desk/calls/\(call.id)\""))
            }
        }
    }

    @Test("whoever talks to its customer, who has proven nothing, reads no number of a call in steps, page or bytes")
    func covered() async throws {
        try await Self.with { test, call, snapshot in
            let root = try await test.account("root", role: .administrator)
            let number = try #require(snapshot.numberRaw?.suffix(8))
            let made = try await test.app.customers.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: "Maria Silva"),
                    phones: [call.number ?? ""]
                ),
                by: .system("test")
            )
            let talk = try await test.app.attendances.begin(channel: .walkIn, accountID: root.id)
            for id in [try #require(call.attendanceID), talk.id] {
                try await test.app.attendances.identify(id, customerID: made.customer.id, contactID: nil, level: .known)
            }
            try await test.application.test(.router) { client in
                let browser = try await test.browser(root, client)
                let paths = [
                    "/desk/calls/\(call.id)", "/api/v1/calls/\(call.id)/steps",
                    "/api/v1/calls/\(call.id)/bytes?masked=false",
                ]
                for path in paths {
                    let answer = try await browser.get(path)
                    #expect(answer.status == 200)
                    #expect(!String(decoding: answer.bytes, as: UTF8.self).contains(number), "\(path)")
                }
                // Once they have proven who they are, all of it may be read.
                try await test.app.attendances.identify(
                    talk.id,
                    customerID: made.customer.id,
                    contactID: nil,
                    level: .verified
                )
                for path in paths.dropFirst() {
                    let answer = try await browser.get(path)
                    #expect(String(decoding: answer.bytes, as: UTF8.self).contains(number), "\(path)")
                }
            }
        }
    }

    @Test("the line's bytes are given to administrators, with other people's numbers unless asked otherwise")
    func bytes() async throws {
        try await Self.with { test, call, snapshot in
            let root = try await test.account("root", role: .administrator)
            let sofia = try await test.account("sofia", role: .supervisor)
            let ana = try await test.account("ana")
            try await test.application.test(.router) { client in
                let browser = try await test.browser(root, client)
                #expect(try await browser.get("/desk/calls/\(call.id)").body.contains("/bytes"))
                let whole = try await browser.get("/api/v1/calls/\(call.id)/bytes?masked=false")
                #expect(whole.bytes == Self.stream)
                let masked = try await browser.get("/api/v1/calls/\(call.id)/bytes")
                #expect(masked.bytes.count == Self.stream.count)
                let told = Self.calls(masked.bytes)
                #expect(told.map(\.outcome) == Self.calls(Self.stream).map(\.outcome))
                #expect(told.map(\.offered) == Self.calls(Self.stream).map(\.offered))
                let number = try #require(snapshot.numberRaw?.suffix(8))
                #expect(!String(decoding: masked.bytes, as: UTF8.self).contains(number))

                let supervisor = try await test.browser(sofia, client)
                #expect(try await supervisor.get("/api/v1/calls/\(call.id)/bytes").status == 403)
                let technician = try await test.browser(ana, client)
                #expect(try await technician.get("/api/v1/calls/\(call.id)/steps").status == 403)
                #expect(try await technician.get("/desk/calls/\(call.id)").status == 403)
                #expect(!(try await technician.get("/desk/calls").body.contains("/desk/calls/\(call.id)\"")))
                #expect(try await browser.get("/desk/calls/999999").status == 404)
            }
        }
    }

    @Test("where nothing is kept of a call, the page says why and what to do")
    func absence() async throws {
        try await Self.with { test, call, snapshot in
            let sofia = try await test.account("sofia", role: .supervisor)
            var late = snapshot
            late.key = "1.1"
            test.clock.advance(by: .seconds(3_600))
            var hook = late
            hook.key = "2.2"
            _ = try await test.app.callLog.record([
                CallSignal(line: "matriz", call: late), CallSignal(line: "loja", call: hook),
                CallSignal(line: "gone", call: hook),
            ])
            let calls = try await test.app.calls.list(before: nil, limit: 10)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(sofia, client)
                for (line, key, part) in [
                    ("matriz", "1.1", "Desse momento nada está guardado"),
                    ("loja", "2.2", "Desse momento nada está guardado"), ("gone", "2.2", "line_tape"),
                ] {
                    let id = try #require(calls.first { $0.line == line && $0.key == key }).id
                    let page = try await browser.get("/desk/calls/\(id)")
                    #expect(page.status == 200 && page.body.contains(part), "\(line)")
                    let answer = try await browser.get("/api/v1/calls/\(id)/steps")
                    #expect(answer.status == 409 && answer.json["detail"].string?.contains(part) == true, "\(line)")
                }
            }
        }
    }

    @Test("a call that webhooks reported is told by its sender's requests, and those are given away without its people")
    func hooked() async throws {
        let token = "0123456789abcdef0123"
        try await DeskUnderTest.with(settings: { settings in
            var pbx = Self.line("loja", .hook(.cti))
            pbx.token = token
            settings.pbx = [pbx]
        }) { test in
            let told = Mutex<[CallSignal]>([])
            let hooks = CallHooks(
                app: test.app,
                sinks: LineSinks(
                    signal: { signal in told.withLock { $0.append(signal) } },
                    tapes: test.app.tapes.tapes
                ),
                e164: test.app.callerE164
            )
            let router = buildRouter(
                options: HTTPOptions(),
                metrics: test.registry,
                assets: AssetLibrary(folder: nil),
                routes: [hooks]
            )
            try await HTTPServer.application(router, options: HTTPOptions(port: 0), logger: test.quiet).test(.router) {
                client in
                for step in ["newCall", "answer", "hangup&cause=normalClearing"] {
                    let body = "callId=a&from=5531992710322&to=22&direction=in&user=1001&event=\(step)"
                    try await client.execute(
                        uri: "/hooks/cti/loja/\(token)",
                        method: .post,
                        body: ByteBuffer(string: body)
                    ) { response in #expect(response.status == .ok) }
                }
                // What was refused is not kept: it did nothing.
                try await client.execute(
                    uri: "/hooks/cti/loja/\(token)",
                    method: .post,
                    body: ByteBuffer(string: "event=x&callId=a")
                ) { response in #expect(response.status == .unprocessableContent) }
            }
            let writing = Task { await test.app.tapes.tapes["loja"]?.run() }
            writing.cancel()
            await writing.value
            for signal in told.withLock({ $0 }) { _ = try await test.app.callLog.record([signal]) }
            let call = try #require(try await test.app.calls.list(before: nil, limit: 10).first)
            _ = try await test.account("ana", extensions: [AccountExtension(party: "1001")])
            let root = try await test.account("root", role: .administrator)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(root, client)
                let steps = try await browser.get("/api/v1/calls/\(call.id)/steps").json["steps"].array ?? []
                #expect(steps.map { $0["event"].string } == ["newCall", "answer", "hangup"])
                let sentences = steps.flatMap { $0["changes"].array ?? [] }.compactMap(\.string)
                #expect(sentences.first == "Começa, vinda de fora.")
                #expect(sentences.contains { $0.hasPrefix("Ana (") && $0.contains("aparece na tela") })
                #expect(sentences.contains { $0.hasPrefix("Ana atendeu") })
                #expect(sentences.last?.hasPrefix("Termina: atendida") == true)
                let page = try await browser.get("/desk/calls/\(call.id)")
                #expect(page.status == 200 && page.body.contains("Ana atendeu") && page.body.contains("newCall"))
                let bytes = try await browser.get("/api/v1/calls/\(call.id)/bytes?masked=false").bytes
                let whole = String(decoding: bytes, as: UTF8.self)
                #expect(whole.contains("5531992710322") && !whole.contains(token))
                let masked = try await browser.get("/api/v1/calls/\(call.id)/bytes").bytes
                #expect(masked.count == whole.utf8.count)
                #expect(!String(decoding: masked, as: UTF8.self).contains("92710322"))
            }
        }
    }

    @Test("a call that another became part of is told with that one's steps; asked for, that one leads to it")
    func merged() async throws {
        let bytes = try Fixtures.bytes("ami/22-f-attended.txt")
        var snapshot = try #require(Self.calls(bytes).first { !$0.absorbed.isEmpty })
        // It came now, whenever it was recorded.
        (snapshot.startedAt, snapshot.answeredAt, snapshot.endedAt) = (nil, nil, nil)
        let joined = snapshot
        let key = try #require(snapshot.absorbed.first)
        try await DeskUnderTest.with(settings: { settings in
            settings.pbx = [Self.line("matriz")]
        }) { test in
            let tape = try #require(test.app.tapes.tapes["matriz"])
            tape.noteBeginning()
            tape.note(bytes)
            let writing = Task { await tape.run() }
            writing.cancel()
            await writing.value
            var part = CallSnapshot(key: key, direction: .internal)
            part.offered = ["PJSIP/1002"]
            _ = try await test.app.callLog.record([CallSignal(line: "matriz", call: part)])
            let lost = try #require(try await test.app.calls.list(before: nil, limit: 10).first)
            _ = try await test.app.callLog.record([CallSignal(line: "matriz", call: joined)])
            let call = try #require(try await test.app.calls.list(before: nil, limit: 10).first)
            #expect(call.id != lost.id)
            let sofia = try await test.account("sofia", role: .supervisor)
            try await test.application.test(.router) { client in
                let browser = try await test.browser(sofia, client)
                for id in [call.id, lost.id] {
                    let told = try await browser.get("/api/v1/calls/\(id)/steps").json
                    #expect(told["call_id"].integer == call.id)
                    let parts = (told["steps"].array ?? []).map { $0["part"].string }
                    #expect(parts.contains(key) && parts.contains(nil))
                    let changes = (told["steps"].array ?? []).flatMap { $0["changes"].array ?? [] }.compactMap(\.string)
                    #expect(changes.contains("A ligação \(key) passa a fazer parte desta."))
                }
                let page = try await browser.get("/desk/calls/\(call.id)")
                #expect(page.body.contains("Na ligação que passou a fazer parte desta:"))
                let other = try await browser.get("/desk/calls/\(lost.id)")
                #expect(other.status == 303 && other.headers[.location] == "/desk/calls/\(call.id)")
            }
        }
    }

    @Test("whatever a damaged row says of when the call was, it is looked for and not found")
    func damagedRow() async throws {
        try await Self.with { test, call, _ in
            for moment in [Int64.min, -1, Int64.max] {
                var odd = call
                odd.startedAt = Moment(milliseconds: moment)
                for end in [nil, Moment(milliseconds: .max), Moment(milliseconds: .min)] {
                    odd.endedAt = end
                    _ = try? await test.app.stories.story(of: odd)
                }
            }
            // The gate stands open again: the call itself is told as before.
            let story = try await test.app.stories.story(of: call)
            #expect(!story.steps.isEmpty)
        }
    }

    @Test("a desk that keeps nothing says so")
    func off() async throws {
        try await Self.with(term: nil) { test, call, _ in
            let sofia = try await test.account("sofia", role: .supervisor)
            #expect(test.app.tapes.tapes.isEmpty)
            try await test.application.test(.router) { client in
                let page = try await test.browser(sofia, client).get("/desk/calls/\(call.id)")
                #expect(page.body.contains("não é guardado"))
            }
        }
    }

    @Test("in a terminal a story tells each step with its place, without control characters of the wire")
    func story() throws {
        var replay = Replay(telling: .everything) { PhoneNumber.callerE164($0, region: Region(.brazil)) }
        replay.feed(Self.stream)
        let call = try #require(replay.finish().first)
        let told = CallStoryText(words: CallStepWords(.en))
        let story = told.text(call)
        #expect(story.hasPrefix(call.call.key) && story.contains("@") && story.contains("Ends: "))
        #expect(story.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
        var odd = call
        odd.steps = [
            CallStep(event: "New\u{1b}[2J", channel: "A\r", offset: 0, at: nil, changes: [.name("x\u{7}")])
        ]
        #expect(!told.text(odd).unicodeScalars.contains { $0 != "\n" && $0.properties.generalCategory == .control })
    }

    @Test("every change has a sentence in three languages", arguments: [Language.ptBR, .ptPT, .en])
    func words(language: Language) {
        let words = CallStepWords(language) { $0 == "PJSIP/1" ? .person("Ana") : .nobody }
        let changes: [CallStepChange] =
            CallDirection.allCases.flatMap { [.began($0), .direction($0)] }
            + CallTransfer.Kind.allCases.map { .transfer(CallTransfer(kind: $0, from: "PJSIP/1", to: nil)) }
            + CallOutcome.allCases.flatMap { outcome in CallEnder.allCases.map { .ended(outcome, $0) } }
            + [
                .number("1"), .number(nil), .name("x"), .dialled("1"), .queue("q"), .waits, .rings("PJSIP/1"),
                .rings("PJSIP/2"), .offered("PJSIP/2"), .stopsRinging("PJSIP/1"), .answered("PJSIP/1"),
                .talks("PJSIP/2"), .held, .taken,
                .absorbed("k"), .recording("f"), .menu, .handed("v"),
            ]
        var seen: Set<String> = []
        for change in changes {
            let sentence = words.sentence(change)
            #expect(sentence.hasSuffix("."), "\(change)")
            #expect(seen.insert(sentence).inserted, "\(sentence)")
        }
    }
}
