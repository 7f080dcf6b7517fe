import DeskCore
import Hummingbird

/// A simulated call through every hop of a PBX line.
struct LineOperations: OperationSet {
    let app: App
    let words: WordLibrary
    let lines: @Sendable () -> [LineView]
    /// One self-test at a time: it plays a call of some seconds.
    private let running = Gate()

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
        ),
        (
            "CallAside",
            .object([
                .init("line", .text), .init("key", .text, "The PBX's own."), .init("since", .time),
                .init("tries", .integer(minimum: 1)), .init("error", .text, "What the database says."),
            ])
        ),
        (
            "CallAsideName",
            .object([.init("line", .string(maximum: 200)), .init("key", .string(maximum: WireText.longestKey))])
        ),
        ("CallsRetried", .object([.init("calls", .integer(minimum: 0))])),
        (
            "LineGap",
            .object([
                .init("line", .text),
                .init(
                    "from",
                    .time,
                    "When the line was heard last; up to a minute early after a fall of the service."
                ),
                .init("to", .time),
                .init(
                    "queues",
                    .array(
                        .object([
                            .init("queue", .text),
                            .init("answered", .integer(minimum: 0), "Talks that ended."),
                            .init(
                                "abandoned",
                                .integer(minimum: 0),
                                "Callers who gave up or whom nobody took in time."
                            ),
                        ])
                    ),
                    "Where calls ended meanwhile, as an Asterisk counts; nothing after it started anew."
                ),
            ])
        ),
    ]

    private var gaps: Operation {
        Operation(
            method: .get,
            path: "/line-gaps",
            id: "listLineGaps",
            tag: "desk",
            summary:
                "The times of the last 90 days in which a line was not heard, the newest first: calls that began and ended in them are not known.",
            who: [.staff(.supervisor), .program(.callsRead)],
            parameters: [.after, .limit],
            answer: .page("LineGap")
        ) { ask in
            let (since, page) = (app.clock.now.adding(.zero - LineGaps.life), ask.page)
            let found = try await LineGaps(database: app.database)
                .list(since: since, before: page.after, limit: page.limit)
            return .page(found, next: page.next(found)) { json, gap in
                json.object { json in
                    json.field("line", gap.line)
                    json.field("from", gap.from)
                    json.field("to", gap.to)
                    json.key("queues")
                    json.array(gap.queues) { json, count in
                        json.object { json in
                            json.field("queue", count.queue)
                            json.field("answered", count.answered)
                            json.field("abandoned", count.abandoned)
                        }
                    }
                }
            }
        }
    }

    var operations: [Operation] {
        aside + [gaps] + [
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

// MARK: - Calls that cannot be recorded

extension LineOperations {
    private var aside: [Operation] {
        [
            Operation(
                method: .get,
                path: "/calls-aside",
                id: "listCallsAside",
                tag: "desk",
                summary: "Calls that the database refuses, on the node that answers, and why.",
                who: [.staff(.administrator), .program(.administration)],
                answer: .list("CallAside")
            ) { _ in
                .list(app.asideCalls.list) { json, call in
                    json.object { json in
                        json.field("line", call.signal.line)
                        json.field("key", call.signal.key)
                        json.field("since", call.since)
                        json.field("tries", call.tries)
                        json.field("error", "\(call.error)")
                    }
                }
            },
            Operation(
                method: .post,
                path: "/calls-aside/retry",
                id: "retryCallsAside",
                tag: "desk",
                summary: "Tries to record them all now.",
                who: [.staff(.administrator), .program(.administration)],
                answer: .one("CallsRetried")
            ) { _ in
                let count = app.asideCalls.retry()
                return .one { json in json.object { $0.field("calls", count) } }
            },
            Operation(
                method: .post,
                path: "/calls-aside/dismiss",
                id: "dismissCallAside",
                tag: "desk",
                summary: "Gives one up, which stays unrecorded; the log says who did.",
                who: [.staff(.administrator), .program(.administration)],
                body: .json("CallAsideName"),
                status: .noContent,
                answer: .nothing,
                problems: [.notFound]
            ) { ask in
                let fields = try ask.fields()
                let line = fields.text("line", maximum: 200, required: true) ?? ""
                let key = fields.text("key", maximum: WireText.longestKey, required: true) ?? ""
                try fields.finish()
                guard app.asideCalls.dismiss(line: line, key: key, by: ask.actor) else { throw Problem.notFound }
                return Response(status: .noContent)
            },
        ]
    }
}
