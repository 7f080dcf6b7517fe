import DeskCore
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import CallDesk

@Suite("Telling open desks", .timeLimit(.minutes(2)))
struct LiveRoomTests {
    private static let ana = LiveViewer(account: 1, seesEverything: false)
    private static let bruno = LiveViewer(account: 2, seesEverything: false)
    private static let boss = LiveViewer(account: 3, seesEverything: true)

    @Test("an event reaches the technicians it concerns, supervisors, and nobody else")
    func audience() async throws {
        let hub = LiveHub()
        let (ana, bruno) = (try await Listener.open(hub, Self.ana), try await Listener.open(hub, Self.bruno))
        let boss = try await Listener.open(hub, Self.boss)
        hub.publish(.numbered(1), to: .accounts([1]))
        hub.publish(.numbered(2), to: .accounts([2]))
        hub.publish(.numbered(3), to: .everyone)
        for listener in [ana, bruno, boss] { await listener.pass(.milliseconds(10)) }
        #expect(try await ana.rest() == [1, 3].map(LiveChange.text))
        #expect(try await bruno.rest() == [2, 3].map(LiveChange.text))
        #expect(try await boss.rest() == [1, 2, 3].map(LiveChange.text))
    }

    @Test("what happens in a department is seen by whoever works there, whoever it concerns, and supervisors")
    func department() async throws {
        let hub = LiveHub()
        let loop = NIOAsyncTestingEventLoop()
        func listen(_ account: Int64, _ departments: [String]?) async throws -> Listener {
            try await .open(
                hub,
                LiveViewer(account: account, seesEverything: false, departments: departments),
                on: loop
            )
        }
        let fiscal = try await listen(1, ["fiscal"])
        let sales = try await listen(2, ["sales"])
        let all = try await listen(4, nil)
        let asker = try await listen(5, ["sales"])
        let none = try await listen(6, [])
        hub.publish(.numbered(1), to: LiveAudience(accounts: [5], department: "fiscal"))
        await fiscal.pass(.milliseconds(10))
        for listener in [fiscal, all, asker] { #expect(try await listener.rest() == [LiveChange.text(1)]) }
        for listener in [sales, none] { #expect(try await listener.rest() == []) }
    }

    @Test("a customer's stream is told to load again, and nothing else that is the desk's")
    func customersLoadAgain() async throws {
        let hub = LiveHub()
        let customer = try await Listener.open(hub, LiveViewer(TicketReach([])))
        let ana = try await Listener.open(hub, Self.ana)
        hub.publish(.numbered(1), to: .everyone)
        hub.publish(.numbered(2), to: LiveAudience(department: "fiscal"))
        hub.publish(.resync, to: .everyStream, isLocal: true)
        hub.publish(.numbered(3), to: .accounts([1]))
        for listener in [customer, ana] { await listener.pass(.milliseconds(10)) }
        #expect(try await customer.rest() == ["resync {}"])
        #expect(try await ana.rest() == [LiveChange.text(1), "resync {}", LiveChange.text(3)])
    }

    @Test("who lost the connection goes on where they were")
    func resume() async throws {
        let hub = LiveHub()
        hub.publish(.numbered(1), to: .accounts([1]))
        let seen = hub.position
        hub.publish(.numbered(2), to: .accounts([1]))
        hub.publish(.numbered(9), to: .accounts([2]))
        hub.publish(.numbered(3), to: .accounts([1]))
        let again = try await Listener.open(hub, Self.ana, after: seen)
        hub.publish(.numbered(4), to: .accounts([1]))
        await again.pass(.milliseconds(10))
        #expect(try await again.rest() == [2, 3, 4].map(LiveChange.text))
    }

    @Test("who was away for longer than events are kept, or comes from another life, is told to load again")
    func gap() async throws {
        let hub = LiveHub()
        for number in 0...(LiveHub.kept + 1) { hub.publish(.numbered(number), to: .accounts([9])) }
        for lastID in [1, 4711 + UInt64(LiveHub.kept)] {
            let listener = try await Listener.open(hub, Self.ana, after: lastID)
            #expect(try await listener.rest() == ["resync {}"])
        }
        // What is still kept goes on: the ring has turned round by now.
        let fresh = try await Listener.open(hub, Self.boss, after: hub.position - 2)
        #expect(try await fresh.rest() == [LiveHub.kept, LiveHub.kept + 1].map(LiveChange.text))
    }

    @Test("who missed more than is worth sending is told to load again")
    func muchMissed() async throws {
        let hub = LiveHub()
        for number in 0..<2_000 { hub.publish(.numbered(number), to: .accounts([1])) }
        #expect(hub.past(after: 1, for: Self.ana).hasGap)
        #expect(!hub.past(after: 1, for: Self.bruno).hasGap)
        #expect(hub.past(after: 1_990, for: Self.ana).events.count == 10)
    }

    @Test(
        "what concerns all goes round a few at a time; a call does not wait for it, and nobody gets things out of order"
    )
    func round() async throws {
        let hub = LiveHub()
        let loop = NIOAsyncTestingEventLoop()
        var listeners: [Listener] = []
        for account in 1...200 {
            let viewer = LiveViewer(account: Int64(account), seesEverything: false)
            listeners.append(try await .open(hub, viewer, on: loop))
        }
        hub.publish(.numbered(1), to: .everyone)
        hub.publish(.numbered(2), to: .accounts([200]))
        // One turn reaches some; the one who is called got both, in order, without waiting for the rest.
        try await loop.submit {}.get()
        #expect(try await listeners[199].rest() == [1, 2].map(LiveChange.text))
        var told = 1
        for listener in listeners[..<199] where try await listener.rest() == [LiveChange.text(1)] { told += 1 }
        #expect(told < 100)
        hub.publish(.numbered(3), to: .everyone)
        await listeners[0].pass(.milliseconds(20))
        var late: [[String]] = []
        for listener in listeners { late.append(try await listener.rest()) }
        #expect(late[199] == [LiveChange.text(3)])
        #expect(late.allSatisfy { $0 == [LiveChange.text(3)] || $0 == [1, 3].map(LiveChange.text) })
        #expect(late.count { $0.count == 2 } == 200 - told)
    }

    @Test("a reader whose socket takes nothing is cut, and costs the others nothing")
    func slow() async throws {
        let hub = LiveHub()
        let loop = NIOAsyncTestingEventLoop()
        let (slow, other) = (try await Listener.open(hub, on: loop), try await Listener.open(hub, on: loop))
        slow.channel.isWritable = false
        hub.publish(.numbered(1), to: .accounts([1]))
        await other.pass(.milliseconds(10))
        #expect(!slow.isOpen && other.isOpen)
        #expect(try await other.rest() == [LiveChange.text(1)])
        #expect(hub.streamCount == 1)
    }

    @Test("a quiet reader gets a sign of life within each beat, spread over it; one that was spoken to needs none")
    func beats() async throws {
        let hub = LiveHub()
        let loop = NIOAsyncTestingEventLoop()
        var listeners: [Listener] = []
        for _ in 0..<10 { listeners.append(try await .open(hub, on: loop)) }
        await listeners[0].pass(.milliseconds(500))
        var early = 0
        for listener in listeners where try await listener.rest() == ["ping"] { early += 1 }
        #expect(early > 0 && early < 10)
        await listeners[0].pass(LiveRoom.beat)
        for listener in listeners { #expect(try await listener.rest() == ["ping"]) }
        hub.publish(.numbered(1), to: .everyone)
        await listeners[0].pass(LiveRoom.beat - .milliseconds(200))
        for listener in listeners { #expect(try await listener.rest() == [LiveChange.text(1)]) }
    }

    @Test("a reader that leaves, or sends what nobody asked for, is forgotten")
    func leaving() async throws {
        let hub = LiveHub()
        let ends = Atomic(0)
        let first = try await Listener.open(hub, ended: { ends.add(1, ordering: .relaxed) })
        let second = try await Listener.open(hub, ended: { ends.add(1, ordering: .relaxed) })
        #expect(hub.streamCount == 2)
        try await first.channel.close().get()
        for _ in 0..<20 { _ = try? await second.channel.writeInbound(ByteBuffer(repeating: 0x41, count: 1024)) }
        await second.pass(.milliseconds(1))
        #expect(hub.streamCount == 0)
        #expect(ends.load(ordering: .relaxed) == 2)
    }

    @Test("the hub's end ends every stream, and one that comes later at once")
    func end() async throws {
        let hub = LiveHub()
        let open = try await Listener.open(hub)
        await hub.close()
        #expect(try await open.rest() == ["end"])
        #expect(!open.isOpen)
        let late = try await Listener.open(hub)
        #expect(try await late.rest() == ["end"])
        #expect(!late.isOpen)
    }

    @Test("what is for one person's eyes reaches no supervisor, no program and no colleague")
    func onePerson() async throws {
        let hub = LiveHub()
        let loop = NIOAsyncTestingEventLoop()
        let program = LiveViewer(account: nil, seesEverything: true)
        var told: [[String]] = []
        var listeners: [Listener] = []
        for viewer in [Self.ana, Self.boss, Self.bruno, program] {
            listeners.append(try await .open(hub, viewer, on: loop))
        }
        hub.publish(.bell(.selfTest), to: .person(1))
        hub.publish(.bell(.open(path: "/desk")), to: .person(3))
        await listeners[0].pass(.milliseconds(10))
        for listener in listeners { told.append(try await listener.rest().map { String($0.prefix(4)) }) }
        #expect(told == [["bell"], ["bell"], [], []])
    }

    @Test("many reasons to load again are told once a second, and what one concerns is kept")
    func resyncPace() {
        var pace = ResyncPace()
        let start = ContinuousClock.now
        #expect(pace.wish(isLocal: true, at: start) == .now)
        #expect(pace.wish(isLocal: true, at: start + .milliseconds(400)) == .later(.milliseconds(600)))
        #expect(pace.wish(isLocal: false, at: start + .milliseconds(500)) == .covered)
        #expect(pace.wish(isLocal: true, at: start + .milliseconds(600)) == .covered)
        #expect(pace.take(at: start + .seconds(1)) == false, "the other nodes are told too")
        #expect(pace.take(at: start + .seconds(1)) == nil)
        #expect(pace.wish(isLocal: true, at: start + .milliseconds(1_500)) == .later(.milliseconds(500)))
        #expect(pace.take(at: start + .seconds(2)) == true)
        #expect(pace.wish(isLocal: true, at: start + .seconds(3)) == .now)
    }

    @Test("a burst of reasons makes every screen load twice: at once, and for what came after that")
    func burst() async throws {
        let hub = LiveHub()
        let customer = try await Listener.open(hub, LiveViewer(TicketReach([])))
        for _ in 0..<50 { hub.resync(isLocal: true) }
        #expect(try await customer.next(2) == ["resync {}", "resync {}"])
        try await Task.sleep(for: .milliseconds(1_200))
        await customer.pass(.milliseconds(10))
        #expect(try await customer.rest() == [])
    }
}
