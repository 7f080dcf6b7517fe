/// Why somebody may be the caller.
public enum CandidateReason: Sendable, Hashable {
    /// The number is registered to this very person.
    case contactPhone
    /// The number is registered to the customer.
    case customerPhone
    /// The number is a line several people of the company share.
    case companyLine
    /// The number matches but for Brazil's ninth digit.
    case phoneWithoutNinthDigit
    /// They gave the number on the portal as theirs, and nothing proves it.
    case claimedPhone
    /// We owe this customer a call back, or they answer one.
    case callBack
    /// They called from this number so many days ago; 0 is today.
    case called(daysAgo: Int)
    /// They have tickets under way.
    case openTickets(Int)
    case document
    case contract
    case protocolNumber
    case email
    case name
    /// The portal or the keypad already told who it is.
    case signedIn
    case keypad
    /// Registered in this interview.
    case registered

    /// What the reason is worth.
    ///
    /// A phone of one's own outweighs a shared line with a call today; a document outweighs any phone.
    public var points: Int {
        switch self {
        case .signedIn, .registered: 200
        case .document: 100
        case .keypad, .contract, .protocolNumber: 90
        case .email: 80
        case .contactPhone: 60
        case .customerPhone: 50
        case .phoneWithoutNinthDigit: 45
        case .name: 40
        case .companyLine: 35
        // With an open ticket and a call back owed it is still nobody's lead: anybody can give anybody's number.
        case .claimedPhone: 1
        case .callBack: 30
        case .called(let days): days <= 0 ? 20 : days == 1 ? 15 : days <= 30 ? 8 : 2
        case .openTickets(let count): count > 0 ? 10 : 0
        }
    }

    /// The reason as the technician reads it.
    public func text(in language: Language) -> String {
        switch self {
        case .contactPhone:
            LocalizedText(
                "telefone cadastrado deste contato",
                ptPT: "telefone registado deste contacto",
                en: "this contact's phone"
            )[language]
        case .customerPhone:
            LocalizedText("telefone cadastrado", ptPT: "telefone registado", en: "registered phone")[language]
        case .companyLine:
            LocalizedText(
                "linha compartilhada da empresa",
                ptPT: "linha partilhada da empresa",
                en: "shared company line"
            )[language]
        case .phoneWithoutNinthDigit:
            LocalizedText("mesmo número, sem o nono dígito", en: "same number except for the ninth digit")[language]
        case .claimedPhone:
            LocalizedText(
                "telefone informado no portal, não confirmado",
                ptPT: "telefone indicado no portal, não confirmado",
                en: "phone given on the portal, not confirmed"
            )[language]
        case .callBack:
            LocalizedText("aguarda nosso retorno", ptPT: "aguarda a nossa chamada", en: "waiting for our call back")[
                language
            ]
        case .called(let days): Self.callText(daysAgo: days, in: language)
        case .openTickets(let count): Self.ticketText(count, in: language)
        case .document: LocalizedText("documento confere", en: "document matches")[language]
        case .contract: LocalizedText("contrato confere", en: "contract matches")[language]
        case .protocolNumber: LocalizedText("protocolo confere", en: "protocol matches")[language]
        case .email: LocalizedText("e-mail confere", en: "e-mail matches")[language]
        case .name: LocalizedText("nome parecido", en: "similar name")[language]
        case .signedIn: LocalizedText("entrou no portal", en: "signed in on the portal")[language]
        case .keypad: LocalizedText("identificou-se pelo teclado", en: "identified by keypad")[language]
        case .registered:
            LocalizedText("cadastrado agora", ptPT: "registado agora", en: "just registered")[language]
        }
    }

    private static func callText(daysAgo days: Int, in language: Language) -> String {
        switch days {
        case ...0: LocalizedText("ligou hoje", en: "called today")[language]
        case 1: LocalizedText("ligou ontem", en: "called yesterday")[language]
        default: LocalizedText("ligou há \(days) dias", en: "called \(days) days ago")[language]
        }
    }

    private static func ticketText(_ count: Int, in language: Language) -> String {
        count == 1
            ? LocalizedText("1 chamado aberto", ptPT: "1 pedido aberto", en: "1 open ticket")[language]
            : LocalizedText("\(count) chamados abertos", ptPT: "\(count) pedidos abertos", en: "\(count) open tickets")[
                language
            ]
    }
}

extension CandidateReason: Codable {
    /// One word, with a number after a colon where there is one: `called:1`.
    private var code: String {
        switch self {
        case .contactPhone: "contact_phone"
        case .customerPhone: "customer_phone"
        case .companyLine: "company_line"
        case .phoneWithoutNinthDigit: "phone_without_ninth_digit"
        case .claimedPhone: "claimed_phone"
        case .callBack: "call_back"
        case .called(let days): "called:\(days)"
        case .openTickets(let count): "open_tickets:\(count)"
        case .document: "document"
        case .contract: "contract"
        case .protocolNumber: "protocol"
        case .email: "email"
        case .name: "name"
        case .signedIn: "signed_in"
        case .keypad: "keypad"
        case .registered: "registered"
        }
    }

    private static let plain: [String: CandidateReason] = {
        let reasons: [CandidateReason] = [
            .contactPhone, .customerPhone, .companyLine, .phoneWithoutNinthDigit, .claimedPhone, .callBack, .document,
            .contract, .protocolNumber, .email, .name, .signedIn, .keypad, .registered,
        ]
        return Dictionary(reasons.map { ($0.code, $0) }) { first, _ in first }
    }()

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        let parts = text.split(separator: ":", maxSplits: 1)
        if let reason = Self.plain[text] {
            self = reason
        } else if parts.count == 2, parts.first == "called", let days = parts.last.flatMap({ Int($0) }) {
            self = .called(daysAgo: days)
        } else if parts.count == 2, parts.first == "open_tickets", let count = parts.last.flatMap({ Int($0) }) {
            self = .openTickets(count)
        } else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "unknown candidate reason")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(code)
    }
}
