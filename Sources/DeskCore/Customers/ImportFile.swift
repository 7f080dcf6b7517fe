import Foundation

/// The file of an import, read piece by piece: a directory of millions is never in memory whole.
final class ImportFile {
    /// Bytes read at once.
    private static let pieceBytes = 65_536

    private let path: String
    private let handle: FileHandle

    /// - Throws: `ImportError.unreadableFile`.
    init(_ path: String) throws(ImportError) {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadableFile(path: path, reason: String(cString: strerror(errno)))
        }
        (self.path, self.handle) = (path, handle)
    }

    deinit { try? handle.close() }

    /// The next piece; nil at the end.
    func next() throws(ImportError) -> [UInt8]? {
        do {
            return try handle.read(upToCount: Self.pieceBytes).map { Array($0) }
        } catch {
            throw .unreadableFile(path: path, reason: "it cannot be read to its end")
        }
    }
}
