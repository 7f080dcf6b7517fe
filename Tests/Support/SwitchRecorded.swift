import Foundation

/// Recordings of a real FreeSWITCH 1.10 with what the telephones did, written down beside them.
public enum SwitchRecorded {
    public static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/freeswitch")

    /// Names such as `c-queue.min`: all events, the least list, the same as JSON.
    public static let streams: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") && !$0.hasPrefix("show-") }.map { String($0.dropLast(4)) }
            .filter { !$0.hasSuffix(".late") && !$0.hasSuffix(".again") }.sorted()
    }()

    public static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name + ".txt")))
    }

    /// The frames after the login, each a piece.
    public static func frames(_ name: String) throws -> [[UInt8]] {
        let bytes = try bytes(name)
        var frames: [[UInt8]] = []
        var start = 0
        let mark = Array("\n\nContent-Length: ".utf8)
        for place in bytes.indices.dropLast(mark.count) where bytes[place..<place + mark.count].elementsEqual(mark) {
            frames.append(Array(bytes[start..<place + 2]))
            start = place + 2
        }
        frames.append(Array(bytes[start...]))
        return Array(frames.dropFirst())
    }
}
