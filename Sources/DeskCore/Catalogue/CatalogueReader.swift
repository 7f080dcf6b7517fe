/// Reads a catalogue file, or says everything that is wrong with it.
///
/// ```swift
/// do {
///     let catalogue = try CatalogueReader.read(bytes, file: "catalogue.xml")
/// } catch {
///     for fault in error.faults { print(fault.report(in: .ptBR)) }   // catalogue.xml:12:34: …
/// }
/// ```
public enum CatalogueReader {
    /// The catalogue in `bytes`; `file` is only named in faults.
    public static func read(_ bytes: [UInt8], file: String) throws(CatalogueFaults) -> Catalogue {
        let faults = FaultList(file: file)
        let catalogue = read(bytes, faults)
        guard faults.isEmpty, let catalogue else { throw CatalogueFaults(faults.sorted) }
        return catalogue
    }

    /// Every fault in `bytes`, in the order of the file; empty for a good catalogue.
    public static func check(_ bytes: [UInt8], file: String) -> [CatalogueFault] {
        let faults = FaultList(file: file)
        _ = read(bytes, faults)
        return faults.sorted
    }

    private static func read(_ bytes: [UInt8], _ faults: FaultList) -> Catalogue? {
        guard let source = CatalogueSource(bytes, faults) else { return nil }
        var builder = CatalogueBuilder(source: source, faults: faults)
        let catalogue = builder.build(version: CatalogueVersion.of(bytes))
        // The reader says more precisely what is wrong; the schema has the last word on what it lets pass.
        if faults.isEmpty { source.addSchemaComplaints(to: faults) }
        return faults.isEmpty ? catalogue : nil
    }
}

/// Faults as they are found; one reading's own, never shared.
final class FaultList {
    private let file: String
    private var found: [CatalogueFault] = []

    init(file: String) { self.file = file }

    var isEmpty: Bool { found.isEmpty }

    /// In the order of the file.
    var sorted: [CatalogueFault] {
        found.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    func add(_ problem: CatalogueFault.Problem, at place: SourcePosition) {
        guard found.count < CatalogueLimits.faults else { return }
        let fault = CatalogueFault(file: file, line: place.line, column: place.column, problem: problem)
        if !found.contains(fault) { found.append(fault) }
    }
}
