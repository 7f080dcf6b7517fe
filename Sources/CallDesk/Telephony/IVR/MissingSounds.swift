import Synchronization

/// Which sounds of the menu the PBXs do not find, so that a menu that says nothing does not stay unnoticed.
///
/// A sound is taken off when it is played after all: who renders the sounds need not restart anything.
final class MissingSounds: Sendable {
    /// The shipped catalogue has some three hundred sounds a language; more are of the same kind.
    private static let mostNames = 2_000

    static let remedy =
        "render them with 'calldesk prompts build --out FOLDER', where FOLDER is what ivr.sounds names below the PBX's sounds "
        + "folder (on Debian /usr/share/asterisk/sounds), readable by the PBX's user"

    /// One line's.
    struct Report: Sendable, Equatable {
        /// Their names, sorted.
        var sounds: [String]

        /// What is missing, in a sentence.
        var what: String {
            let more = sounds.count > 3 ? " and \(sounds.count - 3) more" : ""
            return
                "the PBX does not find \(sounds.count) of the menu's sounds: \(sounds.prefix(3).joined(separator: ", "))\(more)"
        }
    }

    private let names = Mutex<[String: Set<String>]>([:])
    private let count: @Sendable () -> Void

    /// - Parameter count: called each time a caller did not hear a sound.
    init(count: @escaping @Sendable () -> Void = {}) { self.count = count }

    /// Notes that a sound was not played.
    ///
    /// - Returns: whether that is news.
    func note(_ sound: String, line: String) -> Bool {
        count()
        return names.withLock { names in
            guard names[line, default: []].count < Self.mostNames else { return false }
            return names[line, default: []].insert(sound).inserted
        }
    }

    /// Notes that a sound was played.
    func found(_ sound: String, line: String) {
        names.withLock { names in
            guard names[line]?.isEmpty == false else { return }
            names[line]?.remove(sound)
        }
    }

    /// What a line's PBX does not find; nil when nothing is known to be missing.
    func report(line: String) -> Report? {
        let sounds = names.withLock { $0[line] ?? [] }
        return sounds.isEmpty ? nil : Report(sounds: sounds.sorted())
    }

    /// What any PBX does not find, by line.
    var all: [(line: String, report: Report)] {
        names.withLock(\.self).filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
            ($0.key, Report(sounds: $0.value.sorted()))
        }
    }
}
