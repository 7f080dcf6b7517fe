/// One packet of the manager interface, copied out: headers in order, names as sent, repeated ones kept.
public struct AMIPacket: Sendable, Equatable {
    /// A header's name and value.
    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var headers: [Header]

    public init(headers: [Header]) { self.headers = headers }

    /// The first value of a header; names differ in case between events, so case does not count.
    public subscript(_ name: String) -> String? {
        headers.first { $0.name.equalsIgnoringCase(name) }?.value
    }

    /// Every value of a header that may repeat (`Variable`, `Output`).
    public func all(_ name: String) -> [String] {
        headers.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    public var event: String? { self["Event"] }
    public var response: String? { self["Response"] }
    public var actionID: String? { self["ActionID"] }

    /// Lends the packet in the form in which the decoder hands packets out.
    func withFields(_ body: (inout AMIFields) -> Void) {
        var bytes: [UInt8] = []
        var lines: [AMIHeaderSpan] = []
        for header in headers {
            let start = bytes.count
            bytes += header.name.utf8
            let colon = bytes.count
            bytes += ": ".utf8
            bytes += header.value.utf8
            lines.append(
                AMIHeaderSpan(
                    start: Int32(truncatingIfNeeded: start),
                    colon: Int32(truncatingIfNeeded: colon),
                    end: Int32(truncatingIfNeeded: bytes.count)
                )
            )
        }
        // A packet that large cannot come from the decoder.
        guard bytes.count <= AMIFrameDecoder.largestPacket else { return }
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            lines.withUnsafeBufferPointer { lines in
                var fields = AMIFields(base: base, lines: lines)
                body(&fields)
            }
        }
    }
}

extension String {
    fileprivate func equalsIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { left, right in
                left == right || (left | 0x20 == right | 0x20 && (0x61...0x7A).contains(left | 0x20))
            }
    }
}
