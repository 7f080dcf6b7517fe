import Foundation
import Synchronization

/// A recorded stream with the times of its pieces, to be played as a new call.
package struct Recording: Sendable {
    struct Piece: Sendable, Equatable {
        /// Seconds since the piece before.
        var pause: Double
        var bytes: [UInt8]
    }

    let pieces: [Piece]

    /// Reads a stream and its `.chunks` file: lines of `seconds offset length`.
    ///
    /// What stands before the first event (greeting, sign-in) is left out; without times every packet is a piece.
    package init(stream: [UInt8], chunks: String) {
        var pieces: [Piece] = []
        var before: Double?
        let start = Self.firstEvent(in: stream)
        for line in chunks.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            guard parts.count == 3, let time = Double(parts[0]), let offset = Int(parts[1]), let length = Int(parts[2]),
                offset >= 0, length > 0, offset + length <= stream.count, offset + length > start
            else { continue }
            let bytes = Array(stream[max(offset, start)..<offset + length])
            // No pause in a recording is longer than a minute; a file that says so is not believed.
            pieces.append(Piece(pause: min(max(0, time - (before ?? time)), 60), bytes: bytes))
            before = time
        }
        self.pieces = pieces.isEmpty ? [Piece(pause: 0, bytes: Array(stream[start...]))] : pieces
    }

    /// A scenario as an Asterisk tells of it.
    ///
    /// `seed` chooses times within their ranges; `key` is the first leg's identity where the desk gave it.
    package init(_ scenario: Scenario, seed: UInt64, key: String? = nil) {
        self.init(scenario, seed: seed, key: key) { AMIScenarioScript($0, nextID: $1) }
    }

    /// A scenario as a FreeSWITCH tells of it.
    package init(switch scenario: Scenario, seed: UInt64, key: String? = nil) {
        self.init(scenario, seed: seed, key: key) { ESLScenarioScript($0, nextID: $1) }
    }

    private init(
        _ scenario: Scenario,
        seed: UInt64,
        key: String?,
        _ made: (Scenario, @escaping @Sendable () -> String) -> some ScenarioScript
    ) {
        let counter = Mutex(0)
        var script = made(scenario) {
            let count = counter.withLock { count in
                count += 1
                return count
            }
            return "1700000000.\(count)"
        }
        var pieces: [Piece] = []
        var (text, at, pause) = (script.begin(key), 0.0, 0.0)
        for (step, time) in zip(scenario.steps, scenario.times(seed: seed)) {
            // What happens at once is sent at once.
            if time > at {
                pieces.append(Piece(pause: pause, bytes: Array(text.utf8)))
                (text, pause, at) = ("", time - at, time)
            }
            text += script.perform(step.deed)
        }
        self.pieces = pieces + [Piece(pause: pause, bytes: Array(text.utf8))]
    }

    private static func firstEvent(in stream: [UInt8]) -> Int {
        // An Asterisk's first channel; a FreeSWITCH's first frame with a length.
        for mark in ["\r\nEvent: Newchannel", "\n\nContent-Length: "].map({ Array($0.utf8) }) {
            guard stream.count > mark.count else { continue }
            for start in 0..<(stream.count - mark.count) where stream[start..<start + mark.count].elementsEqual(mark) {
                return start + 2
            }
        }
        return 0
    }

    /// The pieces as a call of its own: new identities, another caller, more time to talk.
    func asNewCall(_ call: SimulatedCall, identity: (String) -> String) -> [Piece] {
        var hasTalked = false
        return pieces.map { piece in
            var text = String(decoding: piece.bytes, as: UTF8.self)
            text = Self.replacingIdentities(in: text, with: identity)
            if let number = call.number { text = text.replacing("11987654321", with: number) }
            if let name = call.name { text = text.replacing("Maria Silva", with: name) }
            var pause = piece.pause
            if !hasTalked, text.contains("Event: HangupRequest"), call.talk > .zero {
                hasTalked = true
                pause += Double(call.talk.components.seconds)
            }
            return Piece(pause: pause, bytes: Array(text.utf8))
        }
    }

    /// Replaces every `epoch.counter` the same way throughout.
    private static func replacingIdentities(in text: String, with identity: (String) -> String) -> String {
        var result = ""
        var rest = Substring(text)
        while let start = rest.firstIndex(where: { $0.isASCII && $0.isNumber }) {
            result += rest[..<start]
            let run = rest[start...].prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let parts = run.split(separator: ".", omittingEmptySubsequences: false)
            if parts.count == 2, parts[0].count == 10, !parts[1].isEmpty {
                result += identity(String(run))
            } else {
                result += run
            }
            rest = rest[run.endIndex...]
        }
        return result + rest
    }
}

/// How a recording is to look when it is played.
package struct SimulatedCall: Sendable {
    /// The caller's number as the line sends it; nil keeps the recorded one.
    package var number: String?
    package var name: String?
    /// Time added before somebody hangs up.
    package var talk: Duration
    /// Which phones stand for those of a scenario.
    package var phones: [String: String]

    package init(
        number: String? = nil,
        name: String? = nil,
        talk: Duration = .zero,
        phones: [String: String] = [:]
    ) {
        self.number = number
        self.name = name
        self.talk = talk
        self.phones = phones
    }
}
