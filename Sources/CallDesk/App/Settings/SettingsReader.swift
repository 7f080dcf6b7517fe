import DeskCore
import Foundation
import IVRBridge

/// Turns a settings tree into `Settings`, noting every fault with its place.
struct SettingsReader {
    let tree: SettingsTree
    private let readSecret: (String) throws -> String

    /// Reads the file (if there is one) and the environment.
    ///
    /// - Throws: `SettingsError` with all faults.
    static func read(
        path: String?,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(SettingsError) -> Settings {
        var text: String?
        if let path {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw SettingsError(faults: [
                    .init(
                        key: "--config",
                        place: path,
                        problem: "the file cannot be read; check its name and its owner"
                    )
                ])
            }
            text = String(decoding: data, as: UTF8.self)
        }
        return try read(text: text, file: path ?? "environment", environment: environment)
    }

    static func read(text: String?, file: String, environment: [String: String]) throws(SettingsError) -> Settings {
        let tree = try SettingsTree(text: text, file: file, environment: environment)
        let reader = SettingsReader(tree: tree) { try String(contentsOfFile: $0, encoding: .utf8) }
        let settings = reader.settings()
        let faults = tree.faults + tree.unknown()
        guard faults.isEmpty else { throw SettingsError(faults: faults) }
        return settings
    }

    private func settings() -> Settings {
        var settings = Settings()
        settings.node = node()
        settings.desk.name = text(["desk", "name"]) ?? settings.desk.name
        settings.desk.phone = text(["desk", "phone"])
        // A week of working hours at most: later is no call-back.
        if let minutes = number(["desk", "call_back_minutes"], in: 0...2_400) {
            settings.desk.callBackMinutes = minutes == 0 ? nil : minutes
        }
        settings.desk.data = text(["desk", "data"]) ?? settings.desk.data
        settings.http.host = text(["http", "host"]) ?? settings.http.host
        settings.http.port = number(["http", "port"], in: 0...65535) ?? settings.http.port
        settings.http.trustedProxies = networks(["http", "trusted_proxies"])
        settings.http.metricsToken = secret(["http", "metrics_token"]).flatMap { $0.isEmpty ? nil : $0 }
        settings.http.metricsPort = number(["http", "metrics_port"], in: 0...65535)
        settings.http.metricsHost = text(["http", "metrics_host"]) ?? settings.http.metricsHost
        // A hundred times the default is more than one machine answers.
        settings.http.tokenRate = number(["http", "token_rate"], in: 0...600_000) ?? settings.http.tokenRate
        settings.http.sessionRate = number(["http", "session_rate"], in: 0...600_000) ?? settings.http.sessionRate
        settings.desk.url = url(["desk", "url"]) ?? "http://\(settings.http.host):\(settings.http.port)"
        settings.desk.filesURL = url(["desk", "files_url"])
        settings.database = database() ?? settings.database
        settings.pbx = (0..<tree.count(["pbx"])).map { pbx(["pbx", String($0)]) }
        settings.hooks = hooks()
        let lines = settings.pbx.map(\.line)
        if Set(lines).count != lines.count { tree.fault(["pbx"], "two lines have one name; each 'line' must differ") }
        settings.fastAGI = menu("fastagi", port: Settings.Menu.fastAGIPort)
        settings.outboundSocket = menu("outbound_socket", port: Settings.Menu.outboundSocketPort)
        settings.ivr = ivr()
        settings.hours = hours(["hours"])
        settings.calendars = (0..<tree.count(["calendars"])).map { hours(["calendars", String($0)]) }
        settings.policies = (0..<tree.count(["sla"])).map { policy(["sla", String($0)]) }
        settings.catalogue = text(["catalogue"])
        settings.mail = mail()
        settings.mailIn = mailIn()
        if settings.mailIn != nil, settings.mail == nil {
            tree.fault(["mail_in"], "answers come to notices that were mailed: set mail.url too")
        }
        settings.sms = sms()
        settings.region = region() ?? settings.region
        settings.language = choice(["language"], ["pt-BR", "pt-PT", "en"]) ?? settings.language
        settings.timeZone = timeZone() ?? settings.timeZone
        settings.protocolFormat = format(["protocol", "format"]) ?? settings.protocolFormat
        settings.ticketFormat = format(["ticket", "format"]) ?? settings.ticketFormat
        settings.ticketTerms = terms()
        settings.secretHours = number(["secret_hours"], in: 1...8760) ?? settings.secretHours
        settings.quickLinkDays = number(["quick_link_days"], in: 1...3650) ?? settings.quickLinkDays
        settings.retention = retention()
        settings.lineTape = lineTape()
        settings.portal = portal()
        settings.domains = domains()
        settings.logLevel =
            choice(["log"], ["trace", "debug", "info", "notice", "warning", "error", "critical"]) ?? settings.logLevel
        return settings
    }

