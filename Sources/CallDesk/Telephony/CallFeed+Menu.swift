import DeskCore
import Synchronization

/// Calls that the telephone menu meets. It stores them itself, as their callers are told their number; their screens are
/// told by the feed's own task, in order with what the line says of them, and the menu waits for none of it.
extension CallFeed {
    /// A call that the menu stores.
    struct Meeting {
        /// What storing it did; nil while that is under way.
        var change: CallChange?
        /// What the line told of it meanwhile, when that was told first.
        var later: CallChange?

        /// What the screens are still to be told: nothing newer is taken back by it.
        var news: CallChange? {
            guard let change, let later else { return change }
            // Over before it could be told: that is all that is left to know, and it was told.
            guard later.call.endedAt == nil else { return nil }
            var news = later
            (news.isNew, news.before) = (change.isNew, later.call.state)
            (news.absorbed, news.returned) = ([], [])
            return news
        }
    }

    /// The menu has met a call and stores it now: it is there, whatever a comparison of a moment ago found.
    func meets(line: String, key: String) {
        let key = CallKey(line: line, key: WireText.key(key))
        state.withLock { state in
            state.resynchronised[line]?.keys.insert(key.key)
            if state.meetings[key] == nil { state.meetings[key] = Meeting() }
        }
    }

    /// The menu has stored a call it met, or could not; returns at once.
    ///
    /// `change`: what the screens are to be told; nil where the line told of the call first, and where it is not stored.
    func met(line: String, key: String, _ change: CallChange?) {
        let key = CallKey(line: line, key: WireText.key(key))
        state.withLock { state in
            if let change {
                state.meetings[key, default: Meeting()].change = change
            } else if state.meetings[key]?.change == nil {
                state.meetings[key] = nil
            }
        }
        if change != nil { wake.yield() }
    }

    /// Tells what the menu has stored.
    func tellMet() async {
        let changes = state.withLock { state in
            let stored = state.meetings.filter { $0.value.change != nil }
            for key in stored.keys { state.meetings[key] = nil }
            return stored.values.compactMap(\.news).sorted { $0.call.id < $1.call.id }
        }
        await teller.tell(changes, signals: [])
    }

    /// Tells what was recorded, after what the menu had stored by then.
    func tell(_ changes: [CallChange], signals: [CallSignal] = []) async {
        await tellMet()
        state.withLock { state in
            guard !state.meetings.isEmpty else { return }
            for change in changes {
                state.meetings[CallKey(line: change.call.line, key: change.call.key)]?.later = change
            }
        }
        await teller.tell(changes, signals: signals)
    }
}
