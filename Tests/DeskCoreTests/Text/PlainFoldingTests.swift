import TestSupport
import Testing

@testable import DeskCore

@Suite("Texts folded byte by byte")
struct PlainFoldingTests {
    /// What desks write, and what comes next to it: blanks of every sort, ligatures, signs, other alphabets, marks alone.
    private static let alphabet: [Unicode.Scalar] =
        (0..<0x180).compactMap { Unicode.Scalar(UInt32($0)) }
        + ["\u{180}", "\u{300}", "\u{327}", "\u{1EA5}", "\u{2009}", "\u{3000}", "Ж", "ß", "ﬁ", "😀", "\u{200D}"]

    @Test("a text is folded the same byte by byte as letter by letter")
    func plain() {
        var random = SplitMix64(seed: 26)
        var fast = 0
        for round in 0..<4_000 {
            // Half of the texts have nothing but the letters of the quick way.
            let letters = round.isMultiple(of: 2) ? Self.alphabet[..<0x180] : Self.alphabet[...]
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                if let scalar = letters.randomElement(using: &random) { text.append(scalar) }
            }
            let (given, slow) = (String(text), TextFolding.anything(String(text)))
            // Compared by bytes: to Swift a letter and its decomposition are equal.
            #expect(Array(TextFolding.fold(given).utf8) == Array(slow.utf8), "\(text.map(\.value))")
            if TextFolding.plain(given) != nil { fast += 1 }
            #expect(
                TextFolding.words(given).map { Array($0.utf8) } == TextFolding.anyWords(slow).map { Array($0.utf8) }
            )
        }
        #expect(fast > 1_900)
    }

    @Test("each letter of Latin-1 and Latin Extended-A folds to what Unicode says of it")
    func each() {
        for value in UInt32(0)..<0x180 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(scalar)b"
            #expect(TextFolding.plain(text) == TextFolding.anything(text), "U+\(String(value, radix: 16))")
        }
        #expect(TextFolding.plain("Ă\u{300}") == nil)
        #expect(TextFolding.fold("  Emissão\u{A0} de\tNOTA ") == "emissao de nota")
        #expect(TextFolding.words("Œuvre: niño’s ½ 3º") == ["oeuvre", "nino", "s", "½", "3º"])
    }
}
