import DeskCore
import Foundation

/// The thin shell around `TerminalScript`: reads lines, asks the service, prints.
struct TerminalInterview {
    let desk: DeskConnection
    let script: TerminalScript

    private var words: TerminalWords { script.words }

    func run(phone: String?, walkIn: Bool) async throws {
        guard let attendance = try await choose(phone: phone, walkIn: walkIn) else { return }
        var reply = try await desk.begin(attendance: attendance.id)
        print("\(words.protocolNumber): \(reply.attendance.groups.joined(separator: " "))")
        say(words.help)
        var guides: [InterviewReply.Help] = []
        while reply.outcome == nil {
            // A topic's guides are listed once, with its first question.
            let showsGuides = reply.prompt.guides != guides
            guides = reply.prompt.guides
            for line in script.lines(for: reply, showsGuides: showsGuides) { print(line) }
            Terminal.ask("> ")
            guard let line = readLine() else {
                say(words.goodbye)
                return
            }
            guard let next = try await take(line, reply) else {
                say(words.goodbye)
                return
            }
            reply = next
        }
        guard let outcome = reply.outcome else { return }
        for line in script.lines(for: outcome, reply.attendance) { print(line) }
        if outcome.ticketID != nil { try await follow(reply.attendance.id) }
    }

    /// Prints what may be longer than a line.
    private func say(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            for part in script.wrapped(String(line)) { print(part) }
        }
    }

    private struct Choice { var id: Int64? }

    /// The contact to work on: the call the technician's phone is on, one they pick, or nobody's call.
    private func choose(phone: String?, walkIn: Bool) async throws -> Choice? {
        if walkIn { return Choice(id: nil) }
        let calls = try await desk.liveCalls().filter { $0.attendance_id != nil }
        if let phone {
            let mine = calls.first { call in
                [call.last_party, call.answered_by].contains { $0?.hasSuffix("/\(phone)") == true || $0 == phone }
            }
            if let mine { return Choice(id: mine.attendance_id) }
        }
        if calls.isEmpty { say(words.noCall) }
        for (index, call) in calls.enumerated() {
            let number = call.withheld ? words.withheld : call.number_display ?? words.withheld
            let place = [call.queue, call.last_party.map { PhoneName($0).plain }].compactMap(\.self).joined(
                separator: " · "
            )
            print("  \(index + 1)) \(number)  \(call.caller_name ?? "")  \(place)")
        }
        print("  0) \(words.walkIn)")
        while true {
            Terminal.ask("\(words.chooseCall) ")
            guard let line = readLine()?.trimmingWhitespace else { return nil }
            if line == "/sair" || line == "/quit" { return nil }
            guard let number = Int(line), (0...calls.count).contains(number) else {
                say(words.unknownOption)
                continue
            }
            return Choice(id: number == 0 ? nil : calls[number - 1].attendance_id)
        }
    }

    /// The reply after a line; nil when the technician leaves.
    private func take(_ line: String, _ reply: InterviewReply) async throws -> InterviewReply? {
        do {
            switch script.step(line, for: reply.prompt) {
            case .answer(let answer): return try await send(answer.body, reply)
            case .back: return try await desk.back(reply)
            case .goTo(let prompt): return try await desk.goTo(prompt, reply)
            case .attach(let path):
                let file = try await desk.attach(path, to: reply.attendance.id)
                print("✓ \(file.name)")
                let isAsked = reply.prompt.id == "attachments" || reply.prompt.field == "file"
                return isAsked ? try await desk.answer(InterviewAnswerBody(files: [file]), to: reply) : reply
            case .chooseEnd: return try await end(reply)
            case .help:
                say(words.help)
                return reply
            case .guides:
                for line in script.lines(for: reply.prompt.guides) { print(line) }
                return reply
            case .quit: return nil
            case .again(let text):
                say(text)
                return reply
            }
        } catch let trouble as DeskConnection.Trouble {
            if let current = trouble.current {
                say(words.savedElsewhere)
                return current
            }
            guard trouble.status != 401, trouble.status != 403 else { throw trouble }
            say("✗ \(trouble.text)")
            return reply
        } catch {
            say(words.unreachable)
            try await Task.sleep(for: .seconds(1))
            return reply
        }
    }

    /// Sends an answer; what becomes of a password in it is asked before anything is stored.
    private func send(_ answer: InterviewAnswerBody, _ reply: InterviewReply) async throws -> InterviewReply {
        do {
            return try await desk.answer(answer, to: reply)
        } catch let trouble as DeskConnection.Trouble where trouble.code == PasswordOffer.problem.code {
            say(words.passwordNoticed)
            Terminal.ask("> ")
            switch readLine().map(script.passwordWish) {
            case .wish(let wish)?: return try await desk.answer(answer, to: reply, passwords: wish)
            case .writeAgain?, nil: return reply
            }
        }
    }

    private func end(_ reply: InterviewReply) async throws -> InterviewReply {
        print(words.endReasons)
        for (index, code) in EndReason.codes.enumerated() {
            print("  \(index + 1)) \(EndReason.title(of: code, in: words.language))")
        }
        Terminal.ask("> ")
        guard let number = readLine().flatMap({ Int($0.trimmingWhitespace) }),
            EndReason.codes.indices.contains(number - 1)
        else {
            say(words.unknownOption)
            return reply
        }
        let code = EndReason.codes[number - 1]
        var text = ""
        if code == "other" {
            Terminal.ask("… ")
            text = readLine() ?? ""
        }
        return try await desk.end(code, text: text, reply)
    }

    /// Shows what becomes of each message, until all are settled or a quarter of a minute has passed.
    private func follow(_ attendance: Int64) async throws {
        print("\n\(words.notices):")
        var shown: [Int64: String] = [:]
        for _ in 0..<30 {
            let fates = try await desk.fates(attendance: attendance)
            for fate in fates where shown[fate.id] != fate.state {
                shown[fate.id] = fate.state
                let who = fate.recipient.map { " \($0)" } ?? ""
                let channel = fate.channel == "mail" ? "E-mail" : fate.channel.uppercased()
                say("  \(channel)\(who): \(fate.sentence ?? fate.state)")
            }
            if !fates.isEmpty, fates.allSatisfy({ !["queued", "sending"].contains($0.state) }) { break }
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
