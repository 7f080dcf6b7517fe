import CoreMetrics
import DeskCore
import Foundation
import Hummingbird
import IVRBridge
import Logging
import ServiceLifecycle
import UnixSignals

/// The running service: lines, feed, senders and HTTP around a desk, until it is asked to stop.
struct DeskService: Sendable {
    let app: App
    let senders: Senders
    let feed: CallFeed
    let housekeeping: Housekeeping
    let lines: [LineKeeper]
    let hooks: CallHooks
    let webhooks: WebhookWorker
    let relay: LiveRelay?
    /// Reads the desk's mailbox; nil where none is read.
    let mailbox: MailboxKeeper?
    /// Takes the catalogue's file up as it changes; nil where the one shipped is used.
    let catalogue: CatalogueWatch?
    let watch: DatabaseWatch
    let worker: NoticeWorker
    let phones: PhoneServers
    let missingSounds: MissingSounds
    let readiness: Readiness
    /// Tells the screens of notices.
    let notices: NoticeTeller
    let registry: MetricsRegistry
    let metrics: DeskMetrics
    let logger: Logger

    init(app: App, senders: Senders, registry: MetricsRegistry, metrics: DeskMetrics, logger: Logger) {
        self.app = app
        self.senders = senders
        self.registry = registry
        self.metrics = metrics
        self.logger = logger
        let normalise = app.callerE164
        let teller = CallTeller(app, logger: logger) { change in
            guard change.call.endedAt != nil, change.before != .ended else { return }
            metrics.calls(change.call.outcome.rawValue).increment()
        }
        let feed = CallFeed(
            log: app.callLog,
            teller: teller,
            aside: app.asideCalls,
            ringing: app.ringing,
            logger: logger
        ) { total, now in
            metrics.callsSetAside.increment(by: Int64(total))
            metrics.callsAside.set(Double(now))
        }
        self.feed = feed
        housekeeping = Housekeeping(app: app, logger: logger) { feed.endUnheard() }
        let sinks = LineSinks(
            signal: { feed.accept($0) },
            resynchronised: { line, there in
                feed.resynchronised(
                    line: line,
                    keys: there.keys,
                    pbxStartedAt: there.pbxStartedAt,
                    queues: there.queues
                )
            },
            queues: { feed.counted(line: $0, $1) },
            status: { line, status in
                if !status.isConnected { feed.silent(line: line, since: status.heardAt) }
                metrics.pbxConnected(line).set(status.isConnected ? 1 : 0)
                // This node's connection has ended, and not the line: who works it now says how it is.
                guard !feed.isElsewhere(line) else { return }
                let change = LiveChange.LineChange(
                    line: line,
                    isConnected: status.isConnected,
                    message: status.trouble
                )
                app.hub.publish(.line(change), to: .everyone)
            },
            counted: { line, event in metrics.pbxEvents(line, event).increment() },
            read: { line, bytes in metrics.pbxBytes(line).increment(by: Int64(bytes)) },
            tapes: app.tapes.tapes
        )
        webhooks = WebhookWorker(
            queue: WebhookQueue(database: app.database, vault: app.vault, clock: app.clock),
            sender: WebhookSender(
                rules: ReceiverRules(allowed: app.settings.hooks.allowPrivate),
                clock: app.clock
            ),
            logger: logger
        )
        let hooks = CallHooks(app: app, sinks: sinks, e164: normalise)
        self.hooks = hooks
        lines = app.settings.pbx.map { pbx in
            LineKeeper(
                name: pbx.line,
                database: app.database,
                logger: logger,
                // What the other node did not get round to telling.
                onTakeover: { app.hub.resync() },
                onTurn: { isHere in
                    // A hook is called on whichever node: what it told this one stays.
                    guard pbx.kind.hook == nil else { return }
                    if isHere { feed.works(line: pbx.line) } else { feed.leaves(line: pbx.line) }
                },
                extensions: { await app.phones.current().places },
                connect: {
                    // A hook is called on whichever node, with the lease or without: its line is always there.
                    hooks.hooks[pbx.line]?.line ?? pbx.line(normalise: normalise, sinks: sinks, logger: logger)
                }
            )
        }
        let node = app.settings.node ?? ProcessInfo.processInfo.hostName
        let life = String(UInt64.random(in: .min ... .max), radix: 36)
        relay = LiveRelay(hub: app.hub, database: app.database, process: "\(node)/\(life)", logger: logger)
        let notices = NoticeTeller(app: app)
        self.notices = notices
        watch = DatabaseWatch(database: app.database, hub: app.hub, logger: logger)
        app.switchboard.connect(lines)
        feed.listens(lines: Set(app.settings.pbx.filter { $0.kind.hook != nil }.map(\.line)))
        worker = NoticeWorker(
            database: app.database,
            senders: senders.all,
            node: node,
            life: life,
            presence: NodePresence(name: "\(node)/\(life)", database: app.database),
            clock: app.clock,
            logger: logger
        ) { change in
            Self.tell(change, by: notices, metrics)
        }
        let settled = worker
        mailbox = app.mailIn.map { mailIn in
            MailboxKeeper(mailIn, database: app.database, clock: app.clock, logger: logger) { result in
                if let outcome = result.outcome { metrics.mailsIn(outcome.rawValue).increment() }
                if let change = result.notice { Self.tell(change, by: notices, metrics) }
                settled.wake()
            }
        }
        catalogue = app.settings.catalogue.map { path in
            CatalogueWatch(path, on: app.catalogue, database: app.database, clock: app.clock, logger: logger)
        }
        readiness = Readiness()
        let missingSounds = MissingSounds(count: { metrics.agiMissingSounds.increment() })
        self.missingSounds = missingSounds
        let worker = self.worker
        phones = PhoneServers(
            app: app,
            feed: feed,
            wake: { worker.wake() },
            missing: missingSounds,
            metrics: metrics,
            logger: logger
        )
        app.bell.listen { event, opening in
            worker.wake()
            if event == .opened { metrics.tickets(opening.ticket.channel.rawValue).increment() }
            Self.tell(event, opening, on: app)
        }
        addChecks()
    }

