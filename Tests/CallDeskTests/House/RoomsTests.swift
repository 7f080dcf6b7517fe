import Foundation
import Testing

/// The program's own source, read by the tests that hold its shape.
enum House {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Every file under a folder, by its path from the root, and its text.
    static func files(_ folder: String, _ kinds: Set<String> = ["swift"]) throws -> [(path: String, text: String)] {
        let start = root.appendingPathComponent(folder)
        let paths = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        let found = try paths.filter { kinds.contains(($0 as NSString).pathExtension) }.sorted().map { path in
            (folder + "/" + path, try String(contentsOf: start.appendingPathComponent(path), encoding: .utf8))
        }
        try #require(!found.isEmpty, "nothing in \(folder)")
        return found
    }
}

@Suite("Each room keeps to what it may know")
struct RoomsTests {
    /// What a room may import; whatever else it needs is another room's subject.
    static let rooms: [(name: String, may: Set<String>)] = [
        ("Codecs", ["Foundation"]),
        ("CallModel", []),
        // The desk without a socket: no NIO, no HTTP, no PBX.
        (
            "DeskCore",
            [
                "CGMime", "CallModel", "CLibXML2", "CPhoneNumber", "CPostgres", "CSQLite", "Codecs", "Crypto",
                "CryptoExtras",
                "Dispatch", "Foundation",
                "GRDB", "GRDBSQLite", "Glibc", "Logging", "Musl", "Synchronization",
            ]
        ),
        // The PBX without a database: no desk, no GRDB.
        (
            "IVRBridge",
            [
                "CLibXML2", "CallModel", "Codecs", "Crypto", "Foundation", "Glibc", "Logging", "Musl", "NIOCore",
                "NIOPosix",
                "NIOSSL", "NIOConcurrencyHelpers", "NIOHTTP1", "Synchronization",
            ]
        ),
        // The world around the desk, which knows no desk.
        (
            "Rehearsal",
            [
                "AsyncHTTPClient", "CallModel", "Codecs", "Crypto", "Foundation", "IVRBridge", "NIOCore", "NIOHTTP1",
                "NIOPosix",
                "Synchronization",
            ]
        ),
    ]

    @Test("a room imports nothing but what it may", arguments: rooms.map(\.name))
    func imports(room: String) throws {
        let may = try #require(Self.rooms.first { $0.name == room }?.may)
        for file in try House.files("Sources/\(room)") {
            for line in file.text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), words[..<index].allSatisfy(Self.isModifier) else {
                    continue
                }
                // `import struct Foundation.Date` names its module in the last word.
                let module = words.last.map { String($0.prefix { $0 != "." }) } ?? ""
                #expect(may.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test(
        "hexadecimal, percent-encoding, Base64 and JSON of our values are written in one place",
        arguments: [
            "JSONEncoder(", "JSONDecoder(", "base64EncodedString", "base64Encoded:", "removingPercentEncoding",
            "addingPercentEncoding", "? \"0\" + ", "\"%02x\"",
        ]
    )
    func codecs(mark: String) throws {
        let files = try House.files("Sources").filter { !$0.path.hasPrefix("Sources/Codecs/") }
        #expect(files.filter { $0.text.contains(mark) }.map(\.path) == [])
    }

    @Test("no test asks the API but by the client that holds the answer against its schema")
    func contract() throws {
        let mark = "uri: \"/api/" + "v1"
        #expect(try House.files("Tests/CallDeskTests").filter { $0.text.contains(mark) }.map(\.path) == [])
    }

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains(word)
    }

    @Test("C adapters include their library and themselves, and nothing of ours")
    func adapters() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: House.root.appendingPathComponent("Sources").path
        )
        // `CCurl`, `CPostgres`; not `CallDesk`.
        let adapters = folders.filter { $0.wholeMatch(of: /C[A-Z]\w*/) != nil }
        try #require(adapters.count >= 4)
        for adapter in adapters {
            for file in try House.files("Sources/\(adapter)", ["h", "c", "cc"]) {
                for line in file.text.split(separator: "\n") where line.hasPrefix("#include \"") {
                    #expect(line == "#include \"\(adapter).h\"", "\(file.path): \(line)")
                }
            }
        }
    }

    @Test("the text of SQL stands in DeskCore alone, beside its subject")
    func sql() throws {
        let statement = try Regex(
            #"\b(SELECT\b[^"]*\bFROM|INSERT INTO|UPDATE \w+ SET|DELETE FROM|(CREATE|ALTER|DROP) (TABLE|INDEX|SCHEMA))\b"#
        )
        for room in ["CallDesk", "IVRBridge", "Rehearsal", "CallModel"] {
            for file in try House.files("Sources/\(room)") {
                for line in file.text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                    #expect(line.firstMatch(of: statement) == nil, "\(file.path): \(line)")
                }
            }
        }
    }
}

@Suite("A label in a comment resolves")
struct SeedLabelTests {
    static let page = try? String(contentsOf: House.root.appendingPathComponent("docs/seeds.md"), encoding: .utf8)

    /// The labels that have a line in docs/seeds.md.
    static let listed: Set<String> = Set(
        (page ?? "").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|")
            let first = cells.first?.trimmingCharacters(in: .whitespaces) ?? ""
            return line.hasPrefix("|") && first.wholeMatch(of: /[A-F][1-9]/) != nil ? first : nil
        }
    )

    @Test("every label of a comment in the sources has its line in docs/seeds.md")
    func labels() throws {
        #expect(Self.listed.count == 44)
        for file in try House.files("Sources", ["swift", "c", "h", "cc", "js"]) {
            for line in file.text.split(separator: "\n") {
                guard let comment = line.firstRange(of: "//").map({ line[$0.upperBound...] }) else { continue }
                // As a label is written: `(E4)`, `(E4, D5)`, or `E4:` at the beginning.
                let labels = comment.matches(of: /(?:\(|, |^\/? )([A-F][1-9])(?=[,):])/).map { String($0.1) }
                for label in labels { #expect(Self.listed.contains(label), "\(file.path): \(label)") }
            }
        }
    }

    @Test("every file that docs/seeds.md names exists, once")
    func files() throws {
        let names = try House.files("Sources", ["swift", "xml", "conf"]).map { ($0.path as NSString).lastPathComponent }
        let page = try #require(Self.page)
        for match in page.matches(of: /`([A-Za-z+\-]+\.(?:swift|xml|conf))`/) {
            #expect(names.count { $0 == match.1 } == 1, "\(match.1)")
        }
    }
}
