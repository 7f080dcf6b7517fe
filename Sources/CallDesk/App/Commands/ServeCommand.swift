import ArgumentParser
import CoreMetrics
import DeskCore
import Foundation
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Runs the service.")

    @OptionGroup var settings: SettingsOption

    func run() async throws {
        let settings: Settings
        do {
            settings = try self.settings.read(environment: ProcessInfo.processInfo.environment)
        } catch let error as SettingsError {
            throw Administration.failed(error.description)
        }
        let logger = Starting.logger(settings.logLevel)
        OpenFiles.raise()
        do {
            let service = try await Starting.service(settings, logger: logger)
            try await service.app.database.closing {
                try await service.run(
                    router: try Starting.router(service),
                    options: Starting.options(settings),
                    others: [Loop(name: "start pages", logger: logger) { await StartPages.letGoOnce() }],
                    onRunning: { port in logger.notice("listening", metadata: ["port": "\(port)"]) }
                )
            }
        } catch let error as ExitCode {
            throw error
        } catch {
            throw Administration.failed("\(error)")
        }
    }
}

/// Putting a service together from settings; the same for serve, demo and tests.
enum Starting {
    static func logger(_ level: String) -> Logger {
        var logger = Logger(label: "calldesk") { OneLineLog(StreamLogHandler.standardError(label: $0)) }
        logger.logLevel = Logger.Level(rawValue: level) ?? .info
        return logger
    }

    static func service(_ settings: Settings, logger: Logger) async throws -> DeskService {
        let registry = MetricsRegistry()
        let metrics = DeskMetrics(registry)
        let app = try await App.open(settings, logger: logger) { batch, duration in
            metrics.writeBatchSize.record(batch)
            metrics.commitSeconds.record(duration)
        }
        do {
            let (bytes, _) = try CatalogueFile.read(settings.catalogue)
            try await CatalogueArchive(database: app.database, clock: app.clock)
                .keep(bytes, version: app.catalogue.current.version)
            return DeskService(
                app: app,
                senders: try Senders(settings),
                registry: registry,
                metrics: metrics,
                logger: logger
            )
        } catch {
            await app.database.close()
            throw error
        }
    }

    static func options(_ settings: Settings) -> HTTPOptions {
        var options = HTTPOptions()
        options.host = settings.http.host
        options.port = settings.http.port
        options.isSecure = settings.desk.url.hasPrefix("https:")
        options.proxies = TrustedProxies(ranges: settings.http.trustedProxies.compactMap { NetworkRange($0) })
        options.language = Language(rawValue: settings.language) ?? .ptBR
        return options
    }
}
