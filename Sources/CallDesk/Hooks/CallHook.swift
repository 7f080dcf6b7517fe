import DeskCore
import IVRBridge

/// One webhook line as the service serves it: its decoder, its line, who may call it, and how often.
struct CallHook: Sendable {
    /// A busy PBX reports some ten calls a second; what is beyond is refused by name, and the other lines never feel it.
    static let burst = 2_000
    static let perMinute = 60_000

    let line: HookLine
    let decoder: HookDecoder
    /// How senders reach the desk.
    let base: String
    private let token: String
    private let allowed: [NetworkRange]
    private let pace: AddressThrottle

    init(_ settings: Settings.PBX, base: String, line: HookLine, clock: DeskClock) {
        self.line = line
        self.base = base
        decoder = HookDecoder(kind: line.kind, secret: settings.secret)
        token = settings.token
        allowed = settings.allow.compactMap(NetworkRange.init)
        pace = AddressThrottle(burst: Self.burst, perMinute: Self.perMinute, clock: clock)
    }

    /// The address to give to the sender, whole.
    var url: String { base + path }
    /// The address with the token left out, for pages and logs.
    var shownURL: String { "\(base)/hooks/\(line.kind.rawValue)/\(line.name)/…" }
    private var path: String { "/hooks/\(line.kind.rawValue)/\(line.name)/\(token)" }

    func knows(_ token: String) -> Bool { !self.token.isEmpty && SecretText.isSame(token, self.token) }

    func allows(_ peer: PeerAddress) -> Bool { allowed.isEmpty || allowed.contains { $0.contains(peer) } }

    /// - Throws: `Problem` 429 for a line that reports more calls than a PBX can have.
    func admit() throws(Problem) { try pace.admit(PeerAddress(bytes: [])) }

    /// What is made of an event.
    enum Use: Equatable {
        case whole
        /// Its caller was to be refused: it counts where somebody answered all the same, which another node may know, or this
        /// one's life before.
        case ifAnswered
        /// The caller is refused by what is answered, and makes no contact.
        case none
    }

    /// What the desk's rules say of an event, and what is made of it.
    ///
    /// A sender that cannot be asked to refuse tells calls like any other; they are recorded as blocked unless somebody
    /// answers.
    func decide(_ event: HookEvent, _ rules: CallerRules, _ e164: (String) -> String?) -> (
        decision: HookDecision, use: Use
    ) {
        // The step that begins the call has its numbers; of a phone that rings alone nothing is decided.
        let steps = event.steps
        guard let step = steps.first(where: { $0.from != nil }) ?? steps.first else { return (.take, .whole) }
        switch step.direction {
        case .outbound:
            guard step.kind == .ring, let to = step.to else { return (.take, .whole) }
            let dialled = e164(to) ?? to
            return (rules.shown(for: dialled).map(HookDecision.callerID) ?? .take, .whole)
        case .inbound:
            let (number, raw, isWithheld) = HookCaller.read(step.from, e164)
            guard line.kind.canRefuse, rules.isBlocked(number: number, raw: raw, isWithheld: isWithheld),
                !line.isTalking(step.key)
            else { return (.take, .whole) }
            return steps.allSatisfy { $0.kind == .ring } ? (.reject, .none) : (.take, .ifAnswered)
        case .internal: return (.take, .whole)
        }
    }
}
