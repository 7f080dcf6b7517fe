import ArgumentParser
import DeskCore
import Foundation

struct PromptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompts",
        abstract: "Looks after the sounds of the telephone menu.",
        subcommands: [Build.self, List.self]
    )

    struct Build: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Renders what changed: espeak-ng (or a command of yours), then sox to the PBX's format."
        )

        @OptionGroup var settings: SettingsOption
        @Option(help: "The folder to write to; one folder for each language is made in it.")
        var out: String?
        @Option(help: "Recordings that win over rendered sounds: DIR/pt-BR/welcome.wav.")
        var recorded: String?
        @Option(name: .customLong("language"), help: "pt-BR, pt-PT or en; all unless given. May be repeated.")
        var languages: [String] = []
        @Option(help: "What speaks instead of espeak-ng, with {text}, {voice}, {language} and {out}.")
        var command: String?
        @Option(help: "Samples a second.")
        var rate = 8000

        func run() async throws {
            let settings = try PromptsCommand.read(self.settings)
            let catalogue = try PromptsCommand.catalogue(settings)
            guard (8000...48_000).contains(rate) else { throw Administration.failed("--rate: 8000 to 48000") }
            let renderer = PromptRenderer(
                command: command.map { $0.split(separator: " ").map(String.init) } ?? PromptRenderer.espeak,
                rate: rate,
                folder: URL(filePath: out ?? "\(settings.desk.data)/prompts"),
                recordings: recorded.map { URL(filePath: $0) }
            )
            var failures = 0
            for language in try PromptsCommand.languages(languages) {
                let report = try await renderer.build(PromptBook.sounds(catalogue, language), language)
                print(
                    "\(language.rawValue): \(report.rendered) geradas, \(report.recorded) gravadas, "
                        + "\(report.kept) iguais, \(report.removed) removidas"
                )
                for failure in report.failures.prefix(20) { Terminal.complain(failure) }
                failures += report.failures.count
            }
            guard failures == 0 else { throw Administration.failed("\(failures) frases não foram geradas") }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints every sound's name and text, for whoever records them."
        )

        @OptionGroup var settings: SettingsOption
        @Option(name: .customLong("language"), help: "pt-BR, pt-PT or en; all unless given. May be repeated.")
        var languages: [String] = []

        func run() throws {
            let settings = try PromptsCommand.read(self.settings)
            let catalogue = try PromptsCommand.catalogue(settings)
            for language in try PromptsCommand.languages(languages) {
                for sound in PromptBook.sounds(catalogue, language) {
                    print("\(language.rawValue)/\(sound.name)\t\(sound.text)")
                }
            }
        }
    }

    static func read(_ option: SettingsOption) throws -> Settings {
        do {
            return try option.read(environment: ProcessInfo.processInfo.environment)
        } catch let error as SettingsError {
            throw Administration.failed(error.description)
        }
    }

    static func catalogue(_ settings: Settings) throws -> Catalogue {
        do {
            return try CatalogueFile.shelf(settings.catalogue).current
        } catch {
            throw Administration.failed("\(error)")
        }
    }

    static func languages(_ names: [String]) throws -> [Language] {
        try names.isEmpty
            ? Language.allCases
            : names.map { name in
                guard let language = Language(rawValue: name) else {
                    throw Administration.failed("--language: pt-BR, pt-PT, en")
                }
                return language
            }
    }
}
