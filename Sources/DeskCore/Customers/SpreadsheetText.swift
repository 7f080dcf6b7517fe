/// What a spreadsheet makes of a number that is none: a document, a phone, a contract's number.
enum SpreadsheetText {
    /// A cell as it was meant: out of `="0123"`, and without the `.0` that programs put behind a number.
    static func value(_ cell: String) -> String {
        var text = cell
        if text.utf8.count >= 3, text.hasPrefix("=\""), text.hasSuffix("\"") {
            text = String(text.dropFirst(2).dropLast()).replacing("\"\"", with: "\"")
        } else if text.hasPrefix("'"), let next = text.dropFirst().unicodeScalars.first,
            ("0"..."9").contains(next) || "(+".unicodeScalars.contains(next)
        {
            // The mark that makes a cell text, kept by programs that write the file themselves.
            text.removeFirst()
        }
        return text
    }

    /// Whether a cell says in words or marks that there is nothing to say: `não tem`, `n/a`, `-`.
    static func isNothing(_ cell: String) -> Bool {
        guard cell.utf8.count <= 40 else { return false }
        if !cell.unicodeScalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil }) {
            return true
        }
        return nothings.contains(TextFolding.words(cell).joined(separator: " "))
    }

    /// Without accents and in lower case, as `TextFolding` gives them.
    private static let nothings: Set<String> = [
        "desconhecido", "empty", "inexistente", "n a", "n consta", "n d", "n i", "n informado", "n possui", "n tem",
        "nao aplicavel", "nao consta", "nao ha", "nao informado", "nao informou", "nao possui", "nao tem", "nd",
        "nenhum", "nenhuma", "none", "null", "sem", "sem cnpj", "sem contato", "sem contrato", "sem cpf",
        "sem documento", "sem e mail", "sem email", "sem fone", "sem informacao", "sem nif", "sem numero", "sem tel",
        "sem telefone", "unknown", "vazio",
    ]

    /// A cell that should hold a number of digits, without a decimal point nobody wrote: `52998224725.0`.
    static func digits(_ cell: String) -> String {
        for end in [".0", ",0", ".00", ",00"] where cell.hasSuffix(end) {
            let whole = cell.dropLast(end.count)
            if whole.utf8.count >= 8, whole.utf8.allSatisfy(DocumentText.isDigit) { return String(whole) }
        }
        return cell
    }

    /// Whether the digits are gone for good: `1,12223E+13`.
    static func isRounded(_ cell: String) -> Bool {
        let parts = cell.lowercased().split(separator: "e+", omittingEmptySubsequences: false)
        guard parts.count == 2, cell.utf8.count <= 30 else { return false }
        let isMantissa = parts[0].utf8.allSatisfy { DocumentText.isDigit($0) || $0 == 0x2C || $0 == 0x2E }
        return isMantissa && !parts[0].isEmpty && (1...2).contains(parts[1].utf8.count)
            && parts[1].utf8.allSatisfy(DocumentText.isDigit)
    }
}
