import Codecs
import TestSupport
import Testing

@testable import DeskCore

@Suite("Outbox")
struct NoticeOutboxTests {
    let now = TestClock().now

    func draft(_ key: String, channel: NoticeChannel = .mail, to: String = "jose@example.com") -> NoticeDraft {
        NoticeDraft(
            event: .ticketOpened,
            channel: channel,
            recipient: to,
            language: .ptBR,
            subject: channel == .mail ? "s" : nil,
            body: "b",
            dedupeKey: key
        )
    }

    func enqueue(_ drafts: [NoticeDraft], in database: any Database) async throws -> [NoticeID] {
        let now = now
        return try await database.write { session in
            try drafts.map { try NoticeOutbox.enqueue($0, at: now, in: session) }
        }
    }

    func set(_ state: NoticeState, _ id: NoticeID, in database: any Database) async throws {
        _ = try await database.write { session in
            try session.execute(
                "UPDATE notice SET state = $1 WHERE id = $2",
                [.text(state.rawValue), .integer(id)]
            )
        }
    }

    @Test("a key is kept once, and asking again gives the same notice", arguments: TestDatabase.engines)
    func once(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let ids = try await enqueue([draft("a"), draft("b"), draft("a")], in: database)
        #expect(ids[0] == ids[2] && ids[0] != ids[1])
        #expect(try await NoticeOutbox(database: database).log().count == 2)
    }

