import CallModel

/// One request of a webhook, as its decoder reads it: the bytes and the few headers that matter, without a socket.
public struct HookRequest: Sendable {
    /// The address as the sender called it: the public base of the settings, path and query.
    public var url: String
    public var method: String
    public var contentType: String?
    /// The sender's header for it (`HookKind.signatureHeader`).
    public var signature: String?
    public var body: [UInt8]
    /// When it came, microseconds since 1970, for senders that tell no times.
    public var arrivedAt: Int64

    public init(
        url: String,
        method: String = "POST",
        contentType: String? = nil,
        signature: String? = nil,
        body: [UInt8],
        arrivedAt: Int64
    ) {
        self.url = url
        self.method = method
        self.contentType = contentType
        self.signature = signature
        self.body = body
        self.arrivedAt = arrivedAt
    }

    /// What stands after the question mark.
    var query: Substring { url.firstIndex(of: "?").map { url[url.index(after: $0)...] } ?? "" }
}

/// What one request said of a call.
public enum HookEvent: Sendable, Equatable {
    /// A step of a call while it goes on.
    case step(HookStep)
    /// Steps of one call that a request tells together; each has the same `key`.
    case steps([HookStep])
    /// One leg of a call that has ended.
    case leg(SwitchLeg)
    /// A request that is well formed and concerns no call.
    case nothing

    /// The steps told, none for what tells no step.
    public var steps: [HookStep] {
        switch self {
        case .step(let step): [step]
        case .steps(let steps): steps
        case .leg, .nothing: []
        }
    }
}

/// One step of a call.
public struct HookStep: Sendable, Equatable {
    public enum Kind: Int, Sendable, Comparable, CaseIterable {
        case ring, answer, end

        public static func < (one: Self, two: Self) -> Bool { one.rawValue < two.rawValue }
    }

    public var kind: Kind
    /// The sender's identity of the call.
    public var key: String
    /// The part of the call, where the sender tells them apart.
    public var leg = ""
    public var direction: CallDirection
    public var from: String?
    public var to: String?
    public var callerName: String?
    public var queue: String?
    /// Phones or people of the desk: those that ring, or the one that calls.
    public var people: [String] = []
    /// The phone or person that answered.
    public var answeredBy: String?
    /// What became of the call, when it has ended.
    public var end: End?
    /// Microseconds since 1970.
    public var at: Int64
    /// The sender's own count of its reports; the higher is the newer.
    public var sequence: Int64?
    /// How long it was talked, in seconds, where the end says it.
    public var talked: Int64?
    /// How long the call was in all, in seconds, where the end says it.
    public var lasted: Int64?

    public enum End: String, Sendable, CaseIterable {
        case normal, busy, cancelled, noAnswer, failed, forwarded, voicemail
    }

    public init(
        _ kind: Kind,
        key: String,
        direction: CallDirection,
        from: String? = nil,
        to: String? = nil,
        at: Int64
    ) {
        self.kind = kind
        self.key = key
        self.direction = direction
        self.from = from
        self.to = to
        self.at = at
    }
}

/// What the desk's rules say to a call that begins.
public enum HookDecision: Sendable, Equatable {
    case take
    /// The caller is blocked.
    case reject
    /// The call goes out with this number of ours, in E.164.
    case callerID(String)
}

/// What is answered to the sender.
public struct HookAnswer: Sendable, Equatable {
    public var status: Int
    /// nil: no body.
    public var contentType: String?
    public var body: String

    public init(status: Int = 200, contentType: String? = nil, body: String = "") {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    static func json(_ body: String, status: Int = 200) -> HookAnswer {
        HookAnswer(status: status, contentType: "application/json", body: body)
    }

    static func xml(_ body: String) -> HookAnswer {
        HookAnswer(contentType: "application/xml", body: #"<?xml version="1.0" encoding="UTF-8"?>"# + body)
    }
}
