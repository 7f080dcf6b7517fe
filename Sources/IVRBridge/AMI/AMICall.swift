/// A call while it is followed: its snapshot and what is needed to keep that right.
struct AMICall: Sendable {
    /// How the newest try to reach somebody has gone so far.
    struct Attempt: Sendable {
        var noAnswer = 0
        var busy = 0
        var failed = 0
        var cancelled = 0

        /// What the try came to, nil while nothing is known: one phone that was not taken makes it “no answer”.
        var verdict: CallOutcome? {
            if noAnswer > 0 { return .noAnswer }
            if busy > 0 { return .busy }
            return failed > 0 ? .failed : nil
        }

        mutating func note(_ status: AMIText, isPhone: Bool) {
            if status == "BUSY" {
                busy += 1
            } else if status == "CANCEL" {
                cancelled += 1
            } else if status == "NOANSWER" || status == "CONTINUE" || status == "CHANUNAVAIL" && isPhone {
                // A phone that is off answers nobody; a trunk that is down is a fault. “Continue” is what a person who
                // lifted and declined makes of it (Dial's U).
                noAnswer += 1
            } else {
                failed += 1
            }
        }
    }

    enum Side: Sendable { case caller, agent }

    var snapshot: CallSnapshot
    /// Where it stands in the order of starts.
    var ordinal: Int
    /// The caller's channel: the one whose Uniqueid is the Linkedid; -1 when it was not seen.
    var main = -1
    var channels: [Int] = []
    var liveChannels = 0
    /// Keys that lead here: its own and those of absorbed calls.
    var keys: [String]
    /// Its beginning was seen, not taken up in the middle.
    var isFromStart = false
    /// Anything but its end was seen.
    var hasLived = false
    /// Made by Originate: the caller's phone was rung first.
    var isOriginated = false
    /// Made by Originate, and the customer was rung first: what the customer talks on.
    var farParty: String?
    /// Whom the caller's channel was put through to first; -1 while it was to nobody.
    var far = -1
    /// Whether the caller's channel is a phone of the house, and whether that is certain.
    var isCallerInside = false
    var isCallerSure = false
    /// Whether the first it dialled was outside the house.
    var isToOutside: Bool?
    /// Listening in or an announcement: nobody talks to anybody.
    var isService = false
    /// A colleague signed in and waits for calls: its channel is part of the call it is put through to, and comes back.
    var isSignIn = false
    /// It ended as its customer left, and others are there still: what they go on with is none of its.
    var isLeft = false
    /// Some phone or queue has been shown the caller: what the dialplan makes of the number now is for later.
    var isOffered = false
    /// The caller asked that the number be withheld.
    var isProhibited = false
    var attempt = Attempt()
    var dialling = 0
    var hungUpBy: Side?
    /// Who left the other one first without a word: DAHDI lines tell of no wish to hang up.
    var leftFirst: Side?
    /// The caller left while somebody was still being looked for.
    var wasGivenUp = false
    /// The PBX shut down under it.
    var isTornDown = false
    /// The network took a leg that talked, and nobody has been put through since.
    var hasFailed = false
    /// A transfer whose taker is not known yet: its place in `transfers`.
    var openTransfer: Int?
    /// How many phones the open transfer has rung.
    var openTargets = 0
    /// Already among the changed.
    var isChanged = false
    var isFree = false

    init(key: String, ordinal: Int) {
        snapshot = CallSnapshot(key: key, direction: .inbound)
        keys = [key]
        self.ordinal = ordinal
    }
}
