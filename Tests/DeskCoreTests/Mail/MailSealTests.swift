import TestSupport
import Testing

@testable import DeskCore

@Suite("Signed addresses of the mailbox")
struct MailSealTests {
    static func seal(_ key: UInt8 = 7) throws -> MailSeal {
        let mailbox = try #require(EmailAddress("desk@exemplo.com.br"))
        return try #require(MailSeal(mailbox: mailbox, key: Array(repeating: key, count: 32)))
    }

    @Test("an address comes back as what it says, in capitals too")
    func round() throws {
        let seal = try Self.seal()
        let address = try #require(seal.address(.reply, notice: 812, ticketID: 9, recipient: "Maria@example.com"))
        let shouted = try #require(EmailAddress(address.canonical.uppercased()))
        let tag = try #require(seal.tag(of: shouted))
        #expect(tag.purpose == .reply && tag.noticeID == 812)
        #expect(seal.isOurs(tag, ticketID: 9, recipient: "maria@example.com"))
        #expect(address.localPart.utf8.count <= 64)
    }

    @Test("it opens nothing else: another ticket, another recipient, another purpose, another desk")
    func nothingElse() throws {
        let seal = try Self.seal()
        let address = try #require(seal.address(.reply, notice: 812, ticketID: 9, recipient: "maria@example.com"))
        var tag = try #require(seal.tag(of: address))
        #expect(!seal.isOurs(tag, ticketID: 10, recipient: "maria@example.com"))
        #expect(!seal.isOurs(tag, ticketID: 9, recipient: "jose@example.com"))
        #expect(try !Self.seal(8).isOurs(tag, ticketID: 9, recipient: "maria@example.com"))
        tag.noticeID = 813
        #expect(!seal.isOurs(tag, ticketID: 9, recipient: "maria@example.com"))
        tag.noticeID = 812
        tag.purpose = .bounce
        #expect(!seal.isOurs(tag, ticketID: 9, recipient: "maria@example.com"))
    }

    @Test(
        "what is no address of ours says nothing",
        arguments: [
            "desk@exemplo.com.br", "desk+r@exemplo.com.br", "desk+x1-abcdefghijklmnop@exemplo.com.br",
            "desk+r0-abcdefghijklmnop@exemplo.com.br", "desk+rzzzzzzzzzzzzzzzzzz-abcdefghijklmnop@exemplo.com.br",
            "desk+r1-abc@exemplo.com.br", "desk+r1-abcdefghijklmnop@example.com",
            "other+r1-abcdefghijklmnop@exemplo.com.br",
            "desk+r1-abcdefgh-jklmnop@exemplo.com.br",
        ]
    )
    func strange(text: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(try Self.seal().tag(of: address) == nil)
    }

    @Test("a mailbox whose name has no room for a tag, or one of its own, has no seal")
    func names() throws {
        let key = Array(repeating: UInt8(1), count: 32)
        let long = try #require(EmailAddress("\(String(repeating: "a", count: 25))@example.com"))
        #expect(MailSeal(mailbox: long, key: key) == nil)
        #expect(MailSeal(mailbox: try #require(EmailAddress("desk+a@example.com")), key: key) == nil)
        #expect(MailSeal(mailbox: try #require(EmailAddress("desk@example.com")), key: [1]) == nil)
    }
}
