#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// One header line within a packet: offsets from the packet's first byte.
struct AMIHeaderSpan: Sendable {
    var start: Int32
    var colon: Int32
    var end: Int32
}

/// A packet where it lies in the read buffer: finds headers without copying them.
///
/// Lookups go on from the last header found, as Asterisk writes the headers of an event in a fixed order: reading an
/// event's headers in that order passes its lines once. Only valid while the buffer is lent.
struct AMIFields {
    let base: UnsafePointer<UInt8>
    let lines: UnsafeBufferPointer<AMIHeaderSpan>
    private var cursor = 0

    init(base: UnsafePointer<UInt8>, lines: UnsafeBufferPointer<AMIHeaderSpan>) {
        self.base = base
        self.lines = lines
    }

    /// The first value of a header at or after the last one found, else the first from the top; case does not count.
    @inline(__always)
    mutating func value(_ name: StaticString) -> AMIText? {
        guard let index = index(of: name, from: cursor) ?? index(of: name, from: 0, to: cursor) else { return nil }
        cursor = index + 1
        return text(at: index)
    }

    /// The value unless it is missing or says that nobody knows.
    @inline(__always)
    mutating func known(_ name: StaticString) -> AMIText? {
        guard let value = value(name), !value.isUnknown else { return nil }
        return value
    }

    /// A header among the first few lines only, as `Timestamp`: not finding it must be cheap.
    @inline(__always)
    func early(_ name: StaticString, within count: Int) -> AMIText? {
        index(of: name, from: 0, to: min(count, lines.count)).map { text(at: $0) }
    }

    @inline(__always)
    func index(of name: StaticString, from: Int, to: Int? = nil) -> Int? {
        let length = Int32(truncatingIfNeeded: name.utf8CodeUnitCount)
        let wanted = name.utf8Start
        let last = wanted[Int(length) - 1] | 0x20
        var index = from
        let limit = to ?? lines.count
        while index < limit {
            let line = lines[index]
            // Most headers differ in length, most others in the last letter.
            if line.colon - line.start == length, base[Int(line.colon) - 1] | 0x20 == last,
                AMIText.equalIgnoringCase(base + Int(line.start), wanted, Int(length))
            {
                return index
            }
            index += 1
        }
        return nil
    }

    @inline(__always)
    func name(at index: Int) -> AMIText {
        let line = lines[index]
        return AMIText(start: base + Int(line.start), count: Int(line.colon - line.start))
    }

    @inline(__always)
    func text(at index: Int) -> AMIText {
        let line = lines[index]
        var start = Int(line.colon) + 1
        // One space after the colon belongs to the form; Asterisk writes `Exten:` and `Exten: ` alike.
        if start < Int(line.end), base[start] == 0x20 { start += 1 }
        return AMIText(start: base + start, count: Int(line.end) - start)
    }

    /// A copy that outlives the buffer.
    var packet: AMIPacket {
        AMIPacket(headers: lines.indices.map { .init(name: name(at: $0).string, value: text(at: $0).string) })
    }
}
