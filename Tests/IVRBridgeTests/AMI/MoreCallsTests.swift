import Foundation
import Testing

@testable import IVRBridge

/// Unusual ways a call can go, recorded from Asterisk 16 and 22 with the least-privilege AMI user.
///
/// `calls.json` beside them holds, for each, what the scripted telephones did; keys, times and causes, which differ from
/// one recording to the next, are left out.
@Suite("Unusual calls, the same on both versions")
struct MoreCallsTests {
    private static let folder = Recorded.folder.appending(path: "more")
    private static let leftOut: Set<String> = [
        "call", "pbx", "cause", "recording", "started_at", "answered_at", "ended_at",
    ]

    static let scenarios: [String] = ((try? expected()) ?? [:]).keys.sorted()

    private static func expected() throws -> [String: [[String: Any]]] {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "calls.json")))
        return try #require(object as? [String: [[String: Any]]])
    }

    @Test(
        "an outgoing call that is passed on is the colleague's, until then who dialled it",
        arguments: ["16", "22"],
        ["outgoing-transferred", "outgoing-attended", "outgoing-attended-second"]
    )
    func passedOn(version: String, scenario: String) throws {
        let stream = try Data(contentsOf: Self.folder.appending(path: "\(version)-\(scenario).min.txt"))
        var follower = AMILineFollower(line: "matriz", trunks: [], normalise: Recorded.normalise)
        var holders: [String?] = []
        // Byte by byte, so that no snapshot is passed over.
        for byte in stream {
            follower.feed([byte])
            for call in follower.takeChanges() where call.direction == .outbound && holders.last != call.holder {
                holders.append(call.holder)
            }
        }
        #expect(holders.compactMap(\.self) == ["PJSIP/1001", "PJSIP/1002"])
    }

    @Test("every scenario was recorded")
    func all() { #expect(Self.scenarios.count == 98) }

    @Test("each tells who was offered the call, who took it, where it went and how it ended", arguments: scenarios)
    func told(scenario: String) throws {
        for version in ["16", "22"] {
            var replay = Replay(normalise: Recorded.normalise)
            replay.feed(try Data(contentsOf: Self.folder.appending(path: "\(version)-\(scenario).min.txt")))
            let calls = try replay.finish().map { call in
                try #require(JSONSerialization.jsonObject(with: Data(call.json().utf8)) as? [String: Any])
            }
            let wanted = try #require(Self.expected()[scenario])
            try #require(calls.count == wanted.count, "\(version)-\(scenario)")
            for (call, wanted) in zip(calls, wanted) {
                // Asterisk 16 passes bytes that are no UTF-8, 22 replaces them: that name is not compared.
                let told = call.filter { !Self.leftOut.contains($0.key) && wanted[$0.key] != nil }
                #expect(NSDictionary(dictionary: told) == NSDictionary(dictionary: wanted), "\(version)-\(scenario)")
            }
            #expect(replay.skipped.isEmpty, "\(version)-\(scenario)")
        }
    }
}
