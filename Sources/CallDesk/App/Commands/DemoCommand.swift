import ArgumentParser
import Codecs
import DeskCore
import Foundation
import IVRBridge
import Logging
import NIOCore
import NIOPosix
import Rehearsal

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Runs everything on loopback: a simulated PBX, mail and SMS sinks, customers, calls."
    )

    @Option(help: "Where to listen; another port is taken when it is busy.")
    var port = 8080
    @Option(help: "Where the demonstration keeps its data: an empty folder, or one of an earlier demonstration.")
    var data = "var/demo"
    @Flag(help: "Go on with the data of the last demonstration.")
    var keep = false
    @Flag(help: "Begin with customers only, without the weeks of calls and tickets before.")
    var empty = false
    @Flag(help: "Do not let calls ring by themselves.")
    var noCalls = false

    func run() async throws {
        do {
            try await DemoFolder.hold(data, keep: keep) { try await demonstrate() }
        } catch let error as ExitCode {
            throw error
        } catch {
            throw Administration.failed("\(error)")
        }
    }

    private func demonstrate() async throws {
        let port = await FreePort.take(near: port)
        let secret = "segredo"
        // Of the system's choosing: two demonstrations on one machine must not meet at one port.
        let menuPort = await FreePort.take(near: 0)
        let (pbx, servePBX) = try await SimulatedPBX.start(
            user: "calldesk",
            secret: secret,
            epoch: Int(DeskClock.system.now.milliseconds / 1000),
            dialling: try DemoCalls.scenario("ligar"),
            members: ["1002", "1001"],
            menu: SimulatedMenu(host: "127.0.0.1", port: menuPort, script: "ivr?line=\(DemoSeed.line)")
        )
        let socketPort = await FreePort.take(near: 0)
        let (branch, serveBranch) = try await SimulatedSwitch.start(
            secret: secret,
            dialling: try DemoCalls.scenario("ligar"),
            menu: SimulatedMenu(host: "127.0.0.1", port: socketPort, script: "ivr?line=\(DemoSeed.branch)")
        )
        let token = Hexadecimal.text(QuickLinks.systemRandom(16))
        let inbox = SinkInbox()
        let mail = try await MailSink.start(inbox: inbox)
        let sms = try await SMSSink.start(inbox: inbox)

        var settings = Settings()
        settings.desk = .init(name: "Suporte Demonstração", url: "http://127.0.0.1:\(port)", data: data)
        settings.http = .init(host: "127.0.0.1", port: port)
        settings.database = "sqlite:\(data)/calldesk.sqlite"
        settings.pbx = [
            .init(line: DemoSeed.line, port: pbx.port, user: "calldesk", secret: secret, trunks: ["PJSIP/trunk"]),
            .init(line: DemoSeed.branch, kind: .freeswitch, port: branch.port, secret: secret),
            .init(line: DemoSeed.cloud, kind: .hook(.cti), token: token),
        ]
        settings.fastAGI = .init(port: menuPort)
        settings.outboundSocket = .init(port: socketPort)
        settings.mail = .init(url: "smtp://127.0.0.1:\(mail.port)", from: "atendimento@exemplo.com.br", tls: .off)
        settings.sms = .init(gateway: .kannel, url: sms.url, user: "demo", password: "demo", from: "CallDesk")
        settings.logLevel = "warning"

        let logger = Starting.logger(settings.logLevel)
        try await fill(settings, inbox, logger)
        // The weeks before had office hours; whoever looks at the demonstration at night finds the desk open all the same,
        // and not a menu that says good night.
        settings.hours = .init(opens: 0, closes: 24, weekends: true)
        let service = try await Starting.service(settings, logger: logger)
        try await service.app.database.closing {
            try await offerTerminal(service.app, port: port)
            let region = service.app.region
            let calls = DemoCalls(
                pbx: pbx,
                branch: branch,
                cloud: SimulatedSender(url: "\(settings.desk.url)/hooks/cti/\(DemoSeed.cloud)/\(token)", kind: .cti),
                e164: { PhoneNumber.callerE164($0, region: region) },
                free: { await Self.free(service.app) }
            )
            let bells = DemoCallRoutes(calls: calls, url: settings.desk.url, clock: .system)
            let messages = MessageRoutes(
                inbox: inbox,
                timeZone: DeskTime(timeZone: settings.timeZone, language: .ptBR)
            )
            let noCalls = noCalls
            try await service.run(
                router: try Starting.router(service, extra: [messages, bells]),
                options: Starting.options(settings),
                others: [
                    Loop(name: "simulated pbx", logger: logger) { await servePBX() },
                    Loop(name: "simulated switch", logger: logger) { await serveBranch() },
                ]
                    + (noCalls ? [] : [Loop(name: "simulated calls", logger: logger) { await calls.run() }]),
                onRunning: { port in Self.welcome(port) }
            )
        }
        await mail.stop()
        await sms.stop()
    }

    /// Makes the desk that the demonstration shows: customers, and four weeks of work under a clock of its own.
    private func fill(_ settings: Settings, _ inbox: SinkInbox, _ logger: Logger) async throws {
        let now = DeskClock.system.now
        let time = DemoClock(empty ? now : DemoTime.day(20, "08:00").moment(before: now, in: settings.timeZone))
        // Sinks of that time: their messages carry its hours, and nobody listens yet for what a telephone reports.
        let mail = try await MailSink.start(inbox: inbox, now: time.date)
        let sms = try await SMSSink.start(inbox: inbox, reports: false, now: time.date)
        var past = settings
        past.mail?.url = "smtp://127.0.0.1:\(mail.port)"
        past.sms?.url = sms.url
        let app = try await App.open(past, clock: time.clock, logger: logger)
        try await app.database.closing {
            let senders = try Senders(past)
            if try await DemoSeed.fill(app), !empty {
                try await DemoSeed.load(DemoStory.customers, into: app, by: .system("demo"))
                var story = DemoPast(app: app, time: time, senders: senders)
                try await story.play(DemoStory.weeks, before: now)
            }
            await senders.shutDown()
        }
        await mail.stop()
        await sms.stop()
    }

    /// The phones of technicians who have the desk open, no call under way and nothing they have just written on.
    private static func free(_ app: App) async -> [String] {
        do {
            let book = await app.phones.current()
            let live = try await app.calls.live(limit: 100)
            let busy = Set(
                live.flatMap { book.accounts(of: [$0.answeredBy, $0.lastParty].compactMap(\.self), line: $0.line) }
            )
            let since = app.clock.now.adding(.seconds(-30))
            var phones: [String] = []
            for account in try await app.accounts.list(limit: 20) where account.role == .technician {
                guard !busy.contains(account.id), await app.presence.hasStream(account.id) else { continue }
                let drafts = try await app.drafts.list(accountID: account.id, limit: 50)
                guard !drafts.contains(where: { $0.updatedAt > since }) else { continue }
                phones += try await app.accounts.extensions(of: account.id).map { PhoneName($0.party).plain }
            }
            return phones
        } catch {
            // Nobody is rung while the database is away.
            return []
        }
    }

    private func offerTerminal(_ app: App, port: Int) async throws {
        let made = try await app.tokens.add(
            name: "calldesk log",
            scopes: [.interviewsWrite, .callsRead, .noticesRead, .ticketsRead],
            by: .system("demo")
        )
        DemoTicket(url: "http://127.0.0.1:\(port)", token: made.secret, account: "ana").write()
    }

    private static func welcome(_ port: Int) {
        print(
            """

            CallDesk, demonstração · http://127.0.0.1:\(port)/desk
              entrar como          ana, bruno (técnicos), sofia (supervisora), admin · senha \(DemoSeed.password)
              como cliente         http://127.0.0.1:\(port)/ · maria.silva@exemplo.com.br · a mesma senha
              mensagens ao cliente http://127.0.0.1:\(port)/demo/messages
              no terminal          calldesk log   (nesta pasta, em outra janela)
              a primeira ligação toca em instantes · Ctrl+C encerra

            """
        )
        fflush(nil)
    }
}

/// Finds a port to listen on.
enum FreePort {
    /// `port` when it is free, else one that the system gives.
    static func take(near port: Int) async -> Int {
        if port > 0, let free = await bind(port) { return free }
        return await bind(0) ?? port
    }

    private static func bind(_ port: Int) async -> Int? {
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        guard let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else { return nil }
        let taken = channel.localAddress?.port
        try? await channel.close().get()
        return taken
    }
}
