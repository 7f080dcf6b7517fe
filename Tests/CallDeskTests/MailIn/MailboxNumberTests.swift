import Testing

@testable import CallDesk

@Suite("Numbers of a mailbox, as its server says them")
struct MailboxNumberTests {
    @Test(
        "a folder's numbers are 32 bits and above 0; what a server makes up beyond is no answer",
        arguments: [
            ("* STATUS \"INBOX\" (UIDVALIDITY 7 UIDNEXT 12)\r\n", MailboxStatus(uidValidity: 7, uidNext: 12)),
            (
                "* STATUS \"a (b)\" (UIDNEXT 4294967295 UIDVALIDITY 1)\r\n",
                MailboxStatus(uidValidity: 1, uidNext: 4_294_967_295)
            ),
            ("* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 4294967296)\r\n", nil),
            ("* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 9223372036854775807)\r\n", nil),
            ("* STATUS INBOX (UIDVALIDITY 0 UIDNEXT 12)\r\n", nil),
            ("* STATUS INBOX (UIDVALIDITY -7 UIDNEXT 12)\r\n", nil),
            ("* STATUS INBOX (UIDVALIDITY)\r\n", nil),
            ("* STATUS INBOX )(\r\n", nil),
            ("", nil),
        ] as [(String, MailboxStatus?)]
    )
    func status(line: String, status: MailboxStatus?) {
        #expect(IMAPAnswer.status(Array(line.utf8)) == status)
    }

    @Test("a mail's size is its own, and a found number within what was asked")
    func numbers() {
        #expect(IMAPAnswer.size(Array("* 3 FETCH (UID 5 RFC822.SIZE 4711)\r\n".utf8), of: 5) == 4_711)
        #expect(IMAPAnswer.size(Array("* 3 FETCH (UID 6 RFC822.SIZE 4711)\r\n".utf8), of: 5) == nil)
        #expect(IMAPAnswer.numbers(Array("* SEARCH 9 2 2 x 9223372036854775808 7\r\n".utf8), in: 1...8) == [2, 7])
    }
}
