import Foundation

/// Reads the streets of postal codes from a CSV file: the whole file takes the place of the one before, or nothing changes.
public struct PostalImport: Sendable {
    /// Brazil has some 1,100,000 codes.
    public static let mostLines = 2_000_000
    /// Lines in one transaction: some ten milliseconds during which other writers wait.
    static let batch = 500

    private let codes: PostalCodes

    public init(into codes: PostalCodes) { self.codes = codes }

    /// What came of a file.
    public struct Report: Sendable, Equatable {
        public var taken = 0
        /// Lines without a code, a town and a state, by their number in the file.
        public var refused = 0
    }

    /// Imports a file, and looks into it from then on.
    ///
    /// Its first line names its columns: `cep`, `cidade` and `uf`, and if it likes `logradouro` and `bairro`. A code that
    /// stands twice is what its last line says.
    ///
    /// - Parameters:
    ///   - path: a CSV file; see docs/customers.md.
    ///   - actor: who the audit trail names.
    ///   - onRefusal: told the number of every line that is not taken, as it is found.
    /// - Returns: how many lines were taken and refused.
    /// - Throws: `ImportError`; the edition before is looked into as ever.
    public func run(
        file path: String,
        by actor: AuditActor = .system("import"),
        onRefusal: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(ImportError) -> Report {
        let file = try ImportFile(path)
        return try await run(
            next: { () throws(ImportError) in try file.next() },
            by: actor,
            onRefusal: onRefusal
        )
    }

    /// Imports what `next` gives piece by piece, until it gives nil.
    public func run(
        next: () throws(ImportError) -> [UInt8]?,
        by actor: AuditActor = .system("import"),
        onRefusal: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(ImportError) -> Report {
        let (edition, before) = try await begin()
        var reader = CSVReader()
        var header: PostalHeader?
        var waiting: [AddressAnswer] = []
        var report = Report()
        var isOver = false
        while !isOver {
            let piece = try next()
            isOver = piece == nil
            for result in piece.map({ reader.feed($0) }) ?? reader.finish() {
                guard case .success(let record) = result else {
                    if case .failure(let fault) = result { onRefusal(fault.line) }
                    report.refused += 1
                    continue
                }
                if record.isEmpty { continue }
                guard let columns = header else {
                    header = try PostalHeader(record.fields)
                    continue
                }
                guard report.taken + report.refused < Self.mostLines else { throw .tooManyCodes(most: Self.mostLines) }
                guard let address = columns.address(record) else {
                    report.refused += 1
                    onRefusal(record.line)
                    continue
                }
                report.taken += 1
                waiting.append(address)
                if waiting.count == Self.batch {
                    try await write(waiting, edition)
                    waiting = []
                }
            }
        }
        guard header != nil, report.taken > 0 else { throw .noColumns(PostalHeader.needed) }
        try await write(waiting, edition)
        try await put(edition, inPlaceOf: before, report, by: actor)
        return report
    }

    /// A number for the new edition, and the one that is looked into meanwhile.
    func begin() async throws(ImportError) -> (edition: Int64, before: Int64) {
        try await stored { session throws(StoreError) in
            let row = try session.row(
                """
                INSERT INTO postal_edition (id, edition, latest) VALUES (1, 0, 1)
                ON CONFLICT (id) DO UPDATE SET latest = postal_edition.latest + 1 RETURNING latest, edition
                """
            )
            guard let edition = row?.integer(0), let before = row?.integer(1) else {
                throw .corrupt(what: "postal_edition")
            }
            return (edition, before)
        }
    }

    private func write(_ addresses: [AddressAnswer], _ edition: Int64) async throws(ImportError) {
        guard !addresses.isEmpty else { return }
        try await stored { session throws(StoreError) in
            for address in addresses {
                try session.execute(
                    """
                    INSERT INTO postal_code (edition, code, street, district, city, state)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (edition, code) DO UPDATE SET
                        street = excluded.street, district = excluded.district, city = excluded.city,
                        state = excluded.state
                    """,
                    [
                        .integer(edition), .text(address.cep), .text(address.street), .text(address.district),
                        .text(address.city), .text(address.state),
                    ]
                )
            }
        }
    }

    /// From here on the new edition is looked into; what other files left goes, a batch at a time.
    func put(
        _ edition: Int64,
        inPlaceOf before: Int64,
        _ report: Report,
        by actor: AuditActor
    ) async throws(ImportError) {
        let now = codes.clock.now
        let isPut = try await stored { session throws(StoreError) in
            // Another file that was whole first has taken this one's lines away already.
            let count = try session.execute(
                "UPDATE postal_edition SET edition = $1 WHERE id = 1 AND edition = $2",
                [.integer(edition), .integer(before)]
            )
            guard count > 0 else { return false }
            try AuditTrail.record(
                "postal.import",
                subject: PostalCodes.subject,
                by: actor,
                detail: "\(report.taken)",
                at: now,
                in: session
            )
            return true
        }
        guard isPut else { throw .overtaken }
        do throws(StoreError) { try await codes.sweep(keeping: edition) } catch { throw .store(error) }
    }

    private func stored<Result: Sendable>(
        _ work: @escaping @Sendable (any SQLSession) throws(StoreError) -> Result
    ) async throws(ImportError) -> Result {
        do throws(StoreError) { return try await codes.database.write(work) } catch { throw .store(error) }
    }
}

/// Which column of a file of postal codes stands where.
private struct PostalHeader {
    /// The columns no line does without, as the message names them.
    static let needed = ["cep", "cidade", "uf"]

    private static let names: [(path: any WritableKeyPath<AddressAnswer, String> & Sendable, names: Set<String>)] = [
        (\.cep, ["cep", "codigo postal", "postal code", "zip", "zip code"]),
        (\.street, ["logradouro", "endereco", "rua", "nome do logradouro", "street"]),
        (\.district, ["bairro", "distrito", "district"]),
        (\.city, ["cidade", "localidade", "municipio", "city", "town"]),
        (\.state, ["uf", "estado", "sigla uf", "state"]),
    ]

    private var columns: [(index: Int, path: any WritableKeyPath<AddressAnswer, String> & Sendable)] = []

    init(_ fields: [String]) throws(ImportError) {
        for (path, names) in Self.names {
            let index = fields.firstIndex { field in
                names.contains(TextFolding.words(CleanText.shortened(field, to: 80)).joined(separator: " "))
            }
            if let index { columns.append((index, path)) }
        }
        let found = columns.map { $0.path as AnyKeyPath }
        guard [\AddressAnswer.cep, \.city, \.state].allSatisfy({ found.contains($0 as AnyKeyPath) }) else {
            throw .noColumns(Self.needed)
        }
    }

    /// The address of a line; nil without a code, a town and a state.
    func address(_ record: CSVRecord) -> AddressAnswer? {
        var address = AddressAnswer()
        for (index, path) in columns where record.fields.indices.contains(index) {
            guard let text = CleanText.line(SpreadsheetText.value(record.fields[index]), longest: TextLimits.line)
            else {
                return nil
            }
            address[keyPath: path] = text
        }
        // A spreadsheet takes the zero off São Paulo's codes.
        let isShort = address.cep.count == 7 && address.cep.allSatisfy { $0.isASCII && $0.isNumber }
        guard let code = CEP(isShort ? "0\(address.cep)" : address.cep), !address.city.isEmpty, !address.state.isEmpty
        else { return nil }
        address.cep = code.canonical
        return address
    }
}
