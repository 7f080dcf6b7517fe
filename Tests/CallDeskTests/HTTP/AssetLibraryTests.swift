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

    @Test("what is not served is said by name, and the rest is served")
    func faults() throws {
        #expect(try Self.small().faults == [], "links and hidden files are left out on purpose")
        #expect(AssetLibrary(folder: nil).faults == [])
        let absent = AssetLibrary(folder: URL(filePath: "/nowhere/at/all"))
        #expect(absent.faults == [AssetFault(name: "", why: .unreadable)])
        let library = try Self.library { folder in
            try Data("a{}".utf8).write(to: folder.appending(path: "desk.css"))
            try Data(count: AssetLibrary.largest + 1).write(to: folder.appending(path: "large.js"))
        }
        #expect(library.faults == [AssetFault(name: "large.js", why: .tooLarge)])
        #expect(library.response("desk.css", ifNoneMatch: nil) != nil)
        #expect(library.response("large.js", ifNoneMatch: nil) == nil)
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

    @Test("a page's script is one script with every module it imports, each once and after those it needs")
    func bundled() throws {
        let files = [
            "a.js": "// A.\nimport { b, other as c } from \"./b.js\";\nimport \"./d.js\";\nb(c);\n",
            "b.js": "import \"./d.js\";\nexport function b() {}\nexport const other = 1;\n",
            "d.js": "const inner = 2;\nexport { inner };\n",
            "round.js": "import \"./trip.js\";\n", "trip.js": "import \"./round.js\";\n",
            "later.js": "export let changing = 1;\n", "lost.js": "import \"./nowhere.js\";\n",
        ]
        let text = try #require(ModuleBundle.text(of: "a.js") { files[$0] })
        let lines = text.split(separator: "\n").filter { !$0.isEmpty }
        #expect(
            lines == [
                "const module0 = await (async () => {", "const inner = 2;", "return { inner };", "})();",
                "const module1 = await (async () => {", "function b() {}", "const other = 1;", "return { b, other };",
                "})();", "const module2 = await (async () => {", "// A.", "const { b, other: c } = module1;", "b(c);",
                "return {  };", "})();",
            ]
        )
        for entry in ["round.js", "later.js", "lost.js", "none.js"] {
            #expect(ModuleBundle.text(of: entry) { files[$0] } == nil, "\(entry)")
        }
    }

    @Test("every script of a desk page can be put together with what it imports")
    func ownScripts() throws {
        let folder = try #require(WebResources.folder("web")).appending(path: "desk")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".js") }
        #expect(names.count > 20)
        for name in names {
            let text = ModuleBundle.text(of: name) {
                try? String(contentsOf: folder.appending(path: $0), encoding: .utf8)
            }
            let lines = try #require(text, "\(name)").split(separator: "\n")
            #expect(!lines.contains { $0.hasPrefix("import ") || $0.hasPrefix("export ") }, "\(name)")
        }
    }

    @Test("a whole script has an address of its own; what cannot be put together is served as it is")
    func whole() throws {
        let library = try Self.library { folder in
            try Data("export let a = 1;".utf8).write(to: folder.appending(path: "a.js"))
            try Data("import \"./a.js\";".utf8).write(to: folder.appending(path: "b.js"))
        }
        let lasting = String(library.script("b.js").dropFirst("/assets/".count))
        #expect(lasting == "v-\(library.version)/b.whole.js")
        let kept = try #require(library.response(lasting, ifNoneMatch: nil))
        #expect(kept.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(kept.headers[.eTag] == library.response("b.js", ifNoneMatch: nil)?.headers[.eTag])
        #expect(library.response("c.whole.js", ifNoneMatch: nil) == nil)
        #expect(library.response("a.whole.whole.js", ifNoneMatch: nil) == nil)
    }

    @Test("a text goes out packed to who unpacks it, under a tag of its own")
    func packed() throws {
        let library = try Self.library { folder in
            try Data(String(repeating: "a{} ", count: 500).utf8).write(to: folder.appending(path: "desk.css"))
            try Data("b{}".utf8).write(to: folder.appending(path: "short.css"))
        }
        let plain = try #require(library.response("desk.css", ifNoneMatch: nil))
        let small = try #require(library.response("desk.css", ifNoneMatch: nil, acceptEncoding: "br, gzip"))
        #expect(plain.headers[.contentEncoding] == nil && small.headers[.contentEncoding] == "gzip")
        #expect(plain.headers[.vary] == "Accept-Encoding" && small.headers[.vary] == "Accept-Encoding")
        #expect(plain.headers[.eTag] != small.headers[.eTag])
        #expect((small.body.contentLength ?? .max) < 200)
        let known = small.headers[.eTag]
        #expect(library.response("desk.css", ifNoneMatch: known, acceptEncoding: "gzip")?.status == .notModified)
        let short = try #require(library.response("short.css", ifNoneMatch: nil, acceptEncoding: "gzip"))
        #expect(short.headers[.contentEncoding] == nil, "three bytes are not worth it")
    }

    @Test(
        "who says so gets gzip, and nobody else",
        arguments: [
            ("gzip", true), ("br, GZIP;q=0.5", true), ("gzip;q=0", false), ("gzip; q=0.0", false), ("br", false),
            ("", false), ("gzip;q=x", false), ("xgzip", false),
        ]
    )
    func accepted(_ header: String, _ expected: Bool) {
        #expect(Gzip.isAccepted(header) == expected)
    }
}
