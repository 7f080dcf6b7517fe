import CallModel

/// Everything the reports of one call said, and the call they make together.
///
/// The call is computed from the set of reports, never from their order: whichever comes first makes the call, a repeated
/// one says nothing new, and the end wins whatever comes after it.
struct HookCall: Sendable {
    /// Parts of one call; more phones than one sender rings.
    private static let mostLegs = 64

    private struct Place: Hashable {
        var leg: String
        var kind: HookStep.Kind
    }

    let key: String
    private var steps: [Place: HookStep] = [:]
    private var legs: [String: SwitchLeg] = [:]
    /// Closed because its end never came.
    private(set) var lostAt: Int64?

    init(key: String) { self.key = key }

    /// Takes a report; false when it says nothing new.
    mutating func take(_ step: HookStep) -> Bool {
        let place = Place(leg: step.leg, kind: step.kind)
        guard let known = steps[place] else {
            guard steps.count < Self.mostLegs * HookStep.Kind.allCases.count else { return false }
            steps[place] = step
            return true
        }
        let joined = Self.joined(known, step)
        guard joined != known else { return false }
        steps[place] = joined
        return true
    }

    mutating func take(_ leg: SwitchLeg) -> Bool {
        guard legs[leg.uuid] != leg, legs[leg.uuid] != nil || legs.count < Self.mostLegs else { return false }
        legs[leg.uuid] = leg
        return true
    }

    mutating func lose(at time: Int64) { lostAt = time }

    /// Two reports of the same step: the newer by the sender's count, otherwise the earlier of the two; what one leaves
    /// out the other may say.
    private static func joined(_ one: HookStep, _ two: HookStep) -> HookStep {
        let first =
            one.sequence != two.sequence
            ? (one.sequence ?? -1) > (two.sequence ?? -1) : (one.at, one.order) <= (two.at, two.order)
        var (kept, other) = first ? (one, two) : (two, one)
        kept.at = min(one.at, two.at)
        // Who is told of a phone alone cannot know yet that a trunk will be in it.
        if kept.direction == .internal { kept.direction = other.direction }
        kept.from = kept.from ?? other.from
        kept.to = kept.to ?? other.to
        kept.callerName = kept.callerName ?? other.callerName
        kept.queue = kept.queue ?? other.queue
        if kept.people.isEmpty { kept.people = other.people }
        kept.answeredBy = kept.answeredBy ?? other.answeredBy
        kept.end = kept.end ?? other.end
        kept.talked = kept.talked ?? other.talked
        kept.lasted = kept.lasted ?? other.lasted
        return kept
    }

    var isEnded: Bool {
        lostAt != nil || steps[Place(leg: "", kind: .end)] != nil || legs.values.contains(where: \.isCaller)
    }

    /// The phone that has the call, for knowing that it cannot have it any more.
    var answeredBy: String? { snapshot { _ in nil }.answeredBy }
    var startedAt: Int64 { snapshot { _ in nil }.startedAt ?? 0 }

    /// The call as far as it is known.
    func snapshot(_ normalise: (String) -> String?) -> CallSnapshot {
        var call = legs.isEmpty ? stepped(normalise) : recorded(normalise)
        if let lostAt, !call.isEnded {
            // Nobody saw the end: it counts from what was seen last, so that no talk time is made up.
            call.isEnded = true
            call.isOnHold = false
            call.ringing = []
            call.endedAt = lostAt
            call.endedBy = .unknown
            if call.outcome == .ongoing { call.outcome = .failed }
        }
        return call
    }

    // MARK: - From steps

