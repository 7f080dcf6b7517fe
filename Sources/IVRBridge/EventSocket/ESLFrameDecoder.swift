import Foundation

/// What is wrong with a stream, and where.
public struct ESLFrameError: Error, Equatable, Sendable {
    public enum Kind: Sendable, Equatable {
        /// Bytes that are no frame of an Event Socket.
        case garbage
        /// A frame or its head is longer than any that FreeSWITCH sends.
        case tooLarge
        /// A form of event that was not asked for.
        case format
    }

    public var kind: Kind
    /// Bytes since the beginning of the stream.
    public var offset: Int
}

/// A frame that is no event: a reply, the answer of a command, a notice.
struct ESLReply: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// `auth/request`: who are you?
        case authentication
        /// `command/reply`.
        case command
        /// `api/response`.
        case answer
        /// `text/disconnect-notice`.
        case farewell
        /// `text/rude-rejection`: this machine is in no access list.
        case rejection
        /// The result of a `bgapi`.
        case job
        case other
    }

    var kind: Kind
    /// `Reply-Text`, or the Job-UUID of a job.
    var text: String
    var body: [UInt8]

    /// `+OK…`; the answer of a command has no other sign.
    var isGood: Bool { !(kind == .command ? text : String(decoding: body.prefix(5), as: UTF8.self)).hasPrefix("-ERR") }
}

/// Takes what the decoder finds; events are lent for the call only.
protocol ESLFrameSink {
    /// Whether an event of this name is to be read; the name stands encoded, `CHANNEL_CREATE`.
    mutating func wants(_ name: UnsafeBufferPointer<UInt8>) -> Bool
    mutating func take(_ event: ESLEvent)
    mutating func take(_ reply: ESLReply)
    mutating func fault(_ error: ESLFrameError)
    /// The head of each frame, before what it brings; who waits for the answer to `connect` finds the channel in it.
    mutating func take(head: ArraySlice<UInt8>)
}

extension ESLFrameSink {
    mutating func take(head: ArraySlice<UInt8>) {}
}

/// Cuts a stream into frames and the frames into events: two layers, both counted in bytes.
struct ESLFrameDecoder: Sendable {
    /// The answer to `connect` has a whole channel in its head; the biggest recorded is 30 kB.
    static let longestHead = 1 << 20
    /// A listing of ten thousand channels is 9 MB; nothing of a switch is longer.
    static let longestBody = 16 << 20

    private var buffer: [UInt8] = []
    /// Where the unread begins, and how far it was looked for the end of the head.
    private var start = 0
    private var looked = 0
    private var head: Head?
    /// Bytes taken out of the buffer since the beginning.
    private var passed = 0
    private var isLost = false
    private var slots = [ESLEvent.Slot](repeating: ESLEvent.Slot(), count: ESLField.count)

    private struct Head: Sendable {
        var end: Int
        var length: Int
        var type: ContentType
        var reply: String
    }

    private enum ContentType: Sendable {
        case plain, json, xml, authentication, command, answer, farewell, rejection, other
    }

    init() {}

    mutating func feed(_ bytes: some Sequence<UInt8>, into sink: inout some ESLFrameSink) {
        if start > 1 << 16 {
            buffer.removeFirst(start)
            passed += start
            looked -= start
            head?.end -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
        while step(&sink) {}
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
            passed += start
            start = 0
            looked = 0
        }
    }

    private mutating func step(_ sink: inout some ESLFrameSink) -> Bool {
        if isLost { return find(&sink) }
        guard let head else { return readHead(&sink) }
        guard buffer.count - head.end >= head.length else { return false }
        let whole = buffer
        whole.withUnsafeBufferPointer { bytes in
            let body = UnsafeBufferPointer(rebasing: bytes[head.end..<head.end + head.length])
            deliver(head, body, &sink)
        }
        start = head.end + head.length
        looked = start
        self.head = nil
        return true
    }

    // MARK: - The outer layer

    private mutating func readHead(_ sink: inout some ESLFrameSink) -> Bool {
        // Line ends between frames are passed over.
        while start < buffer.count, buffer[start] == 0x0A || buffer[start] == 0x0D { start += 1 }
        looked = max(looked, start)
        guard let end = headEnd() else {
            if buffer.count - start > Self.longestHead { lose(.tooLarge, &sink) }
            // A stream of something else has no head for long: told at once, not after a megabyte.
            if !isLost, !mayBeHead() { lose(.garbage, &sink) }
            return isLost
        }
        guard let head = parse(end) else {
            lose(.garbage, &sink)
            return true
        }
        guard head.length <= Self.longestBody, end - start <= Self.longestHead else {
            lose(.tooLarge, &sink)
            return true
        }
        self.head = head
        sink.take(head: buffer[start..<end])
        return true
    }

