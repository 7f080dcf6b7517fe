#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Takes what a decoder finds, in order.
protocol AMIFrameSink {
    /// The greeting: a connection begins.
    mutating func begin(banner: String)
    /// A packet, lent for the length of the call.
    mutating func take(_ packet: inout AMIFields)
    mutating func fault(_ error: AMIFrameError)
}

/// Cuts a byte stream into packets: any split, CR LF or LF, any case, repeated keys, bytes that are not UTF-8.
///
/// A value: the same bytes give the same packets however they are cut. Whole packets are read where they lie; only the
/// piece of a packet at the end of a read is kept, with how far it was searched, so that no byte is looked at twice.
public struct AMIFrameDecoder: Sendable {
    /// `Command` output lines are the longest Asterisk sends; 394 bytes were seen otherwise.
    public static let longestLine = 65_536
    /// The longest block seen has 6.4 KB (ListCommands); `Command` output can be longer.
    public static let largestPacket = 1_048_576
    /// `Command` output has a header for each line of text.
    public static let mostHeaders = 8_192

    /// The beginning of a packet whose end has not come yet.
    private var pending: [UInt8] = []
    /// Its lines so far.
    private var lines: [AMIHeaderSpan] = []
    /// From the packet's first byte: where the line begins that is not whole yet, and where to look on for its end.
    private var lineStart = 0
    private var searched = 0
    /// Bytes of the stream before the packet's first.
    private var offset = 0
    private var isSkipping = false
    /// While skipping: bytes of the open line were thrown away, so it is not a blank one.
    private var isWithinSkippedLine = false
    /// What was before may have been cut out of a packet's middle.
    private var isAtStreamStart = true

    /// The greeting, `Asterisk Call Manager/…`.
    public private(set) var banner: String?

    public init() {}

    /// Bytes kept for a packet that is not whole; bounded by `largestPacket` and one read.
    public var bytesHeld: Int { pending.count }

    /// Takes bytes and hands out each packet they complete, and each fault they hold.
    public mutating func feed(
        _ bytes: some Sequence<UInt8>,
        packet: (AMIPacket) -> Void,
        fault: (AMIFrameError) -> Void
    ) {
        withoutActuallyEscaping(packet) { packet in
            withoutActuallyEscaping(fault) { fault in
                var sink = PacketSink(packet: packet, report: fault)
                feed(bytes, into: &sink)
            }
        }
    }

    /// The same without a copy of any packet.
    mutating func feed(_ bytes: some Sequence<UInt8>, into sink: inout some AMIFrameSink) {
        let fed: Void? = bytes.withContiguousStorageIfAvailable { buffer in
            feed(buffer, into: &sink)
        }
        if fed == nil { Array(bytes).withUnsafeBufferPointer { feed($0, into: &sink) } }
    }

