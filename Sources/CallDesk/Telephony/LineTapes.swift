import DeskCore
import Foundation
import IVRBridge
import Logging
import Synchronization

/// What keeps the lines' bytes of late on this node, one ring a line, so that calls can be looked back at.
final class LineTapes: Sendable {
    /// How much is kept; nil keeps nothing.
    struct Term: Sendable, Equatable {
        /// Of each line.
        var megabytes = 64
        var days = 7
    }

    let term: Term?
    let tapes: [String: LineTape]
    private let troubles: Troubles

    private final class Troubles: Sendable {
        let all = Mutex<[String: String]>([:])
    }

    /// - Parameters:
    ///   - lines: of a webhook's the requests that were taken are kept.
    ///   - term: how much and for how long; nil keeps nothing.
    ///   - folder: where each gets a folder of its own.
    ///   - clock: by which what comes is dated.
    ///   - logger: hears when the disk does not take it.
    init(_ lines: [Settings.PBX], term: Term?, folder: URL, clock: DeskClock, logger: Logger) {
        self.term = term
        let troubles = Troubles()
        self.troubles = troubles
        var tapes: [String: LineTape] = [:]
        for line in lines where term != nil {
            let (name, term) = (line.line, term ?? Term())
            tapes[name] = LineTape(
                folder: Self.folder(of: name, in: folder),
                limit: term.megabytes << 20,
                life: .seconds(term.days * 86_400),
                now: { clock.now.milliseconds * 1_000 }
            ) { trouble in
                let before = troubles.all.withLock { all in
                    defer { all[name] = trouble }
                    return all[name]
                }
                guard before != trouble else { return }
                if let trouble {
                    logger.error("the line's bytes are not kept", metadata: ["line": "\(name)", "error": "\(trouble)"])
                } else {
                    logger.notice("the line's bytes are kept again", metadata: ["line": "\(name)"])
                }
            }
        }
        self.tapes = tapes
    }

    /// Where a line's are, below `desk.data`.
    static func folder(of line: String, in data: URL) -> URL {
        data.appending(path: "lines", directoryHint: .isDirectory).appending(
            path: line,
            directoryHint: .isDirectory
        )
    }

    /// Why a line's bytes are not kept at the moment, nil while they are.
    func trouble(of line: String) -> String? { troubles.all.withLock { $0[line] } }
}
