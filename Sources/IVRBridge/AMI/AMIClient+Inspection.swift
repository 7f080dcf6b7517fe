/// Looking at how the PBX is set up, as `calldesk doctor` does.
extension AMIClient {
    /// How long the PBX may take over the check call: it answers, asks the desk, and tries each sound of the menu.
    private static let longestCheck = Duration.seconds(20)
    /// How often it is looked for.
    private static let look = Duration.milliseconds(50)

    func inspect(_ inspection: LineInspection) async -> LineFindings {
        var findings = LineFindings()
        let commands: AMIPacket
        do {
            commands = try await send(AMIAction("ListCommands")).packet
        } catch {
            findings.troubles.append("\(error)")
            return findings
        }
        var provoked: Set<String> = ["system"]
        if AMIRights(commands: commands).actions.contains("QueueAdd"), let queue = inspection.queue {
            if await provokeAgent(queue, &findings) { provoked.insert("agent") }
        }
        if AMIRights(commands: commands).actions.contains("Originate"), let check = inspection.check {
            await makeCheck(check, &findings, &provoked)
        }
        await settle(provoked)
        findings.troubles += AMIRights(commands: commands, events: seenEvents).troubles(provoked: provoked)
        let marks = eventMarks
        if marks.hasTimes == false {
            findings.troubles.append(
                "events carry no time, so that calls are dated when they are read; set timestampevents = yes in [general] of "
                    + "manager.conf"
            )
        }
        if marks.showsPresentation == false {
            findings.troubles.append(
                "events do not say whether a caller withheld the number; set channelvars = CALLERID(pres) in [general] of "
                    + "manager.conf"
            )
        }
        return findings
    }

    /// Has a queue tell of a member, for an instant and paused, so that no call goes there.
    private func provokeAgent(_ queue: String, _ findings: inout LineFindings) async -> Bool {
        let member = [("Queue", queue), ("Interface", "Local/0@calldesk-check")]
        do {
            _ = try await send(AMIAction("QueueAdd", member + [("Paused", "true"), ("Penalty", "99")]))
            _ = try await send(AMIAction("QueueRemove", member))
            return true
        } catch .refused(_, _, let message) where message.lowercased().contains("no such queue") {
            findings.troubles.append(
                "the PBX has no queue '\(queue)', where calls of the menu go; include queues-calldesk.conf in queues.conf or name "
                    + "its queue as ivr.queue"
            )
            return false
        } catch {
            return false
        }
    }

    private func makeCheck(
        _ check: LineInspection.Check,
        _ findings: inout LineFindings,
        _ provoked: inout Set<String>
    ) async {
        do {
            _ = try await send(AMIAction("ShowDialPlan", [("Context", check.context)]))
        } catch .refused(_, _, let message) where message.lowercased().contains("did not find") {
            findings.troubles.append(
                "the dialplan has no context '\(check.context)'; include extensions-calldesk.conf as 'calldesk dialplan asterisk' "
                    + "prints it at the end of extensions.conf, and run 'dialplan reload'"
            )
            return
        } catch {
            // A user without 'reporting' is not told; the call shows it.
        }
        let headers = [
            ("Channel", "Local/\(check.token)@\(check.context)/n"), ("Application", "Wait"), ("Data", "30"),
            ("Async", "true"), ("Timeout", "5000"),
        ]
        do {
            _ = try await send(AMIAction("Originate", headers))
        } catch {
            findings.troubles.append("\(error)")
            return
        }
        provoked.formUnion(["call", "user"])
        let end = ContinuousClock.now + Self.longestCheck
        while ContinuousClock.now < end, !Task.isCancelled {
            if let told = checkResult(check.token) {
                findings.check = told
                return
            }
            try? await Task.sleep(for: Self.look)
        }
    }

    /// Waits a moment for events that are on their way: an answer may overtake them.
    private func settle(_ provoked: Set<String>) async {
        let end = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < end, !Task.isCancelled {
            if AMIRights(events: seenEvents).missingReads(provoked: provoked).isEmpty { return }
            try? await Task.sleep(for: Self.look)
        }
    }
}

/// What the events of a line carry besides what they tell; nil before one came that shows it.
struct AMIEventMarks: Sendable, Equatable {
    var hasTimes: Bool?
    var showsPresentation: Bool?
}
