import DeskCore
import Foundation
import Logging

/// The catalogue's file: read at the start, taken up again when it changes, never when it is faulty.
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

    /// Looks at the file every two seconds and takes a change up; what is wrong with one is logged once.
    static func watch(
        _ path: String,
        on shelf: CatalogueShelf,
        database: any Database,
        clock: DeskClock,
        logger: Logger
    ) async {
        var seen: Date?
        while !Task.isCancelled {
            let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if changed != seen {
                if seen != nil { await take(path, on: shelf, database: database, clock: clock, logger: logger) }
                seen = changed
            }
            try? await Task.sleep(for: .seconds(2))
        }
    }

    static func take(
        _ path: String,
        on shelf: CatalogueShelf,
        database: any Database,
        clock: DeskClock,
        logger: Logger
    ) async {
        let (bytes, name): ([UInt8], String)
        do {
            (bytes, name) = try read(path)
        } catch {
            logger.error(
                "the catalogue's file cannot be read; the last good one stays in use",
                metadata: ["file": "\(path)", "error": "\(error)"]
            )
            return
        }
        do {
            let homes = try await CatalogueHomes(
                from: shelf.current,
                to: try CatalogueReader.read(bytes, file: name),
                TicketDirectory(database: database)
            )
            guard homes.lost.isEmpty else {
                logger.error(
                    "the new catalogue takes the place of open tickets; the one in use stays. Move them, then read the catalogue again in the administration",
                    metadata: ["file": "\(path)", "tickets": "\(homes.list)"]
                )
                return
            }
            if case .taken(let version) = try shelf.take(bytes, file: name) {
                logger.notice("the catalogue changed", metadata: ["version": "\(version.prefix(12))"])
                await warnOfUnattended(shelf.current, database, logger)
                try await CatalogueArchive(database: database, clock: clock).keep(bytes, version: version)
            }
        } catch let error as CatalogueFaults {
            // Read again by the shelf, which tells the administration of it.
            _ = try? shelf.take(bytes, file: name)
            for fault in error.faults.prefix(20) { logger.error("catalogue refused: \(fault.report(in: .ptBR))") }
        } catch let error as StoreError {
            logger.error(
                "the catalogue's file is not taken up: it is not known what is open",
                metadata: ["error": "\(error)"]
            )
        } catch {
            // It is in use; answers given to it are shown with today's questions until it is kept at the next start.
            logger.error("the catalogue's form is in use and could not be kept", metadata: ["error": "\(error)"])
        }
    }

    /// A catalogue is taken up all the same: people are put into a department that is there.
    private static func warnOfUnattended(_ catalogue: Catalogue, _ database: any Database, _ logger: Logger) async {
        do {
            let unattended = try await DepartmentWork(catalogue).unattended(in: database)
            guard !unattended.isEmpty else { return }
            logger.warning(
                "topics lead to departments nobody works for; put somebody there in Users",
                metadata: ["departments": "\(unattended.map(\.id).joined(separator: ", "))"]
            )
        } catch {
            logger.error(
                "whether somebody works for every department is not known; the page of users says it",
                metadata: ["error": "\(error)"]
            )
        }
    }
}
