import DeskCore
import Foundation
import IVRBridge
import TestSupport
import Testing

@testable import CallDesk

@Suite("Callers who show no number")
struct WithheldCallerTests {
    /// A recorded call of an anonymous caller, as a trunk would tell of them that asks for nothing and writes another word.
    private static func calls(_ file: String, sending word: String) throws -> [CallSnapshot] {
        var text = String(decoding: try Fixtures.bytes(file), as: UTF8.self)
        for (old, new) in [
            ("anonymous", word), ("CALLERID(pres)=prohib", "CALLERID(pres)=allowe"),
            ("Caller-Privacy-Hide-Number: true", "Caller-Privacy-Hide-Number: none"),
        ] { text = text.replacing(old, with: new) }
        var replay = Replay { PhoneNumber.callerE164($0, region: Region(.brazil)) }
        replay.feed(Array(text.utf8))
        return replay.finish().map(\.call)
    }

    @Test(
        "are withheld whatever word the network has for it, and nobody is to call them back",
        arguments: ["ami/16-i-anonymous.min.txt", "ami/22-i-anonymous.min.txt", "freeswitch/i-anonymous.min.txt"],
        // As long as the recorded word: frames of the Event Socket have a length.
        ["anonymous", "bloqueado", "000000000"]
    )
    func words(file: String, word: String) async throws {
        let calls = try Self.calls(file, sending: word)
        try #require(calls.map(\.numberRaw) == [word])
        let database = try await TestDatabase.make()
        let clock = TestClock().clock
        let log = CallLog(
            database: database,
            numbers: NumberDesk(format: .standard, timeZone: .gmt),
            clock: clock
        )
        for var call in calls {
            // Nobody took it.
            (call.answeredBy, call.lastParty, call.answeredAt, call.outcome) = (nil, nil, nil, .abandoned)
            let change = try await log.record([CallSignal(line: "matriz", call: call)]).first
            #expect(change?.call.withheld == true && change?.call.wasMissed == true)
        }
        #expect(try await CallBackDesk(database: database, clock: clock).list().isEmpty)
    }
}
