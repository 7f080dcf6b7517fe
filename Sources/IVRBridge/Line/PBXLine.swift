/// A line to a PBX, whatever its kind: follows its calls while it runs, and does what the desk asks.
///
/// It connects, signs in, compares and begins again by itself; what it learns goes to the `LineSinks` it was made with.
/// A new kind of PBX is one folder with a conformer and its line in `PBXKind`.
public protocol PBXLine: Sendable {
    var name: String { get }
    var status: LineStatus { get }
    /// The keys of the calls that are going on, as of the last comparison and every event since.
    var liveCalls: Set<String> { get }

    /// The phones that belong to somebody: they are the house's, whatever else they look like.
    func know(extensions: Set<PhoneName.Place>)

    /// Runs until the task is cancelled.
    func run() async

    /// Rings a phone of the house and, when it is answered, dials on from there.
    ///
    /// - Returns: the phone that rings, as its party is called in the call.
    /// - Throws: `BridgeError`, when the PBX did not take it; what became of the call is told as of any call.
    func dial(_ order: DialOrder) async throws(BridgeError) -> String

    /// Every member of every queue.
    ///
    /// - Throws: `BridgeError`.
    func queueMembers() async throws(BridgeError) -> [QueueMember]

    /// Pauses a member of a queue, or takes the pause back.
    ///
    /// - Throws: `BridgeError`.
    func pause(_ member: QueueMember, _ isPaused: Bool, reason: String?) async throws(BridgeError)

    /// Sends the other party of a call that goes on to a number, without asking anybody there.
    ///
    /// `context`: where in the dialplan the number is dialled.
    /// - Throws: `BridgeError`.
    func transfer(_ key: String, to number: String, context: String) async throws(BridgeError)

    /// Looks whether the PBX is set up as it has to be; it must be signed in.
    func inspect(_ inspection: LineInspection) async -> LineFindings
}

extension PBXLine {
    /// A kind that tells phones from trunks by its own signs needs no such hint.
    public func know(extensions: Set<PhoneName.Place>) {}
}

/// A call to make from a technician's phone.
public struct DialOrder: Sendable, Equatable {
    /// The phone that rings first: a party such as `PJSIP/1001`, or the bare extension.
    public var phone: String
    /// What is dialled when it is answered.
    public var number: String
    /// Where in the dialplan it goes on.
    public var context: String
    /// Becomes the call's key: unique, so that the call can be recognised.
    public var key: String
    /// How long the phone rings.
    public var timeout: Duration

    public init(phone: String, number: String, context: String, key: String, timeout: Duration = .seconds(30)) {
        self.phone = phone
        self.number = number
        self.context = context
        self.key = key
        self.timeout = timeout
    }
}

/// Somebody who takes calls of a queue.
public struct QueueMember: Sendable, Equatable {
    public var queue: String
    /// As the PBX calls the member: `PJSIP/1001`, `1001@default`.
    public var interface: String
    /// The phone behind it, where that is another.
    public var phone: String?
    public var isPaused: Bool
    public var reason: String?
    /// Callers who wait in the queue now.
    public var waiting: Int

    public init(
        queue: String,
        interface: String,
        phone: String? = nil,
        isPaused: Bool,
        reason: String? = nil,
        waiting: Int = 0
    ) {
        self.queue = queue
        self.interface = interface
        self.phone = phone
        self.isPaused = isPaused
        self.reason = reason
        self.waiting = waiting
    }

    /// What its phone may be called, the surest first.
    ///
    /// FreePBX names its members by the dialplan, `Local/1001@from-queue/n` with the state of `hint:1001@ext-local`: the
    /// extension is the phone's.
    public var parties: [String] {
        let names = [phone, interface].compactMap(\.self)
        return names + names.compactMap(Self.dialledExtension)
    }

    private static func dialledExtension(_ name: String) -> String? {
        guard let scheme = ["hint:", "Local/"].first(where: { name.hasPrefix($0) }) else { return nil }
        let number = name.dropFirst(scheme.count).prefix { $0 != "@" && $0 != "&" && $0 != "/" }
        return number.isEmpty ? nil : String(number)
    }
}
