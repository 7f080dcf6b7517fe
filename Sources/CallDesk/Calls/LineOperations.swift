import DeskCore
import Hummingbird
import Synchronization

/// A simulated call through every hop of a PBX line.
struct LineOperations: OperationSet {
    let app: App
    let words: WordLibrary
    let lines: @Sendable () -> [LineView]
    private let running = SelfTestGate()

    init(app: App, words: WordLibrary, lines: @escaping @Sendable () -> [LineView]) {
        self.lines = lines
        self.app = app
        self.words = words
    }

    static let schemas: [(String, Schema)] = [
        (
            "SelfTestHop",
            .object([
                .init("key", .words(LineSelfTest.keys)), .init("good", .boolean), .init("title", .text),
                .init("detail", .text, "What was seen there."), .nullable("remedy", .text),
                .init("ms", .integer(minimum: 0), "Since the test began."),
            ])
        )
    ]

    var operations: [Operation] {
        [
            Operation(
                method: .post,
                path: "/lines/self-test",
                id: "testLines",
                tag: "desk",
                summary: "Plays a recorded call through every hop, from the PBX's bytes to the asker's screen.",
                who: [.staff(.supervisor)],
                answer: .list("SelfTestHop")
            ) { ask in
                guard running.enter() else { throw Problem.tooMany(retryAfter: 10) }
                defer { running.leave() }
                let hops = try await LineSelfTest(
                    app: app,
                    presence: app.presence,
                    doubtful: lines().flatMap(\.doubtful)
                ).run(for: try ask.person())
                let words = words[ask.language]
                return .list(hops) { json, hop in
                    json.object { json in
                        json.field("key", hop.key)
                        json.field("good", hop.isGood)
                        json.field("title", words("hops.\(hop.key)"))
                        json.field("detail", hop.detail)
                        json.field("remedy", hop.isGood ? nil : words("hops.\(hop.key).remedy"))
                        json.field("ms", hop.milliseconds)
                    }
                }
            }
        ]
    }
}

/// One self-test at a time: it plays a call of some seconds.
private final class SelfTestGate: Sendable {
    private let isRunning = Mutex(false)

    func enter() -> Bool {
        isRunning.withLock { running in
            defer { running = true }
            return !running
        }
    }

    func leave() { isRunning.withLock { $0 = false } }
}
