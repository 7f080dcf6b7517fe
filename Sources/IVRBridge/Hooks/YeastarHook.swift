import CallModel
import Codecs
import Foundation

/// Yeastar P-Series' event push: signed JSON in, an acknowledgement out.
///
/// Source: Yeastar's developer guide of the P-Series, events 30011 (call state), 30012 (call record), 30013 (transfer) and
/// 30016 (incoming call). An event's `msg` is a document of its own, written as a text inside the event's; in examples of
/// newer events it stands there as an object. Both are read.
enum YeastarHook {
    /// Members of one call in an event; more phones than a queue rings at once.
    private static let mostMembers = 64

    static func read(_ request: HookRequest) throws(HookError) -> HookEvent {
        let text = Data(String(decoding: request.body, as: UTF8.self).utf8)
        guard let envelope = try? JSONCoding.value(Envelope.self, from: text) else { throw .unreadable("JSON object") }
        guard let type = envelope.type?.number else { throw .missing(field: "type") }
        switch type {
        case 30011, 30013, 30016:
            guard let state = envelope.msg?.value(CallState.self) else { throw .unreadable("msg of event \(type)") }
            guard let key = state.call_id?.word else { throw .missing(field: "msg.call_id") }
            return .steps(steps(state.members ?? [], of: key, at: request.arrivedAt))
        case 30012:
            guard let record = envelope.msg?.value(CallRecord.self) else { throw .unreadable("msg of event 30012") }
            guard let key = record.call_id?.word else { throw .missing(field: "msg.call_id") }
            return .step(try end(record, of: key, at: request.arrivedAt))
        // Extensions, trunks, contacts, the test message: whoever ticks “all” is sent those too.
        default: return .nothing
        }
    }

    /// The event's number, nil for what is no event.
    static func type(_ request: HookRequest) -> Int64? {
        let text = Data(String(decoding: request.body, as: UTF8.self).utf8)
        return (try? JSONCoding.value(Envelope.self, from: text))?.type?.number
    }

    // MARK: - What goes on

    private static func steps(_ members: [Member], of key: String, at now: Int64) -> [HookStep] {
        let members = members.prefix(mostMembers)
        let inbound = members.lazy.compactMap(\.inbound).first
        let outbound = members.lazy.compactMap(\.outbound).first
        let direction: CallDirection = inbound != nil ? .inbound : outbound != nil ? .outbound : .internal
        var steps: [HookStep] = []
        func step(_ kind: HookStep.Kind, _ change: (inout HookStep) -> Void) {
            var step = HookStep(kind, key: key, direction: direction, at: now)
            change(&step)
            steps.append(step)
        }
        // The call itself, as the trunk or the phone that dials has it.
        let dialler = members.lazy.compactMap(\.phone).first { ["ALERT", "ANSWERED"].contains($0.status) }
        if inbound != nil || outbound != nil || dialler != nil {
            step(.ring) { step in
                if let inbound {
                    step.from = inbound.from?.word ?? "anonymous"
                } else {
                    step.from = dialler?.number?.word ?? outbound?.from?.word
                    step.people = [step.from].compactMap(\.self)
                }
                step.to = (inbound ?? outbound)?.to?.word
            }
        }
        if direction == .outbound, outbound?.status == "ANSWER" || dialler?.status == "ANSWERED" {
            step(.answer) { _ in }
        }
        // Who hangs up says so of itself: when it is the outside, the call is over.
        if (inbound ?? outbound)?.status == "BYE" {
            step(.end) { step in
                step.end = .normal
                step.sequence = 0
            }
        }
        for member in members {
            guard let phone = member.phone, let number = phone.number?.word else { continue }
            let leg = phone.channel_id?.word ?? number
            switch phone.status {
            case "RING" where direction != .outbound:
                step(.ring) { ($0.leg, $0.people) = (leg, [number]) }
            // Held by the phone that has it: whose answer may never have come.
            case "ANSWER" where direction != .outbound, "HOLD" where direction == .inbound:
                step(.answer) { ($0.leg, $0.answeredBy) = (leg, number) }
            case "BYE" where direction != .outbound:
                step(.end) { ($0.leg, $0.end) = (leg, .normal) }
            default: break
            }
        }
        return steps
    }

