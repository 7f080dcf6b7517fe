import Testing

@testable import DeskCore

@Suite("The catalogue that comes with the program")
struct ShippedCatalogueTests {
    let catalogue: Catalogue

    init() throws {
        let bytes = try #require(CatalogueResources.shipped)
        catalogue = try CatalogueReader.read(bytes, file: "catalogue.xml")
    }

    @Test("has no fault, neither for the reader nor for the schema")
    func hasNoFault() throws {
        let bytes = try #require(CatalogueResources.shipped)
        #expect(CatalogueReader.check(bytes, file: "catalogue.xml").map { $0.report(in: .en) } == [])
        #expect(!CatalogueSchema.isMissing)
    }

    @Test(
        "covers what the desks it was drawn from are asked",
        arguments: [
            ("mudança de endereço", "atualizar-dados"), ("adicionar telefone", "telefones"),
            ("esqueci a senha", "senha"),
            ("correção de faturas", "correcao-fatura"), ("faturamento", "faturamento"),
            ("erro no sistema", "erro-sistema"),
            ("duvida", "duvida-operacao"), ("atualizacao de versao", "atualizacao"),
            ("instalação em novo computador", "instalacao"), ("configuracao conta de email", "conta-email"),
            ("dominio", "dominio"), ("diário oficial", "publicar"), ("poste apagado", "iluminacao"),
            ("cancelamento", "cancelamento"), ("reclamacao", "reclamacao"), ("sugestão", "outra-solicitacao"),
            ("link de ativação", "primeiro-acesso"), ("Outra solicitação", "outra-solicitacao"),
        ]
    )
    func covers(_ words: String, _ topic: String) {
        #expect(catalogue.search(words).first?.id == topic)
    }

    @Test("hints speak to whoever answers, the customer on the portal too, and tell nobody to ask somebody")
    func hints() throws {
        let text = String(decoding: try #require(CatalogueResources.shipped), as: UTF8.self)
        let hints = text.matches(of: /<hint[^>]*>\s*([^<]+)</).map { String($0.1) }
        #expect(hints.count > 50)
        for hint in hints {
            #expect(!["Peça", "Pergunte", "Ask "].contains { hint.hasPrefix($0) }, "\(hint)")
        }
    }

    @Test("the first menu names complaint and cancellation, and every topic is reached by keys")
    func firstMenu() throws {
        let titles = catalogue.roots.compactMap { catalogue.section($0.id)?.title.ptBR }
        #expect(titles.contains { $0.contains("Cancelamento") && $0.contains("reclamação") })
        for topic in catalogue.topics {
            let keys = topic.path.map { catalogue.section($0)?.digit } + [topic.digit]
            #expect(keys.allSatisfy { $0 != nil }, "\(topic.id)")
        }
    }

    @Test("offers the product without a domain, and hands a password over as a secret")
    func domains() throws {
        let topic = try #require(catalogue.topic("conta-email"))
        let domain = try #require(topic.field("com_dominio"))
        #expect(domain.options.map(\.label.ptBR).contains("O produto não está associado a um domínio"))
        #expect(topic.fields.contains { $0.kind == .secret })
    }

    @Test("speaks English everywhere, and in Portugal no Brazilian word is left")
    func languages() {
        let brazilian: Set<String> = [
            "senha", "usuario", "usuarios", "arquivo", "arquivos", "tela", "telas", "cadastro", "cadastrado", "celular",
            "contato", "boleto", "voce", "conosco", "registrar", "registre", "registrado", "cep", "calcada", "ddd",
            "faturamento", "hospedagem", "chamado", "chamados", "link", "secao",
        ]
        for text in CatalogueTexts.all(of: catalogue) {
            #expect(text.en != nil || !text.ptBR.contains { $0.isLetter } || text.isSameInEnglish, "\(text.ptBR)")
            let words = Set(TextFolding.words(text[.ptPT]))
            #expect(words.isDisjoint(with: brazilian), "\(text[.ptPT]): \(words.intersection(brazilian))")
        }
    }

    @Test("every question can be spoken in a breath, and every secret says why it is asked")
    func questions() {
        for field in catalogue.topics.flatMap(\.fields) where field.calculate == nil {
            for language in Language.allCases { #expect(field.say[language].count <= 160, "\(field.id)") }
            #expect(field.say.ptBR.hasSuffix("?"), "\(field.id): \(field.say.ptBR)")
        }
        for topic in catalogue.topics {
            #expect(catalogue.department(topic.department) != nil)
            #expect(topic.serviceLevel.firstAnswer != nil && topic.serviceLevel.solution != nil, "\(topic.id)")
        }
    }
}

extension LocalizedText {
    /// Names and terms that need no translation.
    fileprivate var isSameInEnglish: Bool {
        [
            "Web", "Android", "iOS", "SMS", "E-mail", "Outlook", "Thunderbird", "Webmail", "Normal", "NIF", "Internet",
        ].contains(ptBR)
    }
}

/// Every text a catalogue holds.
enum CatalogueTexts {
    static func all(of catalogue: Catalogue) -> [LocalizedText] {
        var texts: [LocalizedText?] = [catalogue.title]
        texts += catalogue.departments.map(\.name)
        texts += catalogue.sections.flatMap { [$0.title, $0.say] }
        for topic in catalogue.topics {
            texts += [topic.title, topic.say]
            texts += topic.modules.map(\.label)
            texts += topic.guides.flatMap { [$0.title, $0.text] }
            for prompt in [topic.summary, topic.description, topic.whatChanged, topic.attachments].compactMap(\.self) {
                texts += [prompt.label, prompt.say, prompt.hint]
            }
            for field in topic.fields {
                texts += [field.label, field.say, field.hint, field.alert, field.purpose]
                texts += field.options.map(\.label)
            }
        }
        return texts.compactMap(\.self)
    }
}
