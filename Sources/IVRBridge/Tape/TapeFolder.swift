import Foundation

/// A line's kept bytes on the disk: segments named by when they begin, of which the oldest make room.
public struct TapeFolder: Sendable {
    public let url: URL

    public init(_ url: URL) { self.url = url }

    static let suffix = ".tape"
    /// The ring is let go of in as many parts: what is kept is never less than seven eighths of it.
    static let parts = 8
    /// Each start of the service and each fault of the disk begins a file: one every half minute for a week.
    static let mostSegments = 20_000

    /// One file.
    struct Segment: Sendable, Equatable {
        var url: URL
        /// Microseconds since 1970.
        var begins: Int64
        var size: Int
        /// When it was last written to.
        var touched: Date
    }

    /// The segments, the oldest first; none when there is no folder.
    ///
    /// - Throws: what the file system says when the folder is there and cannot be read.
    func segments() throws -> [Segment] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: url.path)
        } catch CocoaError.fileReadNoSuchFile {
            return []
        }
        return names.compactMap { name -> Segment? in
            guard name.hasSuffix(Self.suffix), let begins = Int64(name.prefix { $0 != "-" }) else { return nil }
            let file = url.appending(path: name)
            // One that another process has just let go of is no fault.
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: file.path) else { return nil }
            return Segment(
                url: file,
                begins: begins,
                size: attributes[.size] as? Int ?? 0,
                touched: attributes[.modificationDate] as? Date ?? .distantPast
            )
        }.sorted { ($0.begins, $0.url.lastPathComponent) < ($1.begins, $1.url.lastPathComponent) }
    }

    /// Lets go of the oldest segments beyond `limit` bytes or `mostSegments`, and of those last written to before `moment`.
    func shed(to limit: Int, before moment: Date) throws {
        let segments = try segments()
        var total = segments.reduce(0) { $0 + $1.size }
        for (place, oldest) in segments.enumerated() {
            let isTooMany = segments.count - place > Self.mostSegments
            guard total > limit || isTooMany || oldest.touched < moment else { return }
            try FileManager.default.removeItem(at: oldest.url)
            total -= oldest.size
        }
    }

    /// The bytes read between two moments (microseconds since 1970), as they came; nil when they are more than `limit`.
    ///
    /// - Throws: what the file system says.
    public func bytes(from: Int64, to: Int64, limit: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        try read(from: from, to: to) { entry in
            bytes += entry.bytes
            return bytes.count <= limit
        }
        return bytes.count <= limit ? bytes : nil
    }

    /// Since when something is kept (microseconds since 1970), and how many bytes of files; nil when there is nothing.
    ///
    /// - Throws: what the file system says.
    public func kept() throws -> (since: Int64, bytes: Int)? {
        let segments = try segments()
        return segments.first.map { ($0.begins, segments.reduce(0) { $0 + $1.size }) }
    }

    /// What was found between two moments.
    public struct Found: Sendable, Equatable {
        public var entries = 0
        /// Something between the moments was lost, or stands damaged on the disk.
        public var hasGaps = false
    }

    /// Gives each entry between two moments (microseconds since 1970) to `body`, in order, until it returns false.
    ///
    /// - Throws: what the file system says; damage is passed over, to the next segment, and told in what is returned.
    @discardableResult
    public func read(from: Int64, to: Int64, _ body: (TapeEntry) throws -> Bool) throws -> Found {
        var found = Found()
        let segments = try segments()
        for (place, segment) in segments.enumerated() where segment.begins <= to {
            // Of a webhook's line two nodes may write at once: the next one's beginning is not this one's end.
            let isPast = segment.touched.timeIntervalSince1970 * 1_000_000 < Double(from)
            if isPast, place + 1 < segments.count, segments[place + 1].begins < from { continue }
            let handle: FileHandle
            do {
                handle = try FileHandle(forReadingFrom: segment.url)
            } catch CocoaError.fileReadNoSuchFile {
                // It was let go of meanwhile.
                found.hasGaps = true
                continue
            }
            defer { try? handle.close() }
            var buffer: [UInt8] = []
            var read = 0
            scan: while true {
                let decoded: (entry: TapeEntry, length: Int)?
                do {
                    decoded = try TapeEntry.decode(buffer[read...])
                } catch {
                    found.hasGaps = true
                    break
                }
                guard let decoded else {
                    buffer.removeFirst(read)
                    read = 0
                    guard let more = try handle.read(upToCount: 1 << 20), !more.isEmpty else {
                        // The last write was cut off in the middle; what follows it is in the next segment.
                        if !buffer.isEmpty { found.hasGaps = found.hasGaps || place + 1 < segments.count }
                        break scan
                    }
                    buffer += more
                    continue
                }
                read += decoded.length
                let entry = decoded.entry
                if entry.at > to { break }
                if entry.at < from { continue }
                found.entries += 1
                if entry.kind == .gap { found.hasGaps = true }
                guard try body(entry) else { return found }
            }
        }
        return found
    }
}
