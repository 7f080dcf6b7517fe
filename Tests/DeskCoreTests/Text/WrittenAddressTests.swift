import DeskCore
import Testing

@Suite("E-mail addresses as people write them")
struct WrittenAddressTests {
    @Test(
        "an address is read out of what people copy around it",
        arguments: [
            ("ana@ex.br", nil, "ana@ex.br"), ("Ana <ana@ex.br>", "Ana", "ana@ex.br"),
            ("\"Souza, Ana\" <Ana@EX.br>", "Souza, Ana", "ana@ex.br"), ("<ana@ex.br>", nil, "ana@ex.br"),
            ("mailto:ana@ex.br", nil, "ana@ex.br"), ("MAILTO: ana@ex.br", nil, "ana@ex.br"),
            ("e-mail: ana@ex.br", nil, "ana@ex.br"), ("ana@ex.br;", nil, "ana@ex.br"), ("ana@ex.br.", nil, "ana@ex.br"),
            ("\"ana@ex.br\"", nil, "ana@ex.br"), ("'ana@ex.br',", nil, "ana@ex.br"),
            ("ana@ex.br (trabalho)", nil, "ana@ex.br"), ("“Ana Sá” <mailto:ana@ex.br>;", "Ana Sá", "ana@ex.br"),
            ("Ana Sá (TI) <ana@ex.br>", "Ana Sá (TI)", "ana@ex.br"), ("ana@ex.br <ana@ex.br>", nil, "ana@ex.br"),
            ("Ana<ana@são.com.br>", "Ana", "ana@xn--so-sia.com.br"),
            ("José D’Ávila <jose@ex.br> (casa)", "José D’Ávila", "jose@ex.br"),
            ("Suporte - Loja 2 <bia@ex.br>", "Suporte - Loja 2", "bia@ex.br"),
        ] as [(String, String?, String)]
    )
    func read(text: String, name: String?, address: String) {
        let read = WrittenAddress(text)
        #expect(read?.address.canonical == address)
        #expect(read?.name == name)
    }

    @Test(
        "what may be a slip of the hand is no address",
        arguments: [
            "", "Ana", "@", "ana 19@ex.br", "Ana ana@ex.br", "ana@ex,br", "Ana <ana@ex.br", "ana@ex.br>", "Ana <>",
            "Ana <ana@ex.br> Bia <bia@ex.br", "ana@ex.br, bia@ex.br", "ana@ex.br\r\nBcc: bia@ex.br",
            "Ana\n<ana@ex.br>", "Ana <ana@ex.br\r\nBcc: x@y.zz>", "<<ana@ex.br>", "Ana <josé@ex.br>",
        ]
    )
    func refused(text: String) {
        // `<<ana@ex.br>` has a sign too many but one address only.
        #expect(WrittenAddress(text)?.address.canonical == (text == "<<ana@ex.br>" ? "ana@ex.br" : nil))
    }

    @Test("more than one address is told from a wrong one")
    func several() {
        for text in [
            "ana@ex.br, bia@ex.br", "ana@ex.br;bia@ex.br", "ana@ex.br / bia@ex.br", "ana@ex.br ou bia@ex.br",
            "Ana <ana@ex.br>, Bia <bia@ex.br>", "ana@ex.br\nbia@ex.br", "ana@ex.br e bia@ex.br",
        ] {
            #expect(WrittenAddress.areSeveral(text), "\(text)")
            #expect(WrittenAddress(text) == nil, "\(text)")
        }
        for text in ["ana@ex.br", "Ana <ana@ex.br>", "ana@@ex.br", "ana@ex.br@", "a e b", "ana@ex.br, bia@"] {
            #expect(!WrittenAddress.areSeveral(text), "\(text)")
        }
    }

    @Test("a long text is refused, and ends")
    func hostile() {
        let long = String(repeating: "\"<ana@ex.br>, ", count: 20_000)
        #expect(WrittenAddress(long) == nil)
        #expect(!WrittenAddress.areSeveral(long))
    }
}
