import DeskCore
import Foundation
import HummingbirdTesting
import IVRBridge
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("Legs that a switch wrote to its disk", .timeLimit(.minutes(5)))
struct SpooledLegTests {
    /// A folder with the legs of one recorded call as the modules write them, and what is no leg.
    private static func spool(_ name: String, ending: String, of legs: Int) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("legs-\(UUID().uuidString)")
        let rotated = folder.appendingPathComponent("2026-11-26-00-00-00")
        try FileManager.default.createDirectory(at: rotated, withIntermediateDirectories: true)
        for number in 1...legs {
            let bytes = try Fixtures.bytes("freeswitch/cdr/\(name)-\(number).http")
            let end = try #require(Data(bytes).range(of: Data("\r\n\r\n".utf8)))
            let file = (number == 1 ? rotated : folder).appendingPathComponent("a_\(number).cdr.\(ending)")
            try Data(bytes[end.upperBound...]).write(to: file)
            // The first leg is the youngest file.
            let at = Date(timeIntervalSince1970: 1_795_000_000 - Double(number))
            try FileManager.default.setAttributes([.modificationDate: at], ofItemAtPath: file.path)
        }
        try Data("no leg".utf8).write(to: folder.appendingPathComponent("freeswitch.log"))
        return folder
    }

    @Test("are found in their folder and those in it, the oldest first, and no more than a run takes")
    func found() throws {
        let folder = try Self.spool("xml-encode-textxml-transferred", ending: "xml", of: 3)
        defer { try? FileManager.default.removeItem(at: folder) }
        let legs = try #require(SpooledLegs(folder: folder))
        #expect(legs.files.map(\.lastPathComponent) == ["a_3.cdr.xml", "a_2.cdr.xml", "a_1.cdr.xml"] && !legs.isCut)
        let some = try #require(SpooledLegs(folder: folder, most: 2))
        #expect(some.files.count == 2 && some.isCut)
        #expect(SpooledLegs(folder: folder.appendingPathComponent("nowhere")) == nil)
        #expect(SpooledLegs(folder: folder.appendingPathComponent("freeswitch.log")) == nil)
    }

    @Test(
        "make the call they would have made when posted, however often they are handed over",
        arguments: [("xml-encode-textxml-transferred", "xml"), ("json-encode-false-transferred", "json")]
    )
    func handedOver(name: String, ending: String) async throws {
        let folder = try Self.spool(name, ending: ending, of: 3)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await CallHookTests.with(.freeswitch, over: .live) { client, test, _, told in
            let port = try #require(client.port)
            let delivery = LegDelivery(url: "http://127.0.0.1:\(port)/hooks/freeswitch/matriz/\(CallHookTests.token)")
            for file in try #require(SpooledLegs(folder: folder)).files {
                for _ in 1...2 { #expect(try await delivery.deliver(file, wait: { _ in }) == .taken) }
            }
            var calls: Set<Int64> = []
            for signal in told.signals.withLock({ $0 }) {
                for change in try await test.app.callLog.record([signal]) { calls.insert(change.call.id) }
            }
            #expect(calls.count == 1)
            let call = try #require(told.last?.call)
            #expect(call.isEnded && call.outcome == .answered && call.transfers.count == 1)
        }
    }

    @Test("that are no good are named and the others go on; what stops them all says what to do")
    func refused() async throws {
        let folder = try Self.spool("xml-encode-textxml-busy", ending: "xml", of: 1)
        defer { try? FileManager.default.removeItem(at: folder) }
        let good = folder.appendingPathComponent("2026-11-26-00-00-00/a_1.cdr.xml")
        let bad = folder.appendingPathComponent("b.cdr.xml")
        let large = folder.appendingPathComponent("c.cdr.xml")
        try Data("<cdr>".utf8).write(to: bad)
        try Data(count: HookKind.freeswitch.longestBody + 1).write(to: large)
        try await CallHookTests.with(.freeswitch, over: .live) { client, _, _, told in
            let port = try #require(client.port)
            let hook = "http://127.0.0.1:\(port)/hooks/freeswitch/matriz/"
            let delivery = LegDelivery(url: hook + CallHookTests.token)
            for file in [bad, large, folder.appendingPathComponent("gone.cdr.xml")] {
                guard case .refused = try await delivery.deliver(file, wait: { _ in }) else {
                    Issue.record("\(file.lastPathComponent) was not refused")
                    continue
                }
            }
            #expect(told.count == 0)
            guard case .stopped = try await LegDelivery(url: hook + "x").deliver(good, wait: { _ in }) else {
                Issue.record("a token nobody knows does not stop it")
                return
            }
            #expect(try await delivery.deliver(good, wait: { _ in }) == .taken)
            #expect(told.count == 1)
        }
        try await CallHookTests.with(.freeswitch, allow: ["203.0.113.0/24"], over: .live) { client, _, _, _ in
            let port = try #require(client.port)
            let delivery = LegDelivery(url: "http://127.0.0.1:\(port)/hooks/freeswitch/matriz/\(CallHookTests.token)")
            guard case .stopped(let why) = try await delivery.deliver(good, wait: { _ in }) else {
                Issue.record("an address that is not let in does not stop it")
                return
            }
            #expect(why.contains("'allow'"))
        }
    }
}
