import ArgumentParser
import Foundation
import IVRBridge

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes in what other systems kept.",
        subcommands: [CDR.self]
    )

    struct CDR: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cdr",
            abstract: "Hands the legs a FreeSWITCH could not post to the running service.",
            discussion: """
                The folder is the 'err-log-dir' of xml_cdr.conf or json_cdr.conf. The files stay where they are; running it \
                again does no harm.
                """
        )

        @OptionGroup var settings: SettingsOption
        @Argument(help: "The folder with the files *.cdr.xml and *.cdr.json; folders in it are read too.")
        var folder: String
        @Option(help: "The line of kind hook-freeswitch they belong to; the only one unless given.")
        var line: String?

        func run() async throws {
            let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
            let hooks = settings.pbx.filter { $0.kind == .hook(.freeswitch) }
            guard let hook = line.map({ name in hooks.first { $0.line == name } }) ?? hooks.first else {
                throw Administration.failed(
                    "no such line of kind hook-freeswitch in the settings; see docs/webhooks.md"
                )
            }
            guard line != nil || hooks.count == 1 else {
                throw Administration.failed(
                    "--line says which of \(hooks.map(\.line).joined(separator: ", ")) they belong to"
                )
            }
            guard let legs = SpooledLegs(folder: URL(fileURLWithPath: folder)) else {
                throw Administration.failed("\(folder): is no folder that can be read; see its name and owner")
            }
            let path = "/hooks/\(HookKind.freeswitch.rawValue)/\(hook.line)/\(hook.token)"
            let delivery = LegDelivery(url: settings.http.localBase + path)
            var (taken, refused) = (0, 0)
            for file in legs.files {
                switch try await delivery.deliver(file, wait: { try await Task.sleep(for: .seconds($0)) }) {
                case .taken: taken += 1
                case .refused(let why):
                    refused += 1
                    Terminal.complain("\(file.path): \(why)")
                case .stopped(let why):
                    throw Administration.failed("\(file.path): \(why). Handed over before it: \(taken)")
                }
            }
            print("handed over: \(taken), refused: \(refused)")
            if legs.isCut { Terminal.complain("there are more; move these away and run it again") }
            if refused > 0 || legs.isCut { throw ExitCode(1) }
        }
    }
}
