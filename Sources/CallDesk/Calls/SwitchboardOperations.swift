import DeskCore
import HTTPTypes
import Hummingbird
import IVRBridge

/// Calls from the desk, pauses in the queue, and what was recorded.
struct SwitchboardOperations: OperationSet {
    let app: App

    var operations: [Operation] { [dial, queues, pause, recording] }

    private var dial: Operation {
        Operation(
            method: .post,
            path: "/calls",
            id: "dial",
            tag: "calls",
            summary:
                "Rings the technician's phone and calls a number from there; only numbers of the line's allow-list.",
            who: [.program(.callsWrite), .staff(.technician)],
            parameters: [.account],
            body: .json("NewCall"),
            status: .accepted,
            answer: .one("DialledCall"),
            problems: [.notFound, .conflict]
        ) { ask in
            let body = try ask.fields()
            let written = body.text("number", maximum: 40)
            let callID = body.id("call_id")
            if (written == nil) == (callID == nil) { body.fault("number", Self.eitherNumber) }
            let line = body.text("line", maximum: 40)
            try body.finish()
            let (number, isCovered) = try await number(written, of: callID, for: ask.caller)
            let account = try ask.person().id
            let order = try await callingBack(callID, for: account) {
                try await app.switchboard.dial(number, for: account, over: line)
            }
            return .one(.accepted) { json in
                json.object { json in
                    json.field("line", order.line)
                    json.field("key", order.key)
                    let display = PhoneNumber.display(order.number, region: app.region)
                    json.field("number", isCovered ? nil : order.number)
                    json.field("number_display", isCovered ? PhoneNumber.masked(display) : display)
                    json.field("phone", order.phone)
                }
            }
        }
    }

    private var queues: Operation {
        Operation(
            method: .get,
            path: "/queues",
            id: "listQueues",
            tag: "calls",
            summary: "The queues of a technician's phones, whether paused in them, and how many callers wait.",
            who: [.program(.callsRead), .staff(.technician)],
            parameters: [.account],
            answer: .one("QueueMemberships")
        ) { ask in
            let places = try await app.switchboard.queues(of: try ask.person().id)
            return .one { $0.write(places) }
        }
    }

    private var pause: Operation {
        Operation(
            method: .put,
            path: "/queues/pause",
            id: "pauseInQueues",
            tag: "calls",
            summary: "Pauses a technician in all their queues or in one, or takes the pause back.",
            who: [.program(.callsWrite), .staff(.technician)],
            parameters: [.account],
            body: .json("QueuePause"),
            answer: .one("QueueMemberships"),
            problems: [.conflict]
        ) { ask in
            let body = try ask.fields()
            let isPaused = body.bool("paused", required: true) ?? false
            let reason = body.text("reason", maximum: 80)
            let queue = body.text("queue", maximum: 80)
            try body.finish()
            let places = try await app.switchboard.pause(
                isPaused,
                reason: reason.flatMap { CleanText.line($0, longest: 80) },
                queue: queue,
                for: try ask.person().id
            )
            return .one { $0.write(places) }
        }
    }

    private var recording: Operation {
        Operation(
            method: .get,
            path: "/calls/{id}/recording",
            id: "getRecording",
            tag: "calls",
            summary: "The recording of a call, where the line's folder of recordings can be read.",
            who: [.program(.callsRead), .staff(.technician)],
            parameters: [.range],
            otherStatuses: [.partialContent],
            answer: .file,
            problems: [.notFound, .rangeNotSatisfiable]
        ) { ask in
            guard let call = try await app.calls.find(ask.id()),
                let file = RecordingFile(call, lines: app.settings.pbx)
            else { throw Problem.notFound }
            try await mayHear(call, ask.caller)
            return try file.response(to: ask.request)
        }
    }

    /// The number to call, and whether the answer covers it: as written, or the one of a call that is there.
    private func number(
        _ written: String?,
        of callID: Int64?,
        for caller: Caller
    ) async throws -> (number: String, isCovered: Bool) {
        guard let callID else { return (written ?? "", false) }
        guard let call = try await app.calls.find(callID), let number = call.callBackNumber else {
            throw Problem.notFound
        }
        var contact: Attendance?
        if let id = call.attendanceID { contact = try await app.attendances.find(id) }
        let view = try await RecordViews(app.attendances, for: caller).of(contact?.customerID)
        return (number, view.covers(call))
    }

