import DeskCore

/// What tickets, calls and contacts are called on the desk's screens.
enum TicketWords {
    static func state(_ state: TicketState) -> LocalizedText { LocalizedText { state.title($0) } }

    /// The class its badge is drawn with.
    static func tone(_ state: TicketState) -> String {
        switch state {
        case .triage: "accent"
        case .inProgress: ""
        case .waiting: "waiting"
        case .solved, .closed, .cancelled, .merged: "done"
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

    /// What an event of the thread means to those who work on the ticket; nil for one that is text already.
    static func event(_ body: String, _ language: Language) -> String? {
        let parts = body.split(separator: " ", maxSplits: 1)
        switch parts.first {
        case "opened":
            return LocalizedText("Chamado aberto.", ptPT: "Pedido aberto.", en: "The ticket was opened.")[language]
        case "linked":
            let number = parts.count > 1 ? SpokenDigits.grouped(String(parts[1])) : ""
            return LocalizedText(
                "Novo contato do cliente sobre este chamado, protocolo \(number).",
                ptPT: "Novo contacto do cliente sobre este pedido, protocolo \(number).",
                en: "The customer contacted us again about this ticket, protocol \(number)."
            )[language]
        default: return nil
        }
    }
}
