import DeskCore
import Foundation
import IVRBridge
import Logging

/// Runs the scripts that a PBX asks for by FastAGI or an outbound socket, over the desk: `ivr` before the queue, `survey` after the call.
///
/// Whatever fails, the call goes on: the dialplan finds `CALLDESK_STATUS` unset or `error` and sends it to its queue.
struct PhoneDesk: Sendable {
    /// Steps of one call; the longest way through the shipped catalogue has some forty.
    private static let mostSteps = 300

    let app: App
    let protocols: ProtocolNotices
    /// Says which call is in the menu, before it is stored.
    let meets: @Sendable (_ line: String, _ key: String) -> Void
    /// Says that it is stored, or cannot be, and what the screens are to be told where the menu met it before the line did.
    ///
    /// Nobody in the menu waits for a screen.
    let met: @Sendable (_ line: String, _ key: String, CallChange?) -> Void
    /// Wakes whoever sends notices.
    let wake: @Sendable () -> Void
    /// Sounds the PBXs do not find.
    let missing: MissingSounds
    let logger: Logger

    private var settings: Settings.IVR { app.settings.ivr }

    /// Runs the script that the call's request names.
    func run(_ call: any PhoneCall) async throws {
        let request = call.request
        switch request.path {
        case "", "ivr": try await menu(call)
        case "survey": try await survey(call)
        case "caller": try await caller(call)
        case "check": try await check(call)
        default:
            logger.warning(
                "the PBX asked for a script that does not exist; the call goes on in its dialplan",
                metadata: ["from": "\(call.peer)", "script": "\(request.path.filter(\.isASCII).prefix(40))"]
            )
            try await call.set("CALLDESK_STATUS", to: "no-script")
        }
    }

    // MARK: - Who and where

    /// The PBX line the call came over, by the script's `line=`, the only one there is, or the PBX's address.
    private func line(_ call: any PhoneCall) -> String? {
        let lines = app.settings.pbx
        if let name = call.request.query["line"] { return lines.first { $0.line == name }?.line }
        if lines.count == 1 { return lines.first?.line }
        return lines.first { $0.host == call.peer }?.line
    }

    private func language(_ call: any PhoneCall) -> Language {
        call.request.query["lang"].flatMap(Language.init) ?? app.language
    }

    private func phone(_ call: any PhoneCall, _ language: Language) -> PhoneLine {
        PhoneLine(
            call: call,
            folder: folder(language),
            missing: missing,
            line: line(call) ?? call.peer,
            logger: logger
        )
    }

    /// Where the PBX finds the sounds of a language.
    private func folder(_ language: Language) -> String { "\(settings.sounds)/\(language.rawValue)" }

    private func snapshot(_ call: any PhoneCall, key: String) -> CallSnapshot {
        let caller = call.caller
        var report = CallSnapshot(key: key, direction: .inbound)
        let raw = caller.number
        report.isWithheld = caller.isWithheld || PhoneNumber.isWithheld(raw)
        if let raw, !report.isWithheld {
            report.numberRaw = CleanText.line(raw, longest: 64)
            report.number = app.e164(app.callerRules.current.read(raw))
        }
        report.callerName = caller.name.flatMap { CleanText.line($0, longest: 80) }
        report.dialled = caller.dialled
        report.callerParty = caller.party
        return report
    }

    /// Who calls, for the dialplan, before any phone rings: the name of the one customer with that number, and whether
    /// the call is to be answered.
    private func caller(_ call: any PhoneCall) async throws {
        let report = snapshot(call, key: "")
        let isBlocked = isBlocked(report)
        try await call.set("CALLDESK_BLOCKED", to: isBlocked ? "1" : "0")
        if !isBlocked, let number = report.number ?? report.numberRaw {
            // Of two it is not known which.
            let found = await app.hookContacts(number)
            let name = found.count == 1 ? SwitchDirectory.plain(found[0].name) : ""
            if !name.isEmpty {
                try await call.set("CALLDESK_CALLER_NAME", to: name)
                try await call.show(name: name)
            }
        }
        try await call.set("CALLDESK_STATUS", to: "ok")
    }

    private func isBlocked(_ report: CallSnapshot) -> Bool {
        app.callerRules.current.isBlocked(
            number: report.number,
            raw: report.numberRaw,
            isWithheld: report.isWithheld
        )
    }

    // MARK: - The menu

