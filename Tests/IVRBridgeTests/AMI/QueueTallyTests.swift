import CallModel
import Testing

@testable import IVRBridge

@Suite("What the queues of an Asterisk have counted")
struct QueueTallyTests {
    private func listing(_ counts: [(String, Int, Int)]) -> String {
        counts.map { queue, answered, abandoned in
            "Event: QueueParams\r\nQueue: \(queue)\r\nMax: 0\r\nCalls: 0\r\nCompleted: \(answered)\r\n"
                + "Abandoned: \(abandoned)\r\nActionID: queues-1\r\n\r\n"
        }.joined()
    }

    private func ended(_ event: String, _ queue: String = "suporte") -> String {
        "Event: \(event)\r\nPrivilege: agent,all\r\nQueue: \(queue)\r\nUniqueid: 1.1\r\n\r\n"
    }

    private func follower() -> AMILineFollower {
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.beginConnection()
        follower.feed("Asterisk Call Manager/5.0.4\r\n".utf8)
        return follower
    }

    @Test("a recorded listing of Asterisk 16 and 22 tells each queue's counters", arguments: ["16", "22"])
    func recorded(version: String) throws {
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.feed(try Recorded.bytes("\(version)-o-resync.late"))
        let counts = follower.compareQueues()?.sorted { $0.queue < $1.queue }
        #expect(
            counts == [
                QueueCount(queue: "suporte", answered: 16, abandoned: 52),
                QueueCount(queue: "suporte-local", answered: 1, abandoned: 0),
            ]
        )
    }

    @Test("each recorded call that ends in a queue is counted once", arguments: ["16", "22"])
    func ends(version: String) throws {
        for (call, answered, abandoned) in [("c-queue", 1, 0), ("d-abandon", 0, 1)] {
            var follower = follower()
            follower.feed(listing([("suporte", 7, 3)]).utf8)
            _ = follower.compareQueues()
            follower.feed(try Recorded.bytes("\(version)-\(call).min"))
            let counts = follower.takeQueues()
            let expected = QueueCount(queue: "suporte", answered: Int64(7 + answered), abandoned: Int64(3 + abandoned))
            #expect(counts == [expected], "\(call)")
        }
    }

    @Test("what ends between the sign-in and the listing was heard, and is not told as missed")
    func between() {
        var follower = follower()
        follower.feed(listing([("suporte", 10, 5)]).utf8)
        #expect(follower.compareQueues() == [QueueCount(queue: "suporte", answered: 10, abandoned: 5)])
        follower.feed(ended("AgentComplete").utf8)
        #expect(follower.takeQueues() == [QueueCount(queue: "suporte", answered: 11, abandoned: 5)])
        #expect(follower.takeQueues() == nil, "nothing is another since")
        follower.beginConnection()
        follower.feed((ended("QueueCallerAbandon") + listing([("suporte", 14, 7)]) + ended("AgentComplete")).utf8)
        #expect(follower.compareQueues() == [QueueCount(queue: "suporte", answered: 14, abandoned: 6)])
        #expect(follower.takeQueues() == [QueueCount(queue: "suporte", answered: 15, abandoned: 7)])
        #expect(follower.compareQueues() == [QueueCount(queue: "suporte", answered: 15, abandoned: 7)])
    }

    @Test("a PBX that is known to have started anew has nothing to compare with, until the next comparison")
    func restarted() {
        var follower = follower()
        follower.noteRestart()
        follower.feed(listing([("suporte", 1, 0)]).utf8)
        #expect(follower.compareQueues() == nil)
        #expect(follower.takeQueues() == [QueueCount(queue: "suporte", answered: 1, abandoned: 0)])
        #expect(follower.compareQueues()?.count == 1)
    }

    @Test("a manager user that is not told of ends is found out at the second listing, and nothing is told until it is")
    func deaf() {
        var follower = follower()
        func isWarned() -> Bool { follower.warnings.contains { $0.contains("add 'agent' to read") } }
        follower.feed(listing([("suporte", 10, 5), ("vendas", 1, 1)]).utf8)
        #expect(follower.compareQueues()?.count == 2)
        #expect(follower.takeQueues()?.count == 2)
        follower.feed(listing([("suporte", 10, 5), ("vendas", 1, 1)]).utf8)
        #expect(!isWarned(), "nothing ended")
        follower.feed(listing([("suporte", 12, 5), ("vendas", 1, 1)]).utf8)
        #expect(isWarned())
        #expect(follower.takeQueues() == [], "what was kept of it is forgotten")
        #expect(follower.compareQueues() == nil)
        follower.beginConnection()
        follower.feed(listing([("suporte", 20, 9), ("vendas", 1, 1)]).utf8)
        #expect(follower.compareQueues() == nil, "what was heard cannot be told from what was missed")
        // Granted, the first end says so.
        follower.feed(ended("AgentComplete").utf8)
        #expect(!isWarned())
        #expect(follower.takeQueues()?.contains(QueueCount(queue: "suporte", answered: 21, abandoned: 9)) == true)
        #expect(follower.compareQueues()?.count == 2)
    }

    @Test("counters that stand apart from what was heard, or began anew, are no sign of a user that is told nothing")
    func notDeaf() {
        var follower = follower()
        follower.feed((listing([("suporte", 10, 5)]) + ended("AgentComplete")).utf8)
        follower.feed(listing([("suporte", 14, 5)]).utf8)
        #expect(follower.warnings.isEmpty && follower.compareQueues() != nil, "a listing came between two ends")
        follower.beginConnection()
        follower.feed(listing([("suporte", 90, 5)]).utf8)
        #expect(follower.warnings.isEmpty, "between two connections nothing is heard")
        follower.feed(listing([("suporte", 3, 0)]).utf8)
        #expect(follower.warnings.isEmpty, "it counts anew")
    }

    @Test("absurd counters count nothing, and queues without end are not kept")
    func absurd() {
        var follower = follower()
        let events = [
            "Queue: a\r\nCompleted: -1\r\nAbandoned: 0", "Queue: b\r\nCompleted: x\r\nAbandoned: 0",
            "Queue: c\r\nCompleted: 9223372036854775807\r\nAbandoned: 0", "Queue: d\r\nCompleted: 1",
            "Completed: 1\r\nAbandoned: 1",
        ]
        follower.feed(events.map { "Event: QueueParams\r\n\($0)\r\n\r\n" }.joined().utf8)
        #expect(follower.takeQueues() == nil)
        for number in 0..<2_000 { follower.feed(listing([("q\(number)", 1, 1)]).utf8) }
        #expect(follower.compareQueues()?.count == AMIQueueTally.mostQueues)
    }
}
