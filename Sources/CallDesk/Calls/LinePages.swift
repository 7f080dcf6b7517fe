import DeskCore
import Hummingbird
import IVRBridge

/// The PBX lines' page: how each is doing, and what to do about it.
struct LinePages: Sendable {
    let app: App
    let pages: DeskPages
    let lines: @Sendable () -> [LineView]

    /// Of many that cannot be recorded the first say it all.
    private static let mostAside = 100
    /// The newest; the API has all.
    private static let mostGaps = 20

    private func kept(_ line: String, _ words: Words, _ time: DeskTime) -> String? {
        // What cannot be read is told by the trouble beside it, which the next write meets too.
        guard let kept = try? app.tapes.tapes[line]?.folder.kept() else { return nil }
        return words(
            "lines.kept",
            [
                "since": time.dateAndTime(Moment(microseconds: kept.since)),
                "size": ByteCount.text(Int64(kept.bytes)),
            ]
        )
    }

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/lines") { _, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("lines.title")
            frame.place = "admin"
            frame.script = "lines"
            let accounts = try await app.accounts.list(limit: 500)
            var unmapped: [String] = []
            for account in accounts where account.role == .technician && !account.isDisabled {
                if try await app.accounts.extensions(of: account.id).isEmpty { unmapped.append(account.name) }
            }
            let rows = lines().map { line in
                LinePage.Row(
                    name: line.name,
                    place: line.place,
                    isConnected: line.isConnected,
                    trouble: line.trouble,
                    warnings: line.warnings,
                    events: line.events,
                    bytes: ByteCount.text(line.bytes),
                    kept: kept(
                        line.name,
                        pages[context.language],
                        DeskTime(timeZone: app.timeZone, language: context.language)
                    ),
                    isNotKept: app.tapes.trouble(of: line.name)
                )
            }
            // What the database says of a call may quote it: for administrators alone.
            let time = DeskTime(timeZone: app.timeZone, language: context.language)
            let waiting = context.account.role < .administrator ? [] : app.asideCalls.list.prefix(Self.mostAside)
            let aside = waiting.map { call in
                LinePage.Aside(
                    line: call.signal.line,
                    key: call.signal.key,
                    since: time.dateAndTime(call.since),
                    tries: call.tries,
                    error: "\(call.error)"
                )
            }
            let gaps = try await LineGaps(database: app.database).list(
                since: app.clock.now.adding(.zero - LineGaps.life),
                limit: Self.mostGaps
            ).map { LineGapLine($0, time: time, words: pages[context.language]) }
            return .page(
                LinePage(
                    lines: rows,
                    hasLines: !rows.isEmpty,
                    aside: aside,
                    hasAside: !aside.isEmpty,
                    gaps: gaps,
                    hasGaps: !gaps.isEmpty,
                    unmapped: unmapped.joined(separator: ", "),
                    streams: app.hub.streamCount
                )
            )
        }
    }
}

/// How the PBX lines are doing.
struct LinePage: Page {
    static let template = "lines"

    struct Row: PagePart {
        var name: String
        var place: String
        var isConnected: Bool
        var trouble: String?
        var warnings: [String]
        var events: Int
        var bytes: String
        /// Since when what it brought can be looked back at; nil when nothing is.
        var kept: String?
        /// Why what it brings is not kept.
        var isNotKept: String?
    }

    /// A call that the database refuses.
    struct Aside: PagePart {
        var line: String
        var key: String
        var since: String
        var tries: Int
        var error: String
    }

    var lines: [Row]
    var hasLines: Bool
    var aside: [Aside]
    var hasAside: Bool
    /// When lines were not heard.
    var gaps: [LineGapLine]
    var hasGaps: Bool
    /// Technicians without a telephone, in one text.
    var unmapped: String
    var streams: Int
}

/// A time in which a line was not heard, as it is read.
struct LineGapLine: PagePart {
    var line: String
    var from: String
    var to: String
    var length: String
    /// What the PBX counted in its queues meanwhile; nil where it did not.
    var queues: String?

    init(line: String, from: String, to: String, length: String, queues: String? = nil) {
        (self.line, self.from, self.to, self.length, self.queues) = (line, from, to, length, queues)
    }

    init(_ gap: LineGap, time: DeskTime, words: Words) {
        let queues = gap.queues.map { count in
            words(
                "lines.queue",
                [
                    "queue": count.queue,
                    "answered": words.counted("lines.answered", Int(clamping: count.answered)),
                    "abandoned": words.counted("lines.abandoned", Int(clamping: count.abandoned)),
                ]
            )
        }
        self.init(
            line: gap.line,
            from: time.dateAndTime(gap.from),
            to: time.days(from: gap.from, to: gap.to) == 0 ? time.time(gap.to) : time.dateAndTime(gap.to),
            length: DeskTime.length(gap.to.since(gap.from)),
            queues: queues.isEmpty ? nil : queues.joined(separator: "; ")
        )
    }
}

/// A PBX line as the pages show it.
struct LineView: Sendable {
    var name: String
    /// Host and port, as the settings say.
    var place: String
    var isConnected: Bool
    var trouble: String?
    /// What to look at though it works.
    var warnings: [String]
    /// Channels of which it cannot be told whether they lead outside.
    var doubtful: [String]
    var events: Int
    var bytes: Int64
}
