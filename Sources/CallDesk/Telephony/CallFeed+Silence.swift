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

    func closeLost() async -> Bool {
        guard await noteTurns() else { return false }
        for (line, there) in state.withLock({ $0.resynchronised }) {
            do {
                let heardAgainAt = state.withLock { $0.heard.contains(line) ? nil : there.at }
                let changes = try await log.closeLost(
                    line: line,
                    except: there.keys,
                    pbxStartedAt: there.pbxStartedAt,
                    heardAgainAt: heardAgainAt,
                    queues: there.queues
                )
                state.withLock { state in
                    // The link may have broken, or another comparison come, while the database was waited for.
                    guard state.resynchronised[line] == there else { return }
                    state.resynchronised[line] = nil
                    state.heard.insert(line)
                }
                for change in changes { ringing.forget(line: change.call.line, key: change.call.key) }
                await teller.tell(changes, signals: [])
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
            await teller.tell(changes, signals: [])
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
