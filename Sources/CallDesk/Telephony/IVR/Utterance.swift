import DeskCore

/// One thing the menu says; each is one or more sounds.
enum Utterance: Sendable, Equatable {
    case sentence(PhoneSentence)
    /// An offered section or topic with its key, or a question of a form, by the name of its sound.
    case catalogue(String)
    /// Sign by sign, as one dictates: `2026 0001…`, `PR-2026`.
    case spelled(String)
    /// As a number: 23 is “vinte e três”; more than the greatest rendered is spelled.
    case number(Int)
    case date(CalendarDay)

    /// Stands among the sounds for a moment's silence.
    static let pause = "pause"

    /// The sounds, in order.
    var sounds: [String] {
        switch self {
        case .sentence(let sentence): [sentence.rawValue]
        case .catalogue(let name): [name]
        case .spelled(let text): text.compactMap(Self.sound(of:))
        case .number(let number):
            SpokenSigns.numbers.contains(number)
                ? ["number-\(number)"] : String(number).compactMap(Self.sound(of:))
        case .date(let day):
            // A month's first day has a word of its own: “primeiro de março”.
            [
                day.day == 1 ? PhoneSentence.firstDay.rawValue : "number-\(day.day)", PhoneSentence.of.rawValue,
                "month-\(day.month)",
            ]
        }
    }

    /// Digits and letters have sounds, as have the signs a protocol number may hold; anything else is left out.
    private static func sound(of sign: Character) -> String? {
        guard let ascii = sign.asciiValue else { return nil }
        switch ascii {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return "digit-\(sign)"
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            return "letter-\(sign.lowercased())"
        case UInt8(ascii: "-"): return "sign-dash"
        case UInt8(ascii: "/"): return "sign-slash"
        case UInt8(ascii: "."): return "sign-dot"
        case UInt8(ascii: " "): return pause
        default: return nil
        }
    }
}

/// Digits, letters, numbers and months as they are said, so that no sound package of the PBX is needed.
enum SpokenSigns {
    /// Days, hours, minutes and people in a queue.
    static let numbers = 0...60

    /// Every sound of this kind with its text.
    static func all(_ language: Language) -> [(name: String, text: String)] {
        var all = (0...9).map { ("digit-\($0)", SpokenDigits.words(String($0), language: language)) }
        all += "abcdefghijklmnopqrstuvwxyz".map { ("letter-\($0)", letter($0, language)) }
        all += [
            ("sign-dash", LocalizedText("traço", en: "dash")[language]),
            ("sign-slash", LocalizedText("barra", en: "slash")[language]),
            ("sign-dot", LocalizedText("ponto", en: "dot")[language]),
        ]
        all += numbers.map { ("number-\($0)", String($0)) }
        all += months(language).enumerated().map { ("month-\($0.offset + 1)", $0.element) }
        return all.map { (name: $0.0, text: $0.1) }
    }

    private static func months(_ language: Language) -> [String] {
        switch language {
        case .en:
            [
                "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December",
            ]
        case .ptBR, .ptPT:
            [
                "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
                "novembro", "dezembro",
            ]
        }
    }

    /// Letters by their names in Portuguese: a synthesiser left to itself says some as words.
    private static func letter(_ letter: Character, _ language: Language) -> String {
        guard language != .en else { return letter.uppercased() }
        let names: [Character: String] = [
            "a": "á", "b": "bê", "c": "cê", "d": "dê", "e": "é", "f": "éfe", "g": "gê", "h": "agá", "i": "i",
            "j": "jota", "k": "cá", "l": "éle", "m": "ême", "n": "êne", "o": "ó", "p": "pê", "q": "quê", "r": "érre",
            "s": "ésse", "t": "tê", "u": "u", "v": "vê", "w": "dáblio", "x": "xis", "y": "ípsilon", "z": "zê",
        ]
        return names[letter] ?? String(letter)
    }
}
