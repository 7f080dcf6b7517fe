import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Forms with files", .timeLimit(.minutes(2)))
struct MultipartFormTests {
    static let boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW"

    /// A part as a browser writes it.
    struct Part {
        var name: String
        var file: String?
        var type: String?
        var content: [UInt8]

        init(_ name: String, _ value: String) {
            (self.name, content) = (name, Array(value.utf8))
        }

        init(_ name: String, file: String, type: String = "application/octet-stream", _ content: [UInt8]) {
            (self.name, self.file, self.type, self.content) = (name, file, type, content)
        }

        func write(into bytes: inout [UInt8]) {
            bytes += "Content-Disposition: form-data; name=\"\(name)\"".utf8
            if let file { bytes += "; filename=\"\(file)\"".utf8 }
            bytes += "\r\n".utf8
            if let type { bytes += "Content-Type: \(type)\r\n".utf8 }
            bytes += "\r\n".utf8
            bytes += content
            bytes += "\r\n".utf8
        }
    }

    static func body(_ parts: [Part], boundary: String = boundary) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in parts {
            bytes += "--\(boundary)\r\n".utf8
            part.write(into: &bytes)
        }
        return bytes + "--\(boundary)--\r\n".utf8
    }

    static func read(_ body: [UInt8], boundary: String = boundary) throws -> MultipartForm {
        let reader = try MultipartReader(contentType: "multipart/form-data; boundary=\(boundary)")
        return try reader.read(reader.head + body)
    }

    private func fault(_ body: [UInt8]) -> MultipartFault? {
        do {
            _ = try Self.read(body)
            return nil
        } catch {
            return error as? MultipartFault
        }
    }

    @Test("fields and files come as the browser sent them, in their order")
    func whole() throws {
        let form = try Self.read(
            Self.body([
                Part("form", "abc"), Part("descrição", "Não imprime.\r\n\r\n-- \r\nJosé"), Part("empty", ""),
                Part("files", file: "relação (1).pdf", type: "application/pdf", Array("%PDF-1.7\r\n".utf8)),
                Part("files", file: "", []), Part("files", file: "vazio.txt", type: "text/plain", [0x0A]),
            ])
        )
        #expect(form.fields.map(\.name) == ["form", "descrição", "empty"])
        #expect(form.fields.map(\.value) == ["abc", "Não imprime.\r\n\r\n-- \r\nJosé", ""])
        #expect(form.files.map(\.name) == ["relação (1).pdf", "vazio.txt"])
        #expect(form.files.map { Array($0.bytes) } == [Array("%PDF-1.7\r\n".utf8), [0x0A]])
        #expect(form["form"] == "abc" && form["files"] == nil)
    }

    @Test("any bytes of a file come back as they were, whatever its type says")
    func files() throws {
        var random = SplitMix64(seed: TestSeed.next())
        let types = [
            "application/octet-stream", "message/rfc822", "multipart/mixed; boundary=x", "text/plain", "", "\t;",
        ]
        let alphabet = Array("\r\n-: From x=3D".utf8) + [0, 0xFF, 0x80]
        for _ in 0..<300 {
            let parts = (0..<Int.random(in: 0...6, using: &random)).map { index in
                let length = Int.random(in: 0...200, using: &random)
                let content = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0 }
                return Part("f\(index)", file: "a.bin", type: types.randomElement(using: &random) ?? "", content)
            }
            let form = try Self.read(Self.body(parts))
            #expect(form.files.map { Array($0.bytes) } == parts.map(\.content))
        }
    }

    @Test("a mail or a multipart given as a file stays one file")
    func nested() throws {
        let inner = "--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
        let mail = "Subject: a\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\(inner)"
        let form = try Self.read(
            Self.body([
                Part("a", file: "a.eml", type: "message/rfc822", Array(mail.utf8)),
                Part("b", file: "b", type: "multipart/mixed; boundary=x", Array(inner.utf8)),
            ])
        )
        #expect(form.files.map { String(decoding: $0.bytes, as: UTF8.self) } == [mail, inner])
    }

    @Test("names hold no more than their part: quotes, other charsets' escapes and long ones are only text")
    func names() throws {
        let names = ["a%22b.pdf", "..%2F..%2Fetc%2Fpasswd", "'; DROP TABLE", String(repeating: "é", count: 1000)]
        let form = try Self.read(Self.body(names.map { Part("f", file: $0, [1]) }))
        #expect(form.files.map(\.name) == names)
    }

    @Test(
        "what is no form is told, with the type that is wanted",
        arguments: [
            "", "multipart/form-data", "multipart/mixed; boundary=x", "application/json",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"a b\"", "multipart/form-data; boundary=\"a\\\"b\"", "\u{0}", ";;;=",
            "multipart/form-data; boundary=\(String(repeating: "x", count: 71))",
            "multipart/form-data; boundary=\u{0}x",
        ]
    )
    func types(type: String) {
        #expect(throws: MultipartFault.wrongType) { _ = try MultipartReader(contentType: type) }
    }

    @Test("a boundary may be quoted and have company")
    func parameters() throws {
        for type in [
            "multipart/form-data; charset=utf-8; boundary=\"x.y\"", "Multipart/Form-Data;boundary=x.y; charset=utf-8",
        ] {
            let reader = try MultipartReader(contentType: type)
            let form = try reader.read(reader.head + Self.body([Part("a", "1")], boundary: "x.y"))
            #expect(form["a"] == "1")
        }
    }

    @Test("a damaged form is refused, never half taken")
    func damaged() {
        let line = "--\(Self.boundary)"
        let disposition = "Content-Disposition: form-data; name=\"a\""
        for text in [
            "", "x", "--", "\(line)", "\(line)\r\n", "\(line)\r\n\(disposition)", "\(line)\r\n\(disposition)\r\n\r\nx",
            "\(line)\r\n\(disposition)\r\n\r\nx\r\n", "\(line)\n\(disposition)\n\nx\n\(line)--\n",
            "\(line)\r\n\(disposition)\r\n\r\nx\r\n\(line)--y\r\n\(line)--\r\n",
            "\(line)\r\n\r\nno name\r\n\(line)--\r\n", "\(line)\r\n\(disposition)\r\n folded\r\n\r\nx\r\n\(line)--\r\n",
            "\(line)\r\nContent-Disposition form-data\r\n\r\nx\r\n\(line)--\r\n",
            "\(line)\r\n\(disposition)\u{0}\r\n\r\nx\r\n\(line)--\r\n",
            "\(line)\r\n\(disposition)\r\nContent-Transfer-Encoding: base64\r\n\r\neA==\r\n\(line)--\r\n",
            "\(line)\r\n\(disposition); x=\"\(String(repeating: "y", count: 5000))\"\r\n\r\nx\r\n\(line)--\r\n",
        ] {
            #expect(fault(Array(text.utf8)) == .malformed, "\(text.debugDescription)")
        }
    }

    @Test("a form cut off anywhere is refused")
    func cut() throws {
        let body = Self.body([Part("a", "1"), Part("f", file: "x", [1, 2, 3])])
        // All but its last line end, which nobody needs.
        for count in 0..<(body.count - 2) { #expect(fault(Array(body.prefix(count))) != nil, "cut at \(count)") }
    }

    @Test("parts, text and whole are bounded, and text is UTF-8")
    func bounds() throws {
        let most = MultipartReader.mostParts
        #expect(try Self.read(Self.body((0..<most).map { Part("a", "\($0)") })).fields.count == most)
        #expect(fault(Self.body((0...most).map { Part("a", "\($0)") })) == .tooManyParts(limit: most))
        // Half a million empty parts: refused before anything is built for them.
        let line = "--\(Self.boundary)\r\n\r\n"
        #expect(fault(Array(String(repeating: line, count: 500_000).utf8)) == .tooManyParts(limit: most))
        let long = String(repeating: "x", count: HTTPLimits.jsonBody)
        #expect(try Self.read(Self.body([Part("a", long)])).fields.count == 1)
        #expect(
            fault(Self.body([Part("a", long), Part("b", "x")])) == .textTooLong(limit: HTTPLimits.jsonBody)
        )
        var wrong = Part("a", "")
        wrong.content = [0xC3, 0x28]
        #expect(fault(Self.body([wrong])) == .notText)
    }

    @Test("random damage never stops the process, and nothing outside the body is read")
    func hostile() throws {
        var random = SplitMix64(seed: TestSeed.next())
        let whole = Self.body([Part("a", "1"), Part("f", file: "x.txt", type: "text/plain", Array("hello".utf8))])
        for _ in 0..<2000 {
            var body = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<body.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: body[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: body.remove(at: place)
                default: body.insert(Array("\r\n-:;\"=\\".utf8).randomElement(using: &random) ?? 0, at: place)
                }
            }
            guard let form = try? Self.read(body) else { continue }
            #expect(form.fields.count + form.files.count <= 2)
        }
    }

    @Test("a form arrives by either type, within what uploads may hold")
    func gate() async throws {
        func sent(_ type: String, _ bytes: [UInt8]) async throws -> MultipartForm {
            var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")
            head.headerFields[.contentType] = type
            return try await UploadGate().form(
                Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: bytes))),
                by: .account(1)
            )
        }
        let plain = try await sent("application/x-www-form-urlencoded; charset=utf-8", Array("a=1&b=%C3%A9".utf8))
        #expect(plain["a"] == "1" && plain["b"] == "é" && plain.files.isEmpty)
        let files = try await sent(
            "multipart/form-data; boundary=\(Self.boundary)",
            Self.body([Part("a", "1"), Part("f", file: "x", [7])])
        )
        #expect(files["a"] == "1" && files.files.map { Array($0.bytes) } == [[7]])
        await #expect(throws: MultipartFault.wrongType) { _ = try await sent("text/plain", []) }
    }

    @Test("of a form that was cut off the whole words before are known", arguments: [0, 1, 30, 90])
    func beginning(missing: Int) throws {
        let reader = try MultipartReader(contentType: "multipart/form-data; boundary=\"\(Self.boundary)\"")
        let file = Part("f", file: "x", [UInt8](repeating: 7, count: 99))
        let body = Self.body([Part("a", "um"), Part("b", "dois"), file])
        let words = reader.words(of: reader.head + body.dropLast(missing))
        #expect(words.map(\.name) == ["a", "b"] && words.map(\.value) == ["um", "dois"])
        #expect(reader.words(of: reader.head).isEmpty)
        #expect(reader.words(of: reader.head + Array("--lixo\r\n\r\n".utf8)).isEmpty)
    }
}