    private func menu(_ call: any PhoneCall) async throws {
        guard let line = line(call) else {
            logger.warning(
                "a call in the menu belongs to no line of the settings; add ?line=NAME to the dialplan's AGI()",
                metadata: ["from": "\(call.peer)"]
            )
            try await call.set("CALLDESK_STATUS", to: "error")
            return
        }
        let language = language(call)
        let phone = phone(call, language)
        if isBlocked(snapshot(call, key: "")) {
            // Not answered: the caller hears what the PBX says to nobody, and pays nothing.
            try await call.set("CALLDESK_STATUS", to: "blocked")
            try await call.hangUp()
            return
        }
        try await call.answer()
        let key = try await call.key()
        let report = CallSignal(line: line, call: snapshot(call, key: key))
        meets(line, key)
        let arrival: CallArrival
        do {
            arrival = try await app.callLog.arrive(report)
            met(line, key, arrival.change)
        } catch {
            met(line, key, nil)
            let calendar = app.book.calendar
            let ending = PhoneScript.withoutNumber(
                isOpen: calendar.isOpen(at: app.clock.now),
                isHoliday: calendar.isHoliday(app.clock.now)
            )
            logger.error(
                "a call has no protocol number",
                metadata: ["error": "\(error)", "status": "\(ending.status.rawValue)"]
            )
            try await call.set("CALLDESK_STATUS", to: ending.status.rawValue)
            _ = try await phone.play(ending.say)
            return
        }
        // Set before anything is played: should the desk be restarted now, the number stays with the call.
        try await call.set("CALLDESK_PROTOCOL", to: arrival.attendance.protocolNumber)
        try await call.set("CALLDESK_ATTENDANCE", to: String(arrival.attendance.id))
        try await call.set("CALLDESK_LANGUAGE", to: language.rawValue)
        var session = PhoneSession(call: call, arrival: arrival, report: report, language: language)
        let facts = facts(report, arrival, language)
        if !facts.isOpen { await noteAfterHours(arrival.attendance.id) }
        var script = PhoneScript(facts: facts)
        var step = script.start()
        for _ in 0..<Self.mostSteps {
            if case .leave(let ending) = step {
                try await end(ending, script, &session, phone)
                return
            }
            step = script.next(try await perform(step, script, &session, phone))
        }
        logger.error("a menu did not end; the call goes to the queue")
    }

    private func facts(_ report: CallSignal, _ arrival: CallArrival, _ language: Language) -> PhoneScript.Facts {
        let now = app.clock.now
        let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
        let offset = app.timeZone.secondsFromGMT(for: date)
        let secondOfDay = (Int(now.milliseconds / 1000) + offset) % 86_400
        return PhoneScript.Facts(
            language: language,
            hour: secondOfDay / 3600,
            isOpen: app.book.calendar.isOpen(at: now),
            isHoliday: app.book.calendar.isHoliday(now),
            isRecorded: settings.recorded,
            protocolNumber: arrival.attendance.protocolNumber,
            hasNumber: report.number != nil || report.numberRaw != nil,
            callBackAfter: settings.callBackAfter,
            offsetMinutes: offset / 60
        )
    }

    private func perform(
        _ step: PhoneScript.Step,
        _ script: PhoneScript,
        _ session: inout PhoneSession,
        _ phone: PhoneLine
    ) async throws -> PhoneScript.Input {
        let id = session.arrival.attendance.id
        switch step {
        case .ask(let question):
            let keyed = try await phone.ask(question, ahead: session.ahead)
            session.ahead = keyed?.ahead
            return keyed.map { .keys($0.keys, isCutShort: $0.isCutShort) } ?? .silence
        case .countWaiting(let department):
            let queue = settings.queue(for: department)
            return .waiting((try? await session.call.waiting(in: queue)).flatMap { $0 })
        case .leave: return .silence
        case .begin, .answer, .link, .findTickets, .notify, .noteWish: break
        }
        do {
            switch step {
            case .begin:
                let state = try await app.interviews.begin(
                    attendanceID: id,
                    by: nil,
                    language: session.language,
                    channel: .keypad
                )
                return .interview(state.interview)
            case .answer(let answer, let prompt, let revision):
                let state = try await app.interviews.answer(
                    answer,
                    to: prompt,
                    revision: revision,
                    attendanceID: id,
                    by: nil
                )
                if let topic = state.interview.topic?.id, topic != session.topic {
                    session.topic = topic
                    try await app.attendances.note(id, topic: topic)
                }
                return .interview(state.interview)
            case .link(let ticketID):
                let state = try await app.interviews.link(to: ticketID, attendanceID: id, by: nil)
                return .interview(state.interview)
            case .findTickets(let customerID):
                var query = TicketQuery()
                query.situation = .open
                query.customerID = customerID
                // Only the newest is read out; whether there are more is all that matters else.
                query.limit = 2
                return .tickets(try await app.directory.list(query))
            case .notify:
                let customer = script.customer
                session.isTold = true
                // A key too many before the number takes nothing of it away; only the way to a person goes first.
                if session.ahead != "0" { session.ahead = nil }
                let isSent = try await protocols.send(
                    session.arrival.attendance,
                    customerID: customer?.customerID,
                    callerNumber: session.report.number,
                    name: customer.map { $0.contactName ?? $0.name },
                    isVerified: script.isVerified
                )
                if isSent { wake() }
                return .notified(isSent)
            case .noteWish:
                try await app.attendances.note(id, topic: nil, wantsCallBack: true)
                return .noted
            case .ask, .countWaiting, .leave: return .silence
            }
        } catch {
            logger.error(
                "the desk cannot do what a caller in the menu asked for; the call goes on without",
                metadata: ["error": "\(error)"]
            )
            return .failed
        }
    }

