import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("Reading JSON")
struct JSONParserTests {
    @Test(
        "what RFC 8259 allows is read",
        arguments: [
            ("null", JSONValue.null), (" true ", .bool(true)), ("\t[ ]\r\n", .array([])), ("{}", .object([:])),
            ("-0.5e+10", .number("-0.5e+10")), ("\"\"", .string("")),
            ("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("a\"\\/\u{8}\u{c}\n\r\t")),
            ("\"\\u00e9\\ud83d\\ude00\"", .string("é😀")), ("\"é😀\"", .string("é😀")),
            ("{\"a\":[1,{\"b\":null}]}", .object(["a": .array([.number("1"), .object(["b": .null])])])),
        ]
    )
    func good(text: String, value: JSONValue) throws {
        #expect(try JSONParser.parse(Array(text.utf8)) == value)
    }

    @Test(
        "what it does not allow is refused",
        arguments: [
            "", " ", "nul", "truex", "[1,]", "[,1]", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{\"a\":1,}", "[1 2]", "\"a",
            "\"\\x\"",
            "\"\\u12\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "01", "1.", ".5", "+1", "-", "1e", "0x10",
            "NaN", "\"\n\"",
            "[1][2]", "\u{feff}null", "'a'", "// x\n1",
        ]
    )
    func bad(text: String) {
        #expect(throws: JSONFault.self) { try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("depth, number of values, doubled keys and bad UTF-8 have faults of their own")
    func bounds() {
        func kind(_ bytes: [UInt8]) -> JSONFault.Kind? {
            do throws(JSONFault) {
                _ = try JSONParser.parse(bytes)
                return nil
            } catch {
                return error.kind
            }
        }
        let deep = String(repeating: "[", count: HTTPLimits.jsonDepth)
        let closing = String(repeating: "]", count: HTTPLimits.jsonDepth)
        #expect(kind(Array((deep + closing).utf8)) == nil)
        #expect(kind(Array(("[" + deep + closing + "]").utf8)) == .tooDeep)
        #expect(kind(Array("{\"a\":1,\"b\":2,\"a\":3}".utf8)) == .duplicateKey("a"))
        #expect(kind(Array("{\"a\":1,\"\\u0061\":3}".utf8)) == .duplicateKey("a"))
        #expect(kind([0x22, 0xC3, 0x22]) == .invalidUTF8)
        #expect(kind([0x22, 0xED, 0xA0, 0x80, 0x22]) == .invalidUTF8)
        let many = "[" + Array(repeating: "0", count: HTTPLimits.jsonValues).joined(separator: ",") + "]"
        #expect(kind(Array(many.utf8)) == .tooManyValues)
    }

    @Test("numbers are whole only when they are")
    func numbers() {
        #expect(JSONValue.number("12").integer == 12)
        #expect(JSONValue.number("12.0").integer == 12)
        #expect(JSONValue.number("1e3").integer == 1000)
        #expect(JSONValue.number("12.5").integer == nil)
        #expect(JSONValue.number("9223372036854775807").integer == .max)
        #expect(JSONValue.number("9223372036854775808").integer == nil)
        #expect(JSONValue.number("1e400").integer == nil)
        #expect(JSONValue.string("1").integer == nil)
    }

    @Test("what the writer writes the reader reads back, and Foundation too")
    func roundTrip() throws {
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<300 {
            let value = Self.value(depth: 4, &random)
            var json = JSONWriter()
            Self.write(value, to: &json)
            let bytes = json.bytes
            #expect(try JSONParser.parse(bytes) == value)
            #expect(throws: Never.self) {
                try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            }
            #expect(!bytes.contains(UInt8(ascii: "<")) && !bytes.contains(0x0A), "may stand in a page and in an event")
        }
    }

    @Test("no bytes whatever trap the reader")
    func noise() {
        var random = SplitMix64(seed: TestSeed.next())
        let alphabet = Array("{}[]\",:\\u0123456789abcdefntrl -+.e".utf8) + [0, 0x0A, 0x80, 0xC3, 0xFF]
        for _ in 0..<5000 {
            let length = Int.random(in: 0...40, using: &random)
            let bytes = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
            _ = try? JSONParser.parse(bytes)
        }
    }

    private static func value(depth: Int, _ random: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(String(Int64.random(in: .min ... .max, using: &random)))
        case 3: return .string(text(&random))
        case 4:
            let count = Int.random(in: 0...4, using: &random)
            return .array((0..<count).map { _ in value(depth: depth - 1, &random) })
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                members[text(&random)] = value(depth: depth - 1, &random)
            }
            return .object(members)
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func write(_ value: JSONValue, to json: inout JSONWriter) {
        switch value {
        case .null: json.null()
        case .bool(let truth): json.raw(truth ? "true" : "false")
        case .number(let text): json.raw(Array(text.utf8))
        case .string(let text): json.string(text)
        case .array(let items): json.array(items) { write($1, to: &$0) }
        case .object(let members):
            json.object { json in
                for (name, value) in members {
                    json.key(name)
                    write(value, to: &json)
                }
            }
        }
    }
}
