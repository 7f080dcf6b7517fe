import DeskCore

/// A notice as the bytes of a mail: text and HTML as alternatives, every line short, every header a single line.
struct MailMessage: Sendable {
    /// Who sends and how mails look, the same for all of a desk's mails.
    struct Letterhead: Sendable {
        var from: EmailAddress
        var fromName: String
        /// The right-hand side of Message-IDs.
        var domain: String
        var layout: MailLayout
        /// Makes the addresses that answers and reports come to; nil where no mailbox is read.
        var seal: MailSeal?

        init(from: EmailAddress, fromName: String, layout: MailLayout) {
            self.from = from
            self.fromName = fromName
            self.layout = layout
            domain = from.domain
        }
    }

    let bytes: [UInt8]
    let recipient: EmailAddress
    /// Where mail servers say what became of it.
    let returnPath: EmailAddress

    /// Nil when the recipient is no address a mail server takes.
    init?(_ notice: Notice, letterhead: Letterhead) {
        guard let recipient = EmailAddress(notice.recipient) else { return nil }
        self.recipient = recipient
        // Quoted-printable never writes `=` before `_`: the boundary cannot occur in a body.
        let boundary = "=_calldesk_\(notice.id)"
        let subject = notice.subject ?? ""
        let name = notice.recipientName ?? ""
        let to =
            name.isEmpty
            ? recipient.canonical : "\(MailEncoding.phrase(name, after: "To"))\r\n <\(recipient.canonical)>"
        // A report goes to the return path, a person's answer to the reply address.
        returnPath = letterhead.seal?.returnPath(notice) ?? letterhead.from
        let replyTo = letterhead.seal?.replyTo(notice).map { "Reply-To: <\($0.canonical)>\r\n" } ?? ""
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048 + notice.body.utf8.count * 3)
        bytes +=
            """
            From: \(MailEncoding.phrase(letterhead.fromName, after: "From"))\r
             <\(letterhead.from.canonical)>\r
            \(replyTo)To: \(to)\r
            Subject: \(MailEncoding.unstructured(subject, after: "Subject"))\r
            Date: \(MailEncoding.date(notice.createdAt))\r
            Message-ID: \(notice.messageID(domain: letterhead.domain))\r
            Auto-Submitted: auto-generated\r
            X-Auto-Response-Suppress: All\r
            MIME-Version: 1.0\r
            Content-Type: multipart/alternative; boundary="\(boundary)"\r
            \r

            """.utf8
        let html =
            notice.html ?? letterhead.layout.html(subject: subject, text: notice.body, in: notice.language)
        for (type, text) in [("plain", notice.body), ("html", html)] {
            bytes +=
                """
                --\(boundary)\r
                Content-Type: text/\(type); charset=utf-8\r
                Content-Transfer-Encoding: quoted-printable\r
                \r

                """.utf8
            MailEncoding.quotedPrintable(text, into: &bytes)
            bytes += "\r\n".utf8
        }
        bytes += "--\(boundary)--\r\n".utf8
        self.bytes = bytes
    }
}
