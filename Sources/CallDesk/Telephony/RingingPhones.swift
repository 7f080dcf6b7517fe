import CallModel
import Synchronization

/// Which phones ring, of the calls whose lines this node works, as the desks were told last.
final class RingingPhones: Sendable {
    /// More calls than any one desk has at once; of those beyond it nothing is kept.
    private static let mostCalls = 50_000

    private let told = Mutex<[CallFeed.CallKey: [String]]>([:])

    /// Whether a report says otherwise than the desks were told.
    func isNews(_ report: CallSignal) -> Bool {
        told.withLock { $0[CallFeed.CallKey(report)].map { $0 != report.ringing } ?? false }
    }

    /// The phones that ring for a call; nil where this node was told nothing of it.
    func of(line: String, key: String) -> [String]? {
        told.withLock { $0[CallFeed.CallKey(line: line, key: key)] }
    }

    /// What these reports say is told.
    func note(_ reports: [CallSignal]) {
        told.withLock { told in
            for report in reports {
                for part in CallFeed.CallKey.parts(of: report) { told[part] = nil }
                let key = CallFeed.CallKey(report)
                if report.isEnded {
                    told[key] = nil
                } else if told[key] != nil || told.count < Self.mostCalls {
                    told[key] = report.ringing
                }
            }
        }
    }

    /// Another node works a line now, and knows better.
    func forget(line: String) {
        told.withLock { told in told = told.filter { $0.key.line != line } }
    }

    /// A call is over, whether its line said so or not.
    func forget(line: String, key: String) {
        told.withLock { $0[CallFeed.CallKey(line: line, key: key)] = nil }
    }
}
