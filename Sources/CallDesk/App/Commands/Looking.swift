import DeskCore
import Foundation

/// What the commands share that only look: an older release's service may be at work on the database meanwhile.
extension Administration {
    /// Opens the database for a command that only looks: nothing is made by a mistyped path, and no table is changed.
    static func looking<Value>(_ setting: String, _ body: (any Database) async throws -> Value) async throws -> Value {
        try await OpenDatabase.looking(
            setting,
            onPending: { count in
                Terminal.complain(
                    "the database lacks \(count) steps of this release, which the service's next start brings; what is new may not be there yet"
                )
            },
            body
        )
    }

    /// The accounts, for a command that changes none.
    static func look(_ option: SettingsOption, _ body: (AccountDesk) async throws -> Void) async throws {
        let settings = try option.read(environment: ProcessInfo.processInfo.environment)
        try await looking(settings.database) { database in
            try await body(AccountDesk(database: database, clock: .system))
        }
    }
}
