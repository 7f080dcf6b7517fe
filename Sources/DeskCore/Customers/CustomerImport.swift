import Foundation

/// Reads customers from a CSV file: every line taken or refused with its reason, in batches, again and again without doubling.
///
/// A line is matched with a customer by document, then contract number, then e-mail, then name and phone together; one that
/// is found is updated with what the line says, and what the line leaves out stays as it was.
public struct CustomerImport: Sendable {
    /// Lines of one import; a larger file is split, so that its report stays readable.
    public static let mostLines = 1_000_000
    /// Lines in one transaction: some ten milliseconds during which other writers wait.
    static let batch = 50

    private let directory: CustomerDirectory
    private let allowsDepartmental: Bool

    /// An import into `directory`; `allowsDepartmental` takes departments' addresses too (E6), the operator's decision.
    public init(directory: CustomerDirectory, allowsDepartmental: Bool = false) {
        self.directory = directory
        self.allowsDepartmental = allowsDepartmental
    }

    /// Imports the file at `path`.
    ///
    /// - Parameters:
    ///   - path: a CSV file with a header line; see docs/customers.md.
    ///   - actor: who the audit trail names.
    ///   - onRefusal: told every refused line as it is found.
    /// - Returns: the counts and the refusals, the first `ImportReport.mostKept` of them.
    /// - Throws: `ImportError` when the file cannot be read or the database used; lines taken before stay.
    public func run(
        file path: String,
        by actor: AuditActor = .system("import"),
        onRefusal: @escaping @Sendable (ImportRefusal) -> Void = { _ in }
    ) async throws(ImportError) -> ImportReport {
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
        onRefusal: @escaping @Sendable (ImportRefusal) -> Void = { _ in }
    ) async throws(ImportError) -> ImportReport {
        var reader = CSVReader()
        var work = ImportWork(directory: directory, allowsDepartmental: allowsDepartmental, onRefusal: onRefusal)
        var isOver = false
        while !isOver {
            let piece = try next()
            let records = piece.map { reader.feed($0) } ?? reader.finish()
            isOver = piece == nil
            for record in records {
                try work.take(record)
                if work.waiting.count >= Self.batch { try await settle(&work, by: actor) }
            }
        }
        try await settle(&work, by: actor)
        guard work.header != nil else { throw .noHeader }
        return work.report
    }

    /// Writes the waiting lines in one transaction; when another writer got in between, or the database refuses a line for
    /// good, each in one of its own.
    private func settle(_ work: inout ImportWork, by actor: AuditActor) async throws(ImportError) {
        let rows = work.waiting
        guard !rows.isEmpty else { return }
        work.waiting = []
        switch await write(rows, by: actor) {
        case .success(let outcomes): work.count(outcomes, of: rows)
        case .failure(.store(let error)) where error.isTransient: throw .store(error)
        case .failure:
            for row in rows {
                switch await write([row], by: actor) {
                case .success(let outcomes): work.count(outcomes, of: [row])
                case .failure(.store(let error)) where error.isTransient: throw .store(error)
                case .failure(.store), .failure(.stale):
                    work.refuse([ImportRefusal(line: row.line, column: nil, fault: .notStored)])
                case .failure(.refused(let faults)): work.refuse(faults.map(row.refusal))
                }
            }
        }
    }

    private func write(_ rows: [ImportRow], by actor: AuditActor) async -> Result<[ImportOutcome], CustomerError> {
        do throws(CustomerError) {
            return .success(
                try await directory.write { session throws(CustomerError) in
                    var outcomes: [ImportOutcome] = []
                    for row in rows { outcomes.append(try directory.take(row, by: actor, in: session)) }
                    return outcomes
                }
            )
        } catch {
            return .failure(error)
        }
    }
}

/// What became of one line.
enum ImportOutcome: Sendable {
    case created
    case updated
    case unchanged
    case refused([ImportRefusal])
}

/// An import under way.
struct ImportWork {
    let directory: CustomerDirectory
    let allowsDepartmental: Bool
    let onRefusal: (ImportRefusal) -> Void
    private(set) var header: ImportHeader?
    private(set) var report = ImportReport()
    var waiting: [ImportRow] = []
    private var lines = 0
    /// The line each identity stood on first.
    ///
    /// Hashes of 64 bits: among a million lines two that differ share one in one of thirty million imports.
    private var seen: [Int: Int] = [:]

    init(
        directory: CustomerDirectory,
        allowsDepartmental: Bool,
        onRefusal: @escaping (ImportRefusal) -> Void
    ) {
        self.directory = directory
        self.allowsDepartmental = allowsDepartmental
        self.onRefusal = onRefusal
    }

    mutating func take(_ record: Result<CSVRecord, CSVFault>) throws(ImportError) {
        guard let header else {
            guard case .success(let first) = record, let header = ImportHeader(first) else { throw .noHeader }
            self.header = header
            report.ignoredColumns = header.ignored
            return
        }
        lines += 1
        guard lines <= CustomerImport.mostLines else { throw .tooLong(most: CustomerImport.mostLines) }
        switch record {
        case .failure(let fault):
            refuse([
                ImportRefusal(
                    line: fault.line,
                    through: fault.lastLine,
                    column: nil,
                    fault: .unreadable(fault.reason.rawValue)
                )
            ])
        case .success(let record):
            if record.isEmpty {
                lines -= 1
                return
            }
            let reader = ImportRowReader(
                header: header,
                region: directory.region,
                allowsDepartmental: allowsDepartmental
            )
            switch reader.read(record) {
            case .failure(let faults): refuse(faults.refusals)
            case .success(let row):
                if let first = seen[row.identity] {
                    refuse([
                        ImportRefusal(
                            line: row.line,
                            through: row.lastLine,
                            column: nil,
                            fault: .duplicate(ofLine: first)
                        )
                    ])
                } else {
                    seen[row.identity] = row.line
                    waiting.append(row)
                }
            }
        }
    }

    mutating func count(_ outcomes: [ImportOutcome], of rows: [ImportRow]) {
        for (outcome, row) in zip(outcomes, rows) {
            if case .refused = outcome {} else { mended(row) }
            switch outcome {
            case .created: report.created += 1
            case .updated: report.updated += 1
            case .unchanged: report.unchanged += 1
            case .refused(let refusals): refuse(refusals)
            }
        }
    }

    private mutating func mended(_ row: ImportRow) {
        for mending in row.mendings where report.mendings.count < ImportReport.mostKept {
            report.mendings.append(mending)
        }
    }

    mutating func refuse(_ refusals: [ImportRefusal]) {
        report.refused += 1
        for refusal in refusals {
            onRefusal(refusal)
            if report.refusals.count < ImportReport.mostKept { report.refusals.append(refusal) }
        }
    }
}
