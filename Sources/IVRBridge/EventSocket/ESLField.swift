/// The headers of an event that somebody reads; all others are passed over.
enum ESLField: Int, CaseIterable {
    case eventName
    case eventSubclass
    case coreUUID
    case timestamp
    case uniqueID
    case channelName
    case callDirection
    case callState
    case answerState
    case otherLeg
    case otherLegName
    case otherType
    case callUUID
    case numberNow
    case nameNow
    case numberFirst
    case nameFirst
    case hidesNumber
    case dialled
    case context
    case bridgeA
    case bridgeB
    case hangupCause
    case causeCode
    case sipDisposition
    case originateDisposition
    case transferHistory
    case userName
    case gateway
    case profile
    case queueMember
    case fifoMember
    case loopbackPair
    case queueAction
    case queueName
    case queueCaller
    case queueCancel
    case fifoAction
    case fifoName
    case recordPath
    case jobID
    case sessionCount
    case contentLength

    var name: StaticString {
        switch self {
        case .eventName: "Event-Name"
        case .eventSubclass: "Event-Subclass"
        case .coreUUID: "Core-UUID"
        case .timestamp: "Event-Date-Timestamp"
        case .uniqueID: "Unique-ID"
        case .channelName: "Channel-Name"
        case .callDirection: "Call-Direction"
        case .callState: "Channel-Call-State"
        case .answerState: "Answer-State"
        case .otherLeg: "Other-Leg-Unique-ID"
        case .otherLegName: "Other-Leg-Channel-Name"
        case .otherType: "Other-Type"
        case .callUUID: "Channel-Call-UUID"
        case .numberNow: "Caller-Caller-ID-Number"
        case .nameNow: "Caller-Caller-ID-Name"
        case .numberFirst: "Caller-Orig-Caller-ID-Number"
        case .nameFirst: "Caller-Orig-Caller-ID-Name"
        case .hidesNumber: "Caller-Privacy-Hide-Number"
        case .dialled: "Caller-Destination-Number"
        case .context: "Caller-Context"
        case .bridgeA: "Bridge-A-Unique-ID"
        case .bridgeB: "Bridge-B-Unique-ID"
        case .hangupCause: "Hangup-Cause"
        case .causeCode: "variable_hangup_cause_q850"
        case .sipDisposition: "variable_sip_hangup_disposition"
        case .originateDisposition: "variable_originate_disposition"
        case .transferHistory: "variable_transfer_history"
        case .userName: "variable_user_name"
        case .gateway: "variable_sip_gateway_name"
        case .profile: "variable_sofia_profile_name"
        case .queueMember: "variable_cc_member_session_uuid"
        case .fifoMember: "variable_fifo_bridge_uuid"
        case .loopbackPair: "variable_other_loopback_leg_uuid"
        case .queueAction: "CC-Action"
        case .queueName: "CC-Queue"
        case .queueCaller: "CC-Member-Session-UUID"
        case .queueCancel: "CC-Cancel-Reason"
        case .fifoAction: "FIFO-Action"
        case .fifoName: "FIFO-Name"
        case .recordPath: "Record-File-Path"
        case .jobID: "Job-UUID"
        case .sessionCount: "Session-Count"
        case .contentLength: "Content-Length"
        }
    }

    static let count = allCases.count
}

/// Finds the field of a name without making a string of it.
struct ESLFieldTable: Sendable {
    private static let size = 1_024
    /// Field numbers by hash; the next places hold those that fell together.
    private var places = [Int16](repeating: -1, count: size)
    private var names: [[UInt8]] = []

    static let shared = ESLFieldTable()

    private init() {
        for field in ESLField.allCases {
            let name = field.name.withUTF8Buffer { Array($0) }
            var place = name.withUnsafeBufferPointer(Self.hash)
            while places[place] >= 0 { place = (place + 1) & (Self.size - 1) }
            places[place] = Int16(field.rawValue)
            names.append(name)
        }
    }

    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        let (first, middle, last) = (name[0], name[name.count / 2], name[name.count - 1])
        return (name.count &* 37 &+ Int(first) &* 5 &+ Int(middle) &* 11 &+ Int(last) &* 3) & (size - 1)
    }

    /// The number of the field, -1 for a name nobody reads.
    @inline(__always)
    func field(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        guard !name.isEmpty else { return -1 }
        var place = Self.hash(name)
        while places[place] >= 0 {
            let field = Int(places[place])
            if names[field].count == name.count, names[field].elementsEqual(name) { return field }
            place = (place + 1) & (Self.size - 1)
        }
        return -1
    }
}
