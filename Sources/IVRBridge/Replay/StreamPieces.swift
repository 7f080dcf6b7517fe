import Codecs

/// Cuts a PBX's stream after each blank line, so that each event's doing can be told apart.
///
/// An AMI packet and an event as text are one piece; an event as JSON ends without a line of its own and comes with the
/// head of the next frame, which changes no call.
struct StreamPieces: Sendable {
    /// A listing is the longest there is; what is longer is given on in parts.
    private static let longest = 1 << 20

    private var pending: [UInt8] = []
    private var isBlank = true
    /// Where what is pending begins.
    private(set) var offset = 0

    /// Takes bytes and gives each whole piece with its place to `body`.
    mutating func cut(_ bytes: some Sequence<UInt8>, _ body: (_ piece: [UInt8], _ offset: Int) -> Void) {
        for byte in bytes {
            pending.append(byte)
            if byte == UInt8(ascii: "\n") {
                if isBlank || pending.count >= Self.longest { flush(body) }
                isBlank = true
            } else if byte != UInt8(ascii: "\r") {
                isBlank = false
                if pending.count >= Self.longest { flush(body) }
            }
        }
    }

    /// Gives what is left.
    mutating func flush(_ body: (_ piece: [UInt8], _ offset: Int) -> Void) {
        guard !pending.isEmpty else { return }
        body(pending, offset)
        offset += pending.count
        pending.removeAll(keepingCapacity: true)
        isBlank = true
    }
}

/// What a piece says of itself, for telling; what it does to calls is the tracker's.
struct PieceHeading: Sendable {
    var event = "(listing)"
    var channel: String?
    var at: Int64?

    init(_ piece: [UInt8]) {
        if let name = Self.value("Event", in: piece) {
            event = name
            channel = Self.value("Channel", in: piece) ?? Self.value("DestChannel", in: piece)
            let parts = (Self.value("Timestamp", in: piece) ?? "").split(separator: ".")
            if parts.count == 2, let seconds = Int64(parts[0]), (0...99_999_999_999).contains(seconds) {
                let digits = parts[1].prefix(6)
                at = Int64(digits + String(repeating: "0", count: 6 - digits.count)).map { seconds * 1_000_000 + $0 }
            }
        } else if let name = Self.value("Event-Name", in: piece) {
            let kind = Self.value("Event-Subclass", in: piece).map { " " + (PercentEncoding.decode($0) ?? $0) } ?? ""
            event = name + (name == "CUSTOM" ? kind : "")
            channel = Self.value("Channel-Name", in: piece).map { PercentEncoding.decode($0) ?? $0 }
            at = Self.value("Event-Date-Timestamp", in: piece).flatMap(HookNumber.moment)
        }
    }

    /// A field's value: of a line of its own, or of a member of a JSON object.
    private static func value(_ name: String, in piece: [UInt8]) -> String? {
        let line = Array("\(name): ".utf8)
        let member = Array("\"\(name)\":\"".utf8)
        var place = 0
        while place < piece.count {
            let isLineStart = place == 0 || piece[place - 1] == UInt8(ascii: "\n")
            if isLineStart, piece[place...].starts(with: line) {
                let rest = piece[(place + line.count)...].prefix {
                    $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r")
                }
                return String(decoding: rest.prefix(longest), as: UTF8.self)
            }
            if piece[place] == UInt8(ascii: "\""), piece[place...].starts(with: member) {
                let rest = piece[(place + member.count)...].prefix { $0 != UInt8(ascii: "\"") }
                return String(decoding: rest.prefix(longest), as: UTF8.self)
            }
            place += 1
        }
        return nil
    }

    /// Longer than any channel's name.
    private static let longest = 300
}
