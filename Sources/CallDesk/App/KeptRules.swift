import DeskCore
import Logging
import Synchronization

/// What is set in the database and held in memory by every node: who is not answered, the service's rules, edited texts.
final class KeptRules: Sendable {
    private let app: App
    private let logger: Logger
    private let told: Mutex<[TemplateShelf.Rejected]>

    init(app: App, logger: Logger) {
        (self.app, self.logger) = (app, logger)
        told = Mutex(app.rejectedTemplates)
    }

    /// Takes up what other nodes have set.
    func reload() async {
        // The last ones hold while the database cannot be read, which `/ready` says by itself.
        try? await app.callerRules.reload()
        try? await app.service.reload(from: app.database, at: app.clock.now)
        guard let rejected = try? await app.templates.reload(from: app.database) else { return }
        let isNew = told.withLock { told in
            defer { told = rejected }
            return told != rejected
        }
        if isNew { Self.tell(rejected, to: logger) }
    }

    static func tell(_ rejected: [TemplateShelf.Rejected], to logger: Logger) {
        for one in rejected {
            logger.error("an edited template cannot be used; the standard one is", metadata: ["template": "\(one)"])
        }
    }
}
