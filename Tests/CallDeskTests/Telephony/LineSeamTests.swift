import DeskCore
import Foundation
import IVRBridge
import Logging
import Synchronization
import Testing

@testable import CallDesk

/// A PBX of no kind: says what it was asked.
final class PBXLineUnderTest: PBXLine {
    let name: String
    let members: Mutex<[QueueMember]>
    let orders = Mutex<[DialOrder]>([])

    init(_ name: String, members: [QueueMember] = []) {
        self.name = name
        self.members = Mutex(members)
    }

    var status: LineStatus { LineStatus(isConnected: true) }
    var liveCalls: Set<String> { [] }

    func run() async { while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) } }

    func dial(_ order: DialOrder) async throws(BridgeError) -> String {
        orders.withLock { $0.append(order) }
        return "outro/\(order.phone)"
    }

    func queueMembers() async throws(BridgeError) -> [QueueMember] { members.withLock { $0 } }

    func pause(_ member: QueueMember, _ isPaused: Bool, reason: String?) async throws(BridgeError) {
        members.withLock { members in
            for place in members.indices where members[place] == member {
                members[place].isPaused = isPaused
                members[place].reason = reason
            }
        }
    }

    func transfer(_ key: String, to number: String, context: String) async throws(BridgeError) {
        throw .unsupported(line: name, action: "transfer", why: "it is no PBX")
    }
}

@Suite("The desk and any kind of PBX", .timeLimit(.minutes(5)))
struct LineSeamTests {
    @Test("a line of any kind dials, and pauses nobody but the technician it is asked for")
    func anyKind() async throws {
        try await DeskUnderTest.with(settings: { $0.pbx = [Settings.PBX(line: "matriz")] }) { test in
            let ana = try await test.account("ana", extensions: [AccountExtension(party: "1001")])
            _ = try await test.account("bia", extensions: [AccountExtension(line: "matriz", party: "1001")])
            let caio = try await test.account("caio", extensions: [AccountExtension(party: "PJSIP/1003")])
            let pbx = PBXLineUnderTest(
                "matriz",
                members: [
                    QueueMember(queue: "suporte", interface: "outro/1001", isPaused: false),
                    QueueMember(queue: "suporte", interface: "1003", isPaused: false, waiting: 2),
                    QueueMember(queue: "vendas", interface: "agente", phone: "PJSIP/1003", isPaused: false),
                ]
            )
            let keeper = LineKeeper(
                name: "matriz",
                database: test.app.database,
                logger: Logger(label: "test"),
                onTakeover: {},
                extensions: { [] },
                connect: { pbx }
            )
            test.app.switchboard.connect([keeper])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                while keeper.client == nil { await Task.yield() }
                let board = test.app.switchboard
                let order = try await board.dial("11 98765-4321", for: caio.id)
                #expect(order.phone == "outro/PJSIP/1003")
                #expect(pbx.orders.withLock { $0.map(\.number) } == ["11987654321"])
                // The extension of this very line is bia's, though ana has the same for any.
                #expect(try await board.queues(of: ana.id).isEmpty)
                let paused = try await board.pause(true, reason: "almoço", queue: nil, for: caio.id)
                #expect(paused.map(\.member.queue) == ["suporte", "vendas"])
                #expect(pbx.members.withLock { $0.map(\.isPaused) } == [false, true, true])
                group.cancelAll()
            }
        }
    }

    @Test(
        "the self-test plays a call of the kind of the desk's first line through every hop",
        arguments: PBXKind.allCases
    )
    func selfTest(kind: PBXKind) async throws {
        try await DeskUnderTest.with(settings: { $0.pbx = [Settings.PBX(line: "matriz", kind: kind)] }) { test in
            let ana = try await test.account(
                "ana",
                extensions: [AccountExtension(party: "1001"), AccountExtension(party: "1002")]
            )
            let presence = Presence(clock: test.app.clock, sessions: test.app.sessions, hasOthers: false)
            let hops = try await LineSelfTest(app: test.app, presence: presence, doubtful: []).run(for: ana)
            // Nobody has the desk open here, and the last hop says so.
            #expect(hops.map(\.key) == LineSelfTest.keys)
            #expect(hops.filter { !$0.isGood }.map(\.key) == ["screen"])
            #expect(hops.first { $0.key == "sign_in" }?.detail == kind.interface)
        }
    }

    @Test("no part of the desk names a PBX's protocol: every kind is behind the seam")
    func seam() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let sources = root.appending(path: "Sources/CallDesk")
        let walk = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var read = 0
        for case let file as URL in walk where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            read += 1
            #expect(!text.contains(#/\b(AMI|ESL)[A-Z]\w+/#), "\(file.lastPathComponent)")
        }
        #expect(read > 100)
    }
}
