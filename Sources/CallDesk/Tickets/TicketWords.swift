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
        case .mail: LocalizedText("E-mail", ptPT: "E-mail", en: "E-mail")
        }
    }
}