    /// Runs until SIGTERM or SIGINT, then lets what is under way finish.
    func run(
        router: DeskRouter,
        options: HTTPOptions,
        others: [any Service] = [],
        onRunning: @escaping @Sendable (Int) async -> Void
    ) async throws {
        let (feed, worker, watch, app, logger) = (feed, worker, watch, app, logger)
        let (housekeeping, notices) = (housekeeping, notices)
        let ages = NoticeAges(
            database: app.database,
            worker: worker,
            clock: app.clock,
            metrics: metrics
        )
        // Ends last: whoever publishes has stopped by then, and the other nodes are told of it all.
        var services: [any Service] =
            relay.map { relay in
                [Loop(name: "nodes", logger: logger) { await relay.run() }]
            } ?? []
        services += [
            Loop(name: "database", logger: logger) { await watch.run() },
            Loop(name: "notices", logger: logger) { await worker.run() },
            Loop(name: "notice news", logger: logger) { await notices.run() },
            Loop(name: "calls", logger: logger) { await feed.run() },
            Loop(name: "notice ages", logger: logger) { await ages.run() },
            Loop(name: "housekeeping", logger: logger) { await housekeeping.run() },
        ]
        let webhooks = webhooks
        services.append(Loop(name: "webhooks", logger: logger) { await webhooks.run() })
        let kept = KeptRules(app: app, logger: logger)
        services.append(
            Loop(name: "rules", logger: logger) {
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(5))
                    await kept.reload()
                }
            }
        )
        if let catalogue { services.append(Loop(name: "catalogue", logger: logger) { await catalogue.run() }) }
        if let mailbox { services.append(Loop(name: "mailbox", logger: logger) { await mailbox.run() }) }
        if app.access.hasOthers {
            let access = app.access
            services.append(Loop(name: "access", logger: logger) { await access.run() })
        }
        services += others
        services += lines.map { line in Loop(name: "line \(line.name)", logger: logger) { await line.run() } }
        services += app.tapes.tapes.map { name, tape in
            Loop(name: "tape \(name)", logger: logger) { await tape.run() }
        }
        if let agi = phones.agi { services.append(Loop(name: "fastagi", logger: logger) { await agi.run() }) }
        if let socket = phones.socket {
            services.append(Loop(name: "outbound socket", logger: logger) { await socket.run() })
        }
        services.append(HTTPServer.application(router, options: options, logger: logger, onRunning: onRunning))
        services.append(LiveEnd(hub: app.hub))
        if let postgres = app.database as? PostgresDatabase {
            services.append(
                Loop(name: "end", logger: logger) {
                    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
                    // Told first: each of the others would wait in its turn for a server that is away, or that falls
                    // silent only now. What is under way with a sound one has ended long before.
                    postgres.stopWaiting(within: watch.trouble == nil ? .seconds(15) : .seconds(1))
                }
            )
        }
        // Shutdown goes through the services backwards: HTTP first, then the outbox, the word to the other nodes last.
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        await senders.shutDown()
    }

    // MARK: - What the desks are told

    /// Counts a notice's fate and shows it on the open screens.
    func tell(_ change: NoticeFateChange) { Self.tell(change, by: notices, metrics) }

    private static func tell(_ change: NoticeFateChange, by teller: NoticeTeller, _ metrics: DeskMetrics) {
        metrics.notices(change.channel.rawValue, change.state.rawValue).increment()
        teller.tell(change)
    }

    /// Those who may read a ticket hear of it: its department, who has it and who took it down.
    static func tell(_ event: TicketEvent, _ opening: TicketOpening, on app: App) {
        let ticket = opening.ticket
        let change = LiveChange.TicketChange(
            id: ticket.id,
            number: ticket.number,
            attendanceID: opening.attendance.id,
            department: ticket.department
        )
        let people = [ticket.createdBy, ticket.assignedTo, opening.attendance.accountID].compactMap { $0 }
        app.hub.publish(
            event == .linked || event == .answered ? .entry(change) : .ticket(change),
            to: LiveAudience(accounts: Set(people), department: ticket.department)
        )
        guard opening.isPublic else { return }
        app.hub.publish(.news(number: ticket.number), to: LiveAudience(sight: TicketSight(ticket)))
    }

    // MARK: - How it is

    private func addChecks() {
        let (app, feed, worker, watch, housekeeping) = (app, feed, worker, watch, housekeeping)
        readiness.add("database", isEssential: true) {
            if let trouble = watch.trouble { return .failing(trouble.what, remedy: trouble.remedy) }
            if let trouble = feed.error {
                return .failing("\(trouble)", remedy: "calls pop without a number meanwhile")
            }
            return .ready(app.database.engine.rawValue)
        }
        readiness.add("calls") {
            let (total, now) = feed.setAside
            guard now > 0 else { return .ready(total == 0 ? "all recorded" : "all recorded, \(total) after a while") }
            return .failing(
                "\(now) calls cannot be recorded and are set aside",
                remedy: "/admin/lines says of each what is wrong; they are tried again every minute, the others go on"
            )
        }
        let webhooks = webhooks
        readiness.add("webhooks") {
            if let trouble = webhooks.error {
                return .failing("\(trouble)", remedy: "what happened waits and goes out by itself")
            }
            let failing = (try? await app.webhooks.list())?.filter { $0.failingSince != nil && !$0.isPaused } ?? []
            let wait = (try? await app.webhooks.waitingSince()).map { app.clock.now.since($0).components.seconds } ?? 0
            // What is sent within the minute does not wait.
            let waits = wait < 60 ? "" : "; a message has waited \(wait) s without being tried"
            guard let first = failing.first else { return .ready("every subscriber takes what it is sent\(waits)") }
            let more = failing.count > 1 ? ", and \(failing.count - 1) more" : ""
            return .failing(
                "\(first.name): \(first.lastError ?? "")\(more)\(waits)",
                remedy: "messages wait three days; correct the address, or see its deliveries"
            )
        }
        readiness.add("departments") {
            let work = DepartmentWork(app.catalogue.current)
            guard let left = try? await work.unattended(in: app.database) else {
                return .failing("not known", remedy: "the database must answer first")
            }
            let waiting = left.filter { $0.openTickets > 0 }
            guard !waiting.isEmpty else {
                return .ready(
                    left.isEmpty ? "each has somebody" : "\(left.count) without anybody; nothing is open there"
                )
            }
            let list = waiting.map { "\($0.id) (\($0.openTickets) open)" }.joined(separator: ", ")
            return .failing("nobody works for: \(list)", remedy: "put somebody there in /admin/users")
        }
        readiness.add("files") {
            do throws(AttachmentError) {
                try app.attachments.check()
                if let trouble = app.attachments.health.trouble {
                    return .failing(trouble, remedy: "look at desk.data: its free space; restore files from a backup")
                }
                return .ready("attachments are kept and read")
            } catch {
                return .failing("\(error)", remedy: "look at desk.data: its owner, its disk, its free space")
            }
        }
        let data = URL(fileURLWithPath: app.settings.desk.data, isDirectory: true)
        readiness.add("keys") {
            do throws(KeyFileError) {
                guard let open = try KeyExposure.all(in: data).first else { return .ready("read by the service alone") }
                return .failing("\(open)", remedy: KeyExposure.remedy)
            } catch {
                return .failing("\(error)", remedy: "look at desk.data: its owner and its disk")
            }
        }
        readiness.add("housekeeping") {
            guard let first = housekeeping.failing.first else { return .ready("done every minute") }
            return .failing("\(first.chore): \(first.error)", remedy: "tried again every minute; see the log")
        }
        for line in lines { readiness.add("pbx \(line.name)") { line.report } }
        for sender in senders.all {
            readiness.add(sender.channel.rawValue) {
                guard let health = worker.health.first(where: { $0.channel == sender.channel }),
                    let error = health.error
                else { return .ready("sending") }
                return .failing(error.what, remedy: error.remedy)
            }
        }
        if let mailbox { readiness.add("mailbox") { await mailbox.report() } }
        for (name, report) in phones.reports { readiness.add(name, check: report) }
        if !phones.reports.isEmpty {
            let missingSounds = missingSounds
            readiness.add("sounds") {
                guard let (line, report) = missingSounds.all.first else { return .ready("none was missing") }
                return .failing("line \(line): \(report.what)", remedy: MissingSounds.remedy)
            }
        }
        readiness.add("open files") { OpenFiles.report(open: OpenFiles.open, limit: OpenFiles.limit) }
        let catalogue = catalogue
        readiness.add("catalogue") {
            if let trouble = catalogue?.trouble {
                return .failing(trouble, remedy: "it is tried again by itself every two seconds")
            }
            let faults = app.catalogue.faults
            guard let first = faults.first else {
                return .ready("version \(app.catalogue.current.version.prefix(12))")
            }
            return .failing(
                "the changed file was refused: \(first.report(in: app.language))",
                remedy: "correct it; 'calldesk catalogue check FILE' lists all \(faults.count)"
            )
        }
    }
}
