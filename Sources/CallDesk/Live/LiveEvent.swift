import DeskCore
import NIOCore

/// One change as it lies ready for every stream it concerns: its bytes are made once and shared.
struct LiveEvent: Sendable {
    /// Counts up from the hub's start; the SSE `id`, sent back as `Last-Event-ID`.
    let id: UInt64
    let kind: LiveChange.Kind
    let audience: LiveAudience
    /// The event as it goes to the socket (`LiveFrame`).
    let frame: ByteBuffer
    /// When the bytes that caused it were read from the PBX (monotonic nanoseconds), for `calldesk_pop_seconds`.
    let causedAt: UInt64?

    init(id: UInt64, kind: LiveChange.Kind, json: [UInt8], audience: LiveAudience, causedAt: UInt64? = nil) {
        self.id = id
        self.kind = kind
        self.audience = audience
        self.causedAt = causedAt
        frame = LiveFrame.event(id: id, kind: kind.rawValue, json: json)
    }
}

/// Who an event concerns; nobody else is sent it.
struct LiveAudience: Sendable, Equatable {
    /// Technicians by account; supervisors and programs besides, unless `only` names whom.
    var accounts: Set<Int64> = []
    /// Whoever works for this department.
    var department: String?
    /// Every signed-in person of the desk.
    var everyone = false
    /// Customers who see this ticket, and nobody of the desk.
    var sight: TicketSight?
    /// Every customer's stream besides; only for what says nothing of anybody (`resync`).
    var customers = false
    /// Accounts that are told it in other words, supervisors too: whoever talks to the customer it says something of.
    var except: Set<Int64> = []
    /// The other words, which of all whom it concerns only these accounts are sent; nil for whomever it concerns.
    var only: Set<Int64>?

    static let everyone = LiveAudience(everyone: true)
    /// Every open stream, customers' too: to load again is all it says.
    static let everyStream = LiveAudience(everyone: true, customers: true)
    static func accounts(_ ids: some Sequence<Int64>) -> LiveAudience { LiveAudience(accounts: Set(ids)) }
    /// For one person's eyes: no supervisor is sent it, and no program.
    static func person(_ id: Int64) -> LiveAudience { LiveAudience(accounts: [id], only: [id]) }

    /// These without some accounts, and those accounts by themselves: who is told a thing whole, and who in other words.
    func parted(by accounts: Set<Int64>) -> (whole: LiveAudience, other: LiveAudience) {
        var (whole, other) = (self, self)
        whole.except = accounts
        other.only = accounts
        return (whole, other)
    }
}

/// What a stream may see now.
struct LiveViewer: Sendable, Equatable {
    /// nil for a program.
    var account: Int64?
    var seesEverything: Bool
    /// The departments whose tickets are shown; nil where the desk makes no distinction.
    var departments: [String]?
    /// A customer's, who sees what concerns their tickets and nothing of the desk; nil for everybody else.
    var reach: TicketReach?

    /// A customer on the portal.
    init(_ reach: TicketReach) {
        self.init(account: nil, seesEverything: false)
        self.reach = reach
    }

    init(account: Int64?, seesEverything: Bool, departments: [String]? = []) {
        self.account = account
        self.seesEverything = seesEverything
        self.departments = departments
    }

    /// What somebody of the desk may see: their own calls, what their departments have; supervisors all.
    init(_ account: Account) {
        self.init(
            account: account.id,
            seesEverything: account.role >= .supervisor,
            departments: account.visibleDepartments
        )
    }

    func sees(_ audience: LiveAudience) -> Bool {
        // Two worlds: what is for customers is for no one of the desk, and the other way round, but for what has no content.
        guard reach == nil, audience.sight == nil else {
            guard let reach else { return false }
            return audience.sight.map(reach.covers) ?? audience.customers
        }
        if let only = audience.only {
            guard let account, only.contains(account) else { return false }
        }
        if let account, audience.except.contains(account) { return false }
        if seesEverything || audience.everyone { return true }
        if let department = audience.department, departments?.contains(department) ?? true { return true }
        guard let account else { return false }
        return audience.accounts.contains(account)
    }

    /// What is left while nobody knows whether the rest still holds.
    var narrowed: LiveViewer {
        if reach != nil { return LiveViewer(TicketReach([])) }
        return LiveViewer(account: account, seesEverything: false, departments: [])
    }
}
