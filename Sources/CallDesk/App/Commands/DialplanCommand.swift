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
    @Option(help: "Writes the files into this folder instead of printing them.")
    var out: String?

    func run() throws {
        guard let pbx = PBXKind(rawValue: pbx) else {
            throw Administration.failed("asterisk ou freeswitch, não '\(pbx)'")
        }
        guard let folder = WebResources.folder("dialplans") else {
            throw Administration.failed("os arquivos do plano de discagem não foram instalados com o programa")
        }
        let files = DialplanFiles(settings: try PromptsCommand.read(settings), folder: folder)
        do {
            for file in pbx.dialplanFiles {
                let text = try files.text(file, for: pbx, line: line)
                if let out {
                    let target = URL(filePath: out).appending(path: file)
                    try Data(text.utf8).write(to: target, options: .atomic)
                    // One of them holds a password.
                    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target.path)
                    print(target.path)
                } else {
                    print("\(pbx == .asterisk ? "; ==> \(file)" : "<!-- ==> \(file) -->")\n\(text)")
                }
            }
        } catch let fault as DialplanFiles.Fault {
            throw Administration.failed(fault.description)
        } catch {
            throw Administration.failed("\(error.localizedDescription)")
        }
    }
}
