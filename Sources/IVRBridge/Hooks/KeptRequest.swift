/// A request of a hook as it is kept for looking back: an HTTP message with its body, which may be sent again as it is.
///
/// ```
/// POST /hooks/cti/loja HTTP/1.1
/// Content-Type: application/x-www-form-urlencoded
/// X-Arrived-At: 1795236570000000
/// Content-Length: 27
///
/// event=newCall&callId=4711&…
/// ```
/// Lines end in CR LF; `X-Arrived-At` is in microseconds since 1970. Token and signature are left out: who reads it can
/// report no calls. A CDR stands without what its post was wrapped in (`cdr=`, base64, percent-encoding), so that it can
/// be read and masked.
struct KeptRequest: Sendable {
    var kind: HookKind
    var request: HookRequest
    /// Where it begins in the stream.
    var offset: Int

    /// The request of a line as it is kept.
    static func bytes(of request: HookRequest, kind: HookKind, line: String) -> [UInt8] {
        let body = kind == .freeswitch ? SwitchLeg.plainDocument(request) : request.body
        let query = request.query.utf8.filter(isVisible)
        var head = Array("\(request.method == "GET" ? "GET" : "POST") \(path)\(kind.rawValue)/".utf8)
        head += line.utf8.filter(isVisible)
        if !query.isEmpty { head += [UInt8(ascii: "?")] + query }
        head += Array(" HTTP/1.1\r\n".utf8)
        if let type = request.contentType {
            head += Array("Content-Type: ".utf8) + type.utf8.filter { isVisible($0) || $0 == 0x20 } + [13, 10]
        }
        head += Array("X-Arrived-At: \(request.arrivedAt)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        return head + body + [13, 10]
    }

    /// What ends no line and no word.
    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7f }

    fileprivate static let path = "/hooks/"
    fileprivate static let beginnings = ["POST \(path)", "GET \(path)"].map { Array($0.utf8) }
}

/// The first lines of a kept request, and where its parts stand.
struct KeptRequestHead: Sendable {
    /// The server takes 80 KiB of head (NIO's parser).
    static let longest = 96 << 10
    /// The longest body a hook takes, with each quote of a CDR that stood bare escaped.
    static let longestBody = 2 << 20

    var kind: HookKind
    var method: String
    /// What stands after the question mark.
    var query: Range<Int>
    var contentType: String?
    var arrivedAt: Int64
    /// It may end beyond the bytes that are there.
    var body: Range<Int>

    enum Reading {
        case head(KeptRequestHead)
        /// More bytes are needed to tell.
        case more
        case none
    }

    /// Whether `bytes` begin as a kept request does; nil while they are too few to tell.
    static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool? {
        for beginning in KeptRequest.beginnings {
            if bytes.starts(with: beginning) { return true }
            if beginning.starts(with: bytes) { return nil }
        }
        return false
    }

    /// What begins at `start`.
    static func read(_ bytes: [UInt8], at start: Int) -> Reading {
        switch isOne(bytes[start...]) {
        case true?: break
        case false?: return .none
        case nil: return .more
        }
        guard let end = end(of: bytes[start...].prefix(longest)) else {
            return bytes.count - start < longest ? .more : .none
        }
        let lines = bytes[start..<end].split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        let words = lines.first?.split(separator: UInt8(ascii: " ")) ?? []
        guard words.count == 3 else { return .none }
        let mark = words[1].firstIndex(of: UInt8(ascii: "?")) ?? words[1].endIndex
        let parts = String(decoding: words[1][..<mark], as: UTF8.self).split(separator: "/")
        guard parts.count == 3, let kind = HookKind(rawValue: String(parts[1])) else { return .none }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            fields[name] = String(decoding: line[(colon + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
        }
        guard let length = fields["content-length"].flatMap({ Int($0) }), (0...longestBody).contains(length),
            let arrivedAt = fields["x-arrived-at"].flatMap({ Int64($0) }), HookNumber.moments.contains(arrivedAt)
        else { return .none }
        return .head(
            KeptRequestHead(
                kind: kind,
                method: String(decoding: words[0], as: UTF8.self),
                query: min(mark + 1, words[1].endIndex)..<words[1].endIndex,
                contentType: fields["content-type"],
                arrivedAt: arrivedAt,
                body: end..<end + length
            )
        )
    }

    /// What stands after the empty line.
    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        var place = bytes.startIndex
        while let line = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
            let rest = bytes[(line + 1)...]
            if rest.first == UInt8(ascii: "\n") { return line + 2 }
            if rest.starts(with: [13, 10]) { return line + 3 }
            place = line + 1
        }
        return nil
    }
}

/// Cuts a stream of kept requests, however its bytes come.
struct KeptRequestReader: Sendable {
    private var pending: [UInt8] = []
    /// Where what is pending begins.
    private var offset = 0
    /// What is no request is passed over up to the next line that begins one.
    private var isLost = false
    /// Where something had to be passed over; the first of many tell enough.
    private(set) var skipped: [Int] = []
    private static let mostSkipped = 1_000

    /// Takes bytes and gives each whole request to `body`.
    mutating func feed(_ bytes: some Sequence<UInt8>, _ body: (KeptRequest) -> Void) {
        pending.append(contentsOf: bytes)
        var place = 0
        reading: while place < pending.count {
            if !isLost, pending[place] == UInt8(ascii: "\n") || pending[place] == UInt8(ascii: "\r") {
                place += 1
                continue
            }
            switch KeptRequestHead.read(pending, at: place) {
            case .more: break reading
            case .none:
                if !isLost { note(offset + place) }
                isLost = true
                guard let line = pending[place...].firstIndex(of: UInt8(ascii: "\n")) else {
                    // Its last byte stays, so that the line's end is still to come.
                    pending[pending.count - 1] = 0
                    place = pending.count - 1
                    break reading
                }
                place = line + 1
            case .head(let head):
                guard head.body.upperBound <= pending.count else { break reading }
                isLost = false
                var url = KeptRequest.path + head.kind.rawValue
                if !head.query.isEmpty { url += "?" + String(decoding: pending[head.query], as: UTF8.self) }
                let request = HookRequest(
                    url: url,
                    method: head.method,
                    contentType: head.contentType,
                    body: Array(pending[head.body]),
                    arrivedAt: head.arrivedAt
                )
                body(KeptRequest(kind: head.kind, request: request, offset: offset + place))
                place = head.body.upperBound
            }
        }
        pending.removeFirst(place)
        offset += place
    }

    /// What is left is no whole request.
    mutating func finish() {
        if !pending.isEmpty, !isLost { note(offset) }
        offset += pending.count
        pending = []
        isLost = false
    }

    /// A request that was whole and says nothing that can be read.
    mutating func note(_ place: Int) {
        if skipped.count < Self.mostSkipped { skipped.append(place) }
    }

    mutating func takeSkipped() -> [Int] {
        defer { skipped = [] }
        return skipped
    }
}
