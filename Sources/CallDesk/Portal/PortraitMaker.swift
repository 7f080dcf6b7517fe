import DeskCore
import Foundation
import Synchronization

/// Why a photo was not taken.
enum PortraitFault: Error, Equatable {
    /// It is no picture of a kind that is taken, or is damaged.
    case notAPicture
    /// The program that makes the square is missing or may not be confined; nothing is served as it was sent.
    case unavailable
    /// Several photos are being made already.
    case busy
}

/// Makes a centred square of a photo with `vipsthumbnail`, in a child process that may do little else.
///
/// A picture is read by code that strangers' bytes have broken before. The child has no network, a bounded memory, time, file
/// size and number of files, reads formats that are fuzzed only, and what it writes is a picture made anew, without the
/// place and the day a camera notes in it.
enum PortraitMaker {
    static let side = 256

    /// Two at once: each may take some hundred MB for a moment.
    private static let mostAtOnce = 2
    private static let running = Mutex(0)

    /// What stands before the program: no network and no rights (a user namespace of its own), 1 GiB, ten seconds of work,
    /// files of 1 MiB, 64 of them.
    private static let confined = [
        "unshare", "--user", "--map-current-user", "--net", "--", "prlimit", "--as=1073741824", "--cpu=10:10",
        "--fsize=1048576", "--nofile=64", "--core=0", "--",
    ]
    /// By the clock on the wall; reading is done in one.
    private static let limit = Duration.seconds(20)

    /// The square, as JPEG.
    static func square(_ name: String, _ bytes: [UInt8]) async throws(PortraitFault) -> [UInt8] {
        guard (try? PhotoShelf.isPicture(name, bytes)) == true else { throw .notAPicture }
        let isAdmitted = running.withLock { count in
            guard count < mostAtOnce else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { throw .busy }
        defer { running.withLock { $0 -= 1 } }
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-photo-\(UUID().uuidString)")
        let (source, result) = (folder.appending(path: "sent"), folder.appending(path: "square.jpg"))
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            try Data(bytes).write(to: source)
        } catch { throw .unavailable }
        let command =
            confined + [
                "vipsthumbnail", source.path, "--size", "\(side)x\(side)", "--smartcrop", "centre", "--output",
                "\(result.path)[Q=85,strip]",
            ]
        let environment = [
            "VIPS_BLOCK_UNTRUSTED": "1", "VIPS_CONCURRENCY": "1", "VIPS_NOVECTOR": "1", "TMPDIR": folder.path,
        ]
        if await Program.run(command, environment: environment, limit: limit) != nil {
            // A picture it cannot read, or nothing it can do at all.
            throw await trouble() == nil ? .notAPicture : .unavailable
        }
        guard let made = try? Data(contentsOf: result), !made.isEmpty, made.count <= PhotoShelf.largest,
            made.starts(with: [0xFF, 0xD8, 0xFF])
        else { throw .notAPicture }
        return Array(made)
    }

    /// Why no photo can be made here, and what to do; nil when it can.
    static func trouble() async -> String? {
        if let missing = await Program.run(["vipsthumbnail", "--version"], limit: limit) {
            return "\(missing); install libvips-tools, until then customers cannot set a photo"
        }
        if await Program.run(confined + ["true"], limit: limit) != nil {
            return
                "the program that reads photos cannot be confined (unshare and prlimit of util-linux, user namespaces of the "
                + "kernel: sysctl user.max_user_namespaces); until then customers cannot set a photo"
        }
        return nil
    }
}
