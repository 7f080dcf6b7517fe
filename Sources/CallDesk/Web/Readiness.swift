import DeskCore
import Synchronization

/// What one part of the service says about itself.
struct ReadinessReport: Sendable, Equatable {
    var ok: Bool
    /// What it is doing or what is wrong, without personal data.
    var what: String
    /// What to do about it; nil when nothing is to be done.
    var remedy: String?

    static func ready(_ what: String) -> ReadinessReport { .init(ok: true, what: what, remedy: nil) }

    static func failing(_ what: String, remedy: String) -> ReadinessReport {
        .init(ok: false, what: what, remedy: remedy)
    }
}

/// One line of `/ready` and doctor.
struct ReadinessItem: Sendable {
    var name: String
    /// Without it the desk cannot work: the service answers 503, and a balancer sends people elsewhere.
    var isEssential: Bool
    var report: ReadinessReport
}

/// Asks every part of the service how it is: database, PBX lines, senders, catalogue.
final class Readiness: Sendable {
    typealias Check = @Sendable () async -> ReadinessReport

    private final class Part: Sendable {
        let name: String
        let isEssential: Bool
        let check: Check
        /// Somebody waits for its answer already.
        let isAsked = Atomic(false)

        init(name: String, isEssential: Bool, check: @escaping Check) {
            self.name = name
            self.isEssential = isEssential
            self.check = check
        }
    }

    /// A part that says nothing for so long is not ready.
    private static let patience = Duration.seconds(3)

    private let parts = Mutex<[Part]>([])

    init() {}

    /// Adds a part; `check` is asked whenever somebody looks, and must not ask anything over the network itself.
    func add(_ name: String, isEssential: Bool = false, check: @escaping Check) {
        parts.withLock { $0.append(Part(name: name, isEssential: isEssential, check: check)) }
    }

    /// Every part's word, in the order in which they were added.
    func items() async -> [ReadinessItem] {
        let parts = parts.withLock { $0 }
        return await withTaskGroup(of: (Int, ReadinessReport).self) { group in
            for (index, part) in parts.enumerated() {
                group.addTask { (index, await Self.ask(part)) }
            }
            var reports: [Int: ReadinessReport] = [:]
            for await (index, report) in group { reports[index] = report }
            return parts.enumerated().compactMap { index, part in
                reports[index].map { ReadinessItem(name: part.name, isEssential: part.isEssential, report: $0) }
            }
        }
    }

    private static func ask(_ part: Part) async -> ReadinessReport {
        // One question at a time: a part that is stuck must not gather those of every probe.
        guard !part.isAsked.exchange(true, ordering: .acquiring) else { return silent }
        return await FirstWord.wait(for: patience, otherwise: silent) { word in
            // Not a child of ours: who asks must not wait for a part that does not heed cancellation.
            Task {
                word.tell(await part.check())
                part.isAsked.store(false, ordering: .releasing)
            }
        }
    }

    private static let silent = ReadinessReport.failing(
        "no answer within \(patience)",
        remedy: "look at the log; the part may be stuck or overloaded, or something holds its lock"
    )
}

extension Readiness {
    /// The database's part: whether it answers and can write.
    func addDatabase(_ database: any Database) {
        add("database", isEssential: true) {
            do throws(StoreError) {
                try await database.check()
                return .ready("\(database.engine.rawValue): reads and writes")
            } catch {
                return .failing(
                    error.description,
                    remedy: "see docs/operations.md, \"The database does not answer\"; work resumes by itself"
                )
            }
        }
    }
}
