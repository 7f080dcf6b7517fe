/// Why a line of a file was not taken.
public enum ImportFault: Sendable, Hashable {
    case customer(CustomerFault)
    /// The line cannot be read as CSV.
    case unreadable(String)
    /// More fields than the header has columns.
    case tooManyFields
    /// The same customer, contact and contract stand on an earlier line.
    case duplicate(ofLine: Int)
    /// Neither `pessoa` nor `empresa`.
    case notAKind
    /// None of the desk's languages.
    case notALanguage
    /// Neither yes nor no.
    case notYesOrNo
    /// The database refuses the line's values.
    case notStored

    /// What is wrong and what to do.
    public func message(in language: Language) -> String {
        switch self {
        case .customer(let fault): fault.message(in: language)
        case .unreadable(let reason): Self.unreadable(reason)[language]
        case .tooManyFields:
            LocalizedText(
                "A linha tem mais campos que o cabeçalho. Ponha entre aspas os campos com separador.",
                ptPT: "A linha tem mais campos do que o cabeçalho. Ponha entre aspas os campos com separador.",
                en: "The line has more fields than the header. Quote fields that hold the separator."
            )[language]
        case .duplicate(let line):
            LocalizedText(
                "Repete a linha \(line). Deixe só uma das duas.",
                en: "It repeats line \(line). Keep one of the two."
            )[language]
        case .notAKind:
            LocalizedText("Tipo: escreva pessoa ou empresa.", en: "Kind: write person or company.")[language]
        case .notALanguage:
            LocalizedText("Idioma: escreva pt-BR, pt-PT ou en.", en: "Language: write pt-BR, pt-PT or en.")[language]
        case .notYesOrNo:
            LocalizedText("Escreva sim ou não.", en: "Write yes or no.")[language]
        case .notStored:
            LocalizedText(
                "O banco de dados não aceita os valores desta linha. Confira textos longos e sinais estranhos.",
                ptPT: "A base de dados não aceita os valores desta linha. Confira textos longos e sinais estranhos.",
                en: "The database does not take this line's values. Look for long texts and strange characters."
            )[language]
        }
    }

    private static func unreadable(_ reason: String) -> LocalizedText {
        switch reason {
        case CSVFault.Reason.openQuote.rawValue:
            LocalizedText(
                "As aspas abertas nesta linha nunca fecham.",
                en: "The quotation mark opened on this line is never closed."
            )
        case CSVFault.Reason.textAfterQuote.rawValue:
            LocalizedText(
                "Há texto depois das aspas que fecham um campo. Dobre as aspas dentro do campo.",
                en: "Text follows a closing quotation mark. Double the marks within a field."
            )
        case CSVFault.Reason.tooManyFields.rawValue:
            LocalizedText(
                "A linha tem campos demais.",
                ptPT: "A linha tem demasiados campos.",
                en: "The line has too many fields."
            )
        default:
            LocalizedText(
                "A linha é longa demais. Confira se falta fechar aspas.",
                ptPT: "A linha é demasiado longa. Verifique se falta fechar aspas.",
                en: "The line is too long. Check for a quotation mark that is never closed."
            )
        }
    }
}

/// One thing wrong with one line.
public struct ImportRefusal: Sendable, Hashable {
    /// Counted from 1, the header's line included, as editors show it.
    public var line: Int
    /// The column as the file's header spells it; nil when the whole line is meant.
    public var column: String?
    public var fault: ImportFault

    /// Place and reason on one line: `linha 7, coluna CPF: …`.
    public func text(in language: Language) -> String {
        let place = LocalizedText("linha", en: "line")[language]
        let at = column.map { ", \(LocalizedText("coluna", en: "column")[language]) \($0)" } ?? ""
        return "\(place) \(line)\(at): \(fault.message(in: language))"
    }
}

/// What came of an import.
public struct ImportReport: Sendable, Hashable {
    /// Refusals kept here; every one is handed to `onRefusal` as it is found.
    public static let mostKept = 10_000

    public var created = 0
    public var updated = 0
    public var unchanged = 0
    /// Lines not taken.
    public var refused = 0
    public var refusals: [ImportRefusal] = []
    /// Headers that mean nothing to the import, as the file spells them.
    public var ignoredColumns: [String] = []

    public var lines: Int { created + updated + unchanged + refused }

    /// One sentence with the numbers.
    public func summary(in language: Language) -> String {
        LocalizedText(
            "\(lines) linhas: \(created) novas, \(updated) atualizadas, \(unchanged) sem mudança, \(refused) recusadas.",
            en: "\(lines) lines: \(created) new, \(updated) updated, \(unchanged) unchanged, \(refused) refused."
        )[language]
    }
}

/// Why a file could not be imported, or not to its end; what was taken before stays.
public enum ImportError: Error, Sendable {
    case unreadableFile(path: String, reason: String)
    /// The first line names no column of names.
    case noHeader
    /// More lines than one import takes.
    case tooLong(most: Int)
    case store(StoreError)
}

extension ImportError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadableFile(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noHeader:
            "the first line names no column ‘nome’ or ‘name’; write the columns' names there, see docs/customers.md"
        case .tooLong(let most): "the file has more than \(most) lines; split it, what was read is imported"
        case .store(let error): error.description
        }
    }
}
