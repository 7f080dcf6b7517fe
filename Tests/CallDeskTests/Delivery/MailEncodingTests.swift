import Codecs
import DeskCore
import TestSupport
import Testing

@testable import CallDesk
@testable import Rehearsal

@Suite("Mail encodings")
struct MailEncodingTests {
    @Test("dates are RFC 5322's")
    func dates() {
        #expect(MailEncoding.date(Moment(milliseconds: 1_795_236_191_999)) == "Sat, 21 Nov 2026 04:43:11 +0000")
        #expect(MailEncoding.date(Moment(milliseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 +0000")
    }

    @Test("plain subjects stay as they are, others become encoded words")
    func subjects() {
        #expect(MailEncoding.unstructured("Ticket 17", after: "Subject") == "Ticket 17")
        #expect(MailEncoding.unstructured("Solicitação", after: "Subject") == "=?UTF-8?B?U29saWNpdGHDp8Ojbw==?=")
        #expect(MailEncoding.unstructured("=?UTF-8?B?eA==?=", after: "Subject").hasPrefix("=?UTF-8?B?PT9V"))
        #expect(MailEncoding.phrase("Ana \"A\" \\", after: "To") == "\"Ana \\\"A\\\" \\\\\"")
    }

    @Test("any subject reads back as it was, in lines no longer than 76, whatever characters it has")
    func subjectsReadBack() {
        var random = SplitMix64(seed: TestSeed.next())
        let alphabet = Array("abc ÇãÉ€😀=?_\"\\<>,;:@שלום\u{0301}")
        for _ in 0..<500 {
            let text = String(
                (0..<Int.random(in: 0...200, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "x" }
            )
            let folded = MailEncoding.unstructured(text, after: "Subject")
            let header = "Subject: \(folded)".split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(header.allSatisfy { $0.utf8.count <= 76 || !$0.contains("=?UTF-8?") }, "\(header)")
            for name in ["From", "To"] {
                let lines = "\(name): \(MailEncoding.phrase(text, after: name))".split(separator: "\r\n")
                #expect(lines.allSatisfy { $0.utf8.count <= 76 || !$0.contains("=?UTF-8?") }, "\(lines)")
            }
            let mail = MailReading(Array("Subject: \(folded)\r\n\r\n".utf8))
            #expect(mail.subject.filter { $0 != " " } == text.filter { $0 != " " })
        }
    }

    @Test("quoted-printable reads back, keeps lines short, and hides dots and blanks at the edges")
    func quotedPrintable() {
        var random = SplitMix64(seed: TestSeed.next())
        let alphabet = Array("ab. =\tãé€😀\n")
        for _ in 0..<500 {
            let text = String(
                (0..<Int.random(in: 0...400, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "x" }
            )
            var bytes: [UInt8] = []
            MailEncoding.quotedPrintable(text, into: &bytes)
            let encoded = String(decoding: bytes, as: UTF8.self)
            for line in encoded.split(separator: "\r\n", omittingEmptySubsequences: false) {
                #expect(line.utf8.count <= 76)
                #expect(!line.hasPrefix(".") && !line.hasSuffix(" ") && !line.hasSuffix("\t"))
            }
            let head = "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            #expect(MailReading(Array(head.utf8) + bytes).text == text)
        }
    }

    @Test("base64 is RFC 4648's")
    func base64() {
        let vectors = ["": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "foobar": "Zm9vYmFy"]
        for (plain, coded) in vectors {
            #expect(Base64.text(plain.utf8) == coded)
            #expect(MailReading.base64(Array(coded.utf8)) == Array(plain.utf8))
        }
        #expect(MailReading.base64(Array("Zm9v!".utf8)) == nil)
    }
}

@Suite("Mail message")
struct MailMessageTests {
    static func notice(
        _ id: Int64 = 7,
        to: String = "jose@example.com",
        name: String? = "José Conceição",
        subject: String = "Solicitação 2026-000017",
        body: String = "Olá, José!\n\nProtocolo: 20261121000017-4\n.\n\nhttps://ex.br/t/abc\n",
        html: String? = nil,
        language: Language? = nil
    ) -> Notice {
        Notice(
            id: id,
            event: .ticketOpened,
            channel: .mail,
            recipient: to,
            recipientName: name,
            language: language,
            subject: subject,
            body: body,
            html: html,
            createdAt: Moment(milliseconds: 1_795_236_191_999)
        )
    }

    static func letterhead() throws -> MailMessage.Letterhead {
        MailMessage.Letterhead(
            from: try #require(EmailAddress("desk@example.org")),
            fromName: "Central de Atenção",
            layout: MailLayout(deskName: "Central de Atenção", publicURL: "https://ex.br", language: .ptBR)
        )
    }

    static func headerLines(_ bytes: [UInt8]) -> [Substring] {
        let text = String(decoding: bytes, as: UTF8.self)
        return (text.firstRange(of: "\r\n\r\n").map { text[..<$0.lowerBound] } ?? text[...]).split(separator: "\r\n")
    }

    @Test("text and HTML arrive as written, with the headers automatic mail needs")
    func whole() throws {
        let notice = Self.notice()
        let message = try #require(MailMessage(notice, letterhead: try Self.letterhead()))
        let mail = MailReading(message.bytes)
        #expect(mail.subject == "Solicitação 2026-000017")
        #expect(mail.text == notice.body)
        #expect(mail.html?.contains("<a href=\"https://ex.br/t/abc\"") == true)
        #expect(mail.html?.contains("20261121000017-4") == true)
        #expect(mail.header("Message-ID") == "<notice.7.\(String(1_795_236_191_999, radix: 36))@example.org>")
        #expect(mail.header("Auto-Submitted") == "auto-generated")
        #expect(mail.header("Date") == "Sat, 21 Nov 2026 04:43:11 +0000")
        #expect(MailReading.words(mail.header("To") ?? "") == "José Conceição <jose@example.com>")
        #expect(MailReading.words(mail.header("From") ?? "") == "Central de Atenção <desk@example.org>")
        #expect(mail.header("MIME-Version") == "1.0")
        #expect(message.bytes.allSatisfy { $0 < 0x80 })
    }

    @Test("HTML is in the language of its reader, whatever the desk's", arguments: Language.allCases)
    func language(_ language: Language) throws {
        let message = try #require(
            MailMessage(Self.notice(language: language), letterhead: try Self.letterhead())
        )
        let html = try #require(MailReading(message.bytes).html)
        #expect(html.contains("<html lang=\"\(language.rawValue)\">"))
        #expect(html.contains(language == .en ? ">Open</a>" : ">Abrir</a>"))
    }

    @Test("a template's own HTML is sent as it is")
    func ownHTML() throws {
        let message = try #require(MailMessage(Self.notice(html: "<p>é</p>"), letterhead: try Self.letterhead()))
        #expect(MailReading(message.bytes).html == "<p>é</p>")
    }

    @Test(
        "no value can add a header, end the mail or make a long line",
        arguments: [
            "x\r\nBcc: victim@example.com", "x\nX-Evil: 1", "x\r\n\r\nbody", "\u{0}\u{7F}", "=?UTF-8?Q?=0D=0ABcc:_a?=",
            String(repeating: "a", count: 5000), String(repeating: "😀", count: 3000), "x\r\n.\r\nMAIL FROM:<a@b.c>",
            "\u{202E}txt.exe", "e" + String(repeating: "\u{0301}", count: 500),
        ]
    )
    func hostile(value: String) throws {
        let notice = Self.notice(name: value, subject: value, body: value)
        let message = try #require(MailMessage(notice, letterhead: try Self.letterhead()))
        let names = Self.headerLines(message.bytes).filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(
            names == [
                "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
                "MIME-Version", "Content-Type",
            ]
        )
        let lines = String(decoding: message.bytes, as: UTF8.self).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        #expect(lines.dropFirst(names.count).allSatisfy { !$0.contains("\n") && !$0.contains("\r") })
        #expect(!lines.contains("."))
        for line in lines where line.utf8.count > 998 {
            // Only a single unbreakable plain word can be that long, and the composer cuts subjects at 200.
            #expect(value == String(repeating: "a", count: 5000))
        }
    }

    @Test(
        "what is no address is refused before any server sees it",
        arguments: ["", "a", "a@b", "a@b.c>\r\nRCPT TO:<x@y.z", "a b@example.com", "<a@example.com>", "a@exa mple.com"]
    )
    func addresses(address: String) throws {
        #expect(MailMessage(Self.notice(to: address), letterhead: try Self.letterhead()) == nil)
    }
}
