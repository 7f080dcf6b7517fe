import DeskCore
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "an address is kept in lower case without blanks around it",
        arguments: [
            ("Ana.Souza@Example.COM", "ana.souza@example.com"), ("  a@b.co\t", "a@b.co"),
            ("o'neil+tag@sub.example.com.br", "o'neil+tag@sub.example.com.br"),
            ("x_y-z@xn--bcher-kva.example", "x_y-z@xn--bcher-kva.example"),
            ("\u{200B}ana@ex.br\u{FEFF}", "ana@ex.br"),
            // RFC 3492 and RFC 5891: the domain as mail systems send it.
            ("ana@padaria-são-joão.com.br", "ana@xn--padaria-so-joo-yhbe.com.br"),
            ("ana@bücher.example", "ana@xn--bcher-kva.example"), ("Ana@BÜCHER.example", "ana@xn--bcher-kva.example"),
            ("ana@bu\u{308}cher.example", "ana@xn--bcher-kva.example"), ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
            ("a@δοκιμή.example", "a@xn--jxalpdlp.example"),
        ]
    )
    func valid(text: String, canonical: String) {
        #expect(EmailAddress(text)?.canonical == canonical)
    }

    @Test(
        "what could break a header, a line or a mail server is no address",
        arguments: [
            "", "@", "a@", "@b.co", "a@b", "a b@c.de", "a@b..co", ".a@b.co", "a.@b.co", "a..b@c.de", "a@-b.co",
            "a@b-.co",
            "a@b.c", "a@1.2.3.4", "a@[127.0.0.1]", "\"a b\"@c.de", "a@b.co\r\nBcc: x@y.zz", "a\n@b.co", "a@b.co\n",
            "a@b.co\0", "ana@ex ämple.com", "ana@ex\u{2003}ämple.com", "ana@ä\u{202E}b.com", "ana@-ä.com", "ana@💩.com",
            "josé@example.com", "a@b@c.de", "Ana <ana@example.com>", "a,b@c.de",
            "a@b.co>",
            "a\u{202E}b@c.de",
        ]
    )
    func invalid(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test("an address has 254 characters at the most, its local part 64")
    func lengths() {
        let domain = String(repeating: "d", count: 60) + "." + String(repeating: "e", count: 60) + "."
        let local = String(repeating: "a", count: 64)
        #expect(EmailAddress(local + "@example.com") != nil)
        #expect(EmailAddress("a" + local + "@example.com") == nil)
        let long = local + "@" + domain + String(repeating: "f", count: 60)
        #expect(long.utf8.count == 247)
        #expect(EmailAddress(long + ".comcom") != nil)
        #expect(EmailAddress(long + ".comcomc") == nil)
        #expect(EmailAddress(String(repeating: "a", count: 100_000) + "@example.com") == nil)
    }

    @Test(
        "an address of a department is told from a person's",
        arguments: [
            "financeiro", "suporte", "contato", "contacto", "comercial", "ti", "rh", "admin", "info", "vendas", "nfe",
            "nf-e",
            "NFe2", "suporte.ti", "no-reply", "noreply", "naoresponda", "support", "sales", "notas-fiscais",
            "vendas+sp", "it",
            "sac", "helpdesk", "atendimento01", "departamento.pessoal",
        ]
    )
    func departmental(local: String) {
        #expect(EmailAddress("\(local)@empresa.com.br")?.isDepartmental == true)
    }

    @Test(
        "a person's address is no department's",
        arguments: [
            "ana", "ana.vendas", "joao.suporte", "financeira.maria", "tiago", "inforges", "rhuan", "123456",
            "a.comercial",
            "vendasilva", "j.admin.silva",
        ]
    )
    func personal(local: String) {
        #expect(EmailAddress("\(local)@empresa.com.br")?.isDepartmental == false)
    }

    @Test("a mask shows the first letter and the domain")
    func mask() {
        #expect(EmailAddress("ana.souza@ex.br")?.masked == "a…@ex.br")
        #expect(EmailAddress("ana.souza@ex.br")?.domain == "ex.br")
        #expect(EmailAddress("ana.souza@ex.br")?.localPart == "ana.souza")
    }
}
