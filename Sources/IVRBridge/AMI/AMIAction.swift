/// Why an action was not written.
public enum AMIActionError: Error, Equatable, Sendable {
    /// A CR, LF or NUL in a name or value, or a colon in a name, would forge another header.
    case lineBreak(header: String)
    /// Asterisk refuses lines over 1,022 bytes ("line too long").
    case lineTooLong(header: String)
    /// Asterisk refuses messages over 128 lines ("Too many lines").
    case tooManyHeaders
}

extension AMIActionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .lineBreak(let header): "header \(header) holds a line break, NUL or misplaced colon"
        case .lineTooLong(let header): "header \(header) is over \(AMIAction.longestLine) bytes"
        case .tooManyHeaders: "more than \(AMIAction.mostLines) lines"
        }
    }
}

/// An action for the manager interface.
public struct AMIAction: Sendable, Equatable {
    /// Bytes of a line without its CR LF: one more and Asterisk answers "line too long".
    static let longestLine = 1_022
    /// Lines of a message, the empty one at its end included.
    static let mostLines = 128

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
        let all = [.init(name: "Action", value: name), .init(name: "ActionID", value: id)] + headers
        guard all.count < Self.mostLines else { throw .tooManyHeaders }
        var bytes: [UInt8] = []
        for (place, header) in all.enumerated() {
            let label = Self.isName(header.name) ? header.name : "number \(place + 1)"
            guard Self.isName(header.name), header.value.utf8.allSatisfy({ $0 != 0x0D && $0 != 0x0A && $0 != 0 }) else {
                throw .lineBreak(header: label)
            }
            let line = Array("\(header.name): \(header.value)".utf8)
            guard line.count <= Self.longestLine else { throw .lineTooLong(header: label) }
            bytes += line
            bytes += [0x0D, 0x0A]
        }
        return bytes + [0x0D, 0x0A]
    }

    /// Asterisk's header names are letters, digits and hyphens; anything else is none of them.
    private static func isName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}
