/// What the shell has to do after an answer, in this order.
public enum InterviewAction: Sendable, Hashable {
    /// Keep this snapshot; the answer is not given until it is kept.
    case save(InterviewDraft)
    /// Look for customers, then call `received(candidates:for:)`.
    case search(CustomerQuery)
    /// Register a customer, then call `received(registered:)` or `received(registrationRefused:at:)`.
    case register(RegistrationRequest)
    /// See whether somebody registered has this already, and call `received(used:)` then.
    case checkUnused(UnusedCheck)
    /// Compare with the customer's record, then call `received(verified:)`.
    case verify(VerificationRequest)
    /// Put a secret into the vault, then call `received(sealed:for:)`.
    case seal(SealRequest)
    /// A sealed secret is no longer part of the answers: destroy it.
    case discardSecret(reference: String)
    /// Open the ticket, then call `received(opened:)` or `receivedOpenFailure()`.
    case open(TicketRequest)
    /// Add to a ticket that is open already, then call `received(opened:)` or `receivedOpenFailure()`.
    case link(TicketLink)
    /// The contact ends without a ticket.
    case endWithout(EndReason)
    /// The caller asked for a person, or the keypad's part is over.
    case handOver
    /// Nothing was changed, and why.
    case refused(InterviewRefusal)
}

/// Why an input changed nothing.
public enum InterviewRefusal: Sendable, Hashable {
    /// Somebody answered meanwhile: show the current prompt again.
    case stale(current: Int)
    /// A customer is being registered or the ticket opened: wait for that first.
    case busy
    /// The question is not part of this interview now.
    case notAsked(PromptID)
    /// The answer did not pass; the prompt says why.
    case invalid(PromptFault)
    /// The interview is over.
    case finished
    /// A password seems to be in the text: say what is to become of it.
    case password
}

/// Something of a new customer that must be nobody else's.
public struct UnusedCheck: Sendable, Hashable {
    public var prompt: PromptID
    /// An e-mail address or a document, canonical.
    public var reading: CustomerQuery.Reading

    /// What the question says when somebody has it.
    var fault: PromptFault {
        if case .email = reading { PromptFault(.emailTaken) } else { PromptFault(.documentTaken) }
    }
}

/// A customer to register, as the interview took it down.
public struct RegistrationRequest: Sendable, Hashable, Codable {
    public var kind: Candidate.Kind
    public var name: String
    /// The person who calls, for a company.
    public var person: String?
    /// CPF, CNPJ or NIF in canonical form.
    public var document: String?
    public var email: String?
    /// E.164.
    public var phone: String?
    public var language: Language
    /// Stable for this interview: registering twice with it registers once.
    public var key: String
}

/// Something the caller said that should match the customer's record.
public struct VerificationRequest: Sendable, Hashable {
    public var customerID: Int64
    public var query: CustomerQuery
}

/// A secret on its way to the vault.
///
/// It is not part of any snapshot.
public struct SealRequest: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    public var prompt: PromptID
    public var value: String

    /// Without the secret: descriptions end up in logs.
    public var description: String { "SealRequest(\(prompt))" }
    public var debugDescription: String { description }
}

/// Why a contact ends without a ticket.
public enum EndReason: Sendable, Hashable, Codable {
    case wrongNumber
    case callDropped
    case prank
    case duplicate
    case informationGiven
    /// In the technician's words, at most `InterviewLimits.reason` characters.
    case other(String)

    /// One word, as attendances store it.
    public var code: String {
        switch self {
        case .wrongNumber: "wrong_number"
        case .callDropped: "dropped"
        case .prank: "prank"
        case .duplicate: "duplicate"
        case .informationGiven: "information"
        case .other: "other"
        }
    }

    /// The reason from its word, with the technician's text where the word is `other`.
    public init?(code: String, text: String = "") {
        switch code {
        case "wrong_number": self = .wrongNumber
        case "dropped": self = .callDropped
        case "prank": self = .prank
        case "duplicate": self = .duplicate
        case "information": self = .informationGiven
        case "other": self = .other(text)
        default: return nil
        }
    }

    /// The words to choose from, in the order to offer them.
    public static let codes = ["information", "dropped", "wrong_number", "duplicate", "prank", "other"]

    public static func title(of code: String, in language: Language) -> String {
        switch code {
        case "wrong_number": LocalizedText("Número errado", en: "Wrong number")[language]
        case "dropped": LocalizedText("Ligação caiu", ptPT: "A chamada caiu", en: "Call dropped")[language]
        case "prank": LocalizedText("Trote", ptPT: "Brincadeira", en: "Prank call")[language]
        case "duplicate":
            LocalizedText("Contato repetido", ptPT: "Contacto repetido", en: "Duplicate contact")[language]
        case "information": LocalizedText("Informação prestada", en: "Information given")[language]
        default: LocalizedText("Outro motivo", en: "Another reason")[language]
        }
    }

    private enum Key: String, CodingKey { case code, text }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let code = try container.decode(String.self, forKey: .code)
        let text = try container.decodeIfPresent(String.self, forKey: .text) ?? ""
        guard let reason = EndReason(code: code, text: text) else {
            throw DecodingError.dataCorruptedError(
                forKey: .code,
                in: container,
                debugDescription: "unknown end reason"
            )
        }
        self = reason
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(code, forKey: .code)
        if case .other(let text) = self { try container.encode(text, forKey: .text) }
    }
}
