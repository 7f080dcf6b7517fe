/// Numbers as one says them on the telephone: in groups, and digit by digit in words.
public enum SpokenDigits {
    /// Groups of four from the left: `2026000123456` becomes `2026 0001 2345 6`.
    ///
    /// A number that has separators of its own keeps them.
    public static func grouped(_ number: String) -> String {
        guard number.utf8.allSatisfy({ DocumentText.isDigit($0) }), number.utf8.count > 5 else { return number }
        var groups: [Substring] = []
        var rest = Substring(number)
        while !rest.isEmpty {
            groups.append(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        return groups.joined(separator: " ")
    }

    /// Every digit as a word, groups apart by a comma: `dois zero dois meia, zero …`.
    ///
    /// Brazil says “meia” for six on the telephone, so that it is not heard as “três”. Letters are said as themselves.
    public static func words(_ number: String, language: Language) -> String {
        let names = names(language)
        return grouped(number).split(separator: " ").map { group in
            group.map { character in
                guard let value = character.isASCII ? character.wholeNumberValue : nil, names.indices.contains(value)
                else { return String(character) }
                return names[value]
            }.joined(separator: " ")
        }.joined(separator: ", ")
    }

    private static func names(_ language: Language) -> [String] {
        switch language {
        case .ptBR: ["zero", "um", "dois", "três", "quatro", "cinco", "meia", "sete", "oito", "nove"]
        case .ptPT: ["zero", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove"]
        case .en: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
        }
    }
}
