/// What a template can fill in, written `{{name}}`.
public enum NoticeVariable: String, Sendable, Codable, CaseIterable {
    case customer
    case firstName = "first_name"
    case protocolNumber = "protocol"
    case ticket
    case topic
    case summary
    case link
    case priority
    case due
    case opened
    case state
    case department
    /// The desk's public reply, or the solution.
    case answer
    /// Who replied.
    case agent
    /// The form as the customer gave it, one `question: answer` a line (D5).
    case answers
    /// A reason: of a reiteration, a state change.
    case reason
    case code
    /// How long a link or code works, in words; of a ticket's events until when its customer can act, a moment.
    case validity
    case desk
    /// The desk's own telephone number.
    case phone
    /// The mailbox in which an answer to this mail is read; nothing where none is.
    case replies
}

extension NoticeVariable {
    /// What it stands for, for the people who edit templates.
    public func title(_ language: Language) -> String {
        switch self {
        case .customer: NoticeWords("nome do cliente", "nome do cliente", "customer's name")[language]
        case .firstName: NoticeWords("primeiro nome", "primeiro nome", "first name")[language]
        case .protocolNumber: NoticeWords("protocolo", "protocolo", "protocol number")[language]
        case .ticket: NoticeWords("número do chamado", "número do pedido", "ticket number")[language]
        case .topic: NoticeWords("assunto", "assunto", "topic")[language]
        case .summary: NoticeWords("resumo", "resumo", "summary")[language]
        case .link: NoticeWords("link de acesso rápido", "ligação de acesso rápido", "quick link")[language]
        case .priority: NoticeWords("prioridade", "prioridade", "priority")[language]
        case .due: NoticeWords("prazo de solução", "prazo de solução", "solution due")[language]
        case .opened: NoticeWords("data e hora de abertura", "data e hora de abertura", "opened at")[language]
        case .state: NoticeWords("situação", "situação", "status")[language]
        case .department: NoticeWords("departamento", "departamento", "department")[language]
        case .answer: NoticeWords("texto da resposta", "texto da resposta", "text of the reply")[language]
        case .agent: NoticeWords("quem respondeu", "quem respondeu", "who replied")[language]
        case .answers: NoticeWords("cópia do formulário", "cópia do formulário", "copy of the form")[language]
        case .reason: NoticeWords("motivo", "motivo", "reason")[language]
        case .code: NoticeWords("código", "código", "code")[language]
        case .validity: NoticeWords("validade", "validade", "validity")[language]
        case .desk: NoticeWords("nome da central", "nome da central", "desk's name")[language]
        case .phone: NoticeWords("telefone da central", "telefone da central", "desk's telephone")[language]
        case .replies:
            NoticeWords(
                "caixa que lê as respostas",
                "caixa de correio que lê as respostas",
                "mailbox that reads replies"
            )[language]
        }
    }

    /// An ordinary value, for previews of an event's templates.
    public func sample(_ language: Language, in event: NoticeEvent) -> String {
        switch self {
        case .customer: "José Conceição"
        case .firstName: "José"
        case .protocolNumber: "2026000000174"
        case .ticket: "1017"
        case .topic: NoticeWords("Problemas de acesso", "Problemas de acesso", "Access problems")[language]
        case .summary:
            NoticeWords("Não consigo entrar no sistema", "Não consigo entrar no sistema", "I cannot sign in")[language]
        case .link: "https://desk.example.com/t/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
        case .priority: NoticeWords("alta", "alta", "high")[language]
        case .due: NoticeWords("24/11/2026 às 18:00", "24/11/2026 às 18:00", "24 Nov 2026 18:00")[language]
        case .opened: NoticeWords("21/11/2026 às 04:23", "21/11/2026 às 04:23", "21 Nov 2026 04:23")[language]
        case .state: NoticeWords("em andamento", "em curso", "in progress")[language]
        case .department: NoticeWords("Suporte", "Suporte", "Support")[language]
        case .answer:
            NoticeWords("A senha foi redefinida.", "A palavra-passe foi reposta.", "The password was reset.")[language]
        case .agent: "Ana"
        case .answers: NoticeWords("Usuário: jose", "Utilizador: jose", "User: jose")[language]
        case .reason: NoticeWords("Continua sem acesso", "Continua sem acesso", "Still no access")[language]
        case .code: "493 027"
        case .validity where event.linksTicket:
            NoticeWords("28/11/2026 às 18:00", "28/11/2026 às 18:00", "28 Nov 2026 18:00")[language]
        case .validity: NoticeWords("72 horas", "72 horas", "72 hours")[language]
        case .desk: "CallDesk"
        case .phone: "0800 591 2117"
        case .replies: "suporte@example.com"
        }
    }

    /// A value as long and as awkward as it gets, for the segment counter.
    public func worstCase(_ language: Language, in event: NoticeEvent) -> String {
        switch self {
        case .customer: "Maria da Conceição Gonçalves de Araújo Magalhães Assunção e Simões"
        case .firstName: "Maria-Conceição"
        case .protocolNumber: "2026999999990"
        case .ticket: "99999999"
        case .topic:
            NoticeWords(
                "Emissão, correção e cancelamento de notas fiscais de serviço",
                "Emissão, correção e anulação de faturas de prestação de serviços",
                "Issue, correction and cancellation of service invoices"
            )[language]
        case .summary: String(repeating: "Não foi possível concluir a emissão. ", count: 4)
        case .answer: String(repeating: "A situação já está em correção. ", count: 20)
        case .link: "https://atendimento.prefeitura.example.com.br/t/Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE"
        case .desk: "Central de Atendimento da Prefeitura"
        case .reason: String(repeating: "Ainda não há solução. ", count: 6)
        case .department: NoticeWords("Coordenação de Operações", "Coordenação de Operações", "Operations")[language]
        default: sample(language, in: event)
        }
    }

    /// Words that say who or what, and can go first when an SMS is too long; the numbers and the link never do.
    static let yielding: [[NoticeVariable]] = [
        [.firstName, .customer],
        [.agent, .department, .priority, .opened],
        [.topic, .summary],
        [.answers, .answer, .reason],
        [.due, .state],
    ]
}
