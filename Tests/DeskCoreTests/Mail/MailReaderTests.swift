import TestSupport
import Testing

@testable import DeskCore

@Suite("A mail is read")
struct MailReaderTests {
    private static func lines(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    static let gmail = lines(
        """
        Return-Path: <maria@example.com>
        Delivered-To: desk@exemplo.com.br
        From: =?UTF-8?Q?Maria_Concei=C3=A7=C3=A3o?= <maria@example.com>
        To: "Suporte" <desk+r1-abc@exemplo.com.br>
        Subject: =?UTF-8?B?UmU6IEltcHJlc3PDo28=?=
        Message-ID: <CA1@mail.gmail.com>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="m"

        --m
        Content-Type: multipart/alternative; boundary="a"

        --a
        Content-Type: text/plain; charset="UTF-8"
        Content-Transfer-Encoding: quoted-printable

        Ainda n=C3=A3o imprime.

        Em qua., 25 de nov. de 2026 =C3=A0s 10:12, Suporte <desk@exemplo.com.br>
        escreveu:

        > J=C3=A1 tentou?

        --a
        Content-Type: text/html; charset="UTF-8"

        <p>Ainda</p>
        --a--
        --m
        Content-Type: application/pdf; name="relatorio.pdf"
        Content-Disposition: attachment; filename="relatorio.pdf"
        Content-Transfer-Encoding: base64

        JVBERi0xLjQK
        --m--

        """
    )

    static let bounce = lines(
        """
        Return-Path: <>
        From: MAILER-DAEMON@mx.exemplo.com.br (Mail Delivery System)
        To: desk+b1-abc@exemplo.com.br
        Subject: Undelivered Mail Returned to Sender
        Content-Type: multipart/report; report-type=delivery-status; boundary="d"

        --d
        Content-Type: text/plain

        Could not be delivered.
        --d
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.exemplo.com.br

        Final-Recipient: rfc822; maria@example.com
        Action: failed
        Status: 5.1.1
        Diagnostic-Code: smtp; 550 5.1.1 unknown
        --d
        Content-Type: message/rfc822

        Subject: x

        y
        --d--

        """
    )

    static let latin = Array("From: a@example.com\nSubject: Atenção\n\n".utf8.map { $0 }) + [0x6E, 0xE3, 0x6F]

    @Test("encoded words, alternatives and files come out as their reader sees them")
    func gmail() throws {
        let mail = try MailReader.read(Self.gmail)
        #expect(mail.sender?.canonical == "maria@example.com")
        #expect(mail.senderName == "Maria Conceição")
        #expect(mail.subject == "Re: Impressão")
        #expect(mail.recipients.map(\.canonical) == ["desk@exemplo.com.br", "desk+r1-abc@exemplo.com.br"])
        #expect(mail.files.map(\.name) == ["relatorio.pdf"])
        #expect(mail.files.first?.bytes == Array("%PDF-1.4\n".utf8))
        #expect(mail.automatic == nil && mail.report == nil)
        let text = QuotedText(mail.text)
        #expect(text.fresh == "Ainda não imprime.")
        #expect(text.quoted?.hasSuffix("> Já tentou?") == true)
    }

    @Test("a file with a long name keeps its ending")
    func longName() throws {
        let name = String(repeating: "relatorio-", count: 30) + "final.pdf"
        let text = """
            From: a@example.com
            Content-Type: application/pdf; name="\(name)"
            Content-Disposition: attachment; filename="\(name)"

            %PDF-1.4
            """
        let mail = try MailReader.read(Array(text.replacing("\n", with: "\r\n").utf8))
        let shown = try #require(mail.files.first?.name)
        #expect(shown.count == 200 && shown.hasPrefix("…") && shown.hasSuffix("-final.pdf"))
    }

    @Test("a report of Postfix names recipient and status, and is a machine's")
    func report() throws {
        let mail = try MailReader.read(Self.bounce)
        #expect(mail.report?.recipient?.canonical == "maria@example.com")
        #expect(mail.report?.isFailure == true)
        #expect(mail.report?.status == "5.1.1")
        #expect(mail.automatic == .report)
    }

    @Test("text that is no UTF-8 is read as Windows writes it")
    func latin() throws {
        #expect(try MailReader.read(Self.latin).text == "não")
    }

    @Test(
        "what no person wrote is told by its marks",
        arguments: [
            ("Auto-Submitted: auto-replied", AutomaticMark.submitted), ("Precedence: bulk", .precedence),
            ("List-Id: <x.example.com>", .list), ("Return-Path: <>", .emptyReturnPath),
            ("X-Autoreply: yes", .autoreply), ("Subject: Resposta automática: férias", .absence),
        ]
    )
    func marks(line: String, mark: AutomaticMark) throws {
        #expect(try MailReader.read(Array("From: a@example.com\n\(line)\n\nx".utf8)).automatic == mark)
        #expect(try MailReader.read(Array("From: a@example.com\nAuto-Submitted: no\n\nx".utf8)).automatic == nil)
    }

    @Test("a mail of HTML alone becomes text, without what is hidden")
    func html() {
        let html =
            "<head><style>p{}</style></head><p>Ol&aacute; &amp; tchau</p><blockquote>velho</blockquote><script>x</script>"
        #expect(HTMLText.read(html) == "Olá & tchau\n\n> velho")
    }

    @Test(
        "quoted mails are cut",
        arguments: [
            "Sim.\n\n-----Mensagem original-----\nDe: x",
            "Sim.\n\n________________________________\nDe: Suporte <a@example.com>\nEnviado: quarta\nPara: Maria\nAssunto: x\n\nolá",
            "Sim.\n\nNo dia 25 de nov. de 2026, às 10:00, Suporte <a@example.com> escreveu:\n\n> olá",
            "Sim.\n\nOn 25 Nov 2026, at 10:00, Desk <a@example.com> wrote:\n> hello", "Sim.\n> olá\n> tudo",
        ]
    )
    func quoted(text: String) {
        #expect(QuotedText(text).fresh == "Sim.")
    }

    @Test(
        "answers between quoted lines and forwarded mails stay whole",
        arguments: [
            "On 25 Nov 2026, Desk <a@example.com> wrote:\n> one?\nyes\n> two?\nno",
            "-----Mensagem original-----\nDe: x\nolá", "Bom dia.\nAna escreveu:\ncoisas",
        ]
    )
    func whole(text: String) {
        #expect(QuotedText(text) == QuotedText(text) && QuotedText(text).quoted == nil)
        #expect(QuotedText(text).fresh == text)
    }

    @Test("a mail without bounds is a named fault")
    func bounds() {
        var deep = "From: a@example.com\n"
        for level in 0..<20 { deep += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        #expect(throws: UnreadableMail.tooDeep(limit: MailLimits.depth)) { try MailReader.read(Array(deep.utf8)) }
        let many =
            "Content-Type: multipart/mixed; boundary=b\n\n"
            + String(repeating: "--b\n\nx\n", count: MailLimits.parts + 5)
        #expect(throws: UnreadableMail.tooManyParts(limit: MailLimits.parts)) { try MailReader.read(Array(many.utf8)) }
        let header = String(repeating: "X-A: \(String(repeating: "x", count: 990))\n", count: 300)
        #expect(throws: UnreadableMail.headerTooLong(limit: MailLimits.header)) {
            try MailReader.read(Array(header.utf8))
        }
        #expect(throws: UnreadableMail.noMail) { try MailReader.read([]) }
    }

    @Test("mutants of mails are read or refused, never a trap")
    func mutants() {
        var mutator = Mutator([Self.gmail, Self.bounce, Self.latin])
        for _ in 0..<Mutator.rounds {
            guard let mail = try? MailReader.read(mutator.next()) else { continue }
            let text = QuotedText(mail.text)
            #expect(text.fresh.utf8.count <= mail.text.utf8.count)
        }
    }
}
