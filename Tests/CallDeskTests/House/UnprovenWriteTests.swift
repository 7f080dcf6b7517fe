import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

/// What answers a change, refuses it, and is told to the screens, while a technician talks to somebody who has proven nothing.
///
/// The lists of operations, pages and kinds of events are the desk's own, as in `UnprovenTests`.
@Suite("What answers who writes for somebody who has proven nothing", .timeLimit(.minutes(10)))
struct UnprovenWriteTests {
    /// Kinds of events that can say nothing of a customer's record, and why.
    private static let kindsApart: [LiveChange.Kind: String] = [
        .news: "goes to customers alone, and is the number of their ticket", .line: "of a PBX",
        .database: "of this node",
        .resync: "says nothing at all",
    ]

    /// Answers that show the record once it may be seen: the walk would hold of a desk that answers nothing.
    private static let open: Set<String> = [
        "updateCustomer", "updateContact", "replaceContact", "updateContract", "replaceContract", "mergeCustomer",
        "inviteContact", "changeContactAccount", "dial", "previewCallerRules",
    ]

    private static func path(_ operation: CallDesk.Operation, _ write: UnprovenWrites.Write) -> String {
        if let path = write.path { return path }
        let subject = operation.path.split(separator: "/").first ?? ""
        let word = ["customers": "{customer}", "contacts": "{person}", "tickets": "{ticket}"][subject] ?? "{id}"
        return operation.path.replacing("{id}", with: word).replacing("{attendance}", with: "{begun}")
    }

    private static func identify(_ scene: UnprovenTests.Scene, _ level: IdentityLevel, _ test: DeskUnderTest)
        async throws
    {
        try await test.app.attendances.identify(
            scene.contact,
            customerID: scene.customer.id,
            contactID: nil,
            level: level
        )
    }

    /// Whether what the customer alone may do was refused, as nobody has said yet to be the customer.
    private static func isTooLow(_ answer: Answered, _ level: IdentityLevel) -> Bool {
        level == .none && answer.status == 409
            && ["/problems/identity-too-low", "/problems/not-now"].contains(answer.json["type"].string ?? "")
    }

    /// A desk with a line that dials, and everything that is told to its screens.
    private static func withDesk(
        _ body: @escaping @Sendable (DeskUnderTest, any TestClientProtocol, UnprovenTests.Scene) async throws -> Void
    ) async throws {
        try await DeskUnderTest.with(settings: { settings in
            settings.pbx = [Settings.PBX(line: "matriz")]
        }) { test in
            let pbx = PBXLineUnderTest("matriz")
            let keeper = pbx.keeper(test)
            test.app.switchboard.connect([keeper])
            let app = test.app
            app.bell.listen { event, opening in DeskService.tell(event, opening, on: app) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                while keeper.client == nil { await Task.yield() }
                try await test.application.test(.router) { client in
                    try await body(test, client, try await UnprovenTests.scene(test, client))
                }
                group.cancelAll()
            }
        }
    }

