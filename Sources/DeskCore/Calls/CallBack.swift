/// Somebody who called and reached nobody, or whose call broke off: one item for each number, however often it called.
public struct CallBack: Sendable, Equatable, Identifiable {
    /// A call to them since, that nobody answered or that is still ringing.
    public struct Try: Sendable, Equatable {
        public var at: Moment
        public var outcome: CallOutcome
        /// The technician it was made for; nil where no contact says.
        public var accountID: Int64?
        public var name: String?
    }

    /// Who is calling them back now, so that no two do.
    public struct Lease: Sendable, Equatable {
        public var accountID: Int64
        public var name: String
        public var endsAt: Moment
    }

    /// The newest of the calls.
    public var call: Call
    /// Since when they wait: the first call that was not answered, or when the talk broke off.
    public var since: Moment
    /// By when they are to be called, in the desk's working hours; nil where the desk sets itself no time.
    public var dueAt: Moment?
    /// How many of their calls nobody answered or that broke off.
    public var calls: Int64
    /// They asked to be called back, or only gave up.
    public var isAskedFor: Bool
    /// A talk with them broke off.
    public var wasDropped: Bool
    public var protocolNumber: String?
    public var customerID: Int64?
    public var topic: String?
    /// The newest first, at most `CallBackDesk.mostTries`.
    public var tries: [Try]
    public var lease: Lease?

    public var id: Int64 { call.id }
}
