import ArgumentParser
import DeskCore
import Foundation
import Synchronization

struct PostalCodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postal-codes",
        abstract: "Looks after the streets of postal codes.",
        subcommands: [Import.self]
    )

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes postal codes from a CSV file, in place of those of the file before."
        )

        /// Lines that are named; of a file with more wrong ones the first few say what is wrong.
        private static let mostNamed = 50

        @OptionGroup var settings: SettingsOption
        @Argument(help: "A CSV file with a header line: cep, logradouro, bairro, cidade, uf.")
        var file: String

        func run() async throws {
            let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
            let language = Language(rawValue: settings.language) ?? .ptBR
            try await OpenDatabase.with(settings.database, mustExist: true) { database in
                try await take(into: PostalCodes(database: database, clock: .system), language)
            }
        }

        private func take(into codes: PostalCodes, _ language: Language) async throws {
            let refused = Mutex(0)
            do {
                let report = try await PostalImport(into: codes).run(file: file) { line in
                    let count = refused.withLock { count in
                        count += 1
                        return count
                    }
                    guard count <= Self.mostNamed else { return }
                    Terminal.complain("\(file):\(line): \(Self.refusal[language])")
                }
                print(Self.summary(report)[language])
                if report.refused > 0 { throw ExitCode(1) }
            } catch let error as ImportError {
                throw Administration.failed(error.message(in: language))
            }
        }

        private static let refusal = LocalizedText(
            "A linha não traz CEP, cidade e UF que se leiam.",
            ptPT: "A linha não tem CEP, cidade e UF que se leiam.",
            en: "The line has no code, town and state that can be read."
        )

        private static func summary(_ report: PostalImport.Report) -> LocalizedText {
            LocalizedText(
                "\(report.taken) CEPs importados, \(report.refused) linhas recusadas.",
                en: "\(report.taken) postal codes imported, \(report.refused) lines refused."
            )
        }
    }
}
