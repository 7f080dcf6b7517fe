import Testing

@testable import DeskCore

@Suite("Interviews from beginning to end")
struct InterviewTranscriptTests {
    @Test("a known caller with an error: every question once, in order, and the whole request at the end")
    func knownCaller() throws {
        var run = Transcript(try InterviewFixture.interview())
        run.say(.confirm)
        run.say(.text("erro no sistema"))
        // One alone was found: it is shown, and its digit takes it.
        #expect(run.interview.prompt.options.first?.digit == 1)
        run.say(.text("1"))
        run.say(.text("Falha ao gravar"))
        run.say(.text("ontem"))
        run.say(.text("sim"))
        run.say(.text("12"))
        run.say(.text("Faturamento de hoje"))
        run.say(.text("Erro ao gravar pedido"))
        run.say(.option("estoque"))
        run.say(.text("Abre o pedido,\r\nclica em gravar e aparece a mensagem."))
        run.say(.text("Antivírus novo"))
        run.say(.files([FileAnswer(id: 5, name: "tela.png", size: 9)]))
        #expect(run.interview.prompt.recipients == ["E-mail: m…@example.com", "SMS: (••) •••••4321"])
        #expect(run.interview.prompt.warnings.isEmpty)
        run.say(.confirm)
        #expect(
            run.lines == [
                "identify: Falo com Maria Silva?",
                "topic: Em que posso ajudar?",
                "topic: Em que posso ajudar?",
                "field.mensagem: Qual mensagem aparece?",
                "field.quando: Desde que dia?",
                "field.parado: O trabalho parou?",
                "field.pessoas: Quantas pessoas?",
                "field.grave: O que está em risco?",
                "summary: Em poucas palavras, o que está acontecendo?",
                "module: Em qual módulo do sistema?",
                "description: Pode me contar com detalhes o que acontece?",
                "what_changed: Mudou alguma coisa antes de começar? Rede, antivírus, computador, atualização?",
                "attachments: Tem alguma tela, relatório ou mensagem de erro para nos enviar?",
                "review: Vou conferir com você o que registrei.",
                "  → open erro",
            ]
        )
        let request = try #require(run.interview.outstanding.compactMap(\.openRequest).first)
        #expect(request.key == "k1")
        #expect(request.customerID == 1)
        #expect(request.attendanceID == 7)
        #expect(request.identity == .known)
        #expect(request.sectionPath == ["sistema"])
        #expect(request.department == "suporte")
        #expect(request.priority == .high)
        #expect(request.serviceLevel.firstAnswer == ServiceTerm(amount: 4, unit: .hours, counting: .business))
        #expect(request.summary == "Erro ao gravar pedido")
        #expect(request.moduleID == "estoque" && request.moduleLabel == "Estoque")
        #expect(request.description == "Abre o pedido,\nclica em gravar e aparece a mensagem.")
        #expect(request.whatChanged == "Antivírus novo")
        #expect(request.attachments == [5])
        #expect(
            request.answers.map { "\($0.fieldID)=\($0.value)|\($0.display)" } == [
                "mensagem=Falha ao gravar|Falha ao gravar", "quando=2026-11-20|20/11/2026", "parado=yes|Sim",
                "pessoas=12|12", "grave=Faturamento de hoje|Faturamento de hoje", "impacto=alto|alto",
            ]
        )
        #expect(request.formVersion == run.interview.catalogue.version)
        run.note(run.interview.received(opened: OpenedTicket(ticketID: 3, number: "31208", protocolNumber: "2026")))
        #expect(run.interview.prompt.kind == .done)
        #expect(run.interview.receive(.text("x")) == [.refused(.finished)])
    }

    @Test("wrong answers are told what is wrong and what to do, and change nothing else")
    func wrongAnswers() throws {
        var run = Transcript(try InterviewFixture.interview(topicID: "erro"))
        run.say(.confirm)
        run.say(.text("  "))
        run.say(.text("Falha"))
        run.say(.text("31/02/2026"))
        run.say(.text("22/11/2026"))
        #expect(run.interview.prompt.misses == 2)
        run.say(.text("21112026"))
        run.say(.text("talvez"))
        #expect(
            run.lines == [
                "identify: Falo com Maria Silva?",
                "field.mensagem: Qual mensagem aparece?",
                "  ! Resposta obrigatória. Pergunte ao cliente antes de continuar.",
                "field.mensagem: Qual mensagem aparece?",
                "field.quando: Desde que dia?",
                "  ! Data inválida. Use dia, mês e ano: 21/11/2026.",
                "field.quando: Desde que dia?",
                "  ! O dia não pode estar no futuro.",
                "field.quando: Desde que dia?",
                "field.parado: O trabalho parou?",
                "  ! Responda sim ou não.",
            ]
        )
    }

    @Test("an unknown caller is searched, not found, registered with what the desk needs, and goes on")
    func registration() throws {
        var run = Transcript(try InterviewFixture.interview([]))
        run.say(.text("João da Luz"))
        let query = try #require(run.interview.draft.query)
        #expect(query.readings == [.name("joao da luz")])
        #expect(run.interview.prompt.isWaiting)
        run.note(run.interview.received(candidates: [], for: query))
        run.say(.option("new"))
        run.say(.option("company"))
        run.say(.text("Oficina Luz"))
        run.say(.text("João da Luz"))
        run.say(.text("12.345.678/0001-99"))
        run.say(.text("financeiro@luz.example"))
        run.say(.text("joao@luz.example"))
        run.say(.confirm)
        let request = try #require(run.interview.outstanding.compactMap(\.registrationRequest).first)
        #expect(request.kind == .company && request.person == "João da Luz" && request.document == "12345678000199")
        #expect(request.email == "joao@luz.example" && request.phone == "+5531987654321")
        #expect(run.interview.prompt.kind == .waiting)
        run.note(run.interview.received(registrationRefused: PromptFault(.emailTaken), at: .registerEmail))
        run.say(.skip)
        let customer = Candidate(customerID: 9, contactID: 90, name: "Oficina Luz", kind: .company)
        run.note(run.interview.received(registered: customer))
        #expect(run.interview.prompt.id == .topic)
        #expect(run.interview.customer?.reasons == [.registered])
        #expect(
            run.lines == [
                "identify: Pode me informar seu CPF ou CNPJ, por favor?",
                "  → search João da Luz",
                "  ! Ninguém encontrado. Confira o dado, tente outro, ou cadastre um novo cliente.",
                "identify: Pode me informar seu CPF ou CNPJ, por favor?",
                "register.kind: O cadastro é para você ou para uma empresa?",
                "register.name: Qual é o nome completo?",
                "register.person: E o seu nome?",
                "register.document: Qual é o CPF ou CNPJ?",
                "  → check register.document",
                "register.email: Qual é o seu e-mail? É por ele que enviamos a confirmação.",
                "  ! E-mail de departamento não pode ser cadastrado. Peça o e-mail da própria pessoa, ou continue sem e-mail.",
                "register.email: Qual é o seu e-mail? É por ele que enviamos a confirmação.",
                "  → check register.email",
                "register.phone: Este telefone de onde liga é o melhor para falarmos com você?",
                "  → register Oficina Luz",
                "  ! Este e-mail já pertence a outro cadastro. Procure por ele, ou informe outro.",
                "register.email: Qual é o seu e-mail? É por ele que enviamos a confirmação.",
                "  → register Oficina Luz",
            ]
        )
    }

    @Test("two candidates as likely are never chosen silently; a company's person is asked for")
    func tie() throws {
        let twin = Candidate(customerID: 3, name: "Bar do Zé", kind: .company, reasons: [.companyLine], score: 35)
        var run = Transcript(try InterviewFixture.interview([InterviewFixture.bakery, twin], topicID: "duvida"))
        #expect(run.interview.prompt.kind == .chooseCandidate)
        #expect(run.interview.prompt.candidates.map(\.customerID) == [2, 3])
        #expect(run.interview.prompt.options.first?.detail == "linha compartilhada da empresa")
        #expect(run.interview.receive(.confirm).contains(.refused(.invalid(PromptFault(.notAnOption)))))
        #expect(run.interview.draft.identified == nil)
        run.say(.text("1"))
        run.say(.text("ana luz"))
        run.say(.skip)
        run.say(.text("Dúvida"))
        run.say(.text("Como emite?"))
        run.say(.confirm)
        let request = try #require(run.interview.outstanding.compactMap(\.openRequest).first)
        #expect(request.customerID == 2 && request.contactID == 20)
        #expect(run.interview.prompt.warnings.contains("Sem SMS: o contrato não inclui o serviço."))
    }

    @Test("a caller who says no is searched for; somebody else of the company is taken down by name")
    func declined() throws {
        var run = Transcript(try InterviewFixture.interview(topicID: "duvida"))
        run.say(.text("não, é outra pessoa"))
        #expect(run.interview.prompt.kind == .searchCustomer)
        run.say(.text("Padaria"))
        run.note(
            run.interview.received(
                candidates: [InterviewFixture.bakery],
                for: try #require(run.interview.draft.query)
            )
        )
        #expect(run.interview.prompt.kind == .confirmCandidate)
        run.say(.option("yes"))
        run.say(.option("other"))
        run.say(.text("Beatriz"))
        run.say(.skip)
        run.say(.text("Dúvida"))
        run.say(.text("Como emite?"))
        run.say(.confirm)
        let request = try #require(run.interview.outstanding.compactMap(\.openRequest).first)
        #expect(request.contactID == nil && request.callerName == "Beatriz")
    }

    @Test("nobody is made to identify: the ticket is opened for an unknown caller, marked as such")
    func unidentified() throws {
        var run = Transcript(try InterviewFixture.interview([], topicID: "duvida"))
        run.say(.skip)
        run.say(.text("Carlos"))
        run.say(.confirm)
        run.say(.text("Como emite?"))
        run.say(.text("Dúvida"))
        run.say(.text("Como emite a nota?"))
        #expect(run.interview.prompt.warnings.count == 1)
        run.say(.confirm)
        let request = try #require(run.interview.outstanding.compactMap(\.openRequest).first)
        #expect(request.customerID == nil && request.callerName == "Carlos" && request.callerPhone == "+5531987654321")
        #expect(request.identity == .none)
    }

    @Test("a topic that needs a verified identity asks for proof, takes a refusal and goes on")
    func verification() throws {
        var run = Transcript(try InterviewFixture.interview(topicID: "correcao"))
        run.say(.confirm)
        run.say(.text("529.982.247-25"))
        #expect(run.interview.prompt.isWaiting)
        run.note(run.interview.received(verified: false))
        run.say(.text("123.456.789-09"))
        run.note(run.interview.received(verified: true))
        #expect(run.interview.draft.identified?.level == .verified)
        #expect(run.interview.prompt.id == .field("cobrado"))
        // What was said to prove it is nowhere in the snapshot.
        #expect(try !run.interview.draft.json().contains("12345678909"))

        var refused = Transcript(try InterviewFixture.interview(topicID: "correcao"))
        refused.say(.confirm)
        refused.say(.skip)
        #expect(refused.interview.prompt.id == .field("cobrado"))
        #expect(refused.interview.draft.identified?.level == .known)
    }

    @Test("an open ticket is added to instead of opening another")
    func link() throws {
        var run = Transcript(try InterviewFixture.interview())
        run.say(.confirm)
        run.note(run.interview.link(to: OpenedTicket(ticketID: 44, number: "31190", protocolNumber: nil)))
        run.say(.text("Voltou a acontecer."))
        run.say(.skip)
        #expect(run.interview.prompt.id == .review)
        run.say(.confirm)
        #expect(run.lines.last == "  → link 44")
        run.note(run.interview.received(opened: OpenedTicket(ticketID: 44, number: "31190", protocolNumber: nil)))
        #expect(
            run.interview.draft.outcome == .linked(OpenedTicket(ticketID: 44, number: "31190", protocolNumber: nil))
        )
    }

    @Test(
        "a contact ends without a ticket for a reason, and a mistaken ending is taken back",
        arguments: EndReason.codes
    )
    func ends(_ code: String) throws {
        var interview = try InterviewFixture.interview()
        _ = interview.receive(.confirm)
        let reason = try #require(EndReason(code: code, text: "  cliente\nvolta depois "))
        let actions = interview.end(reason)
        let kept: EndReason = code == "other" ? .other("cliente volta depois") : reason
        #expect(actions.last == .endWithout(kept))
        #expect(interview.draft.outcome == .withoutTicket(kept))
        #expect(interview.end(reason) == [.refused(.finished)])
        _ = interview.reconsider()
        #expect(interview.prompt.id == .topic)
        #expect(interview.customer == InterviewFixture.maria)
    }

    @Test("“other” needs its words")
    func otherNeedsWords() throws {
        var interview = try InterviewFixture.interview()
        #expect(interview.end(.other(" \n")) == [.refused(.invalid(PromptFault(.required)))])
        #expect(interview.draft.outcome == nil)
    }

    @Test("on the portal nobody is asked who they are")
    func portal() throws {
        var run = Transcript(try InterviewFixture.interview([], channel: .portal, signedIn: InterviewFixture.maria))
        #expect(run.interview.prompt.id == .topic)
        run.say(.option("duvida"))
        #expect(run.interview.formPrompts.map(\.id) == [.field("mensagem")])
        run.say(.text("Como?"))
        run.say(.text("Dúvida"))
        run.say(.text("Como emite?"))
        run.say(.confirm)
        #expect(run.interview.outstanding.compactMap(\.openRequest).first?.identity == .verified)
    }

    @Test("a second request of the same contact knows the caller")
    func another() throws {
        var first = try InterviewFixture.interview([InterviewFixture.bakery], topicID: "duvida")
        _ = first.receive(.option("2"))
        _ = first.receive(.option("21"))
        let next = first.another(key: "k2")
        #expect(next.prompt.id == .topic)
        #expect(next.customer == InterviewFixture.bakery)
        #expect(next.draft.answers[.contact]?.value == .text("21"))
        #expect(next.draft.key == "k2" && next.draft.revision == 0)
    }
}

extension InterviewAction {
    var openRequest: TicketRequest? {
        if case .open(let request) = self { request } else { nil }
    }

    var registrationRequest: RegistrationRequest? {
        if case .register(let request) = self { request } else { nil }
    }
}