    /// Dials; a caller who waits at `callID` is this account's alone meanwhile, and nobody's when the line refuses.
    ///
    /// Where it is not known whether the phone rings they stay this account's until the lease ends: a colleague who called
    /// them too would be the second.
    private func callingBack(
        _ callID: Int64?,
        for account: Int64,
        _ dial: () async throws -> Switchboard.Order
    ) async throws -> Switchboard.Order {
        guard let callID, try await isTaken(callID, for: account) else { return try await dial() }
        // Whoever has them now, the list of callers is another.
        defer { DeskChanges(hub: app.hub, clock: app.clock).callBack(callID) }
        do {
            return try await dial()
        } catch {
            // Where they cannot be given back either, the lease ends by itself.
            if !Switchboard.mayHaveDialled(error) { try? await app.callBacks.letGo(callID: callID, by: account) }
            throw error
        }
    }

    /// Whether somebody waits at a call, who is this account's now; any other call may be dialled all the same.
    private func isTaken(_ callID: Int64, for account: Int64) async throws -> Bool {
        do throws(StoreError) {
            try await app.callBacks.take(callID: callID, for: account)
            return true
        } catch .refused(let refusal as CallBackDesk.Refusal) where refusal == .notWaiting {
            return false
        }
    }

    /// What was said is for those who were part of it then, for supervisors, and for programs that may read calls.
    private func mayHear(_ call: Call, _ caller: Caller) async throws {
        switch caller {
        case .program: return
        case .customer: throw Problem.forbidden
        case .staff(let staff):
            if staff.role >= .supervisor { return }
            guard try await app.calls.tookPart(staff.account.id, in: [call.id]).contains(call.id) else {
                throw Problem.forbidden
            }
        }
    }

    private static let eitherNumber = LocalizedText(
        "Informe number ou call_id.",
        ptPT: "Indique number ou call_id.",
        en: "Give number or call_id."
    )
}

extension JSONWriter {
    mutating func write(_ places: Switchboard.Memberships) {
        object { json in
            json.key("items")
            json.array(places.items) { json, place in json.write(place) }
            json.field("unheard", places.unheard)
        }
    }

    mutating func write(_ place: Switchboard.Membership) {
        let member = place.member
        object { json in
            json.field("line", place.line)
            json.field("queue", member.queue)
            json.field("interface", member.interface)
            json.field("paused", member.isPaused)
            json.field("reason", member.reason)
            json.field("waiting", member.waiting)
        }
    }
}

extension Switchboard.Refusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .number(.noNumber):
            .invalid(
                "number",
                LocalizedText(
                    "Este número não pode ser chamado.",
                    ptPT: "Não é possível ligar para este número.",
                    en: "This number cannot be called."
                )
            )
        case .number(.notAllowed):
            .invalid(
                "number",
                LocalizedText(
                    "As regras da linha não permitem ligar para este número (dial_allow).",
                    ptPT: "As regras da linha não permitem ligar para este número (dial_allow).",
                    en: "The line's rules do not allow calls to this number (dial_allow)."
                )
            )
        case .noLine:
            Problem(
                .conflict,
                "no-line",
                LocalizedText("Não há essa linha", ptPT: "Não há essa linha", en: "There is no such line")
            )
        case .noPhone:
            Problem(
                .conflict,
                "no-phone",
                LocalizedText(
                    "Este usuário não tem ramal nessa linha ou fila",
                    ptPT: "Este utilizador não tem extensão nessa linha ou fila",
                    en: "This user has no phone on that line or queue"
                )
            )
        case .line(let error):
            Problem(
                .serviceUnavailable,
                "line",
                error.mayBeDone
                    ? LocalizedText(
                        "Não se sabe se o PABX fez o que foi pedido",
                        ptPT: "Não se sabe se a central telefónica fez o que foi pedido",
                        en: "It is not known whether the PBX did what was asked"
                    )
                    : LocalizedText(
                        "O PABX não fez o que foi pedido",
                        ptPT: "A central telefónica não fez o que foi pedido",
                        en: "The PBX did not do what was asked"
                    ),
                detail: error.told,
                // What may be done is looked at before it is asked for again.
                headers: error.mayBeDone ? [:] : [.retryAfter: "2"]
            )
        }
    }
}
