/// What an administrator wants looked at on a line: whether it is set up as it has to be.
public struct LineInspection: Sendable, Equatable {
    /// The queue calls go to; nil looks at none.
    public var queue: String?
    /// Whether a call to the menu is tried: the dialplan's context for it, with which the PBX asks the desk by FastAGI.
    public var check: Check?

    /// A call that nobody hears, by which the PBX says what it finds.
    public struct Check: Sendable, Equatable {
        /// Where in the dialplan it goes.
        public var context: String
        /// Names the call among others: digits, as it is dialled.
        public var token: String

        public init(context: String, token: String) {
            self.context = context
            self.token = token
        }
    }

    public init(queue: String? = nil, check: Check? = nil) {
        self.queue = queue
        self.check = check
    }
}

/// What the PBX said at the end of a check call.
public struct LineCheckResult: Sendable, Equatable {
    /// What the dialplan calls `AGISTATUS`: SUCCESS, FAILURE or HANGUP.
    public var status: String
    /// What the desk left in `CALLDESK_CHECK`.
    public var result: String

    public init(status: String, result: String) {
        self.status = status
        self.result = result
    }
}

/// What looking at a line brought.
public struct LineFindings: Sendable, Equatable {
    /// What is wrong and what to do, a sentence each.
    public var troubles: [String] = []
    /// What the check call came to; nil when none was made or nothing was heard of it.
    public var check: LineCheckResult?

    public init(troubles: [String] = [], check: LineCheckResult? = nil) {
        self.troubles = troubles
        self.check = check
    }
}

extension PBXLine {
    /// A kind whose set-up shows at its sign-in has nothing more to look at.
    public func inspect(_ inspection: LineInspection) async -> LineFindings { LineFindings() }
}
