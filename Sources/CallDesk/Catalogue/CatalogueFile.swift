import DeskCore
import Foundation

/// The catalogue's file, as it is read at the start and for checks; `CatalogueWatch` takes it up as it changes.
enum CatalogueFile {
    /// The catalogue of `path`, or the one shipped when there is none.
    static func shelf(_ path: String?) throws -> CatalogueShelf {
        let (bytes, name) = try read(path)
        do {
            return CatalogueShelf(try CatalogueReader.read(bytes, file: name))
        } catch {
            throw DeskStartError.catalogueFaulty(error.faults)
        }
    }

    static func read(_ path: String?) throws -> (bytes: [UInt8], name: String) {
        guard let path else {
            guard let shipped = CatalogueResources.shipped else {
                throw DeskStartError.catalogueUnreadable("catalogue.xml")
            }
            return (shipped, "catalogue.xml")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DeskStartError.catalogueUnreadable(path)
        }
        return ([UInt8](data), path)
    }
}
