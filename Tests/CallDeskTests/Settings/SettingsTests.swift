import DeskCore
import Foundation
import IVRBridge
import Testing

@testable import CallDesk

@Suite("Settings")
struct SettingsTests {
    private func read(_ text: String, _ environment: [String: String] = [:]) throws(SettingsError) -> Settings {
        try SettingsReader.read(text: text, file: "calldesk.yaml", environment: environment)
    }

    private func faults(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try read(text, environment)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test("an empty file gives a desk on loopback with SQLite")
    func empty() throws {
        let settings = try read("")
        #expect(settings.http.host == "127.0.0.1")
        #expect(settings.desk.url == "http://127.0.0.1:8080")
        #expect(settings.database == "sqlite:var/calldesk.sqlite")
        #expect(settings.pbx.isEmpty)
        #expect(settings.mail == nil)
    }

    @Test("a header of the SMS gateway may come from the environment alone, and each kind of PBX has its own port")
    func headersAndKinds() throws {
        let settings = try read(
            "sms: {gateway: http, url: \"https://x.example\"}",
            ["CALLDESK_SMS_HEADERS_AUTHORIZATION": "Bearer s3nha", "CALLDESK_SMS_HEADERS_X_KEY": "k"]
        )
        #expect(settings.sms?.headers == ["authorization": "Bearer s3nha", "x-key": "k"])
        let lines = try read("pbx:\n  - {line: a, kind: freeswitch}\n  - {line: b}\n  - {line: c, tls: true}", [:]).pbx
        #expect(lines.map(\.kind) == [.freeswitch, .asterisk, .asterisk])
        #expect(lines.map(\.port) == [8021, 5038, 5039])
        #expect(faults("pbx:\n  - {line: matriz, kind: outra}").first?.hasPrefix("calldesk.yaml:2:") == true)
    }

    @Test("calendars with several ranges, holidays and promises are read, the terms of tickets too")
    func service() throws {
        let settings = try read(
            """
            hours:
              week: {monday: ["08:00-12:30", "13:30-18:00"], saturday: ["09:00-12:00"]}
              country: BR
              facultative: [carnival-tuesday]
            calendars:
              - {departments: [redes], timezone: Europe/Lisbon, country: PT, opens: 9, closes: 17, holidays: ["06-13"]}
            sla:
              - {name: Ouro, contracts: [C-1], priorities: [urgent], first_answer: 30min, solution: 4h, hours: calendar}
            ticket: {format: "{year}{sequence:5}{check}"}
            no_answer_days: 3
            close_hours: 48
            restart_days: 30
            """
        )
        // Monday 23 November 2026, 09:00 UTC: 06:00 in São Paulo, 09:00 in Lisbon.
        let now = Moment(milliseconds: 1_795_424_400_000)
        let book = try ServiceBook(settings, at: now)
        #expect(!book.calendar.isOpen(at: now))
        #expect(book.calendar.isOpen(at: now.adding(.seconds(2 * 3_600))))
        #expect(!book.calendar.isOpen(at: now.adding(.seconds(7 * 3_600))))
        #expect(book.calendar(of: "redes").isOpen(at: now))
        #expect(book.policies.first?.name == "Ouro")
        #expect(book.policies.first?.level.solution == ServiceTerm(amount: 4, unit: .hours, counting: .calendar))
        #expect(settings.ticketFormat.pattern == "{year}{sequence:5}{check}")
        #expect(settings.ticketTerms.noAnswerDays == 3)
        #expect(settings.ticketTerms.closeHours == 48)
        #expect(settings.ticketTerms.restartDays == 30)
    }

    @Test(
        "hours nobody works by, wrong ranges, days and terms are refused with their place",
        arguments: [
            ("hours: {week: {}}", "400 days"), ("hours: {week: {monday: [\"8-12\"]}}", "08:00-12:30"),
            ("hours: {week: {montag: [\"08:00-12:00\"]}}", "monday"),
            ("hours: {facultative: [carnival-tuesday]}", "country"),
            ("hours: {country: BR, facultative: [natal]}", "carnival-tuesday"),
            ("calendars: [{opens: 9}]", "departments"),
            ("sla: [{solution: 4h}]", "name"), ("sla: [{name: x, solution: 4 horas}]", "30min"),
            ("sla: [{name: x, first_answer: 5h, solution: 4h}]", "no later than the solution"),
            ("sla: [{name: x, first_answer: 2d, solution: 4h}]", "no later than the solution"),
            ("no_answer_days: 0", "1"), ("ticket: {format: \"{year}\"}", "sequence"),
        ]
    )
    func serviceFaults(text: String, wanted: String) {
        let found = faults(text).joined(separator: "\n")
        #expect(found.contains(wanted), "\(found)")
    }

    @Test("every documented key is read")
    func whole() throws {
        let settings = try read(
            """
            desk: {name: Suporte, url: "https://x.example/", data: /var/lib/calldesk}
            http: {host: 0.0.0.0, port: 8443, trusted_proxies: [10.0.0.1]}
            database: sqlite:/tmp/x.sqlite
            pbx:
              - {line: matriz, kind: asterisk, host: pbx, user: calldesk, secret: s3nha, trunks: [PJSIP/trunk]}
              - {line: filial, tls: true}
            fastagi: {port: 4574, allow: [10.0.0.2]}
            mail: {url: "smtp://127.0.0.1:25", from: a@b.example, from_name: Suporte, tls: required}
            sms: {gateway: kannel, url: "http://127.0.0.1:13013", user: u, password: p}
            region: PT
            language: pt-PT
            timezone: Europe/Lisbon
            protocol: {format: "{year}-{sequence:6}-{check}"}
            reopen_hours: 48
            survey_days: 5
            secret_hours: 24
            quick_link_days: 10
            retention: {attendance_days: 730}
            log: debug
            """
        )
        #expect(settings.desk.url == "https://x.example")
        #expect(settings.pbx.map(\.line) == ["matriz", "filial"])
        #expect(settings.pbx.map(\.port) == [5038, 5039])
        #expect(settings.pbx[0].trunks == ["PJSIP/trunk"])
        #expect(settings.fastAGI?.allow == ["10.0.0.2"])
        #expect(settings.mail?.tls == .required)
        #expect(settings.sms?.gateway == .kannel)
        #expect(settings.protocolFormat.pattern == "{year}-{sequence:6}-{check}")
        #expect(settings.timeZone.identifier == "Europe/Lisbon")
    }

    @Test("the environment wins over the file, and reaches into lists")
    func environment() throws {
        let settings = try read(
            "pbx: [{line: matriz, host: a}]\nhttp: {port: 1}",
            [
                "CALLDESK_HTTP_PORT": "9", "CALLDESK_PBX_0_HOST": "b", "CALLDESK_PBX_1_LINE": "filial",
                "CALLDESK_MAIL_URL": "smtp://m", "CALLDESK_MAIL_FROM": "a@b.example", "PATH": "/bin",
            ]
        )
        #expect(settings.http.port == 9)
        #expect(settings.pbx.map(\.host) == ["b", "127.0.0.1"])
        #expect(settings.mail?.url == "smtp://m")
    }

    @Test("an unknown key is told with its line and column, and every fault at once")
    func unknownKeys() {
        #expect(
            faults("http:\n  prot: 8080\nlanguage: fr\nbanana: 1\n") == [
                "calldesk.yaml:3:11: language: one of pt-BR, pt-PT, en is expected",
                "calldesk.yaml:2:3: http.prot: there is no such setting",
                "calldesk.yaml:4:1: banana: there is no such setting",
            ]
        )
        #expect(
            faults("", ["CALLDESK_HTTP_PROT": "1"]) == ["environment: CALLDESK_HTTP_PROT: there is no such setting"]
        )
    }

    @Test(
        "wrong values say what to write",
        arguments: [
            ("http: {port: 99999}", "a whole number from 0 to 65535 is expected"),
            ("database: mysql://x", "write sqlite:PATH or postgres://user@host/name"),
            ("timezone: Brasil/Leste2", "there is no such time zone"),
            ("pbx: [{host: a}]", "a line needs a name"),
            ("pbx: [{line: a}, {line: a}]", "two lines have one name"),
            ("sms: {gateway: pombo}", "one of kannel, twilio, vonage, infobip, zenvia, smsdev, http, file is expected"),
            ("sms: {gateway: kannel}", "the gateway's address is needed"),
            ("mail: {url: \"http://x\", from: a@b.example}", "write smtp://host:port"),
            ("mail: {url: \"smtp://x\", from: ninguém}", "this is no e-mail address"),
            ("desk: {url: ftp://x}", "an http:// or https:// address is expected"),
            ("protocol: {format: abc}", "cannot be said or typed"),
            ("http: [1]", "'key: value'"),
            ("pbx: {line: a}", "a list"),
        ]
    )
    func wrongValues(text: String, expected: String) {
        let found = faults(text)
        #expect(found.contains { $0.contains(expected) }, "\(found)")
    }

    @Test("what is no YAML stops with the place", arguments: ["a: [", "- 1\n- 2", "\t: x"])
    func notYAML(text: String) {
        #expect(faults(text).first?.hasPrefix("calldesk.yaml") == true)
    }

    @Test("a secret may stand in a file of its own; one that cannot be read is told")
    func secretFile() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        try "s3gr3do\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try read("pbx: [{line: a, secret: \"file:\(file.path)\"}]").pbx[0].secret == "s3gr3do")
        #expect(faults("pbx: [{line: a, secret: \"file:/nowhere/x\"}]").first?.contains("cannot be read") == true)
    }

    @Test("an empty secret is none: a file without one is told, a variable without one does not count")
    func emptySecret() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        for text in ["", "\n", " \n"] {
            try text.write(to: file, atomically: true, encoding: .utf8)
            let told = faults("sms: {gateway: file, path: x, report_secret: \"file:\(file.path)\"}")
            #expect(told == ["calldesk.yaml:1:46: sms.report_secret: the file that holds it is empty"])
        }
        let settings = try read("sms: {gateway: file, path: x}", ["CALLDESK_SMS_REPORT_SECRET": ""])
        #expect(settings.sms?.reportSecret == nil)
        // Nor does it take away what the file says.
        #expect(try read("http: {port: 81}", ["CALLDESK_HTTP_PORT": ""]).http.port == 81)
        #expect(try read("database: sqlite:/x", ["CALLDESK_DATABASE": ""]).database == "sqlite:/x")
    }

    @Test("an empty variable sets nothing, not even that there is a line, a gateway or a mail server")
    func emptyVariables() throws {
        let names = [
            "SMS_GATEWAY", "PBX_0_HOST", "PBX_1_LINE", "MAIL_URL", "LDAP_0_URL", "MAIL_IN_URL", "SMS_HEADERS_X_KEY",
            "IVR_QUEUES_REDES", "PORTAL_LINKS_0_URL", "HTTP_PORT", "SLA_0_NAME",
        ]
        let environment = Dictionary(uniqueKeysWithValues: names.map { ("CALLDESK_" + $0, "") })
        let settings = try read("", environment)
        #expect(settings.sms == nil && settings.mail == nil && settings.pbx.isEmpty && settings.mailIn == nil)
        #expect(settings.policies.isEmpty && settings.http.port == 8080)
        for name in names { #expect(faults("", ["CALLDESK_" + name: ""]) == [], "\(name)") }
        // What the file has stays, and what nobody knows is told all the same.
        #expect(try read("pbx: [{line: a, host: h}]", environment).pbx.map(\.host) == ["h"])
        #expect(faults("", ["CALLDESK_HTTP_PROT": ""]) == ["environment: CALLDESK_HTTP_PROT: there is no such setting"])
        #expect(["CALLDESK_CONFIG": ""].given("CALLDESK_CONFIG") == nil)
    }

    @Test("a proxy that is no network is told with its place")
    func proxies() throws {
        let settings = try read("http: {trusted_proxies: [10.0.0.0/8, \"::1\"]}")
        #expect(settings.http.trustedProxies == ["10.0.0.0/8", "::1"])
        let told = faults("http:\n  trusted_proxies:\n    - 10.0.0.0/8\n    - 10.0.0.0/33\n    - proxy.example")
        #expect(told.map { $0.prefix { $0 != " " } } == ["calldesk.yaml:4:7:", "calldesk.yaml:5:7:"])
    }

    @Test("a key written twice is told by its name and its line")
    func twice() {
        let told = faults("http:\n  port: 1\nlog: info\nhttp:\n  host: x")
        #expect(told == ["calldesk.yaml:1:1: http: it is written more than once, here for the first time; keep one"])
        #expect(faults("http:\n  port: 1\n  port: 2").first?.hasPrefix("calldesk.yaml:2:3: port:") == true)
    }

    @Test("no fault repeats a secret")
    func secretsStayOut() {
        let found = faults("pbx: [{line: a, secret: geheim, secrett: geheim}]\nmail: {password: geheim}")
        #expect(!found.isEmpty)
        #expect(!found.joined().contains("geheim"))
    }
}
