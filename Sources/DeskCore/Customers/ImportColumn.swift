/// A column of a customer file.
public enum ImportColumn: String, Sendable, Hashable, CaseIterable {
    case name
    case kind
    case document
    case phone
    case email
    case contact
    case role
    case language
    case contractNumber = "contract_number"
    case contractTitle = "contract_title"
    case sms
    case sections
    case products
    case address
    case notes

    /// The column a header means, in Portuguese or English, with or without accents; nil for one the import ignores.
    ///
    /// A number behind it does not matter (`Telefone 2` is one more phone), nor does what stands in brackets
    /// (`Telefone (com DDD)`).
    init?(header: String) {
        let plain = SpreadsheetText.value(header).prefix { $0 != "(" && $0 != "[" }
        let words = TextFolding.words(CleanText.shortened(String(plain), to: 80))
        let name = words.filter { word in !word.allSatisfy(\.isNumber) }.joined(separator: " ")
        guard let column = Self.headers[name] else { return nil }
        self = column
    }

    /// Whether several columns of this meaning stand in one file, as `cpf` and `cnpj` do; of any other the first counts.
    var isRepeatable: Bool { self == .phone || self == .document }

    /// Whether `não tem` is an empty cell there; notes are kept as they are, and `-` is a no to SMS.
    var maySayNothing: Bool { self != .notes && self != .sms }

    private static let headers: [String: ImportColumn] = {
        let names: [ImportColumn: [String]] = [
            .name: [
                "nome", "name", "cliente", "customer", "nome do cliente", "razao social", "nome completo", "company",
            ],
            .kind: ["tipo", "kind", "type", "tipo de cliente", "pessoa"],
            .document: ["documento", "document", "cpf", "cnpj", "nif", "cpf cnpj", "cpf ou cnpj", "tax number", "vat"],
            .phone: [
                "telefone", "telefones", "phone", "phones", "celular", "celulares", "telemovel", "mobile", "fone",
                "tel",
                "whatsapp",
            ],
            .email: ["email", "e mail", "correio eletronico"],
            .contact: [
                "contato", "contacto", "contact", "nome do contato", "nome do contacto", "responsavel", "contact name",
            ],
            .role: ["cargo", "funcao", "role", "job title"],
            .language: ["idioma", "lingua", "language"],
            .contractNumber: [
                "contrato", "contract", "numero do contrato", "n do contrato", "no do contrato", "contract number",
            ],
            .contractTitle: ["titulo do contrato", "plano", "servico", "contract title", "plan"],
            .sms: ["sms", "servico de sms", "recebe sms", "sms service"],
            .sections: ["secoes", "seccoes", "secao", "sections", "section"],
            .products: ["produtos", "produto", "products", "dominios", "domains"],
            .address: ["endereco", "morada", "address"],
            .notes: ["observacoes", "observacao", "obs", "notas", "notes"],
        ]
        var headers: [String: ImportColumn] = [:]
        for (column, spellings) in names {
            for spelling in spellings { headers[spelling] = column }
        }
        return headers
    }()
}

/// What the header line of a file says: which column stands where.
struct ImportHeader: Sendable {
    /// The meaning of each column, nil for ignored ones.
    let columns: [ImportColumn?]
    /// As the file spells them.
    let titles: [String]

    /// Reads the header line; nil when no column of names is in it.
    init?(_ record: CSVRecord) {
        var seen: Set<ImportColumn> = []
        titles = record.fields.map { CleanText.shortened($0, to: 80) }
        columns = record.fields.map { field in
            guard let column = ImportColumn(header: field) else { return nil }
            let isFirst = seen.insert(column).inserted
            return isFirst || column.isRepeatable ? column : nil
        }
        guard seen.contains(.name) else { return nil }
    }

    /// Headers that mean nothing to the import.
    var ignored: [String] { zip(columns, titles).filter { $0.0 == nil && !$0.1.isEmpty }.map(\.1) }

    /// The first value of a column, cleaned; nil when there is none or it is empty.
    func value(_ column: ImportColumn, of record: CSVRecord) -> String? {
        values(column, of: record).first
    }

    func values(_ column: ImportColumn, of record: CSVRecord) -> [String] {
        cells(column, of: record).map(\.value)
    }

    /// The values with how the file spells the column of each.
    func cells(_ column: ImportColumn, of record: CSVRecord) -> [(title: String, value: String)] {
        zip(zip(columns, titles), record.fields).filter { $0.0.0 == column }
            .map { (title: $0.0.1, value: SpreadsheetText.value($0.1)) }
            .filter { cell in
                cell.value.contains { !$0.isWhitespace }
                    && !(column.maySayNothing && SpreadsheetText.isNothing(cell.value))
            }
    }

    /// How the file spells a column.
    func title(_ column: ImportColumn) -> String? {
        zip(columns, titles).first { $0.0 == column }?.1
    }
}
