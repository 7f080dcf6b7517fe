import NIOCore
import NIOHTTP1

/// What is wrong with a request's head although each of its lines can be read (RFC 9112); the rest the decoder refuses.
enum HeadFault: Equatable {
    /// Not one Host, or one that can be none (§3.2), or a target of the wrong form.
    case malformed
    /// A body coded in a way that is not read here (§6.1): where it ends cannot be known.
    case coding
    /// An expectation that cannot be met (RFC 9110 §10.1.1).
    case expectation

    var status: HTTPResponseStatus {
        switch self {
        case .malformed: .badRequest
        case .coding: .notImplemented
        case .expectation: .expectationFailed
        }
    }

    /// The head's fault, or nil.
    init?(_ head: HTTPRequestHead) {
        let hosts = head.headers["host"]
        // HTTP/1.0 knows no Host.
        guard hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0), hosts.allSatisfy(Self.isHost),
            Self.isTarget(head.uri, of: head.method)
        else {
            self = .malformed
            return
        }
        let codings = head.headers[canonicalForm: "transfer-encoding"]
        if !codings.isEmpty {
            guard head.version != .http1_0 else {
                self = .malformed
                return
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                self = .coding
                return
            }
        }
        guard head.headers[canonicalForm: "expect"].allSatisfy({ $0.lowercased() == "100-continue" }) else {
            self = .expectation
            return
        }
        return nil
    }

    /// A name or an address with a port, which may be empty (RFC 3986 §3.2), without a user's name.
    private static func isHost(_ text: String) -> Bool {
        // The blanks around a value are none of it (§5.1); those before it the decoder leaves out.
        var rest = text.utf8[...]
        while let last = rest.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") { rest.removeLast() }
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = rest[..<end].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ isLetter($0) || isDigit($0) || ":.".utf8.contains($0) }) else {
                return false
            }
            rest = rest[end...].dropFirst()
        } else {
            let end = rest.firstIndex(of: UInt8(ascii: ":")) ?? rest.endIndex
            guard rest[..<end].allSatisfy({ isLetter($0) || isDigit($0) || "-._~%!$&'()*+;=".utf8.contains($0) }) else {
                return false
            }
            rest = rest[end...]
        }
        guard let colon = rest.popFirst() else { return true }
        return colon == UInt8(ascii: ":") && rest.count <= 5 && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// A path, a whole address of ours, or `*` for OPTIONS (§3.2).
    private static func isTarget(_ target: String, of method: HTTPMethod) -> Bool {
        if target.hasPrefix("/") { return true }
        if target == "*" { return method == .OPTIONS }
        // CONNECT names a host; it is refused as a method.
        if method == .CONNECT { return true }
        let start = target.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }
}
