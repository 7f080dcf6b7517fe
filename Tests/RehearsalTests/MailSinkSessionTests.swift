import Testing

@testable import Rehearsal

@Suite("Mail sink")
struct MailSinkSessionTests {
    let conversation = Array(
        """
        EHLO a\r
        MAIL FROM:<a@example.com> SIZE=10\r
        RCPT TO:<b@example.com>\r
        DATA\r
        Subject: x\r
        \r
        ..dot\r
        end\r
        .\r
        QUIT\r

        """.utf8
    )

    @Test("the same conversation comes out whatever way its bytes are split")
    func splits() {
        func actions(_ parts: [ArraySlice<UInt8>]) -> [MailSinkSession.Action] {
            var session = MailSinkSession()
            return parts.flatMap { session.received($0) }
        }
        let whole = actions([conversation[...]])
        #expect(
            whole.contains(
                .deliver(
                    .init(
                        from: "a@example.com",
                        to: ["b@example.com"],
                        data: Array("Subject: x\r\n\r\n.dot\r\nend\r\n".utf8)
                    )
                )
            )
        )
        #expect(whole.last == .close)
        #expect(actions(conversation.map { [$0][...] }) == whole)
        for split in conversation.indices {
            #expect(actions([conversation[..<split], conversation[split...]]) == whole)
        }
    }

    @Test("endless lines, huge mails and too many recipients are bounded")
    func bounds() {
        var session = MailSinkSession()
        #expect(session.received(Array(repeating: 0x41, count: 10_000)).last == .close)
        session = MailSinkSession()
        _ = session.received("MAIL FROM:<a@b.c>\r\n".utf8)
        let replies = (0..<150).flatMap { session.received("RCPT TO:<\($0)@b.c>\r\n".utf8) }
        #expect(replies.last == .reply("452 too many recipients"))
        _ = session.received("DATA\r\n".utf8)
        let line = Array(repeating: UInt8(ascii: "x"), count: 1000) + [0x0D, 0x0A]
        for _ in 0..<1200 { #expect(session.received(line).isEmpty) }
        #expect(session.received(".\r\n".utf8) == [.reply("552 mail too large")])
    }

    @Test("order is kept: no RCPT before MAIL, no DATA before RCPT")
    func order() {
        var session = MailSinkSession()
        #expect(session.received("RCPT TO:<a@b.c>\r\n".utf8) == [.reply("503 MAIL first")])
        #expect(session.received("DATA\r\n".utf8) == [.reply("503 RCPT first")])
        #expect(session.received("NONSENSE\r\n".utf8) == [.reply("502 not known here")])
        #expect(session.received("MAIL FROM:nobody\r\n".utf8) == [.reply("501 MAIL FROM:<address>")])
    }

    @Test("any bytes at all crash neither the session nor the reader of mails")
    func fuzz() {
        var random = SystemRandomNumberGenerator()
        let words = [
            "MAIL FROM:<", ">", "\r\n", "DATA\r\n", ".\r\n", "AUTH PLAIN ", "=?", "?=", "--", "boundary=", "\n", ":",
        ]
        for _ in 0..<2000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0..<20, using: &random) {
                bytes +=
                    Bool.random(using: &random)
                    ? Array((words.randomElement(using: &random) ?? "").utf8)
                    : (0..<Int.random(in: 0..<8)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            var session = MailSinkSession(login: .init(user: "u", password: "p"))
            _ = session.received(bytes)
            _ = MailReading(bytes)
        }
    }
}
