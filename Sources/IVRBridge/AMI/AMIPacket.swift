/// One packet of the manager interface: headers in order, names as sent, repeated ones kept.
public struct AMIPacket: Sendable, Equatable {
    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: String
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
}

extension String {
    fileprivate func equalsIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { left, right in
                left == right || (left | 0x20 == right | 0x20 && (0x61...0x7A).contains(left | 0x20))
            }
    }
}
