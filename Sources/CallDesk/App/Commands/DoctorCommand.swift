import ArgumentParser
import DeskCore
import Foundation
import IVRBridge
import Logging
import NIOCore
import NIOPosix

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Checks database, PBX lines, FastAGI port, mail, SMS, directories, catalogue, keys, clock and the service that runs."
    )

    @OptionGroup var settings: SettingsOption

    func run() async throws {
        var isWell = true
        var told: [(name: String, trouble: String)] = []
        func tell(_ name: String, _ trouble: String?, _ good: String = "ok") {
            if let trouble {
                isWell = false
                told.append((name, trouble))
                print("✗ \(name): \(trouble)")
            } else {
                print("✓ \(name): \(good)")
            }
        }
        let settings: Settings
        do {
            settings = try self.settings.read(environment: ProcessInfo.processInfo.environment)
            tell("settings", nil)
        } catch let error as SettingsError {
            for fault in error.faults { tell("settings", fault.description) }
            throw ExitCode(1)
        }
        tell("clock", Self.clock())
        let files = OpenFiles.raise()
        tell("open files", OpenFiles.trouble(limit: files), "\(files)")
        var phones = PhoneBook.Page()
        var mistaken: [String: [String]] = [:]
        var seen: [String: (outside: [String], phones: [String])] = [:]
        var receivers: [Webhook] = []
        do {
            if try OpenDatabase.isMissing(settings.database) {
                print("– database: \(settings.database) does not exist yet; the service makes it when it starts")
            } else {
                var pending = 0
                let engine = try await OpenDatabase.looking(settings.database, onPending: { pending = $0 }) {
                    database in
                    try await database.check()
                    phones = await PhoneBook(database: database).current()
                    for pbx in settings.pbx { mistaken[pbx.line] = await Self.mistaken(pbx.line, phones, in: database) }
                    let month = DeskClock.system.now.adding(.seconds(-30 * 86_400))
                    for pbx in settings.pbx {
                        seen[pbx.line] = try await CallDirectory(database: database).seen(line: pbx.line, since: month)
                    }
                    receivers = try await Self.receivers(settings, in: database)
                    return database.engine
                }
                let coming = pending > 0 ? ", \(pending) steps of this release come with the service's next start" : ""
                tell("database", nil, engine.rawValue + coming)
            }
        } catch is OpenDatabase.Untouched {
            print("– database: it has no tables yet; the service makes them when it starts")
        } catch {
            tell("database", "\(error)")
        }
        tell("data folder", Self.folder(settings.desk.data), settings.desk.data)
        tell("keys", Self.keys(settings.desk.data), "read by the service's user alone")
        tell("attachments", Self.attachments(settings.desk.data), "kept and read")
        tell("proxies", Self.proxies(settings), settings.http.trustedProxies.isEmpty ? "none" : "trusted")
        do {
            let (bytes, name) = try CatalogueFile.read(settings.catalogue)
            let faults = CatalogueReader.check(bytes, file: name)
            tell("catalogue", faults.first.map { "\($0.report(in: .ptBR)) (\(faults.count))" }, name)
        } catch {
            tell("catalogue", "\(error)")
        }
        if settings.pbx.isEmpty { print("– pbx: no line in the settings; add one under 'pbx'") }
        var reaches = false
        if let agi = settings.fastAGI {
            let trouble = await Self.reach(DeskAddress.isWildcard(agi.host) ? "127.0.0.1" : agi.host, agi.port)
            reaches = trouble == nil
            tell("fastagi", trouble, "something listens on \(agi.host):\(agi.port)")
        }
        if let menu = settings.outboundSocket {
            let trouble = await Self.reach(DeskAddress.isWildcard(menu.host) ? "127.0.0.1" : menu.host, menu.port)
            tell("outbound socket", trouble, "something listens on \(menu.host):\(menu.port)")
        }
        for pbx in settings.pbx {
            if let hook = pbx.kind.hook {
                tell(
                    "pbx \(pbx.line)",
                    Self.hook(pbx, settings),
                    "\(hook.title) reports to \(Self.place(of: pbx, hook, settings))"
                )
                continue
            }
            let line = await Self.line(pbx, extensions: phones.places, settings: settings, checksMenu: reaches)
            let product = ", \(line.product ?? pbx.kind.title)"
            tell(
                "pbx \(pbx.line)",
                line.trouble,
                "signed in at \(pbx.host):\(pbx.port), \(line.calls) calls now\(product)"
            )
            for warning in line.warnings { tell("pbx \(pbx.line)", warning) }
            if let parties = mistaken[pbx.line], !parties.isEmpty {
                tell(
                    "pbx \(pbx.line)",
                    "\(parties.joined(separator: ", ")) led outside in some calls and not in others; name the channels that do "
                        + "under 'trunks' of the line, and give each technician their extension"
                )
            }
        }
        for pbx in settings.pbx where pbx.kind.hook == nil {
            guard let seen = seen[pbx.line] else { continue }
            for line in Self.proposals(seen, for: pbx, phones) { print("– pbx \(pbx.line): \(line)") }
        }
        await Self.senders(settings, tell)
        if !receivers.isEmpty {
            let refused = await ReceiverCheck(rules: ReceiverRules(allowed: settings.hooks.allowPrivate))
                .refused(among: receivers)
            for what in refused { tell("webhooks", what) }
            if refused.isEmpty { tell("webhooks", nil, "no receiver's address would be refused") }
        }
        switch await RunningService.ask(settings.http) {
        case .none: print("– service: nobody answers at \(settings.http.host):\(settings.http.port); it does not run")
        case .strange:
            print("– service: what answers at \(settings.http.host):\(settings.http.port) shows no details of itself")
        case .troubles(let troubles):
            // What was found here is not told a second time as the service's.
            let other = troubles.filter { trouble in
                !told.contains { one in
                    one.name == trouble.part
                        || trouble.part == "sounds" && one.trouble.contains(MissingSounds.remedy)
                }
            }
            for trouble in other { tell("service, \(trouble.part)", trouble.what) }
            if troubles.isEmpty { tell("service", nil, "runs, and every part of it is well") }
            if other.isEmpty, !troubles.isEmpty { print("– service: runs; what it lacks is told above") }
        }
        tell("photos", await PortraitMaker.trouble(), "made small by vipsthumbnail, confined")
        for domain in settings.domains {
            let directory = LDAPDirectory(domain.route, logger: Logger(label: "doctor"))
            tell("ldap \(domain.name)", await directory.trouble()?.description, "\(domain.route.url) can be asked")
        }
        if !isWell { throw ExitCode(1) }
    }

    /// The programs that are told what happens.
    private static func receivers(_ settings: Settings, in database: any Database) async throws -> [Webhook] {
        let vault = SecretVault(
            database: database,
            clock: .system,
            folder: URL(fileURLWithPath: settings.desk.data, isDirectory: true),
            term: .seconds(settings.secretHours * 3600)
        )
        return try await WebhookDesk(database: database, vault: vault, clock: .system).list()
    }

    /// What the last month's calls propose for a line: the channels to write under `trunks`, and phones that are nobody's.
    ///
    /// Proposals, no faults: a house has phones that are no technician's.
    static func proposals(
        _ seen: (outside: [String], phones: [String]),
        for pbx: Settings.PBX,
        _ phones: PhoneBook.Page
    ) -> [String] {
        var lines: [String] = []
        // What was kept before such names were read without the customer's number proposes the span alone.
        let outside = Set(seen.outside.map(PBXChannel.withoutNumber)).sorted()
        let phonesSeen = Set(seen.phones.map(PBXChannel.withoutNumber)).subtracting(outside).sorted()
        let strange = outside.filter { party in !pbx.trunks.contains { party.hasPrefix($0) } }
        if !strange.isEmpty {
            let all = pbx.trunks + strange
            lines.append(
                "calls came or went by \(strange.joined(separator: ", ")); write  trunks: [\(all.joined(separator: ", "))]  "
                    + "without those that are phones of the house: give each of these to its technician in the administration"
            )
        }
        let unknown = phonesSeen.filter { phones.account(of: $0, line: pbx.line) == nil }
        if !unknown.isEmpty {
            lines.append(
                "\(unknown.joined(separator: ", ")) took part in calls and is no technician's extension: what rings there pops "
                    + "on no screen; give it to its technician in the administration"
            )
        }
        return lines
    }

    /// Signs in at the mail server and asks the SMS gateway, as for a message, without sending one.
    private static func senders(_ settings: Settings, _ tell: (String, String?, String) -> Void) async {
        let senders: Senders
        do {
            senders = try Senders(settings)
        } catch {
            tell("senders", "\(error)", "")
            return
        }
        if let mail = senders.mail {
            tell("mail", Self.words(await mail.check()), "the server takes mail from us")
        } else {
            print("– mail: no server in the settings; customers get no e-mail")
        }
        if let mailIn = settings.mailIn {
            let mailbox = IMAPMailbox(MailboxRoute(mailIn))
            let trouble: String?
            do throws(MailboxError) {
                _ = try await mailbox.status()
                trouble = nil
            } catch {
                trouble = error.description
            }
            await mailbox.shutDown()
            tell("mailbox", trouble, "the server lets us read \(mailIn.folder)")
        }
        if let gateway = senders.gateway {
            tell("sms", Self.words(await gateway.check()), "the gateway answers")
        } else if let path = settings.sms?.path {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            tell("sms", Self.folder(folder), "written to \(path)")
        } else {
            print("– sms: no gateway in the settings; customers get no SMS")
        }
        await senders.shutDown()
    }

    private static func words(_ error: DeliveryError?) -> String? {
        error.map { "\($0.what); \($0.remedy)" }
    }

    private static func clock() -> String? {
        // 2026-01-01: no release is older; a machine that shows less never set its clock.
        DeskClock.system.now.milliseconds < 1_767_225_600_000
            ? "the machine's clock is years behind; start systemd-timesyncd or chrony, protocol numbers carry the year"
            : nil
    }

    /// Everybody behind a proxy that is not trusted looks like one address, and shares its limits.
    private static func proxies(_ settings: Settings) -> String? {
        let isBehindOne = settings.desk.url.hasPrefix("https:") && settings.http.trustedProxies.isEmpty
        return isBehindOne
            ? "desk.url is https, which a proxy ends, and http.trusted_proxies is empty: its X-Forwarded-For is not believed and all people count as one address; name the proxy"
            : nil
    }

    /// What is sealed is as secret as the file of its key.
    ///
    /// Only told: who asks may be somebody else than the service.
    static func keys(_ data: String) -> String? {
        do throws(KeyFileError) {
            let open = try KeyExposure.all(in: URL(fileURLWithPath: data, isDirectory: true))
            guard let first = open.first else { return nil }
            let more = open.count > 1 ? ", and \(open.count - 1) more" : ""
            return "\(first)\(more); \(KeyExposure.remedy)"
        } catch {
            return "\(error)"
        }
    }

    private static func attachments(_ data: String) -> String? {
        do throws(AttachmentError) {
            try AttachmentStore.check(
                folder: URL(fileURLWithPath: data, isDirectory: true).appending(path: "attachments")
            )
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func folder(_ path: String) -> String? {
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return FileManager.default.isWritableFile(atPath: path)
            ? nil : "\(path) cannot be written; change its owner to the service's user"
    }

    /// Channels that were taken for ways outside in some of the last month's calls and for phones of the house in others.
    private static func mistaken(_ line: String, _ phones: PhoneBook.Page, in database: any Database) async -> [String]
    {
        let month = DeskClock.system.now.adding(.seconds(-30 * 86_400))
        let parties = try? await CallDirectory(database: database).mistaken(line: line, since: month)
        return (parties ?? []).filter { phones.account(of: $0, line: line) == nil }
    }

    /// Where a hook's sender calls, without the token.
    private static func place(of pbx: Settings.PBX, _ kind: HookKind, _ settings: Settings) -> String {
        "\(settings.hookBase)/hooks/\(kind.rawValue)/\(pbx.line)/… (whole on the page /admin/hooks)"
    }

    /// What keeps a sender from reaching its hook, as far as it can be told from here.
    private static func hook(_ pbx: Settings.PBX, _ settings: Settings) -> String? {
        let host = URL(string: settings.hookBase)?.host ?? ""
        let isOwn = ["127.0.0.1", "localhost", "::1"].contains(host)
        if isOwn, pbx.allow.isEmpty || pbx.allow.contains(where: { !$0.hasPrefix("127.") && $0 != "::1" }) {
            return
                "the hook's address is \(settings.hookBase), which no PBX elsewhere reaches; set hooks.url or desk.url"
        }
        if !isOwn, settings.hookBase.hasPrefix("http:"), pbx.allow.isEmpty {
            return
                "the token travels unencrypted to \(settings.hookBase) and any address may use it; use https, or name the PBX under 'allow'"
        }
        return nil
    }

    /// What signing in at a line brought.
    private struct LineCheck: Sendable {
        var trouble: String?
        var calls = 0
        var product: String?
        var warnings: [String] = []
    }

    /// Signs in as the service would, and lists what is there.
    ///
    /// `checksMenu`: whether the menu is there, so that the PBX can be asked to call it.
    private static func line(
        _ pbx: Settings.PBX,
        extensions: Set<PhoneName.Place>,
        settings: Settings,
        checksMenu: Bool
    ) async -> LineCheck {
        let (results, continuation) = AsyncStream.makeStream(
            of: LineCheck.self,
            bufferingPolicy: .bufferingNewest(4)
        )
        var quiet = Logger(label: "doctor")
        quiet.logLevel = .critical
        let client = pbx.line(
            sinks: LineSinks(
                signal: { _ in },
                resynchronised: { _, there in continuation.yield(LineCheck(calls: there.keys.count)) },
                status: { _, status in
                    if let trouble = status.trouble { continuation.yield(LineCheck(trouble: trouble)) }
                }
            ),
            logger: quiet
        )
        client.know(extensions: extensions)
        return await withTaskGroup(of: LineCheck?.self) { group in
            group.addTask {
                await client.run()
                return nil
            }
            group.addTask {
                for await result in results {
                    var result = result
                    let status = client.status
                    (result.product, result.warnings) = (status.product, status.warnings)
                    if result.trouble == nil { result.warnings += await look(client, settings, checksMenu) }
                    return result
                }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(8))
                // Signed in, it is being looked at, which has a time of its own.
                if client.status.isConnected { try? await Task.sleep(for: .seconds(32)) }
                return LineCheck(trouble: "signed in nowhere within 8 s; check host, port and firewall")
            }
            defer { group.cancelAll() }
            for await result in group {
                if let result { return result }
            }
            return LineCheck(trouble: "was interrupted")
        }
    }

    /// What is wrong with how the PBX is set up: rights, options, and with a menu whether a call finds it and its sounds.
    private static func look(_ client: any PBXLine, _ settings: Settings, _ checksMenu: Bool) async -> [String] {
        let queue: String?
        if settings.fastAGI != nil {
            queue = settings.ivr.queue
        } else {
            queue = try? await client.queueMembers().first?.queue
        }
        let check = LineInspection.Check(
            context: "calldesk-check",
            // As long as a number may be that is dialled; two doctors at once do not read each other's call.
            token: String(UInt64.random(in: 100_000_000...999_999_999))
        )
        let findings = await client.inspect(LineInspection(queue: queue, check: checksMenu ? check : nil))
        var troubles = findings.troubles
        if checksMenu, troubles.isEmpty || findings.check != nil,
            let trouble = PhoneCheck.trouble(findings.check, agi: settings.fastAGI?.host ?? "")
        {
            troubles.append(trouble)
        }
        return troubles
    }

    private static func reach(_ host: String, _ port: Int) async -> String? {
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(3)).connect(host: host, port: port).get()
            try? await channel.close().get()
            return nil
        } catch {
            return "nobody answers at \(host):\(port); check that it runs and that no firewall is between"
        }
    }
}
