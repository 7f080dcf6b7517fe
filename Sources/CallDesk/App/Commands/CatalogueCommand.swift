import ArgumentParser
import DeskCore
import Foundation

struct CatalogueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "Looks after the catalogue of topics and forms.",
        subcommands: [Check.self, Show.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints every fault as file:line:column.")

        @Argument(help: "The catalogue's XML file.")
        var file: String

        func run() throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                Terminal.complain("\(file): não pode ser lido; confira o nome e o dono do arquivo")
                throw ExitCode(1)
            }
            let faults = CatalogueReader.check([UInt8](data), file: file)
            for fault in faults { print(fault.report(in: .ptBR)) }
            guard faults.isEmpty else { throw ExitCode(1) }
            print("\(file): ok")
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Prints the catalogue that is shipped.")

        func run() throws {
            let (bytes, _) = try CatalogueFile.read(nil)
            print(String(decoding: bytes, as: UTF8.self))
        }
    }
}
