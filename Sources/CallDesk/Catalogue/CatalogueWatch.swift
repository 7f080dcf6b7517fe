import DeskCore
import Foundation
import Logging
import Synchronization

/// Takes the catalogue's file up as it changes, never a faulty one; what could not be done is tried until it is.
final class CatalogueWatch: Sendable {
    private static let pace = Duration.seconds(2)

    private struct State {
        /// The file as it was when all was done with it.
        var done: FileStamp?
        var trouble: String?
    }

    private let path: String
    private let shelf: CatalogueShelf
    private let database: any Database
    private let clock: DeskClock
    private let logger: Logger
    private let state = Mutex(State())

    init(_ path: String, on shelf: CatalogueShelf, database: any Database, clock: DeskClock, logger: Logger) {
        (self.path, self.shelf, self.database, self.clock, self.logger) = (path, shelf, database, clock, logger)
    }

    /// Why the file as it is now is not in use, or not kept, and is tried again; nil when there is nothing to do.
    var trouble: String? { state.withLock { $0.trouble } }

    /// Looks every two seconds until cancelled.
    func run() async {
        while !Task.isCancelled {
            await look()
            try? await Task.sleep(for: Self.pace)
        }
    }

    /// Takes the file up when it is another than the last that was done with.
    func look() async {
        let (trouble, stamp): (String?, FileStamp?)
        do throws(StoreError) {
            stamp = try FileStamp(of: path)
            if let stamp {
                guard state.withLock({ $0.done }) != stamp else { return }
                trouble = await take()
            } else {
                trouble = "the catalogue's file \(path) is not there; the last good one stays in use"
            }
        } catch {
            (trouble, stamp) = ("\(error)", nil)
        }
        let isNew = state.withLock { state in
            defer { state = State(done: trouble == nil ? stamp : nil, trouble: trouble) }
            return state.trouble != trouble
        }
        if isNew, let trouble { logger.error("\(trouble)") }
    }

    /// Reads the file and puts it on the shelf and into the archive.
    ///
    /// - Returns: what is to be tried again; nil when it was done, or refused for what stands in it.
    func take() async -> String? {
        let bytes: [UInt8]
        do {
            bytes = try CatalogueFile.read(path).bytes
        } catch {
            return "the catalogue's file cannot be read; the last good one stays in use: \(error)"
        }
        let version: String
        do {
            guard let taken = try await put(bytes) else { return nil }
            version = taken
        } catch let error as CatalogueFaults {
            // Read again by the shelf, which tells the administration of it.
            _ = try? shelf.take(bytes, file: path)
            for fault in error.faults.prefix(20) { logger.error("catalogue refused: \(fault.report(in: .ptBR))") }
            return nil
        } catch {
            return "the catalogue's file is not taken up, as it is not known what is open: \(error)"
        }
        do {
            let archive = CatalogueArchive(database: database, clock: clock)
            try await archive.keep(bytes, version: version)
            return nil
        } catch {
            return "the catalogue's form is in use and could not be kept: \(error)"
        }
    }

    /// Puts the file's catalogue on the shelf, and answers its version; nil when open tickets keep it out.
    private func put(_ bytes: [UInt8]) async throws -> String? {
        let catalogue = try CatalogueReader.read(bytes, file: path)
        let homes = try await CatalogueHomes(
            from: shelf.current,
            to: catalogue,
            TicketDirectory(database: database)
        )
        guard homes.lost.isEmpty else {
            logger.error(
                "the new catalogue takes the place of open tickets; the one in use stays. Move them, then read the catalogue again in the administration",
                metadata: ["file": "\(path)", "tickets": "\(homes.list)"]
            )
            return nil
        }
        if case .taken(let version) = try shelf.take(bytes, file: path) {
            logger.notice("the catalogue changed", metadata: ["version": "\(version.prefix(12))"])
            await warnOfUnattended()
        }
        return catalogue.version
    }

    /// A catalogue is taken up all the same: people are put into a department that is there.
    private func warnOfUnattended() async {
        do {
            let unattended = try await DepartmentWork(shelf.current).unattended(in: database)
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
