import Foundation

@testable import DeskCore

/// A small desk to interview for, with checks simple enough to see through.
enum InterviewFixture {
    static let today = CalendarDay(iso: "2026-11-21") ?? .epoch

    static let source = """
        <catalogue xmlns="urn:calldesk:catalogue">
          <title>Central</title>
          <department id="suporte"><name>Suporte</name></department>
          <department id="financeiro"><name>Financeiro</name></department>
          <section id="sistema" digit="1">
            <title>Sistema</title>
            <say>Dúvida, um. Erro, dois.</say>
            <topic id="erro" digit="2" department="suporte" priority="high" first-answer="4h" solution="2d" identity="known">
              <title>Erro no sistema</title>
              <keywords>falha, mensagem</keywords>
              <guide kind="error" href="https://ajuda.example/erros"><title>Erros comuns</title></guide>
              <field id="mensagem" kind="text" required="true()"><label>Mensagem</label><say>Qual mensagem aparece?</say>
                <hint>Título da janela.</hint></field>
              <field id="quando" kind="date" required="true()" constraint="days-from-date(.) &lt;= days-from-date(today())">
                <label>Desde quando</label><say>Desde que dia?</say><alert>O dia não pode estar no futuro.</alert></field>
              <field id="parado" kind="yes-no" required="true()" keypad="yes"><label>Parado</label><say>O trabalho parou?</say></field>
              <field id="pessoas" kind="number" relevant="parado = 'yes'" required="true()" keypad="yes"
                constraint=". &gt;= 1 and . = floor(.)"><label>Pessoas</label><say>Quantas pessoas?</say></field>
              <field id="grave" kind="text" relevant="pessoas &gt; 10"><label>Gravidade</label><say>O que está em risco?</say></field>
              <field id="senha" kind="secret" relevant="parado = 'no'"><label>Senha</label><say>Pode dar a senha?</say></field>
              <field id="impacto" kind="text" calculate="if(pessoas &gt; 10, 'alto', 'normal')"><label>Impacto</label></field>
              <module id="fiscal" digit="1"><label>Fiscal</label></module>
              <module id="estoque" digit="2"><label>Estoque</label></module>
              <what-changed/>
              <attachments/>
            </topic>
            <topic id="duvida" digit="1" department="suporte">
              <title>Dúvida</title>
              <field id="mensagem" kind="text"><label>Pergunta</label><say>Qual é a pergunta?</say></field>
            </topic>
          </section>
          <section id="faturas" digit="2">
            <title>Faturas</title>
            <section id="correcoes" digit="1">
              <title>Correções</title>
              <topic id="correcao" digit="1" department="financeiro" identity="verified">
                <title>Correção de fatura</title>
                <field id="cobrado" kind="money" required="true()"><label>Cobrado</label><say>Quanto foi cobrado?</say></field>
                <field id="correto" kind="money" required="true()" constraint="number(.) != number(cobrado)">
                  <label>Correto</label><say>Quanto é o correto?</say></field>
                <field id="servicos" kind="choices"><label>Serviços</label><say>Quais serviços?</say>
                  <item value="a"><label>Serviço A</label></item><item value="b"><label>Serviço B</label></item></field>
                <field id="onde" kind="address" relevant="desk-customer = 'company'"><label>Endereço</label><say>Onde?</say></field>
                <field id="prova" kind="file"><label>Prova</label><say>Tem prova?</say></field>
              </topic>
            </section>
          </section>
        </catalogue>
        """

    static func catalogue(_ change: (String) -> String = { $0 }) throws -> Catalogue {
        try CatalogueReader.read(Array(change(source).utf8), file: "fixture.xml")
    }

    /// Documents are right when they have the right length, phones when they begin with + or have ten digits or more.
    static let checks = FieldChecks(
        cpf: { digits($0, 11) },
        cnpj: { digits($0, 14) },
        nif: { digits($0, 9) },
        phone: { text in
            let digits = text.filter(\.isASCIIDigit)
            guard (10...13).contains(digits.count), text.allSatisfy({ $0.isASCIIDigit || "+()- ".contains($0) }) else {
                return nil
            }
            return text.hasPrefix("+") ? "+" + digits : "+55" + digits
        },
        isDepartmental: { $0.hasPrefix("financeiro@") },
        displayPhone: { $0.hasPrefix("+55") ? "(\($0.dropFirst(3).prefix(2))) \($0.dropFirst(5))" : $0 }
    )

    private static func digits(_ text: String, _ count: Int) -> String? {
        let digits = text.filter(\.isASCIIDigit)
        return digits.count == count && text.allSatisfy { $0.isASCIIDigit || ".-/ ".contains($0) } ? digits : nil
    }

    static let maria = Candidate(
        customerID: 1,
        name: "Maria Silva",
        kind: .person,
        documentMasked: "***.456.789-**",
        reasons: [.customerPhone],
        score: 50,
        smsState: .ready,
        email: "maria@example.com",
        smsPhones: ["+5531987654321"]
    )

    static let bakery = Candidate(
        customerID: 2,
        name: "Padaria Luz",
        kind: .company,
        reasons: [.companyLine],
        score: 35,
        smsState: .contractWithoutSMS,
        people: [.init(id: 20, name: "Ana Luz", role: "gerente"), .init(id: 21, name: "Rui Luz")]
    )

    static func interview(
        _ candidates: [Candidate] = [maria],
        channel: InterviewChannel = .desk,
        language: Language = .ptBR,
        signedIn: Candidate? = nil,
        topicID: String? = nil,
        catalogue: Catalogue? = nil,
        checks: FieldChecks = checks
    ) throws -> Interview {
        Interview(
            key: "k1",
            catalogue: try catalogue ?? self.catalogue(),
            checks: checks,
            language: language,
            channel: channel,
            caller: CallerFacts(attendanceID: 7, number: "+5531987654321", name: "MARIA", signedIn: signedIn),
            candidates: candidates,
            topicID: topicID,
            today: today
        )
    }
}

/// Runs an interview as a transcript: what was asked, what was answered, what had to be done.
struct Transcript {
    var interview: Interview
    private(set) var lines: [String] = []

    init(_ interview: Interview) { self.interview = interview }

    /// Answers the current question and writes it down.
    mutating func say(_ answer: Answer) {
        let prompt = interview.prompt
        lines.append("\(prompt.id): \(prompt.say)")
        note(interview.receive(answer, revision: prompt.revision))
    }

    mutating func note(_ actions: [InterviewAction]) {
        for action in actions { note(action) }
        if let error = interview.prompt.error { lines.append("  ! \(error)") }
    }

    private mutating func note(_ action: InterviewAction) {
        switch action {
        case .save: break
        case .search(let query): lines.append("  → search \(query.text)")
        case .register(let request): lines.append("  → register \(request.name)")
        case .checkUnused(let check): lines.append("  → check \(check.prompt)")
        case .verify(let request): lines.append("  → verify \(request.customerID)")
        case .seal(let request): lines.append("  → seal \(request.prompt)")
        case .discardSecret(let reference): lines.append("  → discard \(reference)")
        case .open(let request): lines.append("  → open \(request.topicID)")
        case .link(let link): lines.append("  → link \(link.ticketID)")
        case .endWithout(let reason): lines.append("  → end \(reason.code)")
        case .handOver: lines.append("  → person")
        case .refused(let refusal):
            if case .invalid = refusal { break }
            lines.append("  → refused \(refusal)")
        }
    }
}
