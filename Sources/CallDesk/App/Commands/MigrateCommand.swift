import ArgumentParser
import DeskCore
import Foundation
import Synchronization

/// Takes a desk from a SQLite file to PostgreSQL.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Copies a desk from SQLite into an empty PostgreSQL database and compares every table.",
        discussion: """
            Stop the service first. A copy that was cut off goes on where it stood when the command is given again; until
            it has finished, no service opens the target. The attachments and the keys in desk.data are not in the
            database: they stay where they are, or move with the service.
            """
    )

    @Option(help: "Where the desk is: sqlite:PATH")
    var from: String
    @Option(help: "Where it goes: postgres://user@host/name, or file:PATH of a file that holds it.")
    var to: String

    func run() async throws {
        let target: String
        if to.hasPrefix("file:") {
            let path = String(to.dropFirst(5))
            guard try FileLook.isThere(path) else {
                throw Administration.failed("the file that holds the target is not there")
            }
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw Administration.failed("the file that holds the target cannot be read; check its owner and rights")
            }
            target = text.trimmingCharacters(in: .whitespacesAndNewlines)
        } else {
            target = to
        }
        let progress = Mutex(CopyProgress(isTerminal: isatty(STDERR_FILENO) == 1))
        do {
            let copy = try await DatabaseCopy(from: from, to: target)
            do {
                try await copy.run { news in
                    let text = progress.withLock { $0.text(for: news) }
                    if let text { FileHandle.standardError.write(Data(text.utf8)) }
                }
            } catch {
                await copy.close()
                throw error
            }
            await copy.close()
        } catch let error as StoreError {
            throw Administration.failed("\(error)")
        }
        print(progress.withLock { $0.summary })
    }
}

/// What is shown of a copy: one line that changes on a terminal, a line a table in a file.
struct CopyProgress: Sendable {
    private static let width = 30

    private let isTerminal: Bool
    private var shown = ""
    private var counts: [String: Int64] = [:]

    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// What to write now, nil for nothing.
    mutating func text(for news: DatabaseCopy.Progress) -> String? {
        let verb = news.stage == .copying ? "copying" : "comparing"
        let isDone = news.done >= news.total
        if news.stage == .comparing { counts[news.table] = news.done }
        guard isTerminal else {
            // One line for each table and stage; the rest of the same is not worth one.
            let line = "\(verb) \(news.table): \(news.done) of \(news.total)\n"
            let name = "\(verb) \(news.table)"
            guard isDone, shown != name else { return nil }
            shown = name
            return line
        }
        let filled = news.total > 0 ? Int(Int64(Self.width) * min(news.done, news.total) / news.total) : Self.width
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.width - filled)
        let line = "[\(bar)] \(verb) \(news.table) \(news.done)/\(news.total)"
        guard line != shown else { return nil }
        // What was longer before must not show through.
        let rest = String(repeating: " ", count: max(0, shown.count - line.count))
        shown = line
        return "\r\(line)\(rest)"
    }

    /// What came of it.
    var summary: String {
        let rows = counts.values.reduce(0, +)
        return (isTerminal ? "\n" : "")
            + "\(counts.count) tables, \(rows) rows: counts and checksums are equal. Set 'database:' to the target and start."
    }
}
