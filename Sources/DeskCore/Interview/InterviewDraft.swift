import Codecs
import Foundation

/// What the desk knows about a contact before anyone speaks.
public struct CallerFacts: Sendable, Hashable, Codable {
    public var attendanceID: Int64?
    /// E.164; nil when withheld or not a public number.
    public var number: String?
    /// The name the line sent, never more than a hint.
    public var name: String?
    /// Somebody the portal already identified.
    public var signedIn: Candidate?

    public init(
        attendanceID: Int64? = nil,
        number: String? = nil,
        name: String? = nil,
        signedIn: Candidate? = nil
    ) {
        self.attendanceID = attendanceID
        self.number = number
        self.name = name
        self.signedIn = signedIn
    }
}

/// Who the interview takes the caller for.
public struct Identified: Sendable, Hashable, Codable {
    /// nil: the caller stays unknown, as everyone may.
    public var candidate: Candidate?
    public var level: IdentityLevel

    public init(candidate: Candidate?, level: IdentityLevel) {
        self.candidate = candidate
        self.level = level
    }
}

/// What the interview waits for from outside.
public enum PendingWork: String, Sendable, Hashable, Codable {
    case search, register, verify, open
}

/// How an interview ended.
public enum InterviewOutcome: Sendable, Hashable, Codable {
    case opened(OpenedTicket)
    case linked(OpenedTicket)
    case withoutTicket(EndReason)

    private enum Key: String, CodingKey { case opened, linked, withoutTicket = "without_ticket" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let ticket = try container.decodeIfPresent(OpenedTicket.self, forKey: .opened) {
            self = .opened(ticket)
        } else if let ticket = try container.decodeIfPresent(OpenedTicket.self, forKey: .linked) {
            self = .linked(ticket)
        } else {
            self = .withoutTicket(try container.decode(EndReason.self, forKey: .withoutTicket))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .opened(let ticket): try container.encode(ticket, forKey: .opened)
        case .linked(let ticket): try container.encode(ticket, forKey: .linked)
        case .withoutTicket(let reason): try container.encode(reason, forKey: .withoutTicket)
        }
    }
}

/// Why an answer has to be looked at again.
public enum ReopenReason: String, Sendable, Hashable, Codable {
    /// An answer it depends on changed.
    case dependency
    /// The form changed since it was given.
    case form
    /// The customer's contract does not open this topic.
    case contract
}

/// Everything an interview knows, as it is stored after each answer.
///
/// No secret is ever in it.
public struct InterviewDraft: Sendable, Hashable, Codable {
    /// Stable for this interview; requests carry it so that repeating them does no harm.
    public var key: String
    /// Grows by one with every change.
    public var revision: Int
    public var catalogueVersion: String
    public var language: Language
    public var channel: InterviewChannel
    public var caller: CallerFacts

    /// By caller id, best first.
    public var candidates: [Candidate] = []
    /// Candidates the caller said no to.
    public var declined: [String] = []
    /// The last search, and what it found; nil while nothing was searched or the answer is awaited.
    public var query: CustomerQuery?
    /// The query may be the beginning of a longer number: what it finds proves nobody's identity; nil where it is whole.
    public var isCutShort: Bool?
    public var results: [Candidate]?
    /// The technician asked to search instead of choosing.
    public var searching = false
    public var registering = false
    public var identified: Identified?

    /// What the topic list shows: a search, or a section.
    public var topicQuery: String?
    public var section: String?

    public var answers: [PromptID: StoredAnswer] = [:]
    public var reopened: [PromptID: ReopenReason] = [:]
    /// The question somebody went back to.
    public var focus: PromptID?
    /// What was wrong with the last answer.
    public var fault: PromptFault?
    /// Wrong answers in a row to the current question.
    public var misses = 0
    public var pending: PendingWork?
    public var linkTo: OpenedTicket?
    public var refersTo: Int64?
    /// What the person answered before; drafts of earlier releases have none.
    public var remembered: RememberedAnswers?
    /// Where the vault has passwords that were typed into other answers; drafts of earlier releases have none.
    public var aside: [String]?
    public var outcome: InterviewOutcome?

    init(key: String, catalogueVersion: String, language: Language, channel: InterviewChannel, caller: CallerFacts) {
        self.key = key
        revision = 0
        self.catalogueVersion = catalogueVersion
        self.language = language
        self.channel = channel
        self.caller = caller
    }

    /// The snapshot as JSON with sorted keys: equal drafts give equal text.
    public func json() throws(InterviewDraftError) -> String {
        do {
            return try JSONCoding.text(self)
        } catch {
            throw InterviewDraftError.notWritable
        }
    }

    /// Reads a snapshot back; refuses what is too large or is none.
    public init(json: String) throws(InterviewDraftError) {
        guard json.utf8.count <= InterviewLimits.draftBytes else { throw InterviewDraftError.tooLarge }
        do {
            self = try JSONCoding.value(InterviewDraft.self, from: json)
        } catch {
            throw InterviewDraftError.notASnapshot
        }
    }
}

/// Why a stored interview cannot be read or written.
///
/// Holds nothing of what was in it.
public enum InterviewDraftError: Error, Sendable, Hashable, CustomStringConvertible {
    case tooLarge
    case notASnapshot
    case notWritable

    public var description: String {
        switch self {
        case .tooLarge: "the stored interview is larger than \(InterviewLimits.draftBytes) bytes; start it again"
        case .notASnapshot: "the stored interview is not one this version wrote; start it again"
        case .notWritable: "the interview holds text that cannot be written as JSON; correct the last answer"
        }
    }
}
