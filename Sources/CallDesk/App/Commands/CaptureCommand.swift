import ArgumentParser
import DeskCore
import Foundation
import IVRBridge

struct CaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Writes what a line brought of late to a new file, for 'calldesk replay'.",
        discussion: """
            Reads what the service on this machine has kept (line_tape in the settings), while it goes on working. \
            --mask puts other numbers and names of the same length in the places of those that are there: such a file \
            can be given away, and tells the same calls.
            """
    )

    @OptionGroup var settings: SettingsOption

    @Argument(help: "The line, as the settings name it.")
    var line: String

    @Argument(help: "The file to write; it must not exist.")
    var file: String

    @Option(help: "Only of the last minutes.")
    var minutes: Int?

    @Flag(help: "With other numbers and names.")
    var mask = false

    /// As much as 'replay --mask' takes; it is held in memory.
    private static let most = 256 << 20
    /// The ninety days that the settings keep at the most.
    private static let mostMinutes = 90 * 1_440

    func validate() throws {
        if let minutes, !(1...Self.mostMinutes).contains(minutes) {
            throw ValidationError("--minutes is a whole number from 1 to \(Self.mostMinutes)")
        }
    }

    func run() throws {
        let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
        guard settings.pbx.contains(where: { $0.line == line }) else {
            let names = settings.pbx.map(\.line).joined(separator: ", ")
            throw Administration.failed("there is no line '\(line)' in the settings; there are: \(names)")
        }
        guard settings.lineTape != nil else {
            throw Administration.failed("nothing is kept: line_tape.megabytes is 0 in the settings")
        }
        let data = URL(fileURLWithPath: settings.desk.data, isDirectory: true)
        let folder = TapeFolder(LineTapes.folder(of: line, in: data))
        let now = Int64(Date.now.timeIntervalSince1970 * 1_000_000)
        let from = minutes.map { now - Int64($0) * 60_000_000 } ?? 0
        let bytes: [UInt8]?
        do {
            bytes = try folder.bytes(from: from, to: .max, limit: Self.most)
        } catch {
            throw Administration.failed("\(folder.url.path) cannot be read; run this as the service's user")
        }
        guard let bytes else {
            throw Administration.failed("more than \(Self.most >> 20) MB are kept; take fewer with --minutes")
        }
        guard !bytes.isEmpty else {
            throw Administration.failed("nothing is kept of that time below \(folder.url.path)")
        }
        var masking = StreamMask()
        try NewFile.write(mask ? masking.mask(bytes) : bytes, to: file)
        print("\(file): \(bytes.count) bytes")
    }
}
