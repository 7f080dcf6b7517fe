import Testing

@testable import DeskCore

@Suite("Topic search")
struct TopicSearchTests {
    let catalogue: Catalogue

    init() throws {
        let bytes = try #require(CatalogueResources.shipped)
        catalogue = try CatalogueReader.read(bytes, file: "catalogue.xml")
    }

    @Test("accents, case, order and blanks do not matter")
    func folding() {
        let first = catalogue.search("correção de faturas").map(\.id)
        #expect(first == catalogue.search("  FATURAS   de CORRECAO ").map(\.id))
        #expect(first.first == "correcao-fatura")
    }

    @Test("the beginning of a word is enough, and one wrong letter is forgiven")
    func prefixAndTypo() {
        #expect(catalogue.search("cancel").first?.id == "cancelamento")
        #expect(catalogue.search("instalcaao").first?.id == "instalacao")
        #expect(catalogue.search("intslcaao").isEmpty)
        #expect(catalogue.search("instalaçao").first?.id == "instalacao")
        #expect(catalogue.search("reclamaçao").first?.id == "reclamacao")
        #expect(catalogue.search("relcamação").first?.id == "reclamacao")
        #expect(catalogue.search("iluminaçã publica").first?.id == "iluminacao")
    }

    @Test(
        "a topic found by a keyword, module or guide says which; one found by its title needs no reason",
        arguments: [
            ("nota", "erro-sistema", "nota fiscal"), ("formatei", "instalacao", "formatei"),
            ("erro", "erro-sistema", nil),
            ("erro nota", "erro-sistema", "nota fiscal"), ("boleto", "segunda-via", "boleto"),
        ] as [(String, String, String?)]
    )
    func reason(query: String, id: String, found: String?) throws {
        let hit = try #require(catalogue.search(query).first { $0.id == id })
        #expect(hit.found == found)
    }

    @Test("nothing found is nothing shown")
    func nothing() {
        #expect(catalogue.search("xyzzy").isEmpty)
        #expect(catalogue.search("").isEmpty)
        #expect(catalogue.search("   !!! ").isEmpty)
    }

    @Test("only what the contracts open is found; a section opens all below it")
    func contracts() {
        let allowed: Set<String> = ["acesso", "faturas"]
        let hits = catalogue.search("senha fatura erro", sections: allowed).map(\.topic)
        for topic in hits + catalogue.search("e", sections: allowed).map(\.topic) {
            // What people may ask of their own data no contract takes away.
            #expect(
                topic.path.contains("acesso") || topic.path.contains("faturas") || topic.id == Catalogue.ownData
            )
        }
        #expect(catalogue.search("erro no sistema", sections: allowed).first?.id != "erro-sistema")
        #expect(catalogue.search("erro no sistema", sections: nil).first?.id == "erro-sistema")
        #expect(catalogue.search("erro no sistema", sections: []).isEmpty)
        #expect(catalogue.search("senha", sections: ["cadastro"]).first?.id == "senha")
    }

    @Test("an endless query costs no more than a long one", .timeLimit(.minutes(5)))
    func endless() {
        #expect(catalogue.search(String(repeating: "senha ", count: 50_000)).count <= InterviewLimits.topicHits)
        #expect(catalogue.search(String(repeating: "ã", count: 100_000)).isEmpty)
    }
}

@Suite("Text folding")
struct TextFoldingTests {
    @Test(
        "drops case, accents and spare blanks",
        arguments: [
            ("  Emissão\t de\u{A0}NOTA \n", "emissao de nota"), ("ÁÉÍÓÚ àèìòù âêô ãõ ç Ñ", "aeiou aeiou aeo ao c n"),
            ("e\u{301}", "e"), ("Straße Ærø Łódź", "strasse aero lodz"), ("Việt Nam", "viet nam"), ("ΑΒΓ", "αβγ"),
            ("a\u{0}b", "a b"), ("\u{200D}x\u{FEFF}", "x"), ("", ""), ("123-4", "123-4"),
        ]
    )
    func folds(_ text: String, _ folded: String) {
        #expect(TextFolding.fold(text) == folded)
        #expect(TextFolding.fold(folded) == folded)
    }

    @Test("words are runs of letters and digits")
    func words() {
        #expect(TextFolding.words("Erro 613: não-emite (NF-e)") == ["erro", "613", "nao", "emite", "nf", "e"])
    }
}
