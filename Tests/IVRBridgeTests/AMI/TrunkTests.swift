import Testing

@testable import IVRBridge

@Suite("Which channels lead outside")
struct TrunkTests {
    /// A direct call through a trunk that looks like an extension: short number, and a context that says nothing.
    private func calls(trunks: [String]) throws -> [CallSnapshot] {
        var text = String(decoding: try Recorded.bytes("22-a-direct.min"), as: UTF8.self)
        text = text.replacing("PJSIP/trunk", with: "PJSIP/5000").replacing("from-trunk", with: "default")
        var follower = AMILineFollower(line: "matriz", trunks: trunks, normalise: Recorded.normalise)
        follower.feed(text.utf8)
        return follower.takeChanges()
    }

    @Test("a trunk that looks like a phone of the house is one when the administrator says so")
    func named() throws {
        #expect(try calls(trunks: []).map(\.direction) == [.internal])
        #expect(try calls(trunks: ["PJSIP/5000"]).map(\.direction) == [.inbound])
        #expect(try calls(trunks: ["PJSIP/outra", "PJSIP/50"]).map(\.direction) == [.inbound])
    }

    @Test("with the trunks named, every other channel is a phone of the house")
    func others() throws {
        #expect(try calls(trunks: ["PJSIP/operadora"]).map(\.direction) == [.internal])
    }
}
