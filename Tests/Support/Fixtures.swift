import Foundation

/// Files of `Tests/Fixtures`.
public enum Fixtures {
    /// The bytes of one, by its path in the folder, such as `ami/22-a-direct.min.txt`.
    public static func bytes(_ path: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Fixtures/\(path)")))
    }
}