    // MARK: - What is over

    private static func end(_ record: CallRecord, of key: String, at now: Int64) throws(HookError) -> HookStep {
        let direction: CallDirection
        switch record.type?.word?.lowercased() {
        case "inbound": direction = .inbound
        case "outbound": direction = .outbound
        case "internal": direction = .internal
        default: throw .invalidDirection
        }
        let (from, to) = (record.call_from?.word, record.call_to?.word)
        // The moment of a record is the PBX's wall clock without a zone: what it says of time is its lengths alone.
        var step = HookStep(.end, key: key, direction: direction, at: now)
        step.lasted = record.call_duration?.seconds
        step.from = direction == .inbound ? from ?? "anonymous" : from.map(number)
        step.to = direction == .inbound ? record.did_number?.word ?? to.map(number) : to
        if direction != .inbound { step.people = [from.map(number)].compactMap(\.self) }
        step.end =
            switch record.status?.word?.uppercased() {
            case "ANSWERED": .normal
            case "BUSY": .busy
            case "VOICEMAIL": .voicemail
            case "ABANDONED": .cancelled
            case "FAILED": .failed
            default: .noAnswer
            }
        step.talked = step.end == .normal ? record.talk_duration?.seconds : 0
        if step.end == .normal, direction != .outbound { step.answeredBy = to.map(number) }
        // A call that several phones were rung for may have several records: one that was answered says more, and all of
        // them more than a trunk that hung up.
        step.sequence = step.end == .normal ? 2 : 1
        return step
    }

    /// `Ana Souza<2002>` and `2002`: the number.
    private static func number(_ text: String) -> String {
        guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return text }
        let inner = text[text.index(after: open)...].dropLast()
        return inner.isEmpty ? text : String(inner)
    }

    // MARK: - As it is written

    private struct Envelope: Decodable {
        var type: Word?
        var msg: Message?
    }

    private struct CallState: Decodable {
        var call_id: Word?
        var members: [Member]?
    }

    private struct Member: Decodable {
        var `extension`: Party?
        var inbound: Party?
        var outbound: Party?

        var phone: Party? { self.extension }
    }

    private struct Party: Decodable {
        var number: Word?
        var from: Word?
        var to: Word?
        var channel_id: Word?
        var member_status: Word?

        var status: String { member_status?.word?.uppercased() ?? "" }
    }

    private struct CallRecord: Decodable {
        var call_id: Word?
        var call_from: Word?
        var call_to: Word?
        var call_duration: Word?
        var talk_duration: Word?
        var status: Word?
        var type: Word?
        var did_number: Word?
    }

    /// A document inside the document, as its text or as it is.
    private enum Message: Decodable {
        case text(String)
        case state(CallState, CallRecord)

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                self = .text(text)
            } else {
                self = .state(try CallState(from: decoder), try CallRecord(from: decoder))
            }
        }

        func value<Value: Decodable>(_ type: Value.Type) -> Value? {
            switch self {
            case .text(let text): try? JSONCoding.value(type, from: text)
            case .state(let state, let record): state as? Value ?? record as? Value
            }
        }
    }

    /// A text or a number; what is neither, or blank, is none.
    private struct Word: Decodable {
        var word: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let text = (try? container.decode(String.self)) ?? (try? container.decode(Int64.self)).map { String($0) }
            word = text?.trimmingCharacters(in: .whitespacesAndNewlines)
            if word?.isEmpty == true { word = nil }
        }

        var number: Int64? { word.flatMap { Int64($0) } }
        var seconds: Int64? { word.flatMap(HookNumber.seconds) }
    }
}
