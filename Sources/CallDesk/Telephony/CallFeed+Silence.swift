import DeskCore
import IVRBridge
import Logging
import Synchronization

/// What a line's silence means for its calls: when it was heard, and which calls ended unseen.
extension CallFeed {
    /// A call of a line that tells by itself is over when nothing was heard of it for so long.
    private static let longestSilence = Duration.microseconds(HookCallTracker.longestCall)

    /// Notes what fell silent and what begins to be listened to; what cannot be now is tried again with the next call.
    private func noteTurns() async -> Bool {
        let (silent, listening) = state.withLock { ($0.silent, $0.listening) }
        do {
            for (line, silence) in silent {
                // Another node may have told meanwhile that it works the line.
                guard state.withLock({ $0.silent[line] == silence }) else { continue }
                let queues = silence.queues.map { [line: $0] } ?? [:]
                try await log.noteHeard(lines: [line], queues: queues, at: silence.since)
                state.withLock { if $0.silent[line] == silence { $0.silent[line] = nil } }
            }
            guard !listening.isEmpty else { return true }
            try await log.beginsListening(lines: listening)
            state.withLock { state in
                state.listening.subtract(listening)
                state.heard.formUnion(listening)
            }
            return true
        } catch  where error.isTransient {
            failed(error)
            return false
        } catch {
            // It would be refused for ever, and calls go on being recorded.
            state.withLock { state in
                for (line, silence) in silent where state.silent[line] == silence { state.silent[line] = nil }
                state.listening.subtract(listening)
            }
            logger.error(
                "when lines were heard cannot be noted",
                metadata: [
                    "lines": "\(Set(silent.keys).union(listening).sorted().joined(separator: ", "))",
                    "error": "\(error)",
                ]
            )
            return true
        }
    }

    /// This node works a line from now on.
    func works(line: String) { state.withLock { _ = $0.elsewhere.remove(line) } }

    /// Another node works a line from now on: what this one has of it is old, and the other hears it.
    func leaves(line: String) {
        state.withLock { state in
            state.elsewhere.insert(line)
            state.heard.remove(line)
            (state.resynchronised[line], state.silent[line], state.queues[line]) = (nil, nil, nil)
            ringing.forget(line: line)
        }
    }

    /// Whether another node works a line.
    func isElsewhere(_ line: String) -> Bool { state.withLock { $0.elsewhere.contains(line) } }

    /// Keeps which phones ring of the lines this node works.
    func noteRinging(_ reports: [CallSignal]) {
        // Within the lock, so that nothing of a line is kept once it has left.
        state.withLock { state in ringing.note(reports.filter { !state.elsewhere.contains($0.line) }) }
    }

    func closeLost() async -> Bool {
        guard await noteTurns() else { return false }
        for line in state.withLock({ $0.resynchronised.keys.sorted() }) {
            // Only now: while the lines before it were written a caller may have entered the menu on this one.
            let turn = state.withLock { state in
                state.resynchronised[line].map { (there: $0, heardAgainAt: state.heard.contains(line) ? nil : $0.at) }
            }
            guard let (there, heardAgainAt) = turn else { continue }
            do {
                let changes = try await log.closeLost(
                    line: line,
                    except: there.keys,
                    pbxStartedAt: there.pbxStartedAt,
                    heardAgainAt: heardAgainAt,
                    queues: there.queues,
                    // It waits for its turn to write, and another node's menu tells nobody here whom it meets.
                    listedAt: there.listedAt
                )
                state.withLock { state in
                    // The link may have broken, or another comparison come, while the database was waited for.
                    guard state.resynchronised[line] == there else { return }
                    state.resynchronised[line] = nil
                    state.heard.insert(line)
                }
                for change in changes { ringing.forget(line: change.call.line, key: change.call.key) }
                await tell(changes)
            } catch  where error.isTransient {
                failed(error)
                return false
            } catch {
                // It would be refused for ever: the next comparison asks again, and calls go on being recorded.
                state.withLock { $0.resynchronised[line] = nil }
                logger.error(
                    "calls that ended unseen cannot be closed; the next comparison tries again",
                    metadata: ["line": "\(line)", "error": "\(error)"]
                )
            }
        }
        return true
    }

    /// After what waits is written, which may be the word that was missed.
    func closeUnheard() async -> Bool {
        let (isAsked, lines) = state.withLock { ($0.looksForUnheard, $0.tellsItself) }
        guard isAsked else { return true }
        do {
            let changes = try await log.closeUnheard(lines: lines, after: Self.longestSilence)
            if changes.isEmpty { state.withLock { $0.looksForUnheard = false } }
            for change in changes { ringing.forget(line: change.call.line, key: change.call.key) }
            await tell(changes)
            // What came meanwhile is recorded before more of them are looked for.
            if !changes.isEmpty { wake.yield() }
            return true
        } catch  where error.isTransient {
            failed(error)
            return false
        } catch {
            // It would be refused for ever: the next minute asks again, and calls go on being recorded.
            state.withLock { $0.looksForUnheard = false }
            logger.error(
                "calls whose end never came cannot be ended; they are looked for again in a minute",
                metadata: ["error": "\(error)"]
            )
            return true
        }
    }
}