    @Test("what the transaction gives up is never sent")
    func undone() async throws {
        struct Abandoned: Error {}
        let database = try await TestDatabase.make()
        let now = now
        let draft = draft("a")
        await #expect(throws: StoreError.self) {
            try await database.write { session -> Void in
                try NoticeOutbox.enqueue(draft, at: now, in: session)
                throw Abandoned()
            }
        }
        #expect(try await NoticeOutbox(database: database).log().isEmpty)
    }

    @Test("fates show who in a mask, and why nothing goes out")
    func fates() async throws {
        let database = try await TestDatabase.make()
        let outbox = NoticeOutbox(database: database)
        _ = try await enqueue([draft("a"), draft("b", channel: .sms, to: "+5531992710322")], in: database)
        let now = now
        _ = try await database.write { session in
            try NoticeOutbox.withhold(
                .ticketOpened,
                channel: .sms,
                reason: .contractWithoutSMS,
                about: NoticeSubject(),
                language: .ptBR,
                at: now,
                in: session
            )
        }
        let fates = try await outbox.log().reversed().map { $0.sentence(.ptBR) }
        #expect(
            fates == [
                "E-mail j…@example.com: na fila", "SMS +55 ••••• 0322: na fila",
                "SMS: sem envio (contrato sem serviço de SMS)",
            ]
        )
        #expect(try await outbox.pending().map(\.count) == [1, 1])
        let ages = try await outbox.oldestAge(at: now.adding(.seconds(7)))
        #expect(ages == [.mail: .seconds(7), .sms: .seconds(7)])
        // What may have arrived waits for hours, and is no sign that nothing goes out.
        _ = try await database.write { try $0.execute("UPDATE notice SET unanswered = 1 WHERE channel = 'sms'") }
        #expect(try await outbox.oldestAge(at: now.adding(.seconds(7))) == [.mail: .seconds(7)])
    }

    @Test("pressed twice, a dead notice is sent again once; later it can be sent once more")
    func resend() async throws {
        let database = try await TestDatabase.make()
        let outbox = NoticeOutbox(database: database)
        let id = try #require(try await enqueue([draft("a")], in: database).first)
        try await set(.dead, id, in: database)
        let copy = try await outbox.resend(id, at: now).get()
        #expect(copy != id)
        #expect(try await outbox.resend(id, at: now).get() == copy)
        #expect(try await outbox.resend(copy, at: now).get() == copy)
        try await set(.failed, copy, in: database)
        let third = try await outbox.resend(id, at: now).get()
        #expect(third != copy && third != id)
        #expect(try await outbox.fate(third)?.state == .queued)
    }

    @Test("what is withheld, under way or unknown cannot be sent again")
    func resendRefused() async throws {
        let database = try await TestDatabase.make()
        let outbox = NoticeOutbox(database: database)
        let id = try #require(try await enqueue([draft("a")], in: database).first)
        #expect(try await outbox.resend(999, at: now) == .failure(.unknown))
        try await set(.sending, id, in: database)
        #expect(try await outbox.resend(id, at: now) == .failure(.underWay))
        try await set(.withheld, id, in: database)
        #expect(try await outbox.resend(id, at: now) == .failure(.withheld))
    }

    @Test("reports in any order end at delivered, and a mail has none")
    func reports() async throws {
        let database = try await TestDatabase.make()
        let outbox = NoticeOutbox(database: database)
        let ids = try await enqueue([draft("a", channel: .sms, to: "+5531992710322"), draft("b")], in: database)
        #expect(try await outbox.report(ids[0], delivered: false, fault: .report(.gateway), at: now) == nil)
        try await set(.sending, ids[0], in: database)
        #expect(try await outbox.report(ids[0], delivered: false, fault: .report(.gateway), at: now)?.state == .failed)
        #expect(try await outbox.report(ids[0], delivered: true, fault: nil, at: now)?.state == .delivered)
        #expect(try await outbox.report(ids[0], delivered: true, fault: nil, at: now) == nil)
        #expect(try await outbox.report(ids[0], delivered: false, fault: .report(.gateway), at: now) == nil)
        #expect(try await outbox.fate(ids[0])?.state == .delivered)
        try await set(.sent, ids[1], in: database)
        #expect(try await outbox.report(ids[1], delivered: true, fault: nil, at: now) == nil)
        #expect(try await outbox.report(404, delivered: true, fault: nil, at: now) == nil)
    }

    @Test("what was given up as perhaps arrived is delivered when the gateway says so")
    func reportOfGivenUp() async throws {
        let database = try await TestDatabase.make()
        let outbox = NoticeOutbox(database: database)
        let id = try #require(try await enqueue([draft("a", channel: .sms, to: "+5531992710322")], in: database).first)
        try await set(.dead, id, in: database)
        try await database.write { session in
            try session.execute("UPDATE notice SET reason = 'may_have_arrived' WHERE id = $1", [.integer(id)])
        }
        // That it failed is no news of a notice that was given up.
        #expect(try await outbox.report(id, delivered: false, fault: .report(.gateway), at: now) == nil)
        #expect(try await outbox.fate(id)?.reason == .mayHaveArrived)
        #expect(try await outbox.report(id, delivered: true, fault: nil, at: now)?.state == .delivered)
        let reason = try await database.read { session in
            try session.row("SELECT reason FROM notice WHERE id = $1", [.integer(id)])?.text(0)
        }
        #expect(try await outbox.fate(id)?.state == .delivered && reason == nil)
    }

    @Test("the log is paged, and filtered by channel and state")
    func log() async throws {
        let database = try await TestDatabase.make()
        let outbox = NoticeOutbox(database: database)
        let ids = try await enqueue(
            (0..<10).map { draft("k\($0)", channel: $0 % 2 == 0 ? .mail : .sms, to: "+5531992710322") },
            in: database
        )
        try await set(.dead, ids[3], in: database)
        #expect(try await outbox.log(limit: 4).map(\.id) == Array(ids.reversed().prefix(4)))
        #expect(try await outbox.log(before: ids[6], limit: 3).map(\.id) == [ids[5], ids[4], ids[3]])
        #expect(try await outbox.log(channel: .sms, state: .dead).map(\.id) == [ids[3]])
    }
}

@Suite("Quick links")
struct QuickLinkTests {
    let clock = TestClock()

