import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("Webhooks' signing secrets are sealed")
struct WebhookSecretTests {
    private static let draft = WebhookDraft(name: "ERP", url: "https://erp.test/hook", kinds: [.attendance])
    private static let actor = AuditActor.system("test")

    /// A database, a data folder, and the desk over both.
    private struct Desk {
        let clock = TestClock()
        let database: any Database
        let folder: URL

        init(_ database: any Database) throws {
            self.database = database
            folder = try TestDatabase.folder()
        }

        /// As the service has it after a start.
        func vault(in other: URL? = nil, over copy: (any Database)? = nil) -> SecretVault {
            SecretVault(
                database: copy ?? database,
                clock: clock.clock,
                folder: other ?? folder,
                term: .seconds(72 * 3600)
            )
        }

        func webhooks(in other: URL? = nil, over copy: (any Database)? = nil) -> WebhookDesk {
            WebhookDesk(database: copy ?? database, vault: vault(in: other, over: copy), clock: clock.clock)
        }

        func queue(in other: URL? = nil, over copy: (any Database)? = nil) -> WebhookQueue {
            WebhookQueue(
                database: copy ?? database,
                vault: vault(in: other, over: copy),
                clock: clock.clock,
                jitter: { 1 }
            )
        }

        func stored() async throws -> [String] {
            try await database.read { session in
                try session.rows("SELECT secret, old_secret FROM webhook ORDER BY id")
                    .flatMap { [$0.text(0), $0.text(1)].compactMap(\.self) }
            }
        }

        func end() { try? FileManager.default.removeItem(at: folder) }
    }

