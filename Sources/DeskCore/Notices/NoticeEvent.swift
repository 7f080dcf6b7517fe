/// What happened that somebody is told about; each has a template per channel and language.
public enum NoticeEvent: String, Sendable, Codable, CaseIterable {
    /// A contact got its protocol number: no ticket came of it (yet), or it was added to one that was open.
    case protocolIssued = "protocol_issued"
    /// A ticket was created; carries protocol, ticket number and quick link (E4, D5).
    case ticketOpened = "ticket_opened"
    /// The desk answered in the thread.
    case ticketAnswered = "ticket_answered"
    /// The desk waits for the customer, or took the ticket up.
    case ticketStateChanged = "ticket_state_changed"
    case ticketSolved = "ticket_solved"
    case ticketClosed = "ticket_closed"
    case ticketReopened = "ticket_reopened"
    case ticketReiterated = "ticket_reiterated"
    /// A question to the customer; the clock stands until it is answered.
    case ticketAsked = "ticket_asked"
    /// The question is still open.
    case ticketReminded = "ticket_reminded"
    /// Another department has it now.
    case ticketMoved = "ticket_moved"
    case ticketCancelled = "ticket_cancelled"
    /// It goes on under another number.
    case ticketMerged = "ticket_merged"
    case ticketDueChanged = "ticket_due_changed"
    /// The holder of a quick link asked for a new one.
    case linkRenewed = "link_renewed"
    /// A call reached nobody: we will call back.
    case callMissed = "call_missed"
    case surveyRequested = "survey_requested"
    /// An account opened by the desk waits for its owner (E5).
    case accountActivation = "account_activation"
    case passwordReset = "password_reset"
    /// A code read back to the technician proves who is calling.
    case verificationCode = "verification_code"
    /// Somebody registered on the portal: the link proves their e-mail before anything is seen (C1).
    case accountConfirmation = "account_confirmation"
    /// A person changes their e-mail: the link proves the new one.
    case addressConfirmation = "address_confirmation"
    /// Somebody registered with the e-mail of an account that is there already: its owner is told, nobody else.
    case accountExists = "account_exists"
    /// A code to be typed on a page of the portal.
    case portalCode = "portal_code"
    /// Something rings for somebody of the desk, who wants mail of it.
    case staffBell = "staff_bell"
    /// What somebody mailed was not taken, and why.
    case mailRefused = "mail_refused"
}

extension NoticeEvent {
    /// What the event is called on screens.
    public func title(_ language: Language) -> String {
        words[language]
    }

    /// Whether the desk tells of it: a template of what nobody sends is a promise that nobody keeps.
    ///
    /// The others keep their names, as stored notices and edited templates may bear them.
    public var isAnnounced: Bool {
        switch self {
        case .ticketStateChanged, .ticketClosed:
            false
        case .protocolIssued, .ticketOpened, .ticketAnswered, .ticketSolved, .ticketReopened, .ticketReiterated,
            .ticketAsked, .ticketReminded, .ticketMoved, .ticketCancelled, .ticketMerged, .ticketDueChanged,
            .linkRenewed, .surveyRequested, .accountActivation, .passwordReset, .accountConfirmation,
            .addressConfirmation, .accountExists, .portalCode, .staffBell, .callMissed, .verificationCode, .mailRefused:
            true
        }
    }

    /// Whether the notice carries a quick link to its ticket, when it is about one.
    public var linksTicket: Bool {
        switch self {
        case .protocolIssued, .ticketOpened, .ticketAnswered, .ticketStateChanged, .ticketSolved, .ticketClosed,
            .ticketReopened, .ticketReiterated, .ticketAsked, .ticketReminded, .ticketMoved, .ticketCancelled,
            .ticketMerged,
            .ticketDueChanged, .surveyRequested, .linkRenewed:
            true
        case .callMissed, .accountActivation, .passwordReset, .verificationCode, .accountConfirmation,
            .addressConfirmation, .accountExists, .portalCode, .staffBell, .mailRefused:
            false
        }
    }

    private var words: NoticeWords {
        switch self {
        case .protocolIssued: NoticeWords("Protocolo emitido", "Protocolo emitido", "Protocol number issued")
        case .ticketOpened: NoticeWords("Chamado registrado", "Pedido registado", "Ticket created")
        case .ticketAnswered: NoticeWords("Nova resposta", "Nova resposta", "New reply")
        case .ticketStateChanged: NoticeWords("Mudança de situação", "Mudança de situação", "Status changed")
        case .ticketSolved: NoticeWords("Chamado resolvido", "Pedido resolvido", "Ticket solved")
        case .ticketClosed: NoticeWords("Chamado fechado", "Pedido fechado", "Ticket closed")
        case .ticketReopened: NoticeWords("Chamado reaberto", "Pedido reaberto", "Ticket reopened")
        case .ticketReiterated: NoticeWords("Chamado reiterado", "Pedido reiterado", "Ticket reiterated")
        case .ticketAsked: NoticeWords("Pergunta ao cliente", "Pergunta ao cliente", "Question to the customer")
        case .ticketReminded:
            NoticeWords("Lembrete de pergunta", "Lembrete de pergunta", "Reminder of a question")
        case .ticketMoved: NoticeWords("Outro departamento", "Outro departamento", "Another department")
        case .ticketCancelled: NoticeWords("Chamado cancelado", "Pedido cancelado", "Ticket cancelled")
        case .ticketMerged: NoticeWords("Chamado unido a outro", "Pedido unido a outro", "Ticket merged")
        case .ticketDueChanged: NoticeWords("Novo prazo de solução", "Novo prazo de solução", "New solution date")
        case .linkRenewed: NoticeWords("Novo link do chamado", "Nova ligação do pedido", "New link to a ticket")
        case .callMissed: NoticeWords("Ligação não atendida", "Chamada não atendida", "Missed call")
        case .surveyRequested: NoticeWords("Pesquisa de satisfação", "Inquérito de satisfação", "Satisfaction survey")
        case .accountActivation: NoticeWords("Ativação de conta", "Ativação de conta", "Account activation")
        case .passwordReset: NoticeWords("Nova senha", "Nova palavra-passe", "New password")
        case .verificationCode: NoticeWords("Código de confirmação", "Código de confirmação", "Confirmation code")
        case .accountConfirmation:
            NoticeWords("Confirmação de e-mail", "Confirmação de e-mail", "Confirmation of an e-mail")
        case .addressConfirmation:
            NoticeWords("Confirmação de novo e-mail", "Confirmação de novo e-mail", "Confirmation of a new e-mail")
        case .accountExists: NoticeWords("Conta já existente", "Conta já existente", "Account that exists")
        case .staffBell: NoticeWords("Aviso à equipe", "Aviso à equipa", "News for the desk's people")
        case .mailRefused: NoticeWords("E-mail não registrado", "E-mail não registado", "E-mail not taken")
        case .portalCode: NoticeWords("Código do portal", "Código do portal", "Portal code")
        }
    }
}
