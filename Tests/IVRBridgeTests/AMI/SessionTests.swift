import NIOCore
import Synchronization
import Testing

@testable import IVRBridge

@Suite("What is said over a manager connection")
struct SessionTests {
    private func packet(_ lines: [(String, String)]) -> AMIPacket {
        var decoder = AMIFrameDecoder()
        var found: [AMIPacket] = []
        let text = lines.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
        decoder.feed(
            Array("Asterisk Call Manager/5.0.4\r\n\(text)".utf8),
            packet: { found.append($0) },
            fault: { _ in }
        )
        return found.first ?? AMIPacket(headers: [])
    }

    private func running() -> AMISessionState {
        var state = AMISessionState(user: "calldesk", secret: "segredo")
        _ = state.begin()
        _ = state.receive(packet([("Response", "Success"), ("ActionID", "challenge"), ("Challenge", "1234")]))
        _ = state.receive(
            packet([("Response", "Success"), ("ActionID", "login"), ("Message", "Authentication accepted")])
        )
        return state
    }

    private func refusal(_ id: String, _ message: String) -> AMIPacket {
        packet([("Response", "Error"), ("ActionID", id), ("Message", message)])
    }

    @Test("a PBX that is starting is asked again; one that denies the right is told of")
    func starting() {
        var state = running()
        let unknown = "Invalid/unknown command: QueueStatus. Use Action: ListCommands to show available commands."
        #expect(state.receive(refusal("queues-1", unknown)) == [.notYet])
        let denied = state.receive(refusal("channels-1", "Permission denied"))
        #expect(
            denied == [.limited("the user may not list channels and queues; add 'reporting' to write in manager.conf")]
        )
    }

    private func event(_ name: String, _ id: String) -> AMIPacket { packet([("Event", name), ("ActionID", id)]) }

    @Test("a comparison is whole when the queues are told too, refused, or passed over")
    func whole() {
        var told = running()
        #expect(told.receive(event("QueueStatusComplete", "queues-1")) == [])
        #expect(told.receive(event("CoreShowChannelsComplete", "channels-2")) == [])
        #expect(told.receive(event("QueueStatusComplete", "queues-2")) == [.compared(isWhole: true)])
        #expect(told.receive(event("QueueStatusComplete", "queues-2")) == [])
        var refused = running()
        _ = refused.receive(event("CoreShowChannelsComplete", "channels-2"))
        #expect(refused.receive(refusal("queues-2", "Invalid/unknown command")) == [.notYet, .compared(isWhole: true)])
        var silent = running()
        _ = silent.compare()
        _ = silent.receive(event("CoreShowChannelsComplete", "channels-2"))
        let pong = packet([("Response", "Success"), ("ActionID", "ping-1"), ("Ping", "Pong")])
        #expect(silent.receive(pong) == [.compared(isWhole: true)])
    }

    @Test("a comparison whose queues were refused is not whole, and what was told of it stays; the next may be")
    func refusedQueues() {
        let denied = "the user may not list channels and queues; add 'reporting' to write in manager.conf"
        var state = running()
        _ = state.compare()
        #expect(state.receive(event("CoreShowChannelsComplete", "channels-1")) == [])
        let outcome = state.receive(refusal("queues-1", "Permission denied"))
        #expect(outcome == [.limited(denied), .compared(isWhole: false)])
        _ = state.compare()
        _ = state.receive(event("CoreShowChannelsComplete", "channels-2"))
        #expect(state.receive(event("QueueStatusComplete", "queues-2")) == [.compared(isWhole: true)])
        // A PBX that knows the question and goes on refusing it is in trouble; one that does not has no queues.
        let last = "the PBX does not list its queues; look whether app_queue.so works (module show like app_queue)"
        for (message, told) in [
            ("Can not list queues", [.limited(last), .compared(isWhole: false)]),
            ("Invalid/unknown command: QueueStatus.", [.compared(isWhole: true)]),
        ] as [(String, [AMISessionState.Output])] {
            var state = running()
            for number in 0..<31 {
                _ = state.compare()
                _ = state.receive(event("CoreShowChannelsComplete", "channels-\(number)"))
                let outcome = state.receive(refusal("queues-\(number)", message))
                #expect(outcome == (number < 30 ? [.notYet, .compared(isWhole: true)] : told), "\(number)")
            }
        }
    }

    @Test("a PBX without queues is not asked for them for ever, and that is no fault")
    func withoutQueues() {
        var state = running()
        for _ in 0..<30 { #expect(state.receive(refusal("queues-1", "Invalid/unknown command")) == [.notYet]) }
        #expect(state.receive(refusal("queues-1", "Invalid/unknown command")) == [])
        #expect(
            state.receive(refusal("channels-1", "Invalid/unknown command"))
                == [.limited("the PBX does not list its channels; look whether it has started whole")]
        )
    }

    @Test("a login that takes long leaves the first question its whole time; one without an answer is told then")
    func slowLogin() {
        let seconds = Mutex<Int64>(0)
        let at: @Sendable () -> NIODeadline = { .uptimeNanoseconds(1) + .seconds(seconds.withLock { $0 }) }
        let session = LineSession(
            line: "matriz",
            conversation: AMISessionState(user: "calldesk", secret: "segredo"),
            pace: LinePace(),
            clock: at
        )
        func look(after second: Int64) -> String? {
            seconds.withLock { $0 = second }
            return session.look()
        }
        session.begin()
        #expect(look(after: 9) == nil)
        let challenge = [("Response", "Success"), ("ActionID", "challenge"), ("Challenge", "1234")]
        _ = session.receive(packet(challenge))
        _ = session.receive(packet([("Response", "Success"), ("ActionID", "login")]))
        #expect(session.with { $0.isWaitingForPing })
        #expect(look(after: 11) == nil && look(after: 19) == nil, "asked at the ninth second")
        #expect(look(after: 20) == "the PBX does not answer any more")
        _ = session.receive(packet([("Response", "Success"), ("ActionID", "ping-1"), ("Ping", "Pong")]))
        #expect(look(after: 21) == nil)
        // The next is asked fifteen seconds after the one before, and has ten of its own.
        #expect(look(after: 25) == nil && look(after: 35) == nil)
        #expect(look(after: 36) == "the PBX does not answer any more")
    }

    @Test("a login that is not answered is told after ten seconds")
    func noLogin() {
        let seconds = Mutex<Int64>(0)
        let session = LineSession(
            line: "matriz",
            conversation: AMISessionState(user: "calldesk", secret: "segredo"),
            pace: LinePace(),
            clock: { .uptimeNanoseconds(1) + .seconds(seconds.withLock { $0 }) }
        )
        session.begin()
        seconds.withLock { $0 = 10 }
        #expect(session.look() == nil)
        seconds.withLock { $0 = 11 }
        #expect(session.look()?.contains("does not answer the login") == true)
    }

    @Test("a call that is put in a queue is not made yet: its channel's being there, or what came of it, is the answer")
    func originating() {
        let action = AMIAction("Originate", [("Channel", "PJSIP/1001"), ("ChannelId", "calldesk-7")])
        let queued = packet([
            ("Response", "Success"), ("ActionID", "o-1"), ("Message", "Originate successfully queued"),
        ])
        func told(_ response: String) -> AMIPacket {
            packet([
                ("Event", "OriginateResponse"), ("ActionID", "o-1"), ("Response", response), ("Reason", "0"),
                ("Uniqueid", "<unknown>"),
            ])
        }
        func answer(_ outputs: [AMISessionState.Output]) -> Bool? {
            guard outputs.count == 1, case .answer("o-1", let response) = outputs[0] else { return nil }
            return response.isSuccess
        }
        var state = running()
        #expect(state.originate(action, id: "o-1", key: "calldesk-7") == [.send(action, id: "o-1")])
        #expect(state.receive(queued) == [.taken(id: "o-1")])
        var (off, ringing, late) = (state, state, state)
        // The phone is off: no channel is ever made.
        #expect(answer(off.receive(told("Failure"))) == false)
        #expect(off.settle(originationOf: "o-1") == true)
        #expect(ringing.began("1764000000.1") == [])
        #expect(answer(ringing.began("calldesk-7")) == true)
        #expect(answer(late.receive(told("Success"))) == true)
        // The channel may be told before the action's own answer; a refusal is one at once.
        var early = running()
        _ = early.originate(action, id: "o-1", key: "calldesk-7")
        #expect(early.began("calldesk-7") == [])
        #expect(answer(early.receive(queued)) == true)
        var refused = running()
        _ = refused.originate(action, id: "o-1", key: "calldesk-7")
        #expect(answer(refused.receive(refusal("o-1", "Extension does not exist."))) == false)
        #expect(refused.settle(originationOf: "o-1") == false)
    }
}
