import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("Key files that others may read", .timeLimit(.minutes(1)))
struct KeyExposureTests {
    private static func mode(_ place: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] as? Int
    }

    @Test(
        "each is told with its mode, and closed where it is ours",
        arguments: [0o644, 0o640, 0o660, 0o604, 0o601, 0o666, 0o777]
    )
    func open(mode: Int) throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = [
            "vault.key", "webhooks.key", "vault/2026-11-21.key",
            "vault/2026-11-21/\(String(repeating: "0a", count: 16)).key",
            "vault/2026-11-22.key",
        ]
        for name in names { _ = try KeyFile(folder.appending(path: name)).make([UInt8](repeating: 7, count: 32)) }
        #expect(try KeyExposure.all(in: folder).isEmpty)
        for name in names.prefix(4) {
            try FileManager.default.setAttributes(
                [.posixPermissions: mode],
                ofItemAtPath: folder.appending(path: name).path
            )
        }
        let told = try KeyExposure.all(in: folder)
        #expect(told.map(\.name) == names.prefix(4).sorted())
        #expect(told.allSatisfy { $0.isOurs && $0.mode == UInt32(mode) })
        #expect(told.first.map { "\($0)".contains("mode 0" + String(mode, radix: 8)) } == true)
        // Looking changes nothing; closing does, and what was made meanwhile is not touched.
        #expect(try Self.mode(folder.appending(path: "vault.key")) == mode)
        #expect(try KeyExposure.close(in: folder) == told)
        for name in names { #expect(try Self.mode(folder.appending(path: name)) == 0o600) }
        #expect(try KeyExposure.all(in: folder).isEmpty)
        #expect(try KeyFile(folder.appending(path: "vault.key")).read()?.count == 32)
    }

    @Test("what is no file of ours, or not there, is left alone")
    func others() throws {
        let folder = try TestDatabase.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try KeyExposure.close(in: folder.appending(path: "none")).isEmpty)
        let file = folder.appending(path: "file")
        try Data("x".utf8).write(to: file)
        #expect(throws: KeyFileError.self) { try KeyExposure.all(in: file) }
        // A pipe keeps nobody waiting; a folder named like a key is none.
        #expect(mkfifo(folder.path + "/pipe.key", 0o666) == 0)
        try FileManager.default.createDirectory(at: folder.appending(path: "x.key"), withIntermediateDirectories: false)
        #expect(try KeyExposure.close(in: folder).isEmpty)
        guard geteuid() == 0 else { return }
        let mounted = folder.appending(path: "mounted.key")
        try Data(repeating: 7, count: 32).write(to: mounted)
        #expect(chmod(mounted.path, 0o444) == 0 && chown(mounted.path, 12_345, 12_345) == 0)
        #expect(try KeyExposure.close(in: folder).map(\.isOurs) == [false])
        #expect(try Self.mode(mounted) == 0o444)
    }
}