    @Test(
        "no answer to a change, no refusal with the newer state, no event says what the record holds; once proven, they do",
        arguments: [IdentityLevel.none, .known, .verified]
    )
    func everyWrite(level: IdentityLevel) async throws {
        try await Self.withDesk { test, client, scene in
            let browser = try await test.browser(scene.ana, client)
            let department = try #require(scene.ana.departments.first)
            let colleague = try await test.account(
                "bia",
                departments: [department],
                extensions: [AccountExtension(party: "PJSIP/1002")]
            )
            let listener = try await Listener.open(test.app.hub, LiveViewer(scene.ana))
            let stage = UnprovenStage(test, client, browser, scene, colleague: colleague, level: level)
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
            var open: Set<String> = []
            func hold(_ name: String, _ text: String) {
                let said = UnprovenTests.secrets.filter(text.contains)
                if level == .verified {
                    if !said.isEmpty { open.insert(name) }
                } else {
                    #expect(said.isEmpty, "\(level) \(name) says \(said): \(text.prefix(600))")
                }
            }
            let changing = api.operations.filter { operation in
                operation.method != .get && operation.who.contains(where: UnprovenTests.isStaff)
            }
            for operation in changing where UnprovenWrites.looks[operation.id] == nil {
                guard let write = UnprovenWrites.all[operation.id] else {
                    Issue.record("\(operation.id): say what is sent to it")
                    continue
                }
                await stage.next()
                try await Self.identify(scene, level, test)
                let path = "/api/v1" + (try await stage.fill(Self.path(operation, write)))
                for move in write.after {
                    let first = path.split(separator: "/").dropLast().joined(separator: "/")
                    let made = try await browser.send(.post, "/\(first)/\(move.move)", try await stage.fill(move.body))
                    #expect(
                        made.status == 200 || Self.isTooLow(made, level),
                        "\(operation.id) after \(move.move): \(made.body)"
                    )
                }
                var body = write.body
                if let text = body { body = try await stage.fill(text) }
                var headers: HTTPFields = [:]
                if case .file = operation.body { headers[.contentType] = "text/plain" }
                headers[.ifMatch] = write.match
                let answer = try await browser.send(operation.method, path, body, headers: headers)
                #expect(
                    write.statuses.contains(answer.status) || Self.isTooLow(answer, level),
                    "\(operation.id) \(path): \(answer.status) \(answer.body)"
                )
                hold(operation.id, answer.body)
                // What it leads to is a page, which is read as any other.
                if let place = answer.headers[.location] {
                    hold("\(operation.id) → \(place)", try await browser.get(place, headers: [.accept: "*/*"]).body)
                }
                switch operation.revisions {
                case .none, .told: continue
                case .taken, .needed: break
                }
                headers[.ifMatch] = "\"987654\""
                let late = try await browser.send(
                    operation.method,
                    path,
                    body?.replacing(/, "revision": \d+/, with: ""),
                    headers: headers
                )
                // A move whose time is over is refused before the copy is looked at.
                #expect(
                    late.status == 412 || late.status == 409 && write.match == nil,
                    "\(operation.id): \(late.status) \(late.body)"
                )
                hold("\(operation.id) late", late.body)
            }
            let all = Set(UnprovenWrites.all.keys).union(UnprovenWrites.looks.keys)
            #expect(all.subtracting(changing.map(\.id)).isEmpty)
            if level == .verified { #expect(Self.open.isSubset(of: open), "\(Self.open.subtracting(open))") }

            // A call of theirs from the other telephone that ends now, and a notice that moves on.
            try await Self.identify(scene, level, test)
            try await Self.end(scene, test)
            let notice = NoticeFateChange(
                noticeID: 1,
                event: .ticketOpened,
                channel: .mail,
                state: .sent,
                attendanceID: scene.earlier.id,
                ticketID: scene.ticket["id"].integer,
                at: test.clock.now
            )
            test.app.hub.publish(.notice(notice), to: .accounts([]))
            await listener.pass(.seconds(5))
            let told = try await listener.rest()
            for event in told { hold(event, event) }
            let kinds = Set(
                told.compactMap { $0.split(separator: " ").first.flatMap { LiveChange.Kind(rawValue: String($0)) } }
            )
            for kind in LiveChange.Kind.allCases where Self.kindsApart[kind] == nil {
                #expect(kinds.contains(kind), "\(kind): let one be told, or say why it can say nothing of a record")
            }
            if level == .verified { #expect(open.contains { $0.hasPrefix("call ") }) }
        }
    }

    /// Ends a call that the customer made from their other telephone, as a line tells it.
    private static func end(_ scene: UnprovenTests.Scene, _ test: DeskUnderTest) async throws {
        let number = "+5531912345678"
        let begun = try await test.app.callLog.record([
            UnprovenTests.call("late", number, .answered, by: "PJSIP/1002")
        ]).first
        try await test.app.attendances.identify(
            try #require(begun?.attendance?.id),
            customerID: scene.customer.id,
            contactID: scene.person.id,
            level: .verified
        )
        let teller = CallTeller(test.app, logger: test.quiet) { _ in }
        let feed = CallFeed(log: test.app.callLog, teller: teller, logger: test.quiet)
        feed.accept(UnprovenTests.call("late", number, .answered, isEnded: true, by: "PJSIP/1002"))
        feed.stop()
        await feed.run()
    }

    @Test(
        "only who talks to somebody unproven is told of a call without its number: colleagues and programs have it whole"
    )
    func everyEvent() async throws {
        try await Self.withDesk { test, _, scene in
            let bia = try await test.account("bia", extensions: [AccountExtension(party: "PJSIP/1002")])
            let eva = try await test.account("eva", extensions: [AccountExtension(party: "PJSIP/1003")])
            try await Self.identify(scene, .known, test)
            let hub = test.app.hub
            let listeners = [
                try await Listener.open(hub, LiveViewer(scene.ana)), try await Listener.open(hub, LiveViewer(bia)),
                try await Listener.open(hub, LiveViewer(account: nil, seesEverything: true)),
                try await Listener.open(hub, LiveViewer(eva)),
            ]
            try await Self.end(scene, test)
            var told: [[String]] = []
            for listener in listeners {
                await listener.pass(.seconds(5))
                told.append(try await listener.rest().filter { $0.hasPrefix("call ") })
            }
            #expect(told.map(\.count) == [1, 1, 1, 0], "\(told)")
            #expect(told[0].allSatisfy { $0.contains(#""number":null"#) && $0.contains("-5678") })
            #expect(told[1].allSatisfy { $0.contains("+5531912345678") })
            #expect(told[2].allSatisfy { $0.contains("+5531912345678") })
            // Who comes back after a lost connection is told no more.
            let late = hub.past(after: hub.position - 3, for: LiveViewer(scene.ana)).events.filter { $0.kind == .call }
            #expect(late.count == 1 && late.allSatisfy { !String(buffer: $0.frame).contains("912345678") })
            // While the database is away nobody can say whose number it is: of a call that is over it is not told.
            let teller = CallTeller(test.app, logger: test.quiet) { _ in }
            for isEnded in [true, false] {
                teller.tellUnrecorded([
                    UnprovenTests.call("away", "+5531912345678", .answered, isEnded: isEnded, by: "PJSIP/1002")
                ])
                var events: [String] = []
                for listener in listeners {
                    await listener.pass(.seconds(5))
                    events += try await listener.rest().filter { $0.hasPrefix("call ") }
                }
                #expect(events.count >= 2, "\(events)")
                #expect(events.allSatisfy { $0.contains("+5531912345678") != isEnded }, "\(events)")
            }
        }
    }

    @Test("no form of the desk's pages is sent but to the API, which the walk asks, and to sign in and out")
    func everyForm() async throws {
        try await DeskUnderTest.with { test in
            let forms = test.ways.filter { way in
                way.method != .get && way.method != .head
                    && (way.path.hasPrefix("/desk") || way.path.hasPrefix("/admin"))
            }
            #expect(Set(forms.map(\.path)) == ["/desk/sign-in", "/desk/sign-out"])
        }
    }
}
