import Testing

@testable import CallDesk

@Suite("Telling open desks")
struct LiveHubTests {
    private func payloads(_ stream: LiveStream, _ count: Int) async -> [String] {
        var found: [String] = []
        for await event in stream.events {
            found.append(event.payload)
            if found.count == count { break }
        }
        return found
    }

    @Test("an event reaches the technicians it concerns, supervisors, and nobody else")
    func audience() async {
        let hub = LiveHub()
        let ana = hub.subscribe(LiveViewer(account: 1, seesEverything: false), after: nil)
        let bruno = hub.subscribe(LiveViewer(account: 2, seesEverything: false), after: nil)
        let boss = hub.subscribe(LiveViewer(account: 3, seesEverything: true), after: nil)
        hub.publish("call", to: .accounts([1]), payload: "a")
        hub.publish("call", to: .accounts([2]), payload: "b")
        hub.publish("line", to: .everyone, payload: "c")
        #expect(await payloads(ana, 2) == ["a", "c"])
        #expect(await payloads(bruno, 2) == ["b", "c"])
        #expect(await payloads(boss, 3) == ["a", "b", "c"])
    }

    @Test("who lost the connection goes on where they were")
    func resume() async {
        let hub = LiveHub()
        hub.publish("call", to: .accounts([1]), payload: "a")
        let seen = hub.position
        hub.publish("call", to: .accounts([1]), payload: "b")
        hub.publish("call", to: .accounts([2]), payload: "x")
        hub.publish("call", to: .accounts([1]), payload: "c")
        let again = hub.subscribe(LiveViewer(account: 1, seesEverything: false), after: seen)
        #expect(again.past.map(\.payload) == ["b", "c"])
        #expect(!again.hasGap)
    }

    @Test("who was away for longer than events are kept is told to load again")
    func gap() {
        let hub = LiveHub()
        hub.publish("call", to: .everyone, payload: "first")
        for number in 0...LiveHub.kept { hub.publish("call", to: .everyone, payload: "\(number)") }
        #expect(hub.subscribe(LiveViewer(account: 1, seesEverything: false), after: 1).hasGap)
    }

    @Test("an id from before a restart of the service means loading again")
    func fromBeforeRestart() {
        let hub = LiveHub()
        hub.publish("call", to: .everyone, payload: "a")
        #expect(hub.subscribe(LiveViewer(account: 1, seesEverything: false), after: 4711).hasGap)
    }

    @Test("a reader that sleeps keeps the newest events and is told that it missed some")
    func slowReader() async {
        let hub = LiveHub()
        let slow = hub.subscribe(LiveViewer(account: 1, seesEverything: false), after: nil)
        let sent = LiveHub.buffer * 3
        for number in 0..<sent { hub.publish("call", to: .accounts([1]), payload: "\(number)") }
        hub.close()
        var kinds: [String] = []
        var last = ""
        for await event in slow.events {
            kinds.append(event.kind)
            if event.kind == "call" { last = event.payload }
        }
        #expect(kinds.count <= LiveHub.buffer)
        #expect(kinds.contains("resync"))
        #expect(last == "\(sent - 1)")
    }

    @Test("a reader that leaves is forgotten")
    func leaving() async {
        let hub = LiveHub()
        let task = Task {
            for await _ in hub.subscribe(LiveViewer(account: 1, seesEverything: false), after: nil).events {}
        }
        while hub.streamCount == 0 { await Task.yield() }
        task.cancel()
        await task.value
        #expect(hub.streamCount == 0)
    }
}
