import ArgumentParser
import DeskCore
import Foundation
import IVRBridge

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Reads recorded AMI or Event Socket streams or kept webhooks and prints one JSON object a call.",
        discussion: """
            --explain tells each call step by step instead: which event, where in the file, and what it changed. \
            --mask writes the recording to a new file with other numbers and names; it tells the same calls.
            """
    )

    @Argument(help: "Recorded byte streams, as read from the PBX.")
    var files: [String]

    @Option(help: "How numbers without a country code are read: BR, PT or BR-31.")
    var region = "BR"

    @Flag(help: "Tell each call step by step, for a person.")
    var explain = false

    @Option(help: "Write the one recording to this new file, with other numbers and names of the same length.")
    var mask: String?

    /// It is masked as a whole, so that a name that is told late goes where it stood before.
    private static let mostMasked = 256 << 20

    func validate() throws {
        if mask != nil, files.count != 1 || explain { throw ValidationError("--mask takes one file, and nothing else") }
    }

    func run() throws {
        if let mask { return try write(masked: mask) }
        guard let region = Region(region) else {
            throw ValidationError("--region is BR, PT, or BR with an area code such as BR-31")
        }
        var hadGarbage = false
        for file in files {
            guard let handle = FileHandle(forReadingAtPath: file) else {
                Terminal.complain("\(file): cannot be read; check its name and owner")
                throw ExitCode(1)
            }
            var replay = Replay(telling: explain ? .everything : .nothing) {
                PhoneNumber.callerE164($0, region: region)
            }
            // Read in pieces: a day of a busy PBX is larger than memory should be.
            do {
                while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { replay.feed(data) }
            } catch {
                // What was read so far is told below.
                hadGarbage = true
                Terminal.complain("\(file): cannot be read on; it must be a file, and its disk well")
            }
            let told = CallStoryText(words: CallStepWords(.en))
            for call in replay.finish() { print(explain ? told.text(call) : call.json()) }
            if let trouble = replay.trouble {
                hadGarbage = true
                Terminal.complain("\(file): \(trouble)")
            }
            for offset in replay.skipped {
                hadGarbage = true
                Terminal.complain("\(file): skipped what cannot be read at byte \(offset)")
            }
        }
        if hadGarbage { throw ExitCode(1) }
    }

    private func write(masked target: String) throws {
        let file = files[0]
        guard let handle = FileHandle(forReadingAtPath: file),
            let data = try? handle.read(upToCount: Self.mostMasked + 1)
        else { throw Administration.failed("\(file): cannot be read; check its name and owner") }
        guard data.count <= Self.mostMasked else {
            throw Administration.failed("\(file): more than \(Self.mostMasked >> 20) MB; cut it where a blank line is")
        }
        var mask = StreamMask()
        let masked = mask.mask([UInt8](data))
        try NewFile.write(masked, to: target)
    }
}
