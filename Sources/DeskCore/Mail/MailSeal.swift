import Crypto

/// What a signed address of the mailbox says: `desk+rNOTICE-SIGNATURE@…`.
public struct MailTag: Sendable, Hashable {
    public enum Purpose: String, Sendable, CaseIterable {
        /// Where a person's answer to a notice goes.
        case reply = "r"
        /// Where mail servers say that a notice did not arrive.
        case bounce = "b"
    }

    public var purpose: Purpose
    public var noticeID: NoticeID
    var signature: String
}

/// Makes and tells the mailbox's signed addresses.
///
/// An address names a notice, which names its ticket and its recipient; the signature holds all three together, so that an
/// address opens one ticket for the one it was sent to. It holds 80 bits: not to be found by trying, and in an address
/// (RFC 5321 §4.5.3.1.1: 64 octets before the at sign) that mail programs leave in one piece. Small letters and digits
/// alone, as some systems do not keep capital letters.
public struct MailSeal: Sendable {
    /// Longest name of the mailbox that leaves room for the tag.
    public static let longestName = 24

    public let mailbox: EmailAddress
    private let key: SymmetricKey

    /// Nil for an address whose name is too long or has a tag of its own.
    public init?(mailbox: EmailAddress, key: [UInt8]) {
        guard mailbox.localPart.utf8.count <= Self.longestName, !mailbox.localPart.contains("+"), key.count >= 32 else {
            return nil
        }
        self.mailbox = mailbox
        self.key = SymmetricKey(data: key)
    }

    public func address(_ purpose: MailTag.Purpose, notice: NoticeID, ticketID: Int64?, recipient: String)
        -> EmailAddress?
    {
        let signature = signature(purpose, notice, ticketID, recipient)
        return EmailAddress(
            "\(mailbox.localPart)+\(purpose.rawValue)\(String(notice, radix: 36))-\(signature)@\(mailbox.domain)"
        )
    }

    /// The reply address of a notice that can be answered.
    public func replyTo(_ notice: Notice) -> EmailAddress? {
        guard notice.event.repliesAreRead(on: notice.channel, ticketID: notice.ticketID) else { return nil }
        return address(.reply, notice: notice.id, ticketID: notice.ticketID, recipient: notice.recipient)
    }

    /// Where it is told that a notice did not arrive.
    public func returnPath(_ notice: Notice) -> EmailAddress? {
        address(.bounce, notice: notice.id, ticketID: notice.ticketID, recipient: notice.recipient)
    }

    /// Whether an address is the mailbox's own, with or without a tag.
    public func isOwn(_ address: EmailAddress) -> Bool {
        address.domain == mailbox.domain
            && (address.localPart == mailbox.localPart || address.localPart.hasPrefix("\(mailbox.localPart)+"))
    }

    /// What an address of ours claims to be; nil for one without a tag, or of another mailbox.
    public func tag(of address: EmailAddress) -> MailTag? {
        guard isOwn(address) else { return nil }
        let text = address.localPart.dropFirst(mailbox.localPart.count + 1)
        guard let purpose = text.first.flatMap({ MailTag.Purpose(rawValue: String($0)) }) else { return nil }
        let halves = text.dropFirst().split(separator: "-", omittingEmptySubsequences: false)
        guard halves.count == 2, let notice = Int64(halves[0], radix: 36), notice > 0,
            halves[1].utf8.count == Self.digits
        else { return nil }
        return MailTag(purpose: purpose, noticeID: notice, signature: String(halves[1]))
    }

    /// Whether we made it, told in the same time whatever is wrong.
    public func isOurs(_ tag: MailTag, ticketID: Int64?, recipient: String) -> Bool {
        let right = Array(signature(tag.purpose, tag.noticeID, ticketID, recipient).utf8)
        let given = Array(tag.signature.utf8)
        guard given.count == right.count else { return false }
        return zip(given, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static let digits = 16
    /// RFC 4648 §6, in small letters.
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    private func signature(_ purpose: MailTag.Purpose, _ notice: NoticeID, _ ticketID: Int64?, _ recipient: String)
        -> String
    {
        let text = "mail \(purpose.rawValue) \(notice) \(ticketID ?? 0) \(recipient.lowercased())"
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
        // Five bits a digit of as many bytes as the digits need.
        var (bits, held, written) = (UInt64(0), 0, [UInt8]())
        for byte in code where written.count < Self.digits {
            bits = bits << 8 | UInt64(byte)
            held += 8
            while held >= 5, written.count < Self.digits {
                held -= 5
                written.append(Self.alphabet[Int(bits >> UInt64(held) & 31)])
            }
        }
        return String(decoding: written, as: UTF8.self)
    }
}

extension NoticeEvent {
    /// Whether an answer to its notice is one to its ticket, where a mailbox is read.
    func repliesAreRead(on channel: NoticeChannel, ticketID: Int64?) -> Bool {
        channel == .mail && linksTicket && ticketID != nil
    }
}
