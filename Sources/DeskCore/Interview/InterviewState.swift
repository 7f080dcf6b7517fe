import Foundation

/// An interview after a step: what to ask now, and whose contact it is.
public struct InterviewState: Sendable {
    public var attendance: Attendance
    public var interview: Interview
    /// The ticket it opened or was added to, once there is one.
    public var ticket: Ticket?
    /// Why the last input changed nothing.
    public var refusal: InterviewRefusal?
}

/// Why an interview cannot go on.
public enum InterviewDeskError: Error, Equatable, CustomStringConvertible {
    case noSuchAttendance
    /// The contact has ended; its outcome stays as it is.
    case ended
    /// Another technician holds the contact.
    case heldByAnother(accountID: Int64)
    /// The key was used for a contact that began with something else.
    case keyReused

    public var description: String {
        switch self {
        case .noSuchAttendance: "there is no such contact; load the page again"
        case .ended: "the contact has ended"
        case .heldByAnother: "a colleague holds this contact; ask them to hand it over"
        case .keyReused: "the key was used with another body; use a new key for each new request"
        }
    }
}

/// What the interview asks of the customer records, as closures so that it can be tried without them.
public struct InterviewCustomers: Sendable {
    /// Who a caller's number may be, ranked.
    public var candidates: @Sendable (_ number: String) async throws -> [Candidate]
    public var search: @Sendable (CustomerQuery) async throws -> [Candidate]
    public var register: @Sendable (RegistrationRequest) async throws -> Result<Candidate, RegistrationRefusal>
    public var verify: @Sendable (VerificationRequest) async throws -> Bool
    /// The customer anew whose record was made part of another; nil while it stands.
    public var renewed: @Sendable (Candidate) async throws -> Candidate?

    public init(
        candidates: @escaping @Sendable (_ number: String) async throws -> [Candidate],
        search: @escaping @Sendable (CustomerQuery) async throws -> [Candidate],
        register: @escaping @Sendable (RegistrationRequest) async throws -> Result<Candidate, RegistrationRefusal>,
        verify: @escaping @Sendable (VerificationRequest) async throws -> Bool,
        renewed: @escaping @Sendable (Candidate) async throws -> Candidate?
    ) {
        self.candidates = candidates
        self.search = search
        self.register = register
        self.verify = verify
        self.renewed = renewed
    }
}

/// A registration that was not taken, and which answer to change.
public struct RegistrationRefusal: Error, Equatable {
    public var fault: PromptFault
    public var prompt: PromptID?

    public init(fault: PromptFault, prompt: PromptID?) {
        self.fault = fault
        self.prompt = prompt
    }
}
