/// Why an action was not written.
public enum AMIActionError: Error, Equatable, Sendable {
    /// A CR, LF or NUL in a name or value would forge a second header.
    case lineBreakInValue(header: String)
    /// Asterisk refuses lines over 1,022 bytes ("line too long").
    case lineTooLong(header: String)
    /// Asterisk refuses messages over 128 lines ("Too many lines").
    case tooManyHeaders
}

/// An action for the manager interface.
public struct AMIAction: Sendable, Equatable {
    public var name: String
    public var headers: [AMIPacket.Header]

    public init(_ name: String, _ headers: [(String, String)] = []) {
        self.name = name
        self.headers = headers.map { .init(name: $0.0, value: $0.1) }
    }

    /// The bytes to send.
    ///
    /// - Throws: `AMIActionError`; nothing is stripped, as a stripped value is another value.
    public func encoded(id: String) throws(AMIActionError) -> [UInt8] {
        var bytes: [UInt8] = []
        let all = [.init(name: "Action", value: name), .init(name: "ActionID", value: id)] + headers
        guard all.count <= 127 else { throw .tooManyHeaders }
        for header in all {
            let line = Array("\(header.name): \(header.value)".utf8)
            guard line.count <= 1_022 else { throw .lineTooLong(header: header.name) }
            guard !line.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }), !header.name.utf8.contains(0x3A) else {
                throw .lineBreakInValue(header: "Action header")
            }
            bytes += line + [0x0D, 0x0A]
        }
        return bytes + [0x0D, 0x0A]
    }
}
