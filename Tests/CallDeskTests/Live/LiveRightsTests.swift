import DeskCore
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import CallDesk

@Suite("A stream's rights end when they end", .timeLimit(.minutes(2)))
struct LiveRightsTests {
    /// What somebody may see, to be changed while they look.
    private final class Rights: Sendable {
        struct Unknown: Error {}

        private let state: Mutex<Result<LiveViewer?, Unknown>>
        private let questions = Atomic(0)

        init(_ viewer: LiveViewer) { state = Mutex(.success(viewer)) }

        var asked: Int { questions.load(ordering: .relaxed) }
        func set(_ viewer: LiveViewer?) { state.withLock { $0 = .success(viewer) } }
        func hide() { state.withLock { $0 = .failure(Unknown()) } }
        func ask() throws -> LiveViewer? {
            questions.add(1, ordering: .relaxed)
            return try state.withLock { $0 }.get()
        }
    }

    private static let boss = LiveViewer(account: 1, seesEverything: true)
    private static let technician = LiveViewer(account: 1, seesEverything: false)

    /// An open stream, once the question at its beginning was answered.
    private func listen(_ hub: LiveHub, _ rights: Rights, _ viewer: LiveViewer = boss) async throws -> Listener {
        let listener = try await Listener.open(hub, viewer, ask: { try rights.ask() })
        await wait(for: listener) { rights.asked == 1 }
        await listener.pass(.milliseconds(10))
        return listener
    }

    /// Waits for what an answer on another thread brings about; the suite's time limit ends it.
    private func wait(for listener: Listener, until condition: () -> Bool) async {
        while !condition() {
            await listener.pass(.milliseconds(1))
            await Task.yield()
        }
    }

    @Test("rights are asked about once a minute")
    func everyMinute() async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.boss))
        let listener = try await listen(hub, rights)
        for minute in 1...3 {
            await listener.pass(.seconds(60))
            await wait(for: listener) { rights.asked == minute + 1 }
        }
        #expect(listener.isOpen)
    }

    @Test("a demoted supervisor sees nothing of others from the moment the change is told, and loads again")
    func demoted() async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.boss))
        let listener = try await listen(hub, rights)
        hub.publish(.numbered(1), to: .accounts([2]))
        rights.set(Self.technician)
        hub.recheck(.account(1))
        hub.publish(.numbered(2), to: .accounts([2]))
        hub.publish(.numbered(3), to: .accounts([1]))
        await wait(for: listener) { rights.asked == 2 }
        var told: [String] = []
        while !told.contains("resync {}") || !told.contains(LiveChange.text(3)) {
            await listener.pass(.milliseconds(1))
            told += try await listener.rest()
        }
        // What is their own may come before or after the word to load again.
        #expect(told.filter { $0 != "resync {}" } == [LiveChange.text(1), LiveChange.text(3)])
        #expect(told.firstIndex(of: "resync {}") != 0 && told.count == 3)
        hub.publish(.numbered(4), to: .accounts([2]))
        hub.publish(.numbered(5), to: .accounts([1]))
        await listener.pass(.milliseconds(10))
        #expect(try await listener.rest() == [LiveChange.text(5)])
    }

    @Test("who was promoted sees all, and loads again")
    func promoted() async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.technician))
        let listener = try await listen(hub, rights, Self.technician)
        rights.set(Self.boss)
        hub.recheck(.account(1))
        #expect(try await listener.next(1) == ["resync {}"])
        hub.publish(.numbered(1), to: .accounts([2]))
        #expect(try await listener.next(1) == [LiveChange.text(1)])
    }

    @Test("a stream whose session, token or scope is gone ends", arguments: [true, false])
    func gone(isTold: Bool) async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.boss))
        let listener = try await listen(hub, rights)
        rights.set(nil)
        if isTold { hub.recheck(.account(1)) } else { await listener.pass(.seconds(60)) }
        await wait(for: listener) { !listener.isOpen }
        #expect(try await listener.rest().last == "end")
    }

    @Test("a change of somebody else asks nothing; when it was missed whose it is, all are asked")
    func others() async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.boss))
        let listener = try await listen(hub, rights)
        hub.recheck(.account(2))
        hub.recheck(.token(1))
        await listener.pass(.milliseconds(10))
        #expect(rights.asked == 1)
        hub.recheck(nil)
        await wait(for: listener) { rights.asked == 2 }
    }

    @Test("while nobody can say, a stream stays for a bounded time, and what is in doubt is not shown")
    func unknown() async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.boss))
        let listener = try await listen(hub, rights)
        rights.hide()
        await listener.pass(.seconds(60))
        await wait(for: listener) { rights.asked == 2 }
        hub.publish(.numbered(1), to: .accounts([2]))
        await listener.pass(.milliseconds(10))
        #expect(try await listener.rest().last == LiveChange.text(1))
        hub.recheck(.account(1))
        await wait(for: listener) { rights.asked == 3 }
        hub.publish(.numbered(2), to: .accounts([2]))
        await listener.pass(.seconds(60))
        #expect(listener.isOpen)
        await listener.pass(LiveRoom.longestUnknown)
        #expect(!listener.isOpen)
        let rest = try await listener.rest()
        #expect(!rest.contains(LiveChange.text(2)) && rest.last == "end")
    }

    @Test("an answer from before a change of rights is not believed after it, however late it comes")
    func lateAnswer() async throws {
        let (hub, rights) = (LiveHub(), Rights(Self.boss))
        let (late, release) = AsyncStream.makeStream(of: Void.self)
        let holdsBack = Atomic(false)
        let listener = try await Listener.open(
            hub,
            Self.boss,
            ask: {
                let answer = try rights.ask()
                guard holdsBack.exchange(false, ordering: .relaxed) else { return answer }
                for await _ in late {}
                return answer
            }
        )
        await wait(for: listener) { rights.asked == 1 }
        await listener.pass(.milliseconds(10))
        // Asked while they were a supervisor, answered when they are none any more and that is known.
        holdsBack.store(true, ordering: .relaxed)
        hub.recheck(.account(1))
        await wait(for: listener) { rights.asked == 2 }
        rights.set(Self.technician)
        hub.recheck(.account(1))
        await wait(for: listener) { rights.asked == 3 }
        var told: [String] = []
        while !told.contains("resync {}") {
            await listener.pass(.milliseconds(1))
            told += try await listener.rest()
        }
        release.finish()
        for _ in 0..<50 {
            await listener.pass(.milliseconds(1))
            try await Task.sleep(for: .milliseconds(1))
        }
        hub.publish(.numbered(1), to: .accounts([2]))
        hub.publish(.numbered(2), to: .accounts([1]))
        await listener.pass(.milliseconds(10))
        #expect(try await listener.rest().filter { $0 != "ping" } == [LiveChange.text(2)])
    }
}