    private mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>, into sink: inout some AMIFrameSink) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        guard pending.isEmpty else {
            pending.append(contentsOf: bytes)
            var held: [UInt8] = []
            swap(&held, &pending)
            let used = held.withUnsafeBufferPointer { held in
                held.baseAddress.map { scan($0, held.count, into: &sink) } ?? 0
            }
            if used > 0 { held.removeFirst(used) }
            swap(&held, &pending)
            return
        }
        let used = scan(base, bytes.count, into: &sink)
        if used < bytes.count { pending.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[used...])) }
    }

    /// Reads packets from `bytes`, which begin with the held packet; returns how many bytes are done with.
    private mutating func scan(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int,
        into sink: inout some AMIFrameSink
    ) -> Int {
        var first = 0
        while let found = memchr(bytes + (first + searched), 0x0A, count - first - searched) {
            let packet = bytes + first
            let newline = UnsafeRawPointer(found) - UnsafeRawPointer(packet)
            var end = newline
            if end > lineStart, packet[end - 1] == 0x0D { end -= 1 }
            if end == lineStart, !isWithinSkippedLine {
                if !lines.isEmpty { deliver(packet, &sink) }
                lines.removeAll(keepingCapacity: true)
                isSkipping = false
                first += consume(newline + 1)
            } else if isSkipping {
                if !isWithinSkippedLine, Self.beginsPacket(packet, end) {
                    isSkipping = false
                    continue
                }
                isWithinSkippedLine = false
                first += consume(newline + 1)
            } else if addLine(packet, end, &sink) {
                lineStart = newline + 1
                searched = lineStart
            } else {
                first += consume(newline + 1)
            }
        }
        searched = count - first
        if searched - lineStart > Self.longestLine, !isSkipping {
            skip(.lineTooLong(offset: offset + lineStart), &sink)
        }
        if isSkipping {
            // Nothing of a skipped line is needed but whether it is blank: a lone CR may be.
            let isBlankSoFar = searched == 0 || searched == 1 && bytes[first] == 0x0D
            if !isBlankSoFar, lineStart > 0 || !Self.mayBeginPacket(bytes + first, searched) {
                isWithinSkippedLine = true
                first += consume(searched)
            }
        }
        return first
    }

    /// Forgets the packet's bytes up to `length`; the next one begins there.
    private mutating func consume(_ length: Int) -> Int {
        offset += length
        lineStart = 0
        searched = 0
        return length
    }

    private mutating func deliver(_ packet: UnsafePointer<UInt8>, _ sink: inout some AMIFrameSink) {
        let isPacket = lines.withUnsafeBufferPointer { lines in
            var fields = AMIFields(base: packet, lines: lines)
            let isPacket =
                Self.isOpening(fields.name(at: 0))
                || lines.indices.dropFirst().contains { Self.isOpening(fields.name(at: $0)) }
            if isPacket { sink.take(&fields) }
            return isPacket
        }
        if !isPacket, !isAtStreamStart { sink.fault(.noPacket(offset: offset)) }
        isAtStreamStart = false
    }

    /// Keeps a line of the packet; false when the line is none of it, being the greeting or a fault.
    private mutating func addLine(_ packet: UnsafePointer<UInt8>, _ end: Int, _ sink: inout some AMIFrameSink) -> Bool {
        guard end - lineStart <= Self.longestLine else {
            skip(.lineTooLong(offset: offset + lineStart), &sink)
            return false
        }
        guard end <= Self.largestPacket else {
            skip(.packetTooLarge(offset: offset + lineStart), &sink)
            return false
        }
        guard lines.count < Self.mostHeaders else {
            skip(.tooManyHeaders(offset: offset + lineStart), &sink)
            return false
        }
        let colon = Self.endOfName(packet, from: lineStart, to: end)
        if colon < end, colon > lineStart, packet[colon] == 0x3A {
            lines.append(
                AMIHeaderSpan(
                    start: Int32(truncatingIfNeeded: lineStart),
                    colon: Int32(truncatingIfNeeded: colon),
                    end: Int32(truncatingIfNeeded: end)
                )
            )
            return true
        }
        let text = AMIText(start: packet + lineStart, count: end - lineStart)
        if isGreeting(text, packet) {
            let greeting = text.string
            lines.removeAll(keepingCapacity: true)
            banner = greeting
            isAtStreamStart = false
            sink.begin(banner: greeting)
            return false
        }
        // Before Asterisk 14 the output of a command had bare lines.
        if let last = lines.last,
            AMIText(start: packet + Int(last.start), count: Int(last.colon - last.start)) == "Output"
        {
            return true
        }
        skip(.noHeader(offset: offset + lineStart), &sink)
        return false
    }

    /// Whether a line is the greeting, which a recording may have notes before.
    private func isGreeting(_ text: AMIText, _ packet: UnsafePointer<UInt8>) -> Bool {
        guard text.hasPrefix("Asterisk Call Manager/") else { return false }
        return lines.allSatisfy { line in
            !Self.isOpening(AMIText(start: packet + Int(line.start), count: Int(line.colon - line.start)))
        }
    }

    /// Where a header's name ends: at its colon, or at the first byte that no name has.
    ///
    /// Eight bytes at a time, as most of a busy line's work is to walk these names. The lowest mark of a word is exact:
    /// a borrow can only set marks above a true one.
    @inline(__always)
    private static func endOfName(_ packet: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        let (ones, tops): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        var place = start
        while end - place >= 8 {
            let word = UnsafeRawPointer(packet + place).loadUnaligned(as: UInt64.self).littleEndian
            let (colon, delete) = (word ^ (0x3A * ones), word ^ (0x7F * ones))
            let marks =
                ((colon &- ones) & ~colon | (delete &- ones) & ~delete | (word &- 0x20 * ones) & ~word) & tops
            if marks != 0 { return place + marks.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < end, packet[place] != 0x3A, packet[place] >= 0x20, packet[place] != 0x7F { place += 1 }
        return place
    }

    private mutating func skip(_ error: AMIFrameError, _ sink: inout some AMIFrameSink) {
        isSkipping = true
        isAtStreamStart = false
        lines.removeAll(keepingCapacity: true)
        sink.fault(error)
    }

    private static func isOpening(_ name: AMIText) -> Bool {
        switch name.count {
        case 5: AMIText.equalIgnoringCase(name.start, ("Event" as StaticString).utf8Start, 5)
        case 8: AMIText.equalIgnoringCase(name.start, ("Response" as StaticString).utf8Start, 8)
        case 6: AMIText.equalIgnoringCase(name.start, ("Action" as StaticString).utf8Start, 6)
        default: false
        }
    }

    /// Whether a line opens a packet as Asterisk writes it: after bytes that were no packet, the stream goes on there.
    private static func beginsPacket(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let text = AMIText(start: line, count: count)
        return text.hasPrefix("Event: ") || text.hasPrefix("Response: ") || text.hasPrefix("Asterisk Call Manager/")
    }

    /// Whether more bytes could make this the beginning of such a line.
    private static func mayBeginPacket(_ line: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let text = AMIText(start: line, count: count)
        func agrees(_ opening: StaticString) -> Bool {
            memcmp(text.start, opening.utf8Start, min(text.count, opening.utf8CodeUnitCount)) == 0
        }
        return count <= longestLine
            && (agrees("Event: ") || agrees("Response: ") || agrees("Asterisk Call Manager/"))
    }
}

/// Copies packets out for those who want to keep them.
private struct PacketSink: AMIFrameSink {
    let packet: (AMIPacket) -> Void
    let report: (AMIFrameError) -> Void

    mutating func begin(banner: String) {}
    mutating func take(_ fields: inout AMIFields) { packet(fields.packet) }
    mutating func fault(_ error: AMIFrameError) { report(error) }
}
