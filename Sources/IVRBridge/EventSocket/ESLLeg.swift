/// A leg of a call while it is followed: FreeSWITCH's channel.
struct ESLLeg: Sendable {
    /// Its Unique-ID.
    var id: String
    /// `sofia/internal/1001`, `sofia/gateway/operadora`.
    var party: String
    /// Its call; -1 for a free place.
    var call: Int
    /// Leads outside the house.
    var isTrunk = false
    /// One half of a pair that leads from one leg to another and is nobody.
    var isLoopback = false
    var loopbackPair: String?
    /// The switch called it; the others called the switch.
    var isDialled = false
    /// The leg for which it was dialled; -1 when that is not known.
    var dialledFor = -1
    /// The leg it is bridged with; -1 when with none.
    var partner = -1
    var isAnswered = false
    var isRinging = false
    var isGone = false
    /// `recv_bye`, `send_bye` and the like, once it is gone.
    var disposition: String?
    /// Entries of its transfer history that have been read.
    var transfers = 0
    /// The listing that had it last.
    var seen: Int

    /// It hung up itself: the switch received its farewell.
    var hungUp: Bool { disposition == "recv_bye" || disposition == "recv_cancel" }

    /// What a channel is called without what is only this one's: host, port, instance, and the number behind a trunk.
    static func party(of name: String, gateway: String?) -> (party: String, isTrunk: Bool, isLoopback: Bool) {
        let parts = name.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard let technology = parts.first else { return (name, false, false) }
        if technology == "loopback" || technology == "null" || technology == "error" {
            return (name, false, true)
        }
        if let gateway { return ("sofia/gateway/\(gateway)", true, false) }
        guard parts.count == 3, technology == "sofia" else {
            // `verto.rtc/1008@pbx`, `user/1001`.
            return (String(name.prefix { $0 != "@" }), false, false)
        }
        if parts[1] == "gateway" {
            let gateway = parts[2].prefix { $0 != "/" }
            return ("sofia/gateway/\(gateway)", true, false)
        }
        return ("sofia/\(parts[1])/\(parts[2].prefix { $0 != "@" })", false, false)
    }
}

/// A call while it is followed: its snapshot and what is needed to keep that right.
struct ESLCall: Sendable {
    var snapshot: CallSnapshot
    /// Where it stands in the order of starts.
    var ordinal: Int
    /// The caller's leg; -1 when it was not seen.
    var main: Int
    var legs: [Int] = []
    var liveLegs = 0
    /// Its beginning was seen, not taken up in the middle.
    var isFromStart = false
    /// The switch called the caller's leg too: a call by click.
    var isOriginated = false
    /// Whether the first leg that was dialled leads outside.
    var isToOutside: Bool?
    /// Who talks or talked last with the caller; -1 while nobody did.
    var talker = -1
    /// A transfer whose taker is not known yet: its place in `transfers`.
    var openTransfer: Int?
    /// How the newest try to reach somebody has gone so far.
    var verdict: CallOutcome?
    /// Legs that are being rung now.
    var dialling = 0
    /// The caller left a queue while waiting, or the queue gave up.
    var leftQueue = false
    var queueGaveUp = false
    var isTornDown = false
    /// The network took a leg that talked, and nobody has been put through since.
    var hasFailed = false
    var mainCause: String?
    var mainDisposition: String?
    var isChanged = false
    var isFree = false

    init(key: String, ordinal: Int, main: Int) {
        snapshot = CallSnapshot(key: key, direction: .inbound)
        self.ordinal = ordinal
        self.main = main
    }
}
