import IVRBridge
import Logging

/// Speaks to a caller and hears their keys: utterances become sounds, keys become answers.
struct PhoneLine: Sendable {
    /// How long a caller may think between two keys.
    static let betweenKeys = Duration.seconds(3)
    /// Between two keys of a number that has to be looked up: a document or a contract is read off a card.
    static let betweenLongKeys = Duration.seconds(5)
    /// The most keys of an answer that is known by heart.
    static let mostShortKeys = 8
    /// For the `#` after the last key that an answer can have: callers are told to press it.
    static let afterLast = Duration.milliseconds(1_500)
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

    /// What a caller keyed.
    struct Keyed: Sendable, Equatable {
        /// Without the `#` that ended them; a lone `#` as it is.
        var keys: String
        /// Whether only silence ended them: there may have been more to come.
        var isCutShort: Bool
        /// A key after the last that the answer can have: it belongs to what is asked next.
        var ahead: Character?
    }

    /// Asks, and collects keys until the most of them, `#`, or a pause.
    ///
    /// `ahead`: a key pressed before the question, which is then not heard.
    /// - Returns: nil when there was no key.
    func ask(_ question: PhoneScript.Question, ahead: Character? = nil) async throws(PhoneCallError) -> Keyed? {
        var first = ahead
        if first == nil { first = try await play(question.say) }
        if first == nil { first = try await call.key(within: question.patience) }
        guard let first else { return nil }
        guard question.most > 1, first != "#" else {
            return Keyed(keys: String(first), isCutShort: false, ahead: nil)
        }
        let between = question.most > Self.mostShortKeys ? Self.betweenLongKeys : Self.betweenKeys
        var keys = String(first)
        while keys.count < question.most {
            guard let key = try await call.key(within: keys == "0" ? Self.afterZero : between) else {
                return Keyed(keys: keys, isCutShort: true, ahead: nil)
            }
            if key == "#" { return Keyed(keys: keys, isCutShort: false, ahead: nil) }
            keys.append(key)
        }
        let last = try await call.key(within: Self.afterLast)
        return Keyed(keys: keys, isCutShort: false, ahead: last == "#" ? nil : last)
    }
}
