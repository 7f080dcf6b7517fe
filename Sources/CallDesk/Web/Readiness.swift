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
        /// What it is asked at the moment: everybody who looks meanwhile gets that answer.
        let underWay = Mutex<Task<ReadinessReport, Never>?>(nil)

        init(name: String, isEssential: Bool, check: @escaping Check) {
            self.name = name
            self.isEssential = isEssential
            self.check = check
        }
    }

    /// A part that says nothing for so long is not ready.
    private static let patience = Duration.seconds(3)

    private let parts = Mutex<[Part]>([])
    private let sleep: @Sendable (Duration) async -> Void

    /// `sleep`: waits for a time; it is how long a part may say nothing.
    init(sleep: @escaping @Sendable (Duration) async -> Void = FirstWord<ReadinessReport>.sleep) { self.sleep = sleep }

    /// Adds a part; `check` is asked whenever somebody looks, and must not ask anything over the network itself.
    func add(_ name: String, isEssential: Bool = false, check: @escaping Check) {
        parts.withLock { $0.append(Part(name: name, isEssential: isEssential, check: check)) }
    }

    /// Every part's word, in the order in which they were added.
    func items() async -> [ReadinessItem] {
        let parts = parts.withLock { $0 }
        return await withTaskGroup(of: (Int, ReadinessReport).self) { group in
            for (index, part) in parts.enumerated() {
                group.addTask { (index, await self.ask(part)) }
            }
            var reports: [Int: ReadinessReport] = [:]
            for await (index, report) in group { reports[index] = report }
            return parts.enumerated().compactMap { index, part in
                reports[index].map { ReadinessItem(name: part.name, isEssential: part.isEssential, report: $0) }
            }
        }
    }

    /// One question at a time: a part that is stuck must not gather those of every probe.
    ///
    /// Who looks while it is under way waits for the same answer and no longer than who asked: a part that has said nothing
    /// for as long as one waits is told as silent at once, until it answers.
    private func ask(_ part: Part) async -> ReadinessReport {
        let sleep = sleep
        let answer = part.underWay.withLock { underWay in
            if let underWay { return underWay }
            let answer = Task {
                await FirstWord.wait(for: Self.patience, otherwise: Self.silent, sleep: sleep) { word in
                    // Not a child of ours: who asks must not wait for a part that does not heed cancellation.
                    Task {
                        let report = await part.check()
                        part.underWay.withLock { $0 = nil }
                        word.tell(report)
                    }
                }
            }
            underWay = answer
            return answer
        }
        return await answer.value
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
