import Testing

@testable import IVRBridge

@Suite("What means something to a PBX is seen with a combining mark behind it, as the PBX sees it")
struct SignsBehindMarksTests {
    private static let marks = ["", "\u{301}", "\u{200D}", "\u{FE0F}"]

    @Test("a caller's name keeps none of the dialplan's signs", arguments: marks)
    func names(mark: String) {
        let signs = #"${}[]<>"'\^|;,"#
        let name = signs.map { "a\($0)\(mark)" }.joined() + "\r\n\(mark)José"
        let plain = SwitchDirectory.plain(name)
        #expect(plain.unicodeScalars.allSatisfy { $0.value >= 0x20 && !signs.unicodeScalars.contains($0) }, "\(plain)")
        #expect(plain.hasSuffix("José"))
    }

    @Test("a value ends no comment and no attribute of a shipped dialplan", arguments: marks)
    func values(mark: String) throws {
        let asterisk = try #require(PBXKind.asterisk.dialplan)
        #expect(asterisk.escaped("a;\(mark)b\\\(mark)").utf8.elementsEqual("a\\;\(mark)b\\\\\(mark)".utf8))
        let freeswitch = try #require(PBXKind.freeswitch.dialplan)
        let escaped = freeswitch.escaped("a\"\(mark)<\(mark)&\(mark)b")
        #expect(escaped.utf8.elementsEqual("a&quot;\(mark)&lt;\(mark)&amp;\(mark)b".utf8), "\(escaped)")
    }

    @Test("an argument of the dialplan names no variable", arguments: marks)
    func arguments(mark: String) throws {
        let bytes = try ESLMenuCommand.set("a", "$\(mark){b}").encoded()
        #expect(!bytes.contains(UInt8(ascii: "$")))
    }
}
