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
                "As aspas abertas nesta linha não fecham onde deviam. Feche-as ou tire-as.",
                en: "The quotation mark opened on this line does not close where it should. Close it or take it out."
            )
        case CSVFault.Reason.withinOpenQuote.rawValue:
            LocalizedText(
                "Vem depois de aspas abertas e não tem as colunas do cabeçalho. Feche as aspas da linha recusada antes.",
                en:
                    "It follows an open quotation mark and has not the header's columns. Close the mark refused before it."
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
    /// The last line that is lost with it; the same, but for quoted line breaks.
    public var lastLine: Int
    /// The column as the file's header spells it; nil when the whole line is meant.
    public var column: String?
    public var fault: ImportFault

    init(line: Int, through lastLine: Int? = nil, column: String?, fault: ImportFault) {
        self.line = line
        self.lastLine = lastLine ?? line
        self.column = column
        self.fault = fault
    }

    /// Place and reason on one line: `linha 7, coluna CPF: …`.
    public func text(in language: Language) -> String {
        ImportPlace.text(line, through: lastLine, column: column, in: language) + ": \(fault.message(in: language))"
    }
}

/// Where in a file something is, as it is told.
enum ImportPlace {
    /// `linha 7, coluna CPF` or `linhas 7 a 9`.
    static func text(_ line: Int, through lastLine: Int, column: String?, in language: Language) -> String {
        let at = column.map { ", \(LocalizedText("coluna", en: "column")[language]) \($0)" } ?? ""
        let lines =
            line == lastLine
            ? LocalizedText("linha \(line)", en: "line \(line)")
            : LocalizedText("linhas \(line) a \(lastLine)", en: "lines \(line) to \(lastLine)")
        return lines[language] + at
    }
}

/// Something that was mended in a line that was taken, to be looked over.
public struct ImportMending: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Zeros in front of a document were put back.
        case zeros
    }

    public var line: Int
    /// The column as the file's header spells it.
    public var column: String?
    public var kind: Kind

    /// Place and what was done on one line.
    public func text(in language: Language) -> String {
        let what =
            switch kind {
            case .zeros:
                LocalizedText(
                    "faltavam zeros à frente, que a planilha tirou; foram repostos. Confira.",
                    ptPT: "faltavam zeros à frente, que a folha de cálculo tirou; foram repostos. Verifique.",
                    en: "zeros in front were missing, taken off by a spreadsheet, and were put back. Check it."
                )
            }
        return ImportPlace.text(line, through: line, column: column, in: language) + ": \(what[language])"
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
    /// What was mended in lines that were taken, the first `mostKept` of them.
    public var mendings: [ImportMending] = []
    /// Headers that mean nothing to the import, as the file spells them.
    public var ignoredColumns: [String] = []

    /// What else there is to say, one line each: columns that were passed over, and what was mended.
    public func remarks(in language: Language) -> [String] {
        ignoredColumns.map {
            LocalizedText("coluna não usada: \($0)", en: "column not used: \($0)")[language]
        } + mendings.map { $0.text(in: language) }
    }

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
    /// The first line does not name these columns, or no line fills them.
    case noColumns([String])
    /// Another import was whole before this one.
    case overtaken
    /// More lines than one import takes.
    case tooLong(most: Int)
    /// More lines than there can be postal codes; the file before is looked into as ever.
    case tooManyCodes(most: Int)
    case store(StoreError)
}

extension ImportError {
    /// What is wrong and what to do.
    public func message(in language: Language) -> String {
        switch self {
        case .unreadableFile(let path, let reason):
            LocalizedText(
                "Não foi possível ler \(path): \(reason)",
                en: "\(path) cannot be read: \(reason)"
            )[language]
        case .noHeader:
            LocalizedText(
                "A primeira linha não traz a coluna “nome”. Escreva nela os nomes das colunas; veja docs/customers.md.",
                ptPT:
                    "A primeira linha não tem a coluna “nome”. Escreva nela os nomes das colunas; ver docs/customers.md.",
                en: "The first line names no column “name”. Write the columns' names there; see docs/customers.md."
            )[language]
        case .noColumns(let names):
            LocalizedText(
                "A primeira linha tem de trazer as colunas \(names.joined(separator: ", ")), e ao menos uma linha preenchê-las; veja docs/customers.md.",
                ptPT:
                    "A primeira linha tem de ter as colunas \(names.joined(separator: ", ")), e pelo menos uma linha preenchê-las; ver docs/customers.md.",
                en:
                    "The first line has to name the columns \(names.joined(separator: ", ")), and at least one line to fill them; see docs/customers.md."
            )[language]
        case .overtaken:
            LocalizedText(
                "Outra importação terminou enquanto esta corria, e vale a outra. Rode esta de novo, se é a mais nova.",
                ptPT:
                    "Outra importação terminou enquanto esta corria, e vale a outra. Execute esta de novo, se é a mais recente.",
                en: "Another import ended while this one ran, and counts. Run this one again if it is the newer."
            )[language]
        case .tooLong(let most):
            LocalizedText(
                "O arquivo tem mais de \(most) linhas. Divida-o; o que foi lido está importado.",
                ptPT: "O ficheiro tem mais de \(most) linhas. Divida-o; o que foi lido está importado.",
                en: "The file has more than \(most) lines. Split it; what was read is imported."
            )[language]
        case .tooManyCodes(let most):
            LocalizedText(
                "O arquivo tem mais de \(most) linhas, e tantos códigos postais não existem. Nada mudou; confira o arquivo.",
                ptPT:
                    "O ficheiro tem mais de \(most) linhas, e tantos códigos postais não existem. Nada mudou; verifique o ficheiro.",
                en:
                    "The file has more than \(most) lines, and there are not so many postal codes. Nothing has changed; check the file."
            )[language]
        case .store(let error): error.description
        }
    }
}

extension ImportError: CustomStringConvertible {
    public var description: String { message(in: .en) }
}
