import Foundation
import Testing

@Suite("One word for one thing")
struct OneWordTests {
    /// A text of ours is solved (“resolvido”) and closed (“fechado”), never both in other words.
    @Test("what is solved is “resolvido” everywhere")
    func solved() throws {
        for file in try House.files("Sources", ["swift", "json", "mustache", "js", "xml"]) {
            #expect(!file.text.lowercased().contains("solucionad"), "\(file.path)")
        }
    }

    @Test("people in Portugal read “pedido”, never “chamado”, in pages, history and refusals alike")
    func portugal() throws {
        let locale = try #require(
            House.files("Sources/CallDesk/Resources/locales", ["json"]).first { $0.path.hasSuffix("pt-PT.json") }
        )
        #expect(locale.text.matches(of: Self.brazilian).isEmpty, "\(locale.path)")
        var looked = 0
        for file in try House.files("Sources") {
            for text in Self.portuguese(in: file.text) {
                looked += 1
                #expect(text.matches(of: Self.brazilian).isEmpty, "\(file.path): \(text)")
            }
        }
        #expect(looked > 600)
    }

    private static var brazilian: Regex<Substring> { /\b[Cc]hamados?\b/ }

    /// What a source says to people in Portugal: their own words where there are some, else the first ones.
    private static func portuguese(in source: String) -> [String] {
        source.matches(of: /\b(LocalizedText|NoticeWords|say|text)\(/).compactMap { match in
            let parts = arguments(source[match.range.upperBound...])
            guard let first = parts.first, first.hasPrefix("\"") else { return nil }
            if match.1 == "LocalizedText" { return parts.first { $0.hasPrefix("ptPT:") } ?? first }
            return parts.count == 3 ? parts[1] : nil
        }
    }

    /// The arguments of a call up to its closing parenthesis; commas and parentheses in its texts are part of them.
    private static func arguments(_ rest: Substring) -> [String] {
        var (parts, depth, isText, isEscaped) = ([""], 0, false, false)
        // Longer than any call with three texts; a loop over a file ends in any case.
        for sign in rest.prefix(4_000) {
            if isText {
                parts[parts.count - 1].append(sign)
                (isText, isEscaped) = (sign != "\"" || isEscaped, sign == "\\" && !isEscaped)
                continue
            }
            switch sign {
            case "(", "[", "{": depth += 1
            case ")" where depth == 0: return parts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            case ")", "]", "}": depth -= 1
            case "\"": isText = true
            case "," where depth == 0:
                parts.append("")
                continue
            default: break
            }
            parts[parts.count - 1].append(sign)
        }
        return []
    }
}