    /// Lets the caller go, then sends the number to whoever did not wait for it: they are in the queue meanwhile.
    private func end(
        _ ending: PhoneScript.Ending,
        _ script: PhoneScript,
        _ session: inout PhoneSession,
        _ phone: PhoneLine
    ) async throws {
        var trouble: (any Error)?
        do {
            try await leave(ending, script, session, phone)
        } catch {
            trouble = error
        }
        session.call.leave()
        if ending.status == .person, !session.isTold {
            _ = try await perform(.notify, script, &session, phone)
        }
        if let trouble { throw trouble }
    }

    private func leave(
        _ ending: PhoneScript.Ending,
        _ script: PhoneScript,
        _ session: PhoneSession,
        _ phone: PhoneLine
    ) async throws {
        let (call, ticket) = (session.call, script.linkedTicket)
        let department = ticket?.department ?? script.topic?.department
        let priority = ticket.flatMap { TopicPriority(rawValue: $0.priority) } ?? script.topic?.priority ?? .normal
        // The values first: whoever hangs up during the last sentence has them all the same.
        try await call.set("CALLDESK_STATUS", to: ending.status.rawValue)
        try await call.set("CALLDESK_QUEUE", to: settings.queue(for: department))
        try await call.set("CALLDESK_PRIORITY", to: String(Self.weight(priority)))
        try await call.set("CALLDESK_CUSTOMER", to: script.customer.map { String($0.customerID) } ?? "")
        try await call.set("CALLDESK_TOPIC", to: ticket?.topic ?? script.topic?.id ?? "")
        try await call.set("CALLDESK_DEPARTMENT", to: department ?? "")
        _ = try await phone.play(ending.say)
    }

    private func noteAfterHours(_ attendance: Int64) async {
        do {
            try await app.attendances.note(attendance, topic: nil, isAfterHours: true)
        } catch {
            logger.error("a call after hours was not noted as one", metadata: ["error": "\(error)"])
        }
    }

    /// What `QUEUE_PRIO` takes: more comes first.
    private static func weight(_ priority: TopicPriority) -> Int {
        switch priority {
        case .low: 0
        case .normal: 5
        case .high: 10
        case .urgent: 20
        }
    }

    // MARK: - The check call

    /// Tries every sound of the menu on a call that nobody hears, and leaves what came of it for the dialplan to tell.
    private func check(_ call: any PhoneCall) async throws {
        let language = language(call)
        try await call.answer()
        var lacking: [String] = []
        let sounds = PromptBook.sounds(app.catalogue.current, language)
        let line = line(call) ?? call.peer
        for sound in sounds {
            let file = "\(folder(language))/\(sound.name)"
            if try await call.finds(file) {
                missing.found(file, line: line)
            } else {
                _ = missing.note(file, line: line)
                lacking.append(file)
            }
        }
        let check = PhoneCheck(sounds: sounds.count, missing: lacking.count, first: lacking.first)
        try await call.set(PhoneCheck.variable, to: check.text)
    }

    // MARK: - The survey

    private func survey(_ call: any PhoneCall) async throws {
        let phone = phone(call, language(call))
        guard let line = line(call) else { return }
        let keys = [call.ownKey, try await call.key()]
        let attendance: Int64?
        do {
            attendance = try await app.calls.contact(line: line, keys: keys)
        } catch {
            logger.warning("a survey was not asked", metadata: ["error": "\(error)"])
            return
        }
        guard let attendance else { return }
        var script = SurveyScript()
        var step = script.start()
        while true {
            switch step {
            case .ask(let say): step = script.next(try await phone.ask(PhoneScript.Question(say: say))?.keys)
            case .keep(let mark):
                do {
                    _ = try await app.satisfaction.rate(attendanceID: attendance, mark: mark, channel: .phone)
                    try await call.set("CALLDESK_MARK", to: String(mark))
                } catch let error as StoreError {
                    logger.error("a mark was not kept", metadata: ["error": "\(error)"])
                }
                step = script.kept()
            case .leave(let say):
                _ = try await phone.play(say)
                return
            }
        }
    }
}

/// One call in the menu.
private struct PhoneSession: Sendable {
    let call: any PhoneCall
    let arrival: CallArrival
    let report: CallSignal
    let language: Language
    var topic: String?
    /// A key that was pressed for the question to come.
    var ahead: Character?
    /// Whether it was tried to send the number.
    var isTold = false
}
