import Foundation
import TestSupport
import Testing

@testable import DeskCore

@Suite("What is known of a call stays when its line is taken up again in the middle of it")
struct CallTakenUpTests {
    private func transfer(_ kind: CallTransfer.Kind, _ from: String, _ to: String?) -> CallTransfer {
        CallTransfer(kind: kind, from: from, to: to)
    }

    @Test("transfers of before a restart stay, those of after it come behind them, and one that is told anew is one")
    func transfers() {
        let first = transfer(.blind, "PJSIP/1001", "4002")
        let reached = transfer(.blind, "PJSIP/1001", "PJSIP/1002")
        let second = transfer(.attended, "PJSIP/1002", nil)
        let taken = transfer(.attended, "PJSIP/1002", "PJSIP/1003")
        #expect(CallMerge.transfers([], then: [first]) == [first])
        #expect(CallMerge.transfers([first], then: [reached]) == [reached])
        #expect(CallMerge.transfers([reached], then: []) == [reached])
        #expect(CallMerge.transfers([reached], then: [second]) == [reached, second])
        #expect(CallMerge.transfers([reached, second], then: [taken]) == [reached, taken])
        #expect(CallMerge.transfers([reached, taken], then: [reached]) == [reached, taken])
        #expect(CallMerge.transfers([transfer(.redirect, "PJSIP/1001", "4002")], then: [first]) == [first])
        let many = (0..<60).map { transfer(.blind, "PJSIP/\($0)", nil) }
        #expect(CallMerge.transfers([first], then: many).count == 50)
    }

    @Test("phones that were rung before stay rung, and the number stays as it was sent")
    func facts() async throws {
        let clock = DeskClock { Moment(milliseconds: 1_795_236_570_000) }
        let database = try await TestDatabase.make()
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let log = CallLog(database: database, numbers: numbers, clock: clock)
        var report = CallSignal(line: "matriz", key: "1.1", direction: .inbound, state: .ringing, outcome: .ongoing)
        report.numberRaw = "987654321"
        report.number = "+5511987654321"
        report.offered = ["PJSIP/1001"]
        report.startedAt = 1_795_236_560_000_000
        _ = try await log.record([report])
        // Another node takes the line over: it sees the channel as the dialplan has left it, and no beginning.
        report.startedAt = nil
        report.numberRaw = "+5511987654321"
        report.offered = ["PJSIP/1002"]
        let change = try #require(try await log.record([report]).first)
        #expect(change.call.offered == ["PJSIP/1001", "PJSIP/1002"])
        #expect(change.call.numberRaw == "987654321")
    }

    @Test("that nobody rings any more is told where somebody was told to ring, and is nothing new otherwise")
    func quiet() async throws {
        let clock = DeskClock { Moment(milliseconds: 1_795_236_570_000) }
        let numbers = NumberDesk(format: .standard, timeZone: .gmt)
        let log = CallLog(database: try await TestDatabase.make(), numbers: numbers, clock: clock)
        var report = CallSignal(line: "matriz", key: "1.1", direction: .inbound, state: .ringing, outcome: .ongoing)
        report.offered = ["PJSIP/1001"]
        report.ringing = ["PJSIP/1001"]
        _ = try await log.record([report])
        report.ringing = []
        #expect(try await log.record([report]) == [])
        report.ringsOtherwise = true
        #expect(try await log.record([report]).map(\.ringing) == [[]])
    }
}
