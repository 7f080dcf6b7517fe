import ArgumentParser
import DeskCore
import Foundation

struct CustomerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "customer",
        abstract: "Looks after the customers.",
        subcommands: [Import.self]
    )

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes customers from a CSV file; every refused line is told. Running it again updates."
        )

        @OptionGroup var settings: SettingsOption
        @Argument(help: "A CSV file with a header line; see docs/customers.md.")
        var file: String
        @Flag(help: "Also take addresses of departments, such as financeiro@.")
        var allowDepartmental = false

        func run() async throws {
            let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
            try await OpenDatabase.with(settings.database, mustExist: true) { try await take(into: $0, settings) }
        }

        private func take(into database: any Database, _ settings: Settings) async throws {
            let directory = CustomerDirectory(
                database: database,
                clock: .system,
                region: Region(settings.region) ?? Region(.brazil),
                timeZone: settings.timeZone
            )
            let language = Language(rawValue: settings.language) ?? .ptBR
            do {
                let report = try await CustomerImport(directory: directory, allowsDepartmental: allowDepartmental)
                    .run(file: file) { Terminal.complain("\(file): \($0.text(in: language))") }
                for remark in report.remarks(in: language) { Terminal.complain("\(file): \(remark)") }
                print(report.summary(in: language))
                if report.refused > 0 { throw ExitCode(1) }
            } catch let error as ImportError {
                throw Administration.failed(error.message(in: language))
            }
        }
    }
}
