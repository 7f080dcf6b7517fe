import Codecs

/// What in a notice's text opens something: kept until the notice has gone out, and in no row after that.
enum NoticeSecrets {
    /// Stands where a link's token was.
    static let mark = "•••"
    /// A token of 256 bits in Base64 for URLs (`QuickLinks.tokenBytes`).
    private static let tokenLength = 43

    /// A notice's text as it is kept once it was sent.
    struct Kept: Equatable {
        var subject: String?
        var body: String
        var html: String?
    }

    /// - Returns: nil where nothing has to be taken out.
    static func kept(_ event: NoticeEvent, subject: String?, body: String, html: String?) -> Kept? {
        // The code or the address is the whole message, and a new one is asked for, never sent again.
        if event.isSecret { return Kept(subject: subject.map { _ in mark }, body: mark, html: nil) }
        let kept = Kept(
            subject: subject.map(withoutTokens),
            body: withoutTokens(body),
            html: html.map(withoutTokens)
        )
        return kept == Kept(subject: subject, body: body, html: html) ? nil : kept
    }

    /// A text with every path segment that is a token replaced by the mark.
    static func withoutTokens(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            var end = at
            while end < bytes.count, Base64.isURLDigit(bytes[end]) { end += 1 }
            if end - at == tokenLength, at > 0, bytes[at - 1] == UInt8(ascii: "/") {
                clean += mark.utf8
            } else {
                clean += bytes[at..<end]
            }
            if end < bytes.count { clean.append(bytes[end]) }
            at = end + 1
        }
        return clean.count == bytes.count ? text : String(decoding: clean, as: UTF8.self)
    }

    /// Whether a text has lost its link, so that it is sent again with a new one.
    static func lacksLink(_ text: String) -> Bool { text.contains("/t/\(mark)") }
}

extension NoticeEvent {
    /// Whether the message itself lets its reader in somewhere, beside a quick link to one ticket.
    ///
    /// Read from what its templates can hold, so that a new event of this kind is one by itself.
    /// People of the desk are sent the address of a page, which asks for their own sign-in, and who wrote to the mailbox that
    /// of the portal's first page.
    var isSecret: Bool {
        self != .staffBell && self != .mailRefused && !linksTicket && !variables.isDisjoint(with: [.link, .code])
    }
}
