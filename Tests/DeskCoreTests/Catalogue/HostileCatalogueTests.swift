import TestSupport
import Testing

@testable import DeskCore

@Suite("A hostile catalogue", .timeLimit(.minutes(5)))
struct HostileCatalogueTests {
    private func problems(_ text: String) -> [CatalogueFault.Problem] {
        CatalogueReader.check(Array(text.utf8), file: "x").map(\.problem)
    }

    private let head = """
        <catalogue xmlns="urn:calldesk:catalogue"><title>T</title><department id="d"><name>D</name></department>
        """

    private func topic(_ body: String) -> String {
        head
            + "<section id=\"s\"><title>S</title><topic id=\"t\" department=\"d\"><title>T</title>\(body)</topic></section></catalogue>"
    }

    @Test("entities that multiply are refused before they are read")
    func billionLaughs() {
        var text = "<?xml version=\"1.0\"?><!DOCTYPE catalogue [<!ENTITY a0 \"ha\">"
        for level in 1...30 { text += "<!ENTITY a\(level) \"&a\(level - 1);&a\(level - 1);&a\(level - 1);\">" }
        text += "]><catalogue xmlns=\"urn:calldesk:catalogue\"><title>&a30;</title></catalogue>"
        #expect(problems(text) == [.doctype])
    }

    @Test("external entities and DTDs are refused, whatever case and place they come in")
    func externalEntities() {
        for text in [
            "<!DOCTYPE catalogue SYSTEM \"http://127.0.0.1:1/x.dtd\"><catalogue/>",
            "<!DOCTYPE catalogue [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><catalogue>&x;</catalogue>",
            "<!-- c --><?pi ?><!DOCTYPE catalogue><catalogue/>", "<catalogue><!ENTITY x \"y\"></catalogue>",
        ] { #expect(problems(text) == [.doctype]) }
    }

    @Test("a DOCTYPE in a comment or in text is only text")
    func harmlessDoctype() {
        let text = topic("").replacing(
            "<title>T</title><dep",
            with: "<!-- <!DOCTYPE x> --><title><![CDATA[<!DOCTYPE]]></title><dep"
        )
        #expect(problems(text) == [])
    }

    @Test("an entity nobody declared is an error with its place")
    func undeclaredEntity() throws {
        let faults = CatalogueReader.check(Array(topic("<say>&segredo;</say>").utf8), file: "x")
        let fault = try #require(faults.first)
        guard case .notWellFormed = fault.problem else {
            Issue.record("\(fault)")
            return
        }
        #expect(fault.line == 1)
    }

    @Test("endless nesting is refused")
    func deep() {
        let open = head + String(repeating: "<section id=\"s\">", count: 100_000)
        #expect(problems(open) == [.tooDeep(CatalogueLimits.depth)])
    }

    @Test("too many elements, attributes and bytes are refused")
    func large() {
        #expect(
            problems(head + String(repeating: "<a/>", count: 60_000)) == [.tooManyElements(CatalogueLimits.elements)]
        )
        let attributes = (0..<100).map { " a\($0)=\"\"" }.joined()
        #expect(problems("<catalogue\(attributes)/>") == [.tooManyAttributes(CatalogueLimits.attributes)])
        #expect(
            problems(String(repeating: "x", count: CatalogueLimits.bytes + 1)) == [.tooLarge(CatalogueLimits.bytes)]
        )
    }

    @Test("a file of one endless line is read in reasonable time")
    func oneLine() {
        let text = topic(String(repeating: "<keywords>a</keywords>", count: 20_000))
        #expect(problems(text) == [])
    }

    @Test("an endless expression is refused, and so is one that only opens brackets")
    func endlessExpression() {
        let long = String(repeating: "1+", count: 5_000) + "1"
        #expect(
            problems(topic("<field id=\"a\" kind=\"text\" relevant=\"\(long)\"><label>A</label><say>A</say></field>"))
                == [.expressionTooLong(CatalogueLimits.expression)]
        )
        let deep = String(repeating: "(", count: 400) + "1" + String(repeating: ")", count: 400)
        #expect(
            problems(topic("<field id=\"a\" kind=\"text\" relevant=\"\(deep)\"><label>A</label><say>A</say></field>"))
                == [.expressionTooDeep(CatalogueLimits.expressionDepth)]
        )
    }

    @Test("no more faults are kept than anyone reads")
    func manyFaults() {
        let text = head + String(repeating: "<a/>", count: 1_000) + "</catalogue>"
        #expect(problems(text).count == CatalogueLimits.faults)
    }

    @Test("NUL bytes, other encodings and half characters are named, not read")
    func bytes() {
        let cases: [[UInt8]] = [
            [], [0], Array("<catalogue>\0</catalogue>".utf8), [0xFF, 0xFE, 0x3C, 0x00], [0x3C, 0xC3],
            Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><catalogue>".utf8) + [0xE7],
            Array(head.utf8.prefix(40)),
        ]
        for bytes in cases { #expect(!CatalogueReader.check(bytes, file: "x").isEmpty) }
    }

    @Test("a byte order mark does no harm")
    func byteOrderMark() {
        #expect(CatalogueReader.check([0xEF, 0xBB, 0xBF] + Array(topic("").utf8), file: "x") == [])
    }

    @Test("another XML parser's prefixes and foreign namespaces are not mistaken for ours")
    func namespaces() {
        let prefixed = topic("").replacing("<", with: "<c:").replacing("<c:/", with: "</c:")
            .replacing("xmlns=", with: "xmlns:c=")
        #expect(problems(prefixed) == [])
        #expect(problems(topic("<x:say xmlns:x=\"urn:x\">a</x:say>")) == [.unknownElement("{…}say", parent: "topic")])
    }

    @Test("random damage to the shipped catalogue never ends the process", arguments: [UInt64](1...12))
    func damage(_ seed: UInt64) throws {
        let whole = try #require(CatalogueResources.shipped)
        // A piece is as telling as the whole and far quicker.
        let original = Array(whole.prefix(6_000))
        var random = SplitMix64(seed: seed)
        for _ in 0..<40 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: Array("<&\"'>".utf8), at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + 200))
                }
            }
            _ = CatalogueReader.check(bytes, file: "x")
        }
    }
}
