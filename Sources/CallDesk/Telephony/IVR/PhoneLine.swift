import IVRBridge
import Logging

/// Speaks to a caller and hears their keys: utterances become sounds, keys become answers.
struct PhoneLine: Sendable {
    /// How long a caller may think between two keys.
    static let betweenKeys = Duration.seconds(3)
    /// After a zero, which alone asks for a person: whoever types a document that begins so goes on sooner.
    static let afterZero = Duration.milliseconds(1_500)
    /// Between the groups of a number, so that it can be written down; needs no sound of its own.
    static let pause = Duration.milliseconds(300)

    let call: any PhoneCall
    /// Where the PBX finds the sounds of the caller's language: `calldesk/pt-BR`.
    let folder: String
    /// Where sounds that the PBX does not find are noted.
    let missing: MissingSounds
    /// The PBX's line, by which they are noted.
    let line: String
    let logger: Logger

    /// Plays everything; a key stops it at once.
    ///
    /// - Returns: the key that stopped it.
    func play(_ utterances: [Utterance]) async throws(PhoneCallError) -> Character? {
        var news: [String] = []
        defer {
            if let first = news.first {
                logger.warning(
                    "the PBX does not find sounds of the menu; \(MissingSounds.remedy)",
                    metadata: ["line": "\(line)", "sound": "\(first)", "missing": "\(news.count)"]
                )
            }
        }
        for sound in utterances.flatMap(\.sounds) {
            if sound == Utterance.pause {
                if let key = try await call.key(within: Self.pause) { return key }
                continue
            }
            let file = "\(folder)/\(sound)"
            switch try await call.play(file) {
            case .whole: missing.found(file, line: line)
            case .missing: if missing.note(file, line: line) { news.append(file) }
            case .key(let key):
                missing.found(file, line: line)
                return key
            }
        }
        return nil
    }

    /// Asks, and collects keys until the most of them, `#`, or a pause.
    ///
    /// - Returns: the keys without the `#` that ended them, a lone `#` as it is; nil when there was none.
    func ask(_ question: PhoneScript.Question) async throws(PhoneCallError) -> String? {
        let played = try await play(question.say)
        let first: Character?
        if let played { first = played } else { first = try await call.key(within: question.patience) }
        guard let first else { return nil }
        var keys = String(first)
        while keys.count < question.most, keys.last != "#" {
            guard let key = try await call.key(within: keys == "0" ? Self.afterZero : Self.betweenKeys) else { break }
            keys.append(key)
        }
        if keys.count > 1, keys.last == "#" { keys.removeLast() }
        return keys
    }
}
