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
    let refusesPause = Mutex<BridgeError?>(nil)
    /// Why it can be asked nothing now.
    let fault = Mutex<BridgeError?>(nil)

    init(_ name: String, members: [QueueMember] = [], fault: BridgeError? = nil) {
        self.name = name
        self.members = Mutex(members)
        self.fault.withLock { $0 = fault }
    }

    /// Keeps this very line at a desk.
    func keeper(_ test: DeskUnderTest) -> LineKeeper {
        LineKeeper(
            name: name,
            database: test.app.database,
            logger: test.quiet,
            onTakeover: {},
            extensions: { [] },
            connect: { self }
        )
    }

    private func ask() throws(BridgeError) {
        if let fault = fault.withLock({ $0 }) { throw fault }
    }

    var status: LineStatus { LineStatus(isConnected: fault.withLock { $0 == nil }) }
    var liveCalls: Set<String> { [] }

    func run() async { while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) } }

    func dial(_ order: DialOrder) async throws(BridgeError) -> String {
        try ask()
        orders.withLock { $0.append(order) }
        return "outro/\(order.phone)"
    }

    func queueMembers() async throws(BridgeError) -> [QueueMember] {
        try ask()
        return members.withLock { $0 }
    }

    func pause(_ member: QueueMember, _ isPaused: Bool, reason: String?) async throws(BridgeError) {
        try ask()
        if let refusal = refusesPause.withLock({ $0 }) { throw refusal }
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
            let keeper = pbx.keeper(test)
            test.app.switchboard.connect([keeper])
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await keeper.run() }
                while keeper.client == nil { await Task.yield() }
                let board = test.app.switchboard
                let order = try await board.dial("11 98765-4321", for: caio.id)
                #expect(order.phone == "outro/PJSIP/1003")
                #expect(pbx.orders.withLock { $0.map(\.number) } == ["11987654321"])
                // The extension of this very line is bia's, though ana has the same for any.
                #expect(try await board.queues(of: ana.id).items.isEmpty)
                let paused = try await board.pause(true, reason: "almoço", queue: nil, for: caio.id)
                #expect(paused.items.map(\.member.queue) == ["suporte", "vendas"] && paused.unheard.isEmpty)
                #expect(pbx.members.withLock { $0.map(\.isPaused) } == [false, true, true])
                group.cancelAll()
            }
        }
    }

    @Test("a line that is down, or that only reports calls, keeps nobody from the others")
    func oneIsDown() async throws {
        let lines = [
            Settings.PBX(line: "filial"), Settings.PBX(line: "nuvem", kind: .hook(.cti), token: "t"),
            Settings.PBX(line: "matriz", dialAllow: ["+55", "+351"]), Settings.PBX(line: "longe"),
        ]
        try await DeskUnderTest.with(settings: { $0.pbx = lines }) { test in
            let ana = try await test.account("ana", extensions: [AccountExtension(party: "1001")])
            let down = PBXLineUnderTest("filial", fault: .notConnected(line: "filial"))
            func member(_ queue: String) -> QueueMember {
                QueueMember(queue: queue, interface: "outro/1001", phone: "1001", isPaused: false)
            }
            let up = PBXLineUnderTest("matriz", members: [member("suporte")])
            let far = PBXLineUnderTest("longe", members: [member("vendas")])
            let keepers = ([down, up, far] as [PBXLineUnderTest]).map { line in
                LineKeeper(
                    name: line.name,
                    database: test.app.database,
                    logger: test.quiet,
                    onTakeover: {},
                    extensions: { [] },
                    connect: { line }
                )
            }
            // The webhook line is worked by another node, as far as anybody works it.
            let hook = LineKeeper(
                name: "nuvem",
                database: test.app.database,
                logger: test.quiet,
                onTakeover: {},
                extensions: { [] },
                connect: { down }
            )
            let board = test.app.switchboard
            board.connect(keepers + [hook])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for keeper in keepers { group.addTask { await keeper.run() } }
                while keepers.contains(where: { $0.client == nil }) { await Task.yield() }
                #expect(try await board.queues(of: ana.id).items.map(\.member.queue) == ["suporte", "vendas"])
                let paused = try await board.pause(true, reason: nil, queue: nil, for: ana.id)
                #expect(paused.items.map(\.line) == ["matriz", "longe"] && paused.items.allSatisfy(\.member.isPaused))
                // What was not asked is told, in one queue as in all.
                #expect(paused.unheard == ["filial"])
                let one = try await board.pause(true, reason: nil, queue: "vendas", for: ana.id)
                #expect(one.items.map(\.line) == ["longe"] && one.unheard == ["filial"])
                #expect(try await board.queues(of: ana.id).unheard == ["filial"])
                #expect(try await board.dial("11 98765-4321", for: ana.id).line == "matriz")
                #expect(try await board.dial("+351 912 345 678", for: ana.id).line == "matriz")
                await #expect(throws: Switchboard.Refusal.number(.notAllowed)) {
                    try await board.dial("+1 212 555 1234", for: ana.id)
                }
                // Whoever names a line means it.
                for (line, why) in [
                    ("filial", BridgeError.notConnected(line: "filial")),
                    ("nuvem", HookKind.cti.cannot("a question", line: "nuvem")),
                ] {
                    await #expect(throws: Switchboard.Refusal.line(why)) {
                        try await board.dial("11 98765-4321", for: ana.id, over: line)
                    }
                }
                // One of two that had answered goes: the other is resumed all the same, and the failure is told.
                let trouble = BridgeError.timedOut(line: "matriz", action: "QueuePause")
                up.refusesPause.withLock { $0 = trouble }
                await #expect(throws: Switchboard.Refusal.line(trouble)) {
                    try await board.pause(false, reason: nil, queue: nil, for: ana.id)
                }
                #expect(far.members.withLock { $0.map(\.isPaused) } == [false])
                // A line that cannot be asked may have the queues: that is told, and not that there are none.
                let places = [up, far].map { line in line.members.withLock { members in members } }
                for line in [up, far] { line.members.withLock { $0 = [] } }
                #expect(try await board.queues(of: ana.id).items.isEmpty)
                await #expect(throws: Switchboard.Refusal.line(.notConnected(line: "filial"))) {
                    try await board.pause(true, reason: nil, queue: nil, for: ana.id)
                }
                for (line, members) in zip([up, far], places) { line.members.withLock { $0 = members } }
                // None is left to answer.
                for line in [up, far] { line.fault.withLock { $0 = .notConnected(line: line.name) } }
                await #expect(throws: Switchboard.Refusal.line(.notConnected(line: "filial"))) {
                    try await board.queues(of: ana.id)
                }
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
