import ArgumentParser
import DeskCore
import Foundation
import IVRBridge

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Reads recorded AMI streams and prints one JSON object a call."
    )

    @Argument(help: "Recorded byte streams, as read from the PBX.")
    var files: [String]

    @Option(help: "How numbers without a country code are read: BR, PT or BR-31.")
    var region = "BR"

    func run() throws {
        guard let region = Region(region) else {
            throw ValidationError("--region is BR, PT, or BR with an area code such as BR-31")
        }
        var hadGarbage = false
        for file in files {
            guard let handle = FileHandle(forReadingAtPath: file) else {
                Terminal.complain("\(file): cannot be read; check its name and owner")
                throw ExitCode(1)
            }
            var replay = Replay { PhoneNumber.callerE164($0, region: region) }
            // Read in pieces: a day of a busy PBX is larger than memory should be.
            do {
                while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { replay.feed(data) }
            } catch {
                // What was read so far is told below.
                hadGarbage = true
                Terminal.complain("\(file): cannot be read on; it must be a file, and its disk well")
            }
            for call in replay.finish() { print(call.json()) }
            if let trouble = replay.trouble {
                hadGarbage = true
                Terminal.complain("\(file): \(trouble)")
            }
            for offset in replay.skipped {
                hadGarbage = true
                Terminal.complain("\(file): skipped what is no AMI at byte \(offset)")
            }
        }
        if hadGarbage { throw ExitCode(1) }
    }
}
