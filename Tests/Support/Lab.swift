import Foundation

/// Runs the programs of `Tests/Support` that start real servers, and keeps what those say.
public enum Lab {
    /// A program of the lab, or a server, did not do what it was told.
    public struct Failure: Error, CustomStringConvertible {
        /// The program's name and what it was told.
        public let command: [String]
        /// How it ended.
        public let status: Int32
        /// What it said.
        public let said: String

        public init(command: [String], status: Int32, said: String) {
            (self.command, self.status, self.said) = (command, status, said)
        }

        /// The command, how it ended and the words of the server.
        public var description: String { "\(command.joined(separator: " ")): ended with \(status)\n\(said)" }
    }

    /// The folder with the programs.
    public static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// Runs a program of the lab, by its path in `folder`, and returns what it prints.
    ///
    /// - Throws: `Failure` when it ends with anything but 0.
    @discardableResult
    public static func run(_ program: String, _ arguments: [String]) async throws -> String {
        // On a thread of its own: it blocks for seconds.
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try output(program, arguments) }) }
        }
    }

    /// The first of neighbouring ports that are this process's own while it runs, below those of outgoing connections.
    public static func ports(_ count: Int = 1) async throws -> Int {
        let told = try await run("lab/ports.py", ["\(count)", "/proc/\(ProcessInfo.processInfo.processIdentifier)"])
        guard let port = Int(told.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw Failure(command: ["lab/ports.py"], status: 0, said: told)
        }
        return port
    }

    private static func output(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = folder.appendingPathComponent(program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        // A file and not a second pipe: neither can fill up while the other is read.
        let complaints = try Complaints()
        process.standardError = complaints.handle
        try process.run()
        let told = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(command: [program] + arguments, status: process.terminationStatus, said: complaints.text)
        }
        return String(decoding: told, as: UTF8.self)
    }

    /// What a process writes to its standard error, in a file that goes with this value.
    public final class Complaints {
        private let file: URL
        /// To be the process's standard error.
        public let handle: FileHandle

        public init() throws {
            file = FileManager.default.temporaryDirectory.appendingPathComponent("calldesk-lab-\(UUID().uuidString)")
            try Data().write(to: file)
            handle = try FileHandle(forWritingTo: file)
        }

        deinit { try? FileManager.default.removeItem(at: file) }

        /// What it has written so far.
        public var text: String { String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self) }
    }
}
