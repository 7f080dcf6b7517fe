import Foundation

/// The folder of a demonstration: one at a time is in it, and what somebody else put there is never removed.
enum DemoFolder {
    /// Says that a demonstration made the folder, and so that the next one may remove what is in it.
    static let mark = ".calldesk-demo"

    enum Fault: Error, Equatable, CustomStringConvertible {
        case notOurs(String)
        case inUse(String)
        case unusable(String, String)

        var description: String {
            switch self {
            case .notOurs(let path):
                "'\(path)' holds something that no demonstration made; nothing of it was touched. Name an empty folder with "
                    + "--data. (A demonstration of an earlier release left no mark: put an empty file \(DemoFolder.mark) into its "
                    + "folder to begin anew there, or to go on by --keep.)"
            case .inUse(let path):
                "a demonstration runs in '\(path)'; end it, then go on with its data by --keep, or name another folder with --data"
            case .unusable(let path, let why): "the folder '\(path)' cannot be used: \(why)"
            }
        }
    }

    /// Holds the folder while `body` runs; what an earlier demonstration left is removed first unless `keep`.
    ///
    /// - Throws: `Fault`, having changed nothing, and what `body` throws.
    static func hold(_ path: String, keep: Bool, _ body: () async throws -> Void) async throws {
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw Fault.unusable(path, error.localizedDescription)
        }
        // The folder itself is locked, until this process ends or closes it: a lock on the mark would go with the mark.
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Fault.unusable(path, String(cString: strerror(errno))) }
        defer { close(folder) }
        guard flock(folder, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            throw code == EWOULDBLOCK ? Fault.inUse(path) : .unusable(path, String(cString: strerror(code)))
        }
        try prepare(path, keep: keep)
        try await body()
    }

    private static func prepare(_ path: String, keep: Bool) throws(Fault) {
        let files = FileManager.default
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        do {
            let names = try files.contentsOfDirectory(atPath: path)
            guard names.isEmpty || names.contains(mark) else { throw Fault.notOurs(path) }
            // Before anything else is there, and longest: a start that is broken off leaves a folder of ours.
            if names.isEmpty { try Data().write(to: folder.appending(path: mark)) }
            for name in names where name != mark && !keep {
                try files.removeItem(at: folder.appending(path: name))
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault.unusable(path, error.localizedDescription)
        }
    }
}
