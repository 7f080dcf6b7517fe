import DeskCore
import Foundation
import Hummingbird
import NIOCore

/// A call's recording below its line's folder of recordings; the name comes from the PBX and may lead nowhere else.
struct RecordingFile {
    /// An hour of telephone sound is 58 MB as WAV; what is larger is no recording of a call.
    private static let largest = 1_073_741_824
    private static let piece = 262_144

    let url: URL
    let size: Int

    /// Nil when nobody talked, so that nothing was recorded, when the call has no recording, the line no folder, or the
    /// folder no such file.
    init?(_ call: Call, lines: [Settings.PBX]) {
        guard call.answeredAt != nil, let name = call.recording,
            let line = lines.first(where: { $0.line == call.line }),
            let folder = line.recordings
        else { return nil }
        let root = URL(filePath: folder, directoryHint: .isDirectory).resolvingSymlinksInPath().standardizedFileURL
        let relative = name.hasPrefix(folder) ? String(name.dropFirst(folder.count)) : name
        guard !relative.contains("\0"), !relative.split(separator: "/").contains("..") else { return nil }
        let file = root.appending(path: relative.split(separator: "/").joined(separator: "/"))
            .resolvingSymlinksInPath().standardizedFileURL
        guard file.path.hasPrefix(root.path + "/"),
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path),
            attributes[.type] as? FileAttributeType == .typeRegular, let size = attributes[.size] as? Int,
            size > 0, size <= Self.largest
        else { return nil }
        url = file
        self.size = size
    }

    private var mediaType: String {
        switch url.pathExtension.lowercased() {
        case "wav": "audio/wav"
        case "mp3": "audio/mpeg"
        case "ogg", "opus": "audio/ogg"
        default: "application/octet-stream"
        }
    }

    /// The file or the part of it that `request` asks for, piece by piece.
    func response(to request: Request) throws -> Response {
        let answer = try ByteRange(request, size: size).answer(size: size)
        let bytes = answer.bytes
        var headers = answer.headers
        headers[.contentType] = mediaType
        headers[.cacheControl] = "private, no-store"
        let handle = try FileHandle(forReadingFrom: url)
        return Response(
            status: answer.status,
            headers: headers,
            body: ResponseBody(contentLength: bytes.count) { writer in
                defer { try? handle.close() }
                if bytes.lowerBound > 0 { try handle.seek(toOffset: UInt64(bytes.lowerBound)) }
                var left = bytes.count
                while left > 0, let data = try handle.read(upToCount: min(Self.piece, left)), !data.isEmpty {
                    left -= data.count
                    try await writer.write(ByteBuffer(bytes: data))
                }
                try await writer.finish(nil)
            }
        )
    }
}
