/// What is wrong with a stream that should be AMI.
public enum AMIFrameError: Error, Equatable, Sendable {
    case lineTooLong(offset: Int)
    case packetTooLarge(offset: Int)
    case noHeader(offset: Int)
}

/// Cuts a byte stream into packets: any split, CR LF or LF, any order.
public struct AMIFrameDecoder: Sendable {
    /// `Command` output lines are the longest Asterisk sends; 394 bytes were seen otherwise.
    public static let longestLine = 65_536
    /// The longest block seen has 6.4 KB (ListCommands); `Command` output can be longer.
    public static let largestPacket = 1_048_576
    public static let mostHeaders = 8_192

    private var line: [UInt8] = []
    private var headers: [AMIPacket.Header] = []
    private var size = 0
    private var offset = 0
    private var lineStart = 0
    private var isSkipping = false
    /// The greeting, `Asterisk Call Manager/…`.
    public private(set) var banner: String?
    private var sawAnything = false

    public init() {}

    /// Takes bytes and hands out each packet they complete, and each fault they hold.
    public mutating func feed(
        _ bytes: some Sequence<UInt8>,
        packet: (AMIPacket) -> Void,
        fault: (AMIFrameError) -> Void
    ) {
        for byte in bytes {
            offset += 1
            if byte != 0x0A {
                if line.count < Self.longestLine {
                    line.append(byte)
                } else if !isSkipping {
                    isSkipping = true
                    headers.removeAll()
                    fault(.lineTooLong(offset: lineStart))
                }
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            endLine(packet, fault)
            line.removeAll(keepingCapacity: true)
            lineStart = offset
        }
    }

    private mutating func endLine(_ packet: (AMIPacket) -> Void, _ fault: (AMIFrameError) -> Void) {
        if line.isEmpty {
            if !headers.isEmpty, !isSkipping { packet(AMIPacket(headers: headers)) }
            headers.removeAll(keepingCapacity: true)
            size = 0
            isSkipping = false
            return
        }
        guard !isSkipping else { return }
        size += line.count
        guard size <= Self.largestPacket, headers.count < Self.mostHeaders else {
            isSkipping = true
            headers.removeAll()
            fault(.packetTooLarge(offset: lineStart))
            return
        }
        guard let colon = line.firstIndex(of: 0x3A) else {
            let text = String(decoding: line, as: UTF8.self)
            if headers.isEmpty, text.hasPrefix("Asterisk Call Manager/") {
                banner = text
                return
            }
            if headers.last?.name == "Output" { return }
            isSkipping = true
            headers.removeAll()
            fault(.noHeader(offset: lineStart))
            return
        }
        var start = colon + 1
        if start < line.count, line[start] == 0x20 { start += 1 }
        headers.append(
            .init(
                name: String(decoding: line[..<colon], as: UTF8.self),
                value: String(decoding: line[start...], as: UTF8.self)
            )
        )
    }
}
