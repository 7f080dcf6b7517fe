/// One channel of the PBX, as far as following a call needs it.
struct AMIChannel: Sendable {
    let uniqueid: String
    /// The Linkedid it was last seen with; it changes when calls are joined.
    var linkedid: String
    /// The name without its instance: `PJSIP/1001`.
    var party: String
    /// The whole name: tells a reused Uniqueid from a repeated event.
    var nameHash: UInt64
    /// Half of a Local pair: a pipe within the PBX, never a phone.
    var isLocal: Bool
    /// Neither phone nor pipe: announcers, recorders and the like.
    var isNobody: Bool
    /// The call it belongs to, by its place in the tracker.
    var call: Int
    /// Its own number, kept where it may become the caller's.
    var number: String?
    /// The other half of a Local pair; -1 when there is none.
    var twin = -1
    /// Who dialled it; -1 when nobody did.
    var dialledBy = -1
    /// The bridge it is in, by hash of the bridge's id; 0 when in none.
    var bridge: UInt64 = 0
    /// When it entered, counted in entries.
    var entry = 0
    /// The dialplan's place when it entered the bridge: a redirect shows in its change.
    var place: UInt64 = 0
    /// On the caller's side of the call: the caller's own channel and what leads to it.
    var isCallersSide = false
    var isDialling = false
    var hasDialEnded = false
    var isRinging = false
    var isUp = false
    var isHeld = false
    /// It handed the call on: its hanging up ends nothing.
    var hasTransferred = false
    /// Its owner hung up: whatever it is put into on its way out, it talks to nobody any more.
    var hasHungUp = false
    /// Somebody else than its owner asked for its end.
    var isSentAway = false
    /// It shared a bridge with the caller.
    var hasTalked = false
    var isGone = false
    /// The listing of channels it was last known in.
    var seen = 0
    /// Its place in the table is free.
    var isFree = false
}

/// The header names of one channel within an event: some events carry two and more.
struct AMIChannelNames {
    let channel: StaticString
    let number: StaticString
    let name: StaticString
    let context: StaticString
    let exten: StaticString
    let state: StaticString
    let uniqueid: StaticString
    let linkedid: StaticString

    /// The channel an event is about.
    static var own: AMIChannelNames {
        @inline(__always) get {
            AMIChannelNames(
                channel: "Channel",
                number: "CallerIDNum",
                name: "CallerIDName",
                context: "Context",
                exten: "Exten",
                state: "ChannelState",
                uniqueid: "Uniqueid",
                linkedid: "Linkedid"
            )
        }
    }

    /// The channel that is dialled.
    static var dest: AMIChannelNames {
        @inline(__always) get {
            AMIChannelNames(
                channel: "DestChannel",
                number: "DestCallerIDNum",
                name: "DestCallerIDName",
                context: "DestContext",
                exten: "DestExten",
                state: "DestChannelState",
                uniqueid: "DestUniqueid",
                linkedid: "DestLinkedid"
            )
        }
    }
}