    private func pbx(_ path: [String]) -> Settings.PBX {
        let tls = flag(path + ["tls"]) ?? false
        let kind = choice(path + ["kind"], PBXKind.allCases.map(\.rawValue)).flatMap(PBXKind.init) ?? .asterisk
        let name = text(path + ["line"])
        if name == nil { tree.fault(path + ["line"], "a line needs a name, such as 'matriz'") }
        if let name, name.count > 40 || !name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) {
            tree.fault(path + ["line"], "use letters, digits and '-', 40 at the most")
        }
        return Settings.PBX(
            line: name ?? "?",
            kind: kind,
            host: text(path + ["host"]) ?? "127.0.0.1",
            port: number(path + ["port"], in: 1...65535) ?? kind.port(usesTLS: tls),
            user: text(path + ["user"]) ?? "",
            secret: secret(path + ["secret"]) ?? "",
            tls: tls,
            tlsAuthority: text(path + ["tls_authority"]),
            trunks: list(path + ["trunks"]),
            dialPrefix: dialPrefix(path + ["dial_prefix"]) ?? "",
            dialContext: queueName(path + ["dial_context"]) ?? "calldesk-outgoing",
            dialAllow: dialAllow(path + ["dial_allow"]),
            recordings: text(path + ["recordings"]),
            token: hookToken(path, of: kind) ?? "",
            allow: networks(path + ["allow"])
        )
    }

    private func node() -> String? {
        guard let name = text(["node"]) else { return nil }
        if name.count <= 60, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) {
            return name
        }
        tree.fault(["node"], "use letters, digits, '-', '.' and '_', 60 at the most")
        return nil
    }

    private func dialPrefix(_ path: [String]) -> String? {
        guard let value = text(path) else { return nil }
        if value.count <= 8, value.allSatisfy({ $0.isASCII && ($0.isNumber || "*#".contains($0)) }) { return value }
        tree.fault(path, "use up to eight digits, '*' and '#'")
        return nil
    }

    private func dialAllow(_ path: [String]) -> [String] {
        let entries = list(path)
        for (place, entry) in entries.enumerated() {
            let digits = entry.hasPrefix("+") ? entry.dropFirst() : entry[...]
            // A service of the country (0800, 4004) has three digits or more; fewer would let nearly everything through.
            let isPrefix = (entry.hasPrefix("+") ? 1...15 : 3...12).contains(digits.count)
            if isPrefix, digits.allSatisfy({ $0.isASCII && $0.isNumber }) { continue }
            tree.fault(
                path + [String(place)],
                "write the beginning of a number with its country code, such as +55, or of a service, such as 0800"
            )
        }
        return entries
    }

    private func menu(_ key: String, port: Int) -> Settings.Menu? {
        guard tree.has([key]) else { return nil }
        var result = Settings.Menu(port: port)
        result.host = text([key, "host"]) ?? result.host
        result.port = number([key, "port"], in: 0...65535) ?? result.port
        let allow = list([key, "allow"])
        if !allow.isEmpty { result.allow = allow }
        do throws(MenuAllowListError) {
            _ = try MenuAllowList(result.allow)
        } catch {
            tree.fault([key, "allow"], "\(error)")
        }
        return result
    }

    private func ivr() -> Settings.IVR {
        var result = Settings.IVR()
        result.queue = queueName(["ivr", "queue"]) ?? result.queue
        for department in tree.keys(["ivr", "queues"]) {
            result.queues[department] = queueName(["ivr", "queues", department])
        }
        if let sounds = text(["ivr", "sounds"]) {
            if sounds.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "/-_.".contains($0)) }) {
                result.sounds = sounds.hasSuffix("/") ? String(sounds.dropLast()) : sounds
            } else {
                tree.fault(["ivr", "sounds"], "use letters, digits, '/', '-', '_' and '.'")
            }
        }
        result.recorded = flag(["ivr", "recorded"]) ?? result.recorded
        result.callBackAfter = number(["ivr", "callback_after"], in: 0...10_000) ?? result.callBackAfter
        return result
    }

    /// The name of a queue as dialplans write it: it becomes part of an expression of the PBX.
    private func queueName(_ path: [String]) -> String? {
        guard let value = text(path) else { return nil }
        if value.count <= 80, value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) {
            return value
        }
        tree.fault(path, "use letters, digits, '-', '_' and '.'")
        return nil
    }

    private func mail() -> Settings.Mail? {
        guard tree.has(["mail"]) else { return nil }
        let address = text(["mail", "url"])
        if let address, !address.hasPrefix("smtp://"), !address.hasPrefix("smtps://") {
            tree.fault(["mail", "url"], "write smtp://host:port or smtps://host:port")
        }
        if address == nil {
            tree.fault(["mail", "url"], "the mail server's address is needed, such as smtp://127.0.0.1:25")
        }
        let from = text(["mail", "from"])
        if from == nil { tree.fault(["mail", "from"], "the sender's address is needed") }
        if let from, EmailAddress(from) == nil { tree.fault(["mail", "from"], "this is no e-mail address") }
        return Settings.Mail(
            url: address ?? "",
            from: from ?? "",
            fromName: text(["mail", "from_name"]),
            user: text(["mail", "user"]),
            password: secret(["mail", "password"]),
            tls: choice(["mail", "tls"], Settings.Mail.TLS.allCases.map(\.rawValue)).flatMap(Settings.Mail.TLS.init)
                ?? .opportunistic,
            connections: number(["mail", "connections"], in: 1...32) ?? 4
        )
    }

    private func sms() -> Settings.SMS? {
        guard tree.has(["sms"]) else { return nil }
        let kinds = Settings.SMS.Gateway.allCases.map(\.rawValue)
        guard let gateway = choice(["sms", "gateway"], kinds).flatMap(Settings.SMS.Gateway.init) else {
            if text(["sms", "gateway"]) == nil {
                tree.fault(["sms", "gateway"], "one of \(kinds.joined(separator: ", ")) is needed")
            }
            return nil
        }
        var result = Settings.SMS(gateway: gateway)
        result.url = url(["sms", "url"])
        result.user = text(["sms", "user"])
        result.password = secret(["sms", "password"])
        result.from = text(["sms", "from"])
        result.path = text(["sms", "path"])
        result.method = choice(["sms", "method"], ["GET", "POST"])
        result.body = text(["sms", "body"])
        for name in tree.keys(["sms", "headers"]) {
            result.headers[name] = secret(["sms", "headers", name])
        }
        result.reference = text(["sms", "reference"])
        result.transliterate = flag(["sms", "transliterate"]) ?? true
        result.connections = number(["sms", "connections"], in: 1...64) ?? SMSGateway.usualConnections
        result.reportSecret = secret(["sms", "report_secret"])
        switch gateway {
        case .file where result.path == nil: tree.fault(["sms", "path"], "the file to write to is needed")
        case .kannel where result.url == nil, .http where result.url == nil, .infobip where result.url == nil:
            tree.fault(["sms", "url"], "the gateway's address is needed")
        case .twilio where result.user == nil || result.password == nil,
            .vonage where result.user == nil || result.password == nil:
            tree.fault(["sms", "user"], "the account and its token ('user' and 'password') are needed")
        case .infobip where result.password == nil, .zenvia where result.password == nil,
            .smsdev where result.password == nil:
            tree.fault(["sms", "password"], "the gateway's key is needed")
        case .vonage where result.from == nil, .infobip where result.from == nil, .zenvia where result.from == nil:
            tree.fault(["sms", "from"], "the sender, as the gateway knows it, is needed")
        default: break
        }
        return result
    }

    private func retention() -> Settings.Retention {
        var result = Settings.Retention()
        let days = 1...36_500
        result.attendanceDays = number(["retention", "attendance_days"], in: days) ?? result.attendanceDays
        return result
    }

    private func lineTape() -> LineTapes.Term? {
        var term = LineTapes.Term()
        // No disk is filled by accident. Names and numbers are in it: nobody
        // needs them for looking back after three months.
        let megabytes = number(["line_tape", "megabytes"], in: 0...10_000) ?? term.megabytes
        term.days = number(["line_tape", "days"], in: 1...90) ?? term.days
        term.megabytes = megabytes
        return megabytes == 0 ? nil : term
    }

    private func database() -> String? {
        guard let value = secret(["database"]) else { return nil }
        if ["sqlite:", "postgres://", "postgresql://"].contains(where: value.hasPrefix) { return value }
        tree.fault(["database"], "write sqlite:PATH or postgres://user@host/name")
        return nil
    }

    private func region() -> String? {
        guard let value = text(["region"]) else { return nil }
        if Region(value) != nil { return value }
        tree.fault(["region"], "write BR, PT, or BR with the PBX's area code, such as BR-31")
        return nil
    }

    func timeZone(_ path: [String] = ["timezone"]) -> TimeZone? {
        guard let name = text(path) else { return nil }
        if let zone = TimeZone(identifier: name) { return zone }
        tree.fault(path, "there is no such time zone; write one like America/Sao_Paulo")
        return nil
    }

    private func format(_ path: [String]) -> ProtocolFormat? {
        guard let pattern = text(path) else { return nil }
        do {
            return try ProtocolFormat(pattern)
        } catch {
            tree.fault(path, error.description)
            return nil
        }
    }

    func text(_ path: [String]) -> String? { tree.text(path) }

    /// A value that may be `file:PATH`, so that secrets need not stand in the settings.
    func secret(_ path: [String]) -> String? {
        guard let value = tree.text(path) else { return nil }
        guard value.hasPrefix("file:") else { return value }
        guard let content = try? readSecret(String(value.dropFirst(5))) else {
            tree.fault(path, "the file that holds it cannot be read; check its name and its owner")
            return nil
        }
        let secret = content.trimmingCharacters(in: .newlines)
        // An empty secret is one that everybody knows.
        if secret.allSatisfy(\.isWhitespace) {
            tree.fault(path, "the file that holds it is empty")
            return nil
        }
        return secret
    }

    func number(_ path: [String], in range: ClosedRange<Int>) -> Int? {
        guard let value = tree.text(path) else { return nil }
        if let number = Int(value), range.contains(number) { return number }
        tree.fault(path, "a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
        return nil
    }

    func flag(_ path: [String]) -> Bool? {
        switch tree.text(path)?.lowercased() {
        case nil: return nil
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default:
            tree.fault(path, "true or false is expected")
            return nil
        }
    }

    func choice(_ path: [String], _ allowed: [String]) -> String? {
        guard let value = tree.text(path) else { return nil }
        if allowed.contains(value) { return value }
        tree.fault(path, "one of \(allowed.joined(separator: ", ")) is expected")
        return nil
    }

    func url(_ path: [String]) -> String? {
        guard let value = tree.text(path) else { return nil }
        if let url = URL(string: value), let scheme = url.scheme, ["http", "https"].contains(scheme), url.host != nil {
            return value.hasSuffix("/") ? String(value.dropLast()) : value
        }
        tree.fault(path, "an http:// or https:// address is expected")
        return nil
    }

    func list(_ path: [String]) -> [String] {
        (0..<tree.count(path)).compactMap { tree.text(path + [String($0)]) }
    }
}