    func ticket(in database: any Database) async throws -> Int64 {
        try await database.write { session in
            try session.execute(
                """
                INSERT INTO attendance (id, protocol, channel, state, started_at) VALUES (1, 'p', 'phone', 'open', 1)
                """
            )
            let row = try session.row(
                """
                INSERT INTO ticket (number, attendance_id, topic, topic_title, section_path, department, priority, state,
                    summary, description, form_version, answers, channel, created_at, updated_at, creation_key)
                VALUES ('n', 1, 't', 't', '[]', 'd', 'normal', 'triage', 's', 'd', 'v', '[]', 'phone', 1, 1, 'k')
                RETURNING id
                """
            )
            guard let id = row?.integer(0) else { throw StoreError.corrupt(what: "ticket") }
            return id
        }
    }

    @Test("a link opens its ticket until it expires or is revoked, and the database holds no token")
    func life() async throws {
        let database = try await TestDatabase.make()
        let ticketID = try await ticket(in: database)
        let links = QuickLinks(database: database)
        let now = clock.now
        let token = try await database.write { session in
            try links.create(
                ticketID: ticketID,
                recipient: "jose@example.com",
                expires: now.adding(.seconds(60)),
                at: now,
                in: session
            )
        }
        #expect(token.count == 43)
        #expect(try await links.resolve(token, at: now).get().ticketID == ticketID)
        #expect(try await links.resolve(token, at: now.adding(.seconds(60))) == .failure(.expired))
        let listed = try #require(try await links.list(ticketID: ticketID).first)
        #expect(listed.recipient == "j…@example.com" && listed.lastUsedAt == now)
        let stored = try await database.read { session in
            try session.rows("SELECT * FROM quick_link").map { "\($0.values)" }.joined()
        }
        #expect(!stored.contains(token))
        #expect(try await links.revoke(listed.id, ticketID: ticketID + 1, at: now, by: .system("test")) == false)
        #expect(try await links.revoke(listed.id, ticketID: ticketID, at: now, by: .system("test")))
        #expect(try await links.resolve(token, at: now) == .failure(.revoked))
        #expect(try await links.revoke(listed.id, ticketID: ticketID, at: now, by: .system("test")) == false)
        #expect(try await links.revokeAll(ticketID: ticketID, at: now, by: .system("test")) == 0)
    }

    @Test("closing all of a ticket's links counts those that were open, renews none, and is in the trail")
    func all() async throws {
        let database = try await TestDatabase.make()
        let ticketID = try await ticket(in: database)
        let links = QuickLinks(database: database)
        let now = clock.now
        for term in [-60, 60, 120] {
            _ = try await database.write { session in
                try links.create(
                    ticketID: ticketID,
                    recipient: "jose@example.com",
                    expires: now.adding(.seconds(term)),
                    at: now.adding(.seconds(-90)),
                    in: session
                )
            }
        }
        #expect(try await links.revokeAll(ticketID: ticketID, at: now, by: .system("console")) == 2)
        #expect(try await links.list(ticketID: ticketID).allSatisfy { $0.revokedAt != nil })
        let trail = try await database.read { session in
            try session.rows("SELECT actor, detail FROM audit WHERE action = 'link.revoke'").map { $0.text(1) ?? "" }
        }
        #expect(trail == ["links:3"])
    }

    @Test(
        "what is no token opens nothing",
        arguments: ["", "x", "' OR 1=1 --", "../../etc/passwd", "á", String(repeating: "A", count: 100_000), "A\0B"]
    )
    func unknown(token: String) async throws {
        let links = QuickLinks(database: try await TestDatabase.make())
        #expect(try await links.resolve(token, at: clock.now) == .failure(.unknown))
    }

    @Test("tokens are the given random bytes, and differ")
    func random() async throws {
        #expect(Base64.urlText([0xFF, 0xEE, 0xDD]) == "_-7d")
        #expect(Base64.urlText([0]) == "AA")
        #expect(Base64.urlText(Array(repeating: 0, count: 32)).count == 43)
        #expect(Set((0..<100).map { _ in Base64.urlText(QuickLinks.systemRandom(32)) }).count == 100)
    }
}
