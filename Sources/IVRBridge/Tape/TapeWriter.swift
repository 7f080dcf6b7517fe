import Foundation

/// Appends entries to a folder's newest segment, begins another when that is full, and lets the oldest go.
struct TapeWriter: Sendable {
    let folder: TapeFolder
    let limit: Int
    let life: Duration

    /// A segment is closed after this long, so that those of a quiet line end their term too.
    private static let longestSegment = 86_400 * Int64(1_000_000)

    private var segment: Segment?
    private var shedAt: Int64?

    private struct Segment: Sendable {
        var handle: FileHandle
        var begins: Int64
        var size: Int
    }

    init(folder: TapeFolder, limit: Int, life: Duration) {
        (self.folder, self.limit, self.life) = (folder, limit, life)
    }

    /// Writes; what the disk does not take is left out.
    ///
    /// - Returns: what is wrong and what to do, nil when nothing is.
    mutating func write(_ entries: [TapeEntry], at now: Int64) -> String? {
        do {
            var bytes: [UInt8] = []
            var begins = now
            for entry in entries {
                if bytes.isEmpty { begins = entry.at }
                bytes += entry.encoded
                if bytes.count >= limit / TapeFolder.parts { try append(&bytes, at: begins) }
            }
            try append(&bytes, at: begins)
            // A clock that was put back is no reason to wait.
            if abs(now - (shedAt ?? 0)) > Self.longestSegment / 24 { try shed(at: now) }
            return nil
        } catch {
            // Another segment begins with the next write: the end of this one may be cut off.
            segment = nil
            return "what the line brings cannot be kept below \(folder.url.path): \(error.localizedDescription); "
                + "look at the free space and the folder's owner"
        }
    }

    private mutating func append(_ bytes: inout [UInt8], at moment: Int64) throws {
        guard !bytes.isEmpty else { return }
        if let open = segment,
            open.size + bytes.count > limit / TapeFolder.parts || moment - open.begins > Self.longestSegment
        {
            segment = nil
        }
        var open = try segment ?? begin(at: moment)
        try open.handle.write(contentsOf: bytes)
        open.size += bytes.count
        segment = open
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func begin(at moment: Int64) throws -> Segment {
        // Numbers and names of callers are in it: for the service's own user alone.
        try FileManager.default.createDirectory(
            at: folder.url,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try shed(at: moment)
        let name = "\(moment)-\(String(UInt32.random(in: .min ... .max), radix: 36))\(TapeFolder.suffix)"
        let file = folder.url.appending(path: name)
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return Segment(handle: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true), begins: moment, size: 0)
    }

    /// Room for another segment is made before it begins.
    private mutating func shed(at moment: Int64) throws {
        shedAt = moment
        let seconds = Double(moment) / 1_000_000 - Double(life.components.seconds)
        try folder.shed(
            to: limit - limit / TapeFolder.parts,
            before: Date(timeIntervalSince1970: seconds)
        )
    }
}
