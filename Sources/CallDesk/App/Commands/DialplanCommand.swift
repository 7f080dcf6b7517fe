import ArgumentParser
import Foundation
import IVRBridge

struct DialplanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dialplan",
        abstract: "Prints the PBX's files filled in from the settings.",
        discussion: "Their explanation is in dialplans/asterisk and dialplans/freeswitch."
    )

    @Argument(help: "asterisk or freeswitch.")
    var pbx: String
    @OptionGroup var settings: SettingsOption
    @Option(help: "The PBX line of the settings; the first of its kind unless given.")
    var line: String?
    @Option(help: "HOST or HOST:PORT where the PBX finds the menu; found from the settings unless given.")
    var agi: String?
    @Option(help: "ADDRESS or ADDRESS/MASK from which the desk signs in; found unless given.")
    var permit: String?
    @Option(help: "Writes the files into this folder instead of printing them.")
    var out: String?

    func run() throws {
        guard let pbx = PBXKind(rawValue: pbx), let dialplan = pbx.dialplan else {
            throw Administration.failed("asterisk ou freeswitch, não '\(pbx)'")
        }
        guard let folder = WebResources.folder("dialplans") else {
            throw Administration.failed("os arquivos do plano de discagem não foram instalados com o programa")
        }
        let files = DialplanFiles(
            settings: try PromptsCommand.read(settings),
            folder: folder,
            addresses: .init(agi: agi, permit: permit)
        )
        do {
            // All of them first: what cannot be filled in leaves nothing half done.
            let texts = try files.names(for: pbx).map { ($0, try files.text($0, for: pbx, line: line)) }
            for (file, text) in texts {
                if let out {
                    let target = URL(filePath: out).appending(path: file)
                    try PBXFile.write(text, to: target)
                    print(target.path)
                } else {
                    print("\(dialplan.title(file))\n\(text)")
                }
            }
        } catch let fault as DialplanFiles.Fault {
            throw Administration.failed(fault.description)
        } catch {
            throw Administration.failed("\(error.localizedDescription)")
        }
    }
}
