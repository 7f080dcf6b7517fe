import ArgumentParser
import DeskCore
import Foundation

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Writes a consistent copy of the database while the service goes on working."
    )

    @OptionGroup var settings: SettingsOption
    @Argument(help: "The file to write; it must not exist.")
    var file: String

    func run() async throws {
        let database = try await OpenDatabase.open(
            settings.read(environment: ProcessInfo.processInfo.environment).database,
            mustExist: true
        )
        try await database.backUp(to: file)
        print(file)
    }
}
