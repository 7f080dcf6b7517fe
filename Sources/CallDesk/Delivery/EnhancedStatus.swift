/// The status that a mail server puts behind its reply, `554 5.7.1 …` (RFC 3463): what the reply is about.
struct EnhancedStatus: Sendable, Equatable {
    /// 2 success, 4 for now, 5 for good.
    var group: Int
    /// 1 address, 2 mailbox, 3 system, 4 network, 5 protocol, 6 content, 7 security and policy.
    var subject: Int
    var detail: Int

    /// From a reply's line; nil where it has none, or another reply's.
    init?(line: some Collection<UInt8>, reply: Int) {
        // `554` and a blank or, in all lines but the last, a hyphen; each number has three digits at the most.
        let words = line.prefix(32).split(whereSeparator: { $0 == 0x20 || $0 == 0x0D || $0 == 0x0A || $0 == 0x2D })
        guard words.count >= 2, String(decoding: words[0], as: UTF8.self) == String(reply) else { return nil }
        let numbers = words[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy(Self.isDigit) })
        else { return nil }
        let found = numbers.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard found.count == 3, found[0] == reply / 100 else { return nil }
        (group, subject, detail) = (found[0], found[1], found[2])
    }

    /// Refused by the server's rules, whoever has broken them.
    var isOfPolicy: Bool { group == 5 && subject == 7 }

    var text: String { "\(group).\(subject).\(detail)" }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