    private func stepped(_ normalise: (String) -> String?) -> CallSnapshot {
        let ordered = steps.values.sorted { ($0.kind, $0.at, $0.leg) < ($1.kind, $1.at, $1.leg) }
        let own = ordered.filter { $0.leg.isEmpty }
        let parts = ordered.filter { !$0.leg.isEmpty }
        let told = (own + parts).map(\.direction)
        var call = CallSnapshot(key: key, direction: told.first { $0 != .internal } ?? told.first ?? .inbound)
        let isOut = call.direction == .outbound
        let from = own.lazy.compactMap(\.from).first
        let to = own.lazy.compactMap(\.to).first
        call.queue = ordered.lazy.compactMap(\.queue).first
        call.callerName = ordered.lazy.compactMap(\.callerName).first
        call.startedAt = ordered.map { $0.at - ($0.kind == .end ? ($0.lasted ?? $0.talked ?? 0) * 1_000_000 : 0) }.min()
        let isInternal = call.direction == .internal
        // Between two phones of the house the call's own one is who calls, those of its parts are who is called.
        let people = (isInternal ? parts : ordered).flatMap(\.people).uniqued
        // A phone that has stopped ringing while others go on.
        let gone = Set(parts.lazy.filter { $0.kind == .end }.map(\.leg))
        let end = own.first { $0.kind == .end }
        let answers = (parts.isEmpty ? own : parts).filter { $0.kind == .answer }
        if isOut {
            call.callerParty = own.lazy.flatMap(\.people).first ?? people.first ?? from
            // Who dials on for a phone tells of the number with that part alone.
            call.dialled = to ?? parts.lazy.compactMap(\.to).first
            call.dialledNumber = call.dialled.flatMap { HookCaller.number($0, normalise) }
            call.offered = []
        } else if isInternal {
            call.callerParty = own.lazy.flatMap(\.people).first ?? from
            call.dialled = to
            call.offered = people
        } else {
            (call.number, call.numberRaw, call.isWithheld) = HookCaller.read(from, normalise)
            call.dialled = to
            call.offered = people
        }
        let talked = end?.talked.map { $0 > 0 }
        let wasAnswered = !answers.isEmpty || (end?.end == .normal && (talked ?? (end?.answeredBy != nil)))
        if wasAnswered {
            call.outcome = .answered
            call.answeredAt = answers.map(\.at).min() ?? end.map { $0.at - ($0.talked ?? 0) * 1_000_000 }
            if !isOut {
                let who = answers.lazy.compactMap(\.answeredBy).first ?? end?.answeredBy
                call.answeredBy = who
                // Who answers later has it from who had it before.
                let talkers = answers.compactMap(\.answeredBy)
                call.lastParty = talkers.last ?? who
                for (one, two) in zip(talkers, talkers.dropFirst()) where one != two {
                    call.transfers.append(CallTransfer(kind: .blind, from: one, to: two))
                }
                for who in [who].compactMap(\.self) + talkers where !call.offered.contains(who) {
                    call.offered.append(who)
                }
            }
        } else if !isOut {
            let rung = ordered.filter { !gone.contains($0.leg) }.flatMap(\.people).uniqued
            call.ringing = end == nil ? rung.filter(people.contains) : []
            // A caller who is in a queue and rings nobody waits.
            call.isWaiting = end == nil && call.queue != nil && people.isEmpty
        }
        if let end {
            call.isEnded = true
            call.ringing = []
            call.isWaiting = false
            call.endedAt = end.at
            if !wasAnswered { call.outcome = Self.outcome(end.end ?? .normal, isOut: isOut) }
            // The sender says that it failed, of a call somebody had.
            if wasAnswered, end.end == .failed { call.brokeOff = .seen }
            call.endedBy = call.brokeOff != nil ? .pbx : end.end == .cancelled && !isOut ? .caller : .unknown
            if end.end == .forwarded {
                call.transfers.append(CallTransfer(kind: .redirect, from: call.lastParty, to: nil))
            }
        }
        return call
    }

    private static func outcome(_ end: HookStep.End, isOut: Bool) -> CallOutcome {
        switch end {
        // Nobody of the desk was ever told of: the caller went.
        case .normal: isOut ? .noAnswer : .abandoned
        case .busy: .busy
        case .cancelled: .abandoned
        case .noAnswer, .forwarded, .voicemail: .noAnswer
        case .failed: .failed
        }
    }

    // MARK: - From legs

