import Synchronization

/// Holds the catalogue in use and those before it, so that old answers can be read with the form they were given to.
///
/// A faulty file is refused and the catalogue in use stays. Whoever watches the file calls `take`.
public final class CatalogueShelf: Sendable {
    /// What became of a file.
    public enum Verdict: Sendable, Equatable {
        /// The catalogue changed; its source is to be kept under this version.
        case taken(version: String)
        /// The very catalogue in use.
        case unchanged
    }

    private struct Shelf {
        var current: Catalogue
        /// Oldest first.
        var past: [Catalogue] = []
        /// Faults of the last file that was refused, none once a good one came.
        var faults: [CatalogueFault] = []

        mutating func put(_ catalogue: Catalogue) {
            past.removeAll { $0.version == catalogue.version }
            past.append(catalogue)
            if past.count > CatalogueShelf.kept { past.removeFirst() }
        }
    }

    /// Catalogues kept in memory: more changes than a day of editing brings; older ones come from the store.
    public static let kept = 50

    private let shelf: Mutex<Shelf>

    public init(_ catalogue: Catalogue) { shelf = Mutex(Shelf(current: catalogue)) }

    public var current: Catalogue { shelf.withLock { $0.current } }

    /// What is wrong with the last file that came, for `/ready`, doctor and the administration page.
    public var faults: [CatalogueFault] { shelf.withLock { $0.faults } }

    /// Takes up a changed file; a faulty one is refused with everything that is wrong with it, and nothing changes.
    public func take(_ bytes: [UInt8], file: String) throws(CatalogueFaults) -> Verdict {
        if CatalogueVersion.of(bytes) == current.version {
            shelf.withLock { $0.faults = [] }
            return .unchanged
        }
        let catalogue: Catalogue
        do {
            // Reading takes milliseconds: the lock is not held meanwhile.
            catalogue = try CatalogueReader.read(bytes, file: file)
        } catch {
            shelf.withLock { $0.faults = error.faults }
            throw error
        }
        return shelf.withLock { shelf in
            shelf.faults = []
            guard catalogue.version != shelf.current.version else { return .unchanged }
            shelf.put(shelf.current)
            shelf.past.removeAll { $0.version == catalogue.version }
            shelf.current = catalogue
            return .taken(version: catalogue.version)
        }
    }

    /// Puts a catalogue read from the store beside those of this run.
    public func remember(_ catalogue: Catalogue) {
        shelf.withLock { shelf in
            if catalogue.version != shelf.current.version { shelf.put(catalogue) }
        }
    }

    /// The catalogue of `version`, when it is at hand.
    public func catalogue(version: String) -> Catalogue? {
        shelf.withLock { shelf in
            shelf.current.version == version ? shelf.current : shelf.past.last { $0.version == version }
        }
    }
}