    @Test("no secret stands in the database, neither a new one nor a changed one", arguments: TestDatabase.engines)
    func sealed(engine: DatabaseEngine) async throws {
        let desk = try Desk(try await TestDatabase.make(engine))
        defer { desk.end() }
        let (webhook, old) = try await desk.webhooks().add(Self.draft, by: Self.actor)
        let new = try await desk.webhooks().rotate(webhook.id, by: Self.actor)
        let stored = try await desk.stored()
        #expect(stored.count == 2)
        for text in stored { #expect(text.hasPrefix("vault:") && !text.contains(old) && !text.contains(new)) }
        _ = try await desk.webhooks().test(webhook.id)
        // Another process with the same folder signs with both.
        #expect(try await desk.queue().claim(except: []).first?.secrets == [new, old])
        let key = desk.folder.appending(path: VaultKeys.standing)
        let rights = try FileManager.default.attributesOfItem(atPath: key.path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
    }

    @Test("what a release before left plain signs on, and is sealed", arguments: TestDatabase.engines)
    func former(engine: DatabaseEngine) async throws {
        let desk = try Desk(try await TestDatabase.make(engine))
        defer { desk.end() }
        let webhook = try await desk.webhooks().add(Self.draft, by: Self.actor).webhook
        let until = desk.clock.now.adding(.seconds(3_600))
        try await desk.database.write { session in
            try session.execute(
                "UPDATE webhook SET secret = 'whsec_bmV3', old_secret = 'whsec_b2xk', old_until = $1",
                [.moment(until)]
            )
        }
        _ = try await desk.webhooks().test(webhook.id)
        #expect(try await desk.queue().claim(except: []).first?.secrets == ["whsec_bmV3", "whsec_b2xk"])
        #expect(try await desk.webhooks().renewSecrets() == 2)
        #expect(try await desk.stored().allSatisfy { $0.hasPrefix("vault:") })
        #expect(try await desk.webhooks().renewSecrets() == 0)
        _ = try await desk.webhooks().test(webhook.id)
        #expect(try await desk.queue().claim(except: []).first?.secrets == ["whsec_bmV3", "whsec_b2xk"])
        // Beside a newer one it signs on, and what a release before left plain of it is sealed.
        let newest = try await desk.webhooks().rotate(webhook.id, by: Self.actor)
        let end = until.milliseconds
        try await desk.database.write { session in
            try session.execute("UPDATE webhook SET old_secret = $1", [.text("whsec_bmV3 whsec_b2xk@\(end)")])
        }
        #expect(try await desk.webhooks().renewSecrets() == 1)
        #expect(try await desk.stored().allSatisfy { !$0.contains("whsec") })
        _ = try await desk.webhooks().test(webhook.id)
        #expect(try await desk.queue().claim(except: []).first?.secrets == [newest, "whsec_bmV3", "whsec_b2xk"])
        desk.clock.advance(by: .seconds(86_401))
        // An old secret that signs no more is kept no longer.
        desk.clock.advance(by: .seconds(3_601))
        _ = try await desk.webhooks().renewSecrets()
        #expect(try await desk.stored().count == 1)
    }

    @Test("a secret moved to another row does not open", arguments: TestDatabase.engines)
    func moved(engine: DatabaseEngine) async throws {
        let desk = try Desk(try await TestDatabase.make(engine))
        defer { desk.end() }
        let one = try await desk.webhooks().add(Self.draft, by: Self.actor).webhook
        let two = try await desk.webhooks().add(Self.draft, by: Self.actor).webhook
        try await desk.database.write { session in
            try session.execute(
                "UPDATE webhook SET secret = (SELECT secret FROM webhook WHERE id = $1) WHERE id = $2",
                [.integer(one.id), .integer(two.id)]
            )
        }
        #expect(try await desk.webhooks().withoutSecret() == [two.id])
    }

    @Test(
        "without its key the desk starts, says whose secret is lost, keeps the messages, and a new secret mends it",
        arguments: TestDatabase.engines
    )
    func lost(engine: DatabaseEngine) async throws {
        let desk = try Desk(try await TestDatabase.make(engine))
        defer { desk.end() }
        let webhook = try await desk.webhooks().add(Self.draft, by: Self.actor).webhook
        _ = try await desk.webhooks().test(webhook.id)
        try FileManager.default.removeItem(at: desk.folder.appending(path: VaultKeys.standing))
        try await desk.vault().check()
        #expect(try await desk.webhooks().withoutSecret() == [webhook.id])
        #expect(try await desk.queue().claim(except: []).isEmpty)
        let told = try #require(try await desk.webhooks().find(webhook.id))
        #expect(told.failures == 1 && told.failingSince != nil && told.lastError == WebhookSecrets.lost)
        let waiting = try await desk.webhooks().deliveries(of: webhook.id, after: nil, limit: 5)
        #expect(waiting.map(\.state) == [.waiting] && waiting.map(\.attempts) == [0])
        let new = try await desk.webhooks().rotate(webhook.id, by: Self.actor)
        #expect(try await desk.webhooks().withoutSecret().isEmpty)
        #expect(try await desk.queue().claim(except: []).first?.secrets == [new])
    }

    @Test("a key that cannot be read is none that is lost")
    func unreadable() async throws {
        let desk = try Desk(try await TestDatabase.make(.sqlite))
        defer { desk.end() }
        let webhook = try await desk.webhooks().add(Self.draft, by: Self.actor).webhook
        _ = try await desk.webhooks().test(webhook.id)
        let key = desk.folder.appending(path: VaultKeys.standing)
        let bytes = try Data(contentsOf: key)
        try Data("short".utf8).write(to: key)
        #expect(try await desk.webhooks().withoutSecret().isEmpty)
        #expect(try await desk.queue().claim(except: []).isEmpty)
        let told = try #require(try await desk.webhooks().find(webhook.id)?.lastError)
        #expect(told != WebhookSecrets.lost)
        try bytes.write(to: key)
        desk.clock.advance(by: .seconds(61))
        #expect(try await desk.queue().claim(except: []).count == 1)
    }

    @Test("a restored backup signs on beside its data folder, and asks for a new secret without it")
    func restored() async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (copy, new) = (folder.path + "/copy", folder.path + "/new.sqlite")
        let database = try await SQLiteDatabase.open(path: folder.path + "/old.sqlite")
        let desk = try Desk(database)
        defer { desk.end() }
        let (webhook, secret) = try await desk.webhooks().add(Self.draft, by: Self.actor)
        _ = try await desk.webhooks().test(webhook.id)
        try await database.backUp(to: copy)
        // Days later every day's key has gone; this one has no term.
        desk.clock.advance(by: .seconds(10 * 86_400))
        try await desk.vault().destroyKeys()
        await database.close()
        try await SQLiteDatabase.restore(from: copy, to: new)
        let restored = try await SQLiteDatabase.open(path: new)
        #expect(!(try Data(contentsOf: URL(fileURLWithPath: copy))).contains(Data(secret.utf8)))
        #expect(try await desk.webhooks(over: restored).withoutSecret().isEmpty)
        #expect(try await desk.queue(over: restored).claim(except: []).first?.secrets == [secret])
        let elsewhere = folder.appending(path: "elsewhere")
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        #expect(try await desk.webhooks(in: elsewhere, over: restored).withoutSecret() == [webhook.id])
        try await desk.vault(in: elsewhere, over: restored).check()
        await restored.close()
    }
}

extension Data {
    fileprivate func contains(_ other: Data) -> Bool { range(of: other) != nil }
}