    private func recorded(_ normalise: (String) -> String?) -> CallSnapshot {
        let caller = legs[key] ?? legs.values.first(where: \.isCaller)
        let rung = legs.values.filter { !$0.isCaller }.sorted {
            ($0.moment("start_uepoch") ?? 0, $0.uuid) < ($1.moment("start_uepoch") ?? 0, $1.uuid)
        }
        let leadsOut = rung.contains {
            $0.variables["sofia_profile_name"] == "external" || $0.variables["sip_gateway_name"] != nil
        }
        let isOwn = caller?.isPhone == true
        var call = CallSnapshot(
            key: key,
            direction: isOwn ? (leadsOut || rung.isEmpty ? .outbound : .internal) : .inbound
        )
        let first = caller?.stretches.first ?? rung.first?.stretches.first
        let from = first?.callerNumber
        call.dialled = caller == nil ? nil : first?.destination
        call.startedAt = caller?.moment("start_uepoch") ?? rung.first?.moment("start_uepoch")
        call.queue = (caller ?? rung.first)?.variables["cc_queue"].map { String($0.prefix { $0 != "@" }) }
        if call.direction == .inbound {
            (call.number, call.numberRaw, call.isWithheld) = HookCaller.read(from, normalise)
            if let hidden = caller?.variables["privacy_hide_number"], hidden == "true" {
                (call.number, call.numberRaw, call.isWithheld) = (nil, nil, true)
            }
            call.callerName = first?.callerName.flatMap { $0.isEmpty || $0 == from ? nil : $0 }
        } else {
            call.callerParty = caller?.variables["user_name"] ?? from
            if call.direction == .outbound {
                call.dialledNumber = call.dialled.flatMap { HookCaller.number($0, normalise) }
            }
        }
        let talks = Self.talks(caller, rung)
        call.offered = (rung.compactMap(\.phone) + (caller?.stretches.flatMap(\.rang) ?? [])).uniqued
        if let talk = talks.first {
            call.outcome = .answered
            call.answeredAt = talk.at
            if call.direction != .outbound {
                call.answeredBy = talk.who
                call.lastParty = talks.last?.who
            }
        }
        for (one, two) in zip(talks, talks.dropFirst()) where one.who != two.who {
            call.transfers.append(CallTransfer(kind: .blind, from: one.who, to: two.who))
        }
        guard let caller else { return call }
        call.isEnded = true
        call.endedAt = caller.moment("end_uepoch")
        call.cause = caller.variables["hangup_cause_q850"].flatMap { Int64($0) }
        let leftByItself = caller.variables["sip_hangup_disposition"]?.hasPrefix("recv_") == true
        call.endedBy = leftByItself ? (isOwn ? .agent : .caller) : talks.isEmpty ? .pbx : .agent
        if talks.isEmpty {
            call.outcome = Self.outcome(caller, leftByItself: leftByItself)
        } else if NetworkFailure.isOne(call.cause) || NetworkFailure.isOne(caller.variables["hangup_cause"]) {
            (call.brokeOff, call.endedBy) = (.seen, .pbx)
        }
        return call
    }

    /// Who talked with the caller, in order: each stretch of the caller's leg that was bridged, or the legs that were.
    private static func talks(_ caller: SwitchLeg?, _ rung: [SwitchLeg]) -> [(at: Int64, who: String?)] {
        let own = caller?.stretches.filter { $0.bridgedAt > 0 }.map { stretch in
            (at: stretch.bridgedAt, who: stretch.rang.last as String?)
        }
        if let own, !own.isEmpty { return own }
        return rung.compactMap { leg in leg.moment("bridge_uepoch").map { (at: $0, who: leg.phone) } }
    }

    private static func outcome(_ caller: SwitchLeg, leftByItself: Bool) -> CallOutcome {
        // The truth of a call that was dialled on stands there; the leg's own cause may be a normal one.
        let causes = [caller.variables["originate_disposition"], caller.variables["hangup_cause"]].compactMap(\.self)
        for cause in causes {
            switch cause {
            case "USER_BUSY", "CALL_REJECTED": return .busy
            case "NO_ANSWER", "NO_USER_RESPONSE", "ALLOTTED_TIMEOUT": return .noAnswer
            case "ORIGINATOR_CANCEL": return .abandoned
            case "SUCCESS", "NORMAL_CLEARING", "NONE": continue
            default: return leftByItself ? .abandoned : .failed
            }
        }
        return leftByItself ? .abandoned : .noAnswer
    }
}

extension HookStep {
    /// A total order among reports of one moment, so that the joined one does not depend on which came first.
    fileprivate var order: String {
        [from, to, callerName, queue, answeredBy, end?.rawValue].map { $0 ?? "" }.joined(separator: "\u{1}")
            + people.joined(separator: "\u{2}")
    }
}

extension Array where Element: Hashable {
    /// Each once, in the order of the first.
    var uniqued: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
