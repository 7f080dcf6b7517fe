/// Somebody the caller may be, with what the technician needs to decide.
public struct Candidate: Sendable, Hashable, Codable, Identifiable {
    public enum Kind: String, Sendable, Hashable, Codable {
        case person, company
    }

    /// Whether messages will reach this customer's telephones.
    public enum SMSState: String, Sendable, Hashable, Codable {
        case ready
        case contractWithoutSMS = "contract_without_sms"
        case noMobile = "no_mobile"
        case unknown
    }

    /// A person who speaks for the customer.
    public struct Person: Sendable, Hashable, Codable, Identifiable {
        public var id: Int64
        public var name: String
        public var role: String?

        public init(id: Int64, name: String, role: String? = nil) {
            self.id = id
            self.name = name
            self.role = role
        }
    }

    public var customerID: Int64
    /// The person calling, when the evidence names one.
    public var contactID: Int64?
    public var name: String
    public var kind: Kind
    /// As `***.456.789-**`; the whole document never travels with a candidate.
    public var documentMasked: String?
    public var reasons: [CandidateReason]
    public var score: Int
    public var openTickets: Int
    public var lastCallAt: Moment?
    public var smsState: SMSState
    /// Where the confirmation goes: canonical e-mail, numbers in E.164.
    public var email: String?
    public var smsPhones: [String]

    /// Whether nothing but their own word on the portal joins them to the number that calls.
    public var isClaim: Bool { reasons.contains(.claimedPhone) }
    /// Those who speak for a company; at most `InterviewLimits.people` are kept.
    public var people: [Person]
    /// Sections the customer's contracts open; nil means all, none that every contract has ended.
    public var allowedSections: [String]?
    /// The products and domains the customer's contracts name (D4); nil where they were not looked up.
    public var products: [String]?

    public init(
        customerID: Int64,
        contactID: Int64? = nil,
        name: String,
        kind: Kind,
        documentMasked: String? = nil,
        reasons: [CandidateReason] = [],
        score: Int = 0,
        openTickets: Int = 0,
        lastCallAt: Moment? = nil,
        smsState: SMSState = .unknown,
        email: String? = nil,
        smsPhones: [String] = [],
        people: [Person] = [],
        allowedSections: [String]? = nil
    ) {
        self.customerID = customerID
        self.contactID = contactID
        self.name = name
        self.kind = kind
        self.documentMasked = documentMasked
        self.reasons = reasons
        self.score = score
        self.openTickets = openTickets
        self.lastCallAt = lastCallAt
        self.smsState = smsState
        self.email = email
        self.smsPhones = smsPhones
        self.people = people
        self.allowedSections = allowedSections
    }

    /// Customer and contact together: two people of one company are two candidates.
    public var id: String { contactID.map { "\(customerID).\($0)" } ?? "\(customerID)" }

    /// The contact's name when the evidence names one, for “fala com Ana, da Padaria Luz?”.
    public var contactName: String? { contactID.flatMap { id in people.first { $0.id == id }?.name } }
}
