import Codecs
import DeskCore
import Foundation
import NIOPosix

/// Appends SMS notices to a file, one JSON object a line, for trials without a gateway.
struct FileSender: NoticeSender {
    let channel = NoticeChannel.sms
    /// One writer keeps the lines whole and in order.
    let lanes = 1
    let batch = 64

    private let path: String
    private let threads: NIOThreadPool

    init(path: String, threads: NIOThreadPool = .singleton) {
        self.path = path
        self.threads = threads
    }

    /// A message as it stands in the file.
    struct Line: Codable, Sendable, Equatable {
        var notice: NoticeID
        var to: String
        var text: String
        var segments: Int
    }

    func send(_ notices: [Notice]) async -> [DeliveryResult] {
        let error = DeliveryError(.sender, .desk(.smsFile))
        var bytes = Data()
        for notice in notices {
            let line = Line(
                notice: notice.id,
                to: notice.recipient,
                text: notice.body,
                segments: notice.segments ?? 1
            )
            if let encoded = try? JSONCoding.data(line) { bytes += encoded + [0x0A] }
        }
        let written = try? await threads.runIfActive { [path, bytes] in Self.append(bytes, to: path) }
        return notices.enumerated().map { index, _ in
            written == true ? .accepted(reference: nil) : index == 0 ? .refused(error) : .untried
        }
    }

    /// The file holds customers' numbers: nobody else may read it.
    private static func append(_ bytes: Data, to path: String) -> Bool {
        let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        return bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let count = write(file, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { return false }
                offset += count
            }
            return true
        }
    }
}
