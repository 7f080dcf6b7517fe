import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import TestSupport
import Testing

@testable import CallDesk

@Suite("The service's own files", .timeLimit(.minutes(5)))
struct AssetLibraryTests {
    private static func library(_ body: (URL) throws -> Void) throws -> AssetLibrary {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
        return AssetLibrary(folder: folder)
    }

    private static func small() throws -> AssetLibrary {
        try library { folder in
            try Data("a{}".utf8).write(to: folder.appending(path: "desk.css"))
            try FileManager.default.createDirectory(at: folder.appending(path: "js"), withIntermediateDirectories: true)
            try Data("export {}".utf8).write(to: folder.appending(path: "js/desk.js"))
            try Data("secret".utf8).write(to: folder.appending(path: ".hidden"))
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "passwd"),
                withDestinationURL: URL(fileURLWithPath: "/etc/passwd")
            )
        }
    }

    @Test("a file is served by its lasting address for a year, by its plain one with a tag")
    func serving() throws {
        let library = try Self.small()
        let lasting = String(library.path("js/desk.js").dropFirst("/assets/".count))
        let kept = try #require(library.response(lasting, ifNoneMatch: nil))
        #expect(kept.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(kept.headers[.contentType] == "text/javascript; charset=utf-8")
        let plain = try #require(library.response("desk.css", ifNoneMatch: nil))
        #expect(plain.headers[.cacheControl] == "public, no-cache")
        let tag = try #require(plain.headers[.eTag])
        for known in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
            #expect(library.response("desk.css", ifNoneMatch: known)?.status == .notModified)
        }
        #expect(library.response("desk.css", ifNoneMatch: "\"x\"")?.status == .ok)
        let old = try #require(library.response("v-0123456789abcdef/desk.css", ifNoneMatch: nil))
        #expect(old.headers[.cacheControl] == "public, no-cache", "an old page gets the file as it is now")
    }

    @Test("a change of one file changes the version, the same files do not")
    func version() throws {
        #expect(try Self.small().version == Self.small().version)
        let other = try Self.library { try Data("b{}".utf8).write(to: $0.appending(path: "desk.css")) }
        #expect(try Self.small().version != other.version)
    }

    @Test(
        "nothing outside is served",
        arguments: [
            "/assets/../Package.swift", "/assets/%2e%2e/x", "/assets/.hidden", "/assets/passwd", "/assets/", "/assets",
            "/assets/js", "/assets/js/../../etc/passwd", "/assets//desk.css", "/assets/desk.css%00", "/assets/DESK.CSS",
        ]
    )
    func tricks(path: String) async throws {
        let router = buildRouter(
            options: HTTPOptions(),
            metrics: MetricsRegistry(),
            assets: try Self.small(),
            routes: []
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await HTTPServer.application(router, options: HTTPOptions(port: 0), logger: logger).test(.router) {
            client in
            let answer = try await client.send(.get, path)
            #expect(answer.status == 404 || (path == "/assets//desk.css" && answer.status == 200), "\(path)")
            #expect(!answer.body.contains("root:"))
            let good = try await client.send(.get, "/assets/desk.css")
            #expect(good.body == "a{}")
            #expect(good.headers[.xContentTypeOptions] == "nosniff")
        }
    }
}
