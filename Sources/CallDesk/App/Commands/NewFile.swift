import Foundation

/// A file that a command writes: never one that is there already, and for its owner alone.
enum NewFile {
    /// - Throws: what is wrong and what to do, for the terminal.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Administration.failed(
                errno == EEXIST
                    ? "\(path) is there already; name a new file" : "\(path): cannot be written; check its folder"
            )
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: bytes)
            try file.close()
        } catch {
            throw Administration.failed("\(path): cannot be written; check the free space")
        }
    }
}
