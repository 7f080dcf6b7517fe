import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("The catalogue's file is taken up as it changes", .timeLimit(.minutes(5)))
struct CatalogueWatchTests {
    private static func catalogue(_ title: String) -> Data {
        Data(
            """
            <catalogue xmlns="urn:calldesk:catalogue"><title>Central</title>
            <department id="outro"><name>Outro</name></department>
            <section id="s"><title>S</title><topic id="t" department="outro"><title>\(title)</title></topic></section></catalogue>
            """.utf8
        )
    }

    private static func with(_ body: (DeskUnderTest, URL, CatalogueWatch) async throws -> Void) async throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "catalogo.xml")
        try await DeskUnderTest.with { test in
            let watch = CatalogueWatch(
                file.path,
                on: test.app.catalogue,
                database: test.app.database,
                clock: test.app.clock,
                logger: test.quiet
            )
            try await body(test, file, watch)
        }
    }

    private static func title(_ test: DeskUnderTest) -> String? { test.app.catalogue.current.topic("t")?.title[.ptBR] }

    @Test("one that was away for a while is taken up when it is back, and what is missing is told until then")
    func away() async throws {
        try await Self.with { test, file, watch in
            await watch.look()
            #expect(watch.trouble?.contains(file.path) == true)
            try Self.catalogue("Ajuda").write(to: file)
            await watch.look()
            #expect(Self.title(test) == "Ajuda" && watch.trouble == nil)
            try FileManager.default.removeItem(at: file)
            await watch.look()
            #expect(Self.title(test) == "Ajuda" && watch.trouble != nil)
            try Self.catalogue("Outra ajuda").write(to: file)
            await watch.look()
            #expect(Self.title(test) == "Outra ajuda" && watch.trouble == nil)
        }
    }

    @Test("where a link leads is what counts")
    func link() async throws {
        try await Self.with { test, file, watch in
            let folder = file.deletingLastPathComponent()
            for name in ["um", "dois"] {
                try Self.catalogue(name).write(to: folder.appending(path: name))
            }
            for name in ["um", "dois"] {
                try? FileManager.default.removeItem(at: file)
                try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: name)
                await watch.look()
                #expect(Self.title(test) == name)
            }
            try Self.catalogue("dois, mudado").write(to: folder.appending(path: "dois"))
            await watch.look()
            #expect(Self.title(test) == "dois, mudado")
        }
    }

    @Test("what cannot be kept now is tried until it is, and the form is there after the next change")
    func kept() async throws {
        try await Self.with { test, file, watch in
            let database = test.app.database
            try await database.write { session in
                try session.execute("ALTER TABLE form_version RENAME TO form_version_away")
            }
            try Self.catalogue("Ajuda").write(to: file)
            await watch.look()
            let version = test.app.catalogue.current.version
            #expect(Self.title(test) == "Ajuda" && watch.trouble != nil)
            try await database.write { session in
                try session.execute("ALTER TABLE form_version_away RENAME TO form_version")
            }
            await watch.look()
            #expect(watch.trouble == nil)
            let kept = try await database.read { session in
                try session.row("SELECT 1 FROM form_version WHERE version = $1", [.text(version)]) != nil
            }
            #expect(kept)
        }
    }

    @Test("texts of messages edited at one node are taken up by the others", arguments: TestDatabase.engines)
    func templates(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let key = NoticeTemplateKey(.verificationCode, .sms, .en)
            let mine = NoticeTemplate(body: "Code {{code}}")
            let other = TemplateShelf()
            let fault = try await other.save(mine, for: key, by: nil, at: test.clock.now, in: test.app.database)
            #expect(fault == nil && test.app.templates.template(key) != mine)
            await KeptRules(app: test.app, logger: test.quiet).reload()
            #expect(test.app.templates.template(key) == mine)
        }
    }
}
