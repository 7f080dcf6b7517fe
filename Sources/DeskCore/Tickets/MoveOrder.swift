/// What a move is to do, as it was asked for.
public struct MoveOrder: Sendable, Equatable {
    /// Facts a person corrects where they stand; nil leaves one as it is.
    public struct Facts: Sendable, Equatable {
        public var priority: TopicPriority?
        public var type: TicketType?
        public var topic: String?
        /// A day to come, or nil inside for “A combinar”.
        public var due: Due?
        /// Accounts that watch it from now on, and no more.
        public var watch: [Int64] = []
        public var unwatch: [Int64] = []
        /// Everybody who watches it from now on; nil leaves the others as they are.
        public var watchers: [Int64]?

        public enum Due: Sendable, Equatable {
            case at(Moment)
            /// “A combinar”.
            case open
            /// What the promise says.
            case policy
        }

        public init() {}
    }

    public var ticketID: Int64
    public var move: TicketMove
    /// Reply, note, question, solution or reason.
    public var text = ""
    /// The revision that was read; a newer one refuses the move.
    public var revision: Int64?
    public var department: String?
    public var level: Int64?
    public var personID: Int64?
    /// The ticket to merge into or to relate to.
    public var otherID: Int64?
    /// The contact of the customer in which the desk acts for them, or that is linked.
    public var attendanceID: Int64?
    public var facts = Facts()
    /// Entries a split takes along, and the new ticket's summary.
    public var entryIDs: [Int64] = []
    public var summary: String?
    /// Files of the ticket that belong to the new entry.
    public var fileIDs: [Int64] = []
    /// Of a contact that is linked, the files that were given as answers; nil for all that may be.
    public var contactFiles: [Int64]?
    /// The clock's step.
    public var escalation: EscalationStep?
    /// The vault's references of passwords that were taken out of the text.
    public var sealed: [String] = []
    /// How long it took whoever writes it.
    public var minutes: Int64?
    /// Masked: the address of the quick link it is done by.
    public var link: String?
    /// How it came, when it came by e-mail.
    public var mail: EntryFacts.Mailed?
    /// The client's own name for this wish: asked for again, it is not done again.
    public var key: String?
    /// What was asked under that name, in short; nil where the name alone tells, or what it made is compared.
    public var digest: String?
    /// Follow it from now on; replying alone makes nobody a watcher.
    public var watches = false

    public init(_ move: TicketMove, of ticketID: Int64, text: String = "", revision: Int64? = nil) {
        self.move = move
        self.ticketID = ticketID
        self.text = text
        self.revision = revision
    }

    /// Names a wish by its client's own name for it: the same once more is not done again, another one is refused.
    ///
    /// To be called once passwords are taken out of its texts, so that none is in what is kept of it.
    public mutating func name(_ key: String) {
        self.key = key
        digest = ContentTag(of: said).text
    }

    /// Names many that are made together, each by its place; the digest is of them all.
    public static func name(_ orders: inout [MoveOrder], _ key: String) {
        let digest = ContentTag(of: orders.flatMap(\.said)).text
        for place in orders.indices { (orders[place].key, orders[place].digest) = ("\(key):\(place)", digest) }
    }

    /// What is asked, without the copy it is made of.
    private var said: [String?] {
        func list(_ ids: [Int64]) -> String { ids.map { String($0) }.joined(separator: ",") }
        return [
            String(ticketID), move.rawValue, text, department, level.map { String($0) }, personID.map { String($0) },
            otherID.map { String($0) }, attendanceID.map { String($0) }, facts.priority?.rawValue, list(entryIDs),
            summary, list(fileIDs), minutes.map { String($0) }, watches ? "watches" : nil,
        ]
    }
}

/// A ticket as a move left it.
public struct MoveResult: Sendable, Equatable {
    public var ticket: Ticket
    public var attendance: Attendance
    public var entry: Entry
    /// The ticket a split made.
    public var other: Ticket?
    /// False when it had been done before and was not done again.
    public var isNew = true
    /// How it is taken back, while its notices wait; nil when it is not.
    public var undo: TicketUndo?
}

/// Bounds of what a move takes.
public enum MoveLimits {
    /// Long enough for a log excerpt, short enough for a page.
    public static let longestText = 50_000
    /// A reason is a sentence or two, told by mail.
    public static let longestReason = 5_000
    /// A split of more is the whole thread.
    public static let mostEntries = 200
    public static let mostWatchers = 50
    /// Levels above the ninth no desk has.
    public static let levels: ClosedRange<Int64> = 1...9
}
