import DeskCore

/// What tickets, calls and contacts are called on the desk's screens.
enum TicketWords {
    static func state(_ state: TicketState) -> LocalizedText {
        switch state {
        case .triage: LocalizedText("Triagem", ptPT: "Triagem", en: "Triage")
        case .inProgress: LocalizedText("Em andamento", ptPT: "Em curso", en: "In progress")
        case .waiting: LocalizedText("Aguardando cliente", ptPT: "A aguardar cliente", en: "Waiting for customer")
        case .solved: LocalizedText("Solucionado", ptPT: "Resolvido", en: "Solved")
        case .closed: LocalizedText("Encerrado", ptPT: "Encerrado", en: "Closed")
        }
    }

    /// The class its badge is drawn with.
    static func tone(_ state: TicketState) -> String {
        switch state {
        case .triage: "accent"
        case .inProgress: ""
        case .waiting: "waiting"
        case .solved, .closed: "done"
        }
    }

    static func priority(_ code: String, _ language: Language) -> String {
        TopicPriority(rawValue: code)?.title[language] ?? code
    }

    static func channel(_ channel: AttendanceChannel) -> LocalizedText {
        switch channel {
        case .phone: LocalizedText("Telefone", ptPT: "Telefone", en: "Telephone")
        case .walkIn: LocalizedText("Balcão", ptPT: "Balcão", en: "In person")
        case .portal: LocalizedText("Portal", ptPT: "Portal", en: "Portal")
        case .api: LocalizedText("API", ptPT: "API", en: "API")
        }
    }
}
