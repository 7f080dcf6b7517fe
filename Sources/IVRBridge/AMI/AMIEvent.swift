/// The events that say something about a call; every other one is passed over.
enum AMIEvent {
    case agentComplete, agentConnect, agiStart, attendedTransfer, blindTransfer, bridgeEnter, bridgeLeave, callDetail
    case channelShown, channelsShown, conferenceJoin, conferenceLeave, dialBegin, dialEnd, dialState, fullyBooted,
        hangup, hangupRequest, hold,
        localBridge
    case newCallerID, newChannel, newExtension, newState, originateResponse, pickup, queueAbandon, queueEntry,
        queueJoin, queueLeave, queueShown
    case rename, shutdown, softHangupRequest, spyStart, unhold, userEvent, variableSet

    /// The event of a name as Asterisk writes it.
    ///
    /// Told apart by length first: most events are none of ours and need no comparison at all.
    init?(_ name: AMIText) {
        switch name.count {
        case 3 where name == "CEL": self = .callDetail
        case 4 where name == "Hold": self = .hold
        case 6 where name == "Hangup": self = .hangup
        case 6 where name == "VarSet": self = .variableSet
        case 6 where name == "Unhold": self = .unhold
        case 6 where name == "Pickup": self = .pickup
        case 6 where name == "Rename": self = .rename
        case 7 where name == "DialEnd": self = .dialEnd
        case 8 where name == "Newstate": self = .newState
        case 8 where name == "Newexten": self = .newExtension
        case 8 where name == "Shutdown": self = .shutdown
        case 9 where name == "DialBegin": self = .dialBegin
        case 9 where name == "DialState": self = .dialState
        case 9 where name == "UserEvent": self = .userEvent
        case 10 where name == "Newchannel": self = .newChannel
        case 10 where name == "QueueEntry": self = .queueEntry
        case 11 where name == "NewCallerid": self = .newCallerID
        case 11 where name == "QueueParams": self = .queueShown
        case 11 where name == "BridgeEnter": self = .bridgeEnter
        case 11 where name == "BridgeLeave": self = .bridgeLeave
        case 11 where name == "LocalBridge": self = .localBridge
        case 11 where name == "FullyBooted": self = .fullyBooted
        case 12 where name == "ChanSpyStart": self = .spyStart
        case 12 where name == "AgentConnect": self = .agentConnect
        case 12 where name == "AGIExecStart": self = .agiStart
        case 14 where name == "ConfbridgeJoin": self = .conferenceJoin
        case 15 where name == "ConfbridgeLeave": self = .conferenceLeave
        case 13 where name == "HangupRequest": self = .hangupRequest
        case 13 where name == "BlindTransfer": self = .blindTransfer
        case 13 where name == "AgentComplete": self = .agentComplete
        case 13 where name == "AsyncAGIStart": self = .agiStart
        case 15 where name == "QueueCallerJoin": self = .queueJoin
        case 15 where name == "CoreShowChannel": self = .channelShown
        case 16 where name == "QueueCallerLeave": self = .queueLeave
        case 16 where name == "AttendedTransfer": self = .attendedTransfer
        case 17 where name == "SoftHangupRequest": self = .softHangupRequest
        case 17 where name == "OriginateResponse": self = .originateResponse
        case 18 where name == "QueueCallerAbandon": self = .queueAbandon
        case 24 where name == "CoreShowChannelsComplete": self = .channelsShown
        default: return nil
        }
    }
}
