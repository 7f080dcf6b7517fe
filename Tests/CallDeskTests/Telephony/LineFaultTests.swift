import DeskCore
import HTTPTypes
import IVRBridge
import Testing

@testable import CallDesk

@Suite("What a PBX did not do, in words")
struct LineFaultTests {
    @Test(
        "whoever asked reads it in their language, without the line's inner words, and the PBX's own in quotation marks",
        arguments: [
            BridgeError.notConnected(line: "matriz"), .disconnected(line: "matriz", action: "Originate"),
            .timedOut(line: "matriz", action: "Originate"), .tooManyActions(line: "matriz"), .cancelled,
            .refused(line: "matriz", action: "Originate", message: "Extension does not exist."),
            .unwritable(line: "matriz", why: "a line break"),
            .unsupported(line: "matriz", action: "pause", why: "no queues"),
        ]
    )
    func told(error: BridgeError) {
        let texts = Language.allCases.map { error.told[$0] }
        #expect(Set(texts).count == texts.count)
        #expect(!texts.contains { $0.contains("Originate") || $0.contains("matriz") })
        if case .refused(_, _, let message) = error { #expect(texts.allSatisfy { $0.contains("“\(message)”") }) }
        #expect(Switchboard.Refusal.line(error).problem.status == .serviceUnavailable)
    }
}
