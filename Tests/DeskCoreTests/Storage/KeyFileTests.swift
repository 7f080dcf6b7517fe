import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("Key files", .timeLimit(.minutes(1)))
struct KeyFileTests {
    private static func folder() throws -> URL { try TestDatabase.folder() }

    private static let key = [UInt8](repeating: 7, count: 32)

    @Test("a file that is not there is nil, and is made with mode 0600 in folders only the service sees")
    func made() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(folder.appending(path: "a/b/key"))
        #expect(try file.read() == nil)
        #expect(try file.make(Self.key) == Self.key)
        #expect(try file.read() == Self.key)
        let mode = try FileManager.default.attributesOfItem(atPath: file.place.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let parent = try FileManager.default.attributesOfItem(atPath: folder.path + "/a")[.posixPermissions] as? Int
        #expect(parent == 0o700)
        // Nothing half-made stays behind.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b") == ["key"])
    }

    @Test("what is there is never replaced")
    func kept() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(folder.appending(path: "key"))
        #expect(try file.make(Self.key) == Self.key)
        #expect(try file.make([UInt8](repeating: 9, count: 32)) == Self.key)
    }

    @Test("whoever makes it at the same moment has the same bytes")
    func race() async throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(folder.appending(path: "keys/key"))
        let all = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<32 {
                group.addTask { try file.make([UInt8](repeating: UInt8(number), count: 32)) }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(all.count == 1)
        #expect(try file.read() == all.first)
    }

    @Test("a file that cannot be read is an error, and stays as it is", arguments: ["folder", "loop", "blocked"])
    func unreadable(how: String) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "key")
        switch how {
        case "folder": try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
        // A name that leads to itself: ELOOP, whoever asks.
        case "loop": try FileManager.default.createSymbolicLink(atPath: place.path, withDestinationPath: place.path)
        // A file where a folder must be: ENOTDIR.
        default: try Data("x".utf8).write(to: place)
        }
        let file = KeyFile(how == "blocked" ? place.appending(path: "key") : place)
        #expect(throws: KeyFileError.self) { try file.read() }
        #expect(throws: KeyFileError.self) { try file.make(Self.key) }
        let kind = try FileManager.default.attributesOfItem(atPath: place.path)[.type] as? FileAttributeType
        #expect(kind == ["folder": .typeDirectory, "loop": .typeSymbolicLink, "blocked": .typeRegular][how])
    }

    @Test("a pipe, a socket or a link that leads nowhere keeps nobody waiting, and nothing is made in its place")
    func noFile() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let pipe = KeyFile(folder.appending(path: "pipe"))
        try #require(mkfifo(pipe.place.path, 0o600) == 0)
        #expect(throws: KeyFileError.noFile("pipe")) { try pipe.read() }
        #expect(throws: KeyFileError.noFile("pipe")) { try pipe.make(Self.key) }
        #expect(throws: KeyFileError.self) { try pipe.destroy() }
        let link = KeyFile(folder.appending(path: "link"))
        try FileManager.default.createSymbolicLink(atPath: link.place.path, withDestinationPath: folder.path + "/x")
        #expect(throws: KeyFileError.unreadable("link", code: ENOENT)) { try link.make(Self.key) }
        #expect(try !FileLook.isThere(folder.path + "/x"))
        #expect(!FileLook.isFile(pipe.place.path) && !FileLook.isFile(folder.path) && !FileLook.isFile(link.place.path))
    }

    @Test("a file of another size is an error, and stays as it is", arguments: [0, 1, 31, 33, 5_000])
    func wrongSize(size: Int) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let place = folder.appending(path: "key")
        try Data(repeating: 1, count: size).write(to: place)
        #expect(throws: KeyFileError.unusable("key", expected: 32)) { try KeyFile(place).make(Self.key) }
        #expect(try Data(contentsOf: place).count == size)
    }

    @Test("a destroyed file is gone, and destroying it twice is no error")
    func destroyed() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = KeyFile(folder.appending(path: "key"))
        _ = try file.make(Self.key)
        try file.destroy()
        #expect(try file.read() == nil)
        try file.destroy()
    }
}
