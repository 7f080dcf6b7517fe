import Testing

@testable import IVRBridge

@Suite("What a PBX says of itself")
struct ClockAndVersionTests {
    /// 2026-11-21 04:39:04 UTC, when the recording was made.
    private let recordedAt: Int64 = 1_795_235_944_000_000

    private func follow(_ text: String, now: Int64?) -> (calls: [CallSnapshot], follower: AMILineFollower) {
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.feed(text.utf8, now: now)
        return (follower.takeChanges(), follower)
    }

    @Test("a clock that is right dates calls, and nothing is said of it")
    func right() throws {
        let text = String(decoding: try Recorded.bytes("16opt-a-direct.min"), as: UTF8.self)
        let (calls, follower) = follow(text, now: recordedAt + 5_000_000)
        #expect(calls.first?.startedAt.map { $0 / 1_000 } == 1_795_235_944_535)
        #expect(follower.clockError == nil)
        #expect(follower.warnings.isEmpty)
    }

    @Test(
        "a clock that is far off dates nothing, and is told",
        arguments: [
            (-(26 * 31_536_000), "26 years ahead"), (3 * 86_400 + 60, "3 days behind"), (7_500, "2 hours behind"),
            (-300, "5 minutes ahead"), (300, "4 minutes behind"),
        ]
    )
    func wrong(seconds: Int, told: String) throws {
        let text = String(decoding: try Recorded.bytes("16opt-a-direct.min"), as: UTF8.self)
        let now = recordedAt + Int64(seconds) * 1_000_000
        let (calls, follower) = follow(text, now: now)
        let call = try #require(calls.first)
        #expect([call.startedAt, call.answeredAt, call.endedAt] == [now, now, now])
        #expect(follower.warnings.count == 1)
        #expect(follower.warnings.first?.contains(told) == true, "\(follower.warnings)")
    }

    @Test("the time a PBX tells when asked is judged alike, and forgotten when it is right again")
    func asked() {
        var follower = AMILineFollower(line: "x", normalise: Recorded.normalise)
        follower.judge(clock: 946_684_800_000_000, now: recordedAt)
        #expect(follower.warnings.count == 1)
        follower.judge(clock: recordedAt + 2_000_000, now: recordedAt)
        #expect(follower.warnings.isEmpty)
    }

    @Test(
        "the greeting tells the version; one without any is no fault",
        arguments: [
            ("Asterisk Call Manager/1.3", true), ("Asterisk Call Manager/1.0", true),
            ("Asterisk Call Manager/2.0.0", false), ("Asterisk Call Manager/11.0.0", false),
            ("# a note\r\nAsterisk Call Manager/1.3", true), ("noise\r\nAsterisk Call Manager/1.1", true),
            ("Asterisk Call Manager Proxy", false), ("Asterisk Call Manager/x", false),
        ]
    )
    func greeting(text: String, isTooOld: Bool) throws {
        let call = String(decoding: try Recorded.bytes("22-a-direct.min"), as: UTF8.self)
        let rest = try #require(call.firstRange(of: "\r\n"))
        let (calls, follower) = follow(text + call[rest.lowerBound...], now: nil)
        #expect(calls.isEmpty == isTooOld)
        #expect((follower.version?.trouble != nil) == isTooOld)
    }

    @Test("a recording of an old PBX makes no calls, and says why")
    func recording() {
        var replay = Replay(normalise: Recorded.normalise)
        replay.feed("Asterisk Call Manager/1.3\r\nEvent: Newchannel\r\nChannel: SIP/a-1\r\nUniqueid: 1.1\r\n\r\n".utf8)
        #expect(replay.finish().isEmpty)
        #expect(replay.trouble?.contains("AMI 1.3") == true)
    }

    @Test("what the PBX is and when it started is asked, and its channels when that is known")
    func questions() {
        var state = AMISessionState(user: "calldesk", secret: "segredo")
        _ = state.begin()
        func answer(_ id: String, _ headers: [(String, String)]) -> [AMISessionState.Output] {
            let all = [("Response", "Success"), ("ActionID", id)] + headers
            return state.receive(AMIPacket(headers: all.map { .init(name: $0.0, value: $0.1) }))
        }
        _ = answer("challenge", [("Challenge", "1234")])
        func names(_ outputs: [AMISessionState.Output]) -> [String] {
            outputs.compactMap { if case .send(let action, _) = $0 { action.name } else { nil } }
        }
        #expect(names(answer("login", [])) == ["CoreSettings", "CoreStatus", "Ping"])
        var deaf = state
        let pong = deaf.receive(
            AMIPacket(headers: [.init(name: "Response", value: "Success"), .init(name: "ActionID", value: "ping-1")])
        )
        // Who does not answer that is asked for the channels when the ping behind it is answered.
        #expect(names(pong) == ["CoreShowChannels", "QueueStatus"])
        #expect(
            answer("settings", [("AMIversion", "5.0.4"), ("AsteriskVersion", "16.28.0")])
                == [.product("Asterisk 16.28.0", AMIVersion(major: 5, minor: 0))]
        )
        let status = answer("status", [("CoreStartupDate", "2026-11-25"), ("CoreStartupTime", "18:00:00")])
        #expect(status.first == .started("2026-11-25 18:00:00"))
        #expect(names(status) == ["CoreShowChannels", "QueueStatus"])
        // Who may not ask that is shown the channels all the same.
        #expect(names(answer("status", [("Message", "Permission denied")])) == ["CoreShowChannels", "QueueStatus"])
        #expect(
            answer("ping-1", [("Ping", "Pong"), ("Timestamp", "946684800.250000")]) == [.clock(946_684_800_250_000)]
        )
    }
}
