import ArgumentParser
import DeskCore
import Foundation

struct VaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault",
        abstract: "Looks after the keys of passwords that customers handed over and of webhooks' secrets.",
        subcommands: [Check.self, Forget.self]
    )

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says whether the keys are there and open what is kept."
        )

        @OptionGroup var settings: SettingsOption

        func run() async throws {
            try await VaultCommand.vault(settings, isLooking: true) { vault in
                try await vault.look()
                let webhooks = WebhookDesk(database: vault.database, vault: vault, clock: .system)
                for id in try await webhooks.withoutSecret().sorted() {
                    print("webhook \(id): its signing secret does not open; give it a new one")
                }
                let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
                if let trouble = DoctorCommand.keys(settings.desk.data) { throw Administration.failed(trouble) }
                print("ok")
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Gives up the passwords whose key is lost, so that the service starts; customers are asked again.",
            discussion: "A key that is there and cannot be read is no lost key: nothing is given up then."
        )

        @OptionGroup var settings: SettingsOption

        func run() async throws {
            try await VaultCommand.vault(settings) { vault in
                print("given up: \(try await vault.forgetLost(by: .system("console")))")
            }
        }
    }

    private static func vault(
        _ option: SettingsOption,
        isLooking: Bool = false,
        _ body: (SecretVault) async throws -> Void
    ) async throws {
        let settings = try option.read(environment: ProcessInfo.processInfo.environment)
        func run(_ database: any Database) async throws {
            try await body(
                SecretVault(
                    database: database,
                    clock: .system,
                    folder: URL(fileURLWithPath: settings.desk.data, isDirectory: true),
                    term: .seconds(settings.secretHours * 3600)
                )
            )
        }
        do {
            if isLooking {
                try await Administration.looking(settings.database, run)
            } else {
                try await OpenDatabase.with(settings.database, mustExist: true, run)
            }
        } catch let code as ExitCode {
            throw code
        } catch {
            throw Administration.failed("\(error)")
        }
    }
}
