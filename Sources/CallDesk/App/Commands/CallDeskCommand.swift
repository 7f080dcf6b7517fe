import ArgumentParser

/// The one binary.
@main
struct CallDeskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calldesk",
        abstract: "A service desk for telephone support: every call becomes a ticket with a protocol number.",
        version: "1.0.0",
        subcommands: [
            ServeCommand.self, DemoCommand.self, LogCommand.self, ReplayCommand.self, CaptureCommand.self,
            CatalogueCommand.self,
            DoctorCommand.self, UserCommand.self, TokenCommand.self, CustomerCommand.self, PostalCodesCommand.self,
            BackupCommand.self,
            RestoreCommand.self, MigrateCommand.self, VaultCommand.self, LinkCommand.self,
            ExportCommand.self, ImportCommand.self, PromptsCommand.self, DialplanCommand.self, SimulateCommand.self,
        ]
    )

    /// Runs the command that was asked for; whichever it is, it fails when what it prints cannot be written.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
            try Terminal.settle()
        } catch {
            exit(withError: error)
        }
    }
}

/// Where the settings come from, for every command that needs them.
struct SettingsOption: ParsableArguments {
    @Option(name: .long, help: "The settings file; CALLDESK_CONFIG when it is not given.")
    var config: String?

    /// Reads the settings.
    ///
    /// - Throws: `SettingsError` with every fault and its place.
    func read(environment: [String: String]) throws -> Settings {
        try SettingsReader.read(path: config ?? environment.given("CALLDESK_CONFIG"), environment: environment)
    }
}