    /// The place after the empty line, nil while it has not come.
    private mutating func headEnd() -> Int? {
        while looked < buffer.count {
            guard let line = buffer[looked...].firstIndex(of: 0x0A) else {
                // The rest is looked at again with what follows: it may end in a CR.
                return nil
            }
            let next = line + 1
            guard next < buffer.count else { return nil }
            if buffer[next] == 0x0A { return next + 1 }
            if buffer[next] == 0x0D {
                guard next + 1 < buffer.count else { return nil }
                if buffer[next + 1] == 0x0A { return next + 2 }
            }
            looked = next
        }
        return nil
    }

    /// Whether what has come of a head can be one: names of letters, digits and hyphens, a colon, a value.
    private func mayBeHead() -> Bool {
        for byte in buffer[start...].prefix(64) {
            if byte == UInt8(ascii: ":") { return true }
            let isName =
                (0x41...0x5A).contains(byte & 0xDF) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: "_")
            if !isName { return false }
        }
        return buffer.count - start < 64
    }

    private func parse(_ end: Int) -> Head? {
        var result = Head(end: end, length: 0, type: .other, reply: "")
        var hasType = false
        for line in buffer[start..<end].split(separator: 0x0A) {
            let line = line.last == 0x0D ? line.dropLast() : line
            if line.isEmpty { continue }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let name = line[..<colon]
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            if name.elementsEqual("Content-Length".utf8) {
                guard (1...12).contains(value.count), let length = Int(String(decoding: value, as: UTF8.self)),
                    length >= 0
                else { return nil }
                result.length = length
            } else if name.elementsEqual("Content-Type".utf8) {
                hasType = true
                result.type = Self.type(String(decoding: value.prefix(40), as: UTF8.self))
            } else if name.elementsEqual("Reply-Text".utf8) {
                result.reply = ESLText.string(value.prefix(1_024))
            }
        }
        return hasType ? result : nil
    }

    private static func type(_ text: String) -> ContentType {
        switch text {
        case "text/event-plain": .plain
        case "text/event-json": .json
        case "text/event-xml": .xml
        case "auth/request": .authentication
        case "command/reply": .command
        case "api/response": .answer
        case "text/disconnect-notice": .farewell
        case "text/rude-rejection": .rejection
        default: .other
        }
    }

    // MARK: - Getting lost, and finding the way again

    private mutating func lose(_ kind: ESLFrameError.Kind, _ sink: inout some ESLFrameSink) {
        sink.fault(ESLFrameError(kind: kind, offset: passed + start))
        isLost = true
        head = nil
        looked = start + 1
    }

    /// The next place where a head may begin: a line that says what or how much follows.
    private mutating func find(_ sink: inout some ESLFrameSink) -> Bool {
        let marks = ["\nContent-Length: ", "\nContent-Type: "].map { Array($0.utf8) }
        while let line = buffer[min(looked, buffer.count)...].firstIndex(of: 0x0A) {
            let rest = buffer[line...]
            if marks.contains(where: { rest.starts(with: $0) }) {
                start = line + 1
                looked = start
                isLost = false
                return true
            }
            // It may be one that has not come whole.
            if rest.count < 18 {
                start = line
                looked = line
                return false
            }
            looked = line + 1
        }
        start = buffer.count
        looked = start
        return false
    }

    // MARK: - The inner layer

    private mutating func deliver(_ head: Head, _ body: UnsafeBufferPointer<UInt8>, _ sink: inout some ESLFrameSink) {
        let kind: ESLReply.Kind
        switch head.type {
        case .plain:
            readPlain(body, &sink)
            return
        case .json:
            readJSON(body, &sink)
            return
        case .xml:
            sink.fault(ESLFrameError(kind: .format, offset: passed + start))
            return
        case .authentication: kind = .authentication
        case .command: kind = .command
        case .answer: kind = .answer
        case .farewell: kind = .farewell
        case .rejection: kind = .rejection
        case .other: kind = .other
        }
        sink.take(ESLReply(kind: kind, text: head.reply, body: Array(body)))
    }

    private mutating func clear() {
        for place in slots.indices { slots[place].start = -1 }
    }

    private mutating func readPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ sink: inout some ESLFrameSink) {
        // Nearly every event begins with its name, and most are none of ours.
        let mark: StaticString = "Event-Name: "
        let begins = mark.withUTF8Buffer { bytes.count > $0.count && bytes.prefix($0.count).elementsEqual($0) }
        if begins, let end = bytes.firstIndex(of: 0x0A) {
            let name = UnsafeBufferPointer(rebasing: bytes[mark.utf8CodeUnitCount..<end])
            guard sink.wants(name) else { return }
        }
        clear()
        var handed: [(name: ESLEvent.Slot, value: ESLEvent.Slot)] = []
        var at = 0
        var bodyAt = bytes.count
        let table = ESLFieldTable.shared
        while at < bytes.count {
            let end = Self.find(0x0A, in: bytes, from: at) ?? bytes.count
            if end == at {
                bodyAt = at + 1
                break
            }
            if let colon = Self.find(UInt8(ascii: ":"), in: bytes, from: at), colon + 1 < end {
                let name = UnsafeBufferPointer(rebasing: bytes[at..<colon])
                let value = ESLEvent.Slot(start: Int32(colon + 2), count: Int32(max(0, end - colon - 2)))
                Self.note(name, value, at, &slots, &handed, table)
            }
            at = end + 1
        }
        let body = UnsafeBufferPointer(rebasing: bytes[min(bodyAt, bytes.count)...])
        finish(bytes, .plain, handed, body, &sink)
    }

    @inline(__always)
    private static func find(_ byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard let base = bytes.baseAddress, start < bytes.count,
            let found = memchr(base + start, Int32(byte), bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    @inline(__always)
    private static func note(
        _ name: UnsafeBufferPointer<UInt8>,
        _ value: ESLEvent.Slot,
        _ at: Int,
        _ slots: inout [ESLEvent.Slot],
        _ handed: inout [(name: ESLEvent.Slot, value: ESLEvent.Slot)],
        _ table: ESLFieldTable
    ) {
        let field = table.field(name)
        if field >= 0 {
            // A header may come twice; the first is the event's own.
            if slots[field].start < 0 { slots[field] = value }
            return
        }
        let prefix: StaticString = "variable_calldesk_"
        let count = prefix.utf8CodeUnitCount
        guard name.count > count, name[9] == UInt8(ascii: "c"), handed.count < 64,
            prefix.withUTF8Buffer({ name.prefix(count).elementsEqual($0) })
        else { return }
        handed.append((ESLEvent.Slot(start: Int32(at + count), count: Int32(name.count - count)), value))
    }

    private mutating func finish(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ format: ESLEvent.Format,
        _ handed: [(name: ESLEvent.Slot, value: ESLEvent.Slot)],
        _ body: UnsafeBufferPointer<UInt8>,
        _ sink: inout some ESLFrameSink
    ) {
        let event = ESLEvent(bytes: bytes, format: format, slots: slots, handed: handed, body: body)
        guard let name = event.raw(.eventName) else {
            sink.fault(ESLFrameError(kind: .garbage, offset: passed + start))
            return
        }
        if event.has(.eventName, "BACKGROUND_JOB") {
            var content = Array(body)
            if format == .json { content = Array((Self.jsonBody(bytes) ?? "").utf8) }
            sink.take(ESLReply(kind: .job, text: event.text(.jobID) ?? "", body: content))
        }
        if sink.wants(name) { sink.take(event) }
    }

    // MARK: - JSON

    private mutating func readJSON(_ bytes: UnsafeBufferPointer<UInt8>, _ sink: inout some ESLFrameSink) {
        clear()
        var handed: [(name: ESLEvent.Slot, value: ESLEvent.Slot)] = []
        var scanner = ESLJSONScanner(bytes)
        let table = ESLFieldTable.shared
        guard scanner.beginObject() else {
            sink.fault(ESLFrameError(kind: .garbage, offset: passed + start))
            return
        }
        while let (name, value) = scanner.nextMember() {
            guard let value else { continue }
            let slot = ESLEvent.Slot(start: Int32(value.lowerBound), count: Int32(value.count))
            Self.note(UnsafeBufferPointer(rebasing: bytes[name]), slot, name.lowerBound, &slots, &handed, table)
        }
        finish(bytes, .json, handed, UnsafeBufferPointer(rebasing: bytes[bytes.count...]), &sink)
    }

    private static func jsonBody(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        var scanner = ESLJSONScanner(bytes)
        guard scanner.beginObject() else { return nil }
        while let (name, value) = scanner.nextMember() {
            guard let value, bytes[name].elementsEqual("_body".utf8) else { continue }
            return ESLText.jsonDecoded(UnsafeBufferPointer(rebasing: bytes[value]), longest: longestBody)
        }
        return nil
    }
}
