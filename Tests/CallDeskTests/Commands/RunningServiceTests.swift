import Foundation
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

@Suite("Doctor asks the service that runs", .timeLimit(.minutes(1)))
struct RunningServiceTests {
    @Test("and tells every part of it that is not well, such as calls that were set aside")
    func troubles() async throws {
        let readiness = Readiness()
        readiness.add("database", isEssential: true) { .ready("sqlite") }
        readiness.add("calls") { .failing("2 calls are set aside", remedy: "see /admin/lines") }
        let health = HealthRoutes(readiness: readiness, metrics: MetricsRegistry())
        try await DeskUnderTest.with(extra: [health]) { test in
            try await test.application.test(.live) { client in
                var http = Settings.HTTP()
                http.port = try #require(client.port)
                let told = await RunningService.ask(http)
                #expect(told == .troubles([.init(part: "calls", what: "2 calls are set aside; see /admin/lines")]))
            }
        }
    }

    @Test("of what answers there and is no service of ours nothing is made up")
    func strange() async throws {
        for text in ["", "ready\n", "{", "[]", #"{"parts": 7}"#, "{\"parts\": \u{0}}"] {
            #expect(RunningService.troubles(Array(text.utf8)) == nil)
        }
        let odd =
            #"{"parts": [7, {}, {"ok": false}, {"ok": 0, "name": "x"}, {"ok": false, "name": "y", "what": null}]}"#
        #expect(RunningService.troubles(Array(odd.utf8)) == [.init(part: "y", what: "")])
        // Nobody listens where nobody could.
        var http = Settings.HTTP()
        http.port = 1
        #expect(await RunningService.ask(http) == .none)
    }

    @Test("a key that others may read is told with what to do")
    func keys() throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(DoctorCommand.keys(folder.path) == nil)
        let key = folder.appending(path: "vault.key")
        try Data(repeating: 7, count: 32).write(to: key)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key.path)
        let told = try #require(DoctorCommand.keys(folder.path))
        #expect(told.contains("vault.key") && told.contains("0644") && told.contains("chmod 600"))
        // Doctor only looks.
        #expect(DoctorCommand.keys(folder.path) == told)
    }

    @Test("the service closes its keys when it starts")
    func closed() async throws {
        try await DeskUnderTest.with { test in
            let data = test.app.settings.desk.data
            let key = data + "/files.key"
            #expect(chmod(key, 0o644) == 0)
            var settings = Settings()
            settings.desk.data = data
            _ = try await App(
                settings: settings,
                clock: test.clock.clock,
                database: test.app.database,
                catalogue: test.app.catalogue,
                logger: test.quiet
            )
            #expect(DoctorCommand.keys(data) == nil)
        }
    }
}
