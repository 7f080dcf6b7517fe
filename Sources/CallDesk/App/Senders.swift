import Codecs
import DeskCore
import Foundation

/// The senders that the settings ask for, and the reading of what gateways report back.
struct Senders: Sendable {
    let mail: MailSender?
    let sms: (any NoticeSender)?
    let gateway: GatewaySender?
    let reports: SMSReports?

    var all: [any NoticeSender] { [mail as (any NoticeSender)?, sms].compactMap { $0 } }

    /// - Throws: `SMSTemplate.Fault` for a gateway description that cannot be read, `KeyFileError` for the key file.
    init(_ settings: Settings) throws {
        let seal = try MailSeal(settings)
        mail = settings.mail.flatMap { Self.mail($0, seal, settings) }
        guard let sms = settings.sms else {
            (self.sms, gateway, reports) = (nil, nil, nil)
            return
        }
        if sms.gateway == .file {
            (self.sms, gateway, reports) = (FileSender(path: sms.path ?? "sms.jsonl"), nil, nil)
            return
        }
        let described = try Self.gateway(sms)
        let secret = try sms.reportSecret ?? Self.ownSecret(in: settings.desk.data)
        let reports = SMSReports(gateway: described, publicURL: settings.desk.url, secret: secret)
        let sender = GatewaySender(gateway: described, reports: reports)
        (self.sms, gateway, self.reports) = (sender, sender, reports)
    }

    func shutDown() async {
        await mail?.shutDown()
        await gateway?.shutDown()
    }

    /// The host part of the desk's address, for Message-IDs and greetings; the same on every node.
    static func domain(_ settings: Settings) -> String { URL(string: settings.desk.url)?.host ?? "localhost" }

    private static func mail(_ mail: Settings.Mail, _ seal: MailSeal?, _ settings: Settings) -> MailSender? {
        guard let from = EmailAddress(mail.from) else { return nil }
        var route = MailRoute(url: mail.url)
        route.user = mail.user
        route.password = mail.password
        route.tls =
            switch mail.tls {
            case .required: .required
            case .opportunistic: .opportunistic
            case .off: .off
            }
        route.connections = mail.connections
        route.greeting = domain(settings)
        let name = mail.fromName ?? settings.desk.name
        let layout = MailLayout(
            deskName: settings.desk.name,
            publicURL: settings.desk.url,
            language: Language(rawValue: settings.language) ?? .ptBR
        )
        var letterhead = MailMessage.Letterhead(from: from, fromName: name, layout: layout)
        letterhead.seal = seal
        return MailSender(route: route, letterhead: letterhead)
    }

    private static func gateway(_ sms: Settings.SMS) throws -> SMSGateway {
        switch sms.gateway {
        case .twilio:
            return .twilio(
                url: sms.url,
                account: sms.user ?? "",
                token: sms.password ?? "",
                from: sms.from,
                connections: sms.connections
            )
        case .vonage:
            return .vonage(
                url: sms.url,
                key: sms.user ?? "",
                secret: sms.password ?? "",
                from: sms.from,
                connections: sms.connections
            )
        case .infobip:
            return try .infobip(
                url: sms.url ?? "",
                key: sms.password ?? "",
                from: sms.from,
                connections: sms.connections
            )
        case .zenvia:
            return try .zenvia(url: sms.url, token: sms.password ?? "", from: sms.from, connections: sms.connections)
        case .smsdev: return .smsdev(url: sms.url, key: sms.password ?? "", connections: sms.connections)
        case .http:
            return try .http(
                url: sms.url ?? "",
                method: sms.method.flatMap(SMSGateway.Method.init(rawValue:)),
                headers: sms.headers,
                body: sms.body,
                reference: sms.reference,
                user: sms.user,
                password: sms.password,
                from: sms.from,
                connections: sms.connections
            )
        case .kannel, .file:
            return .kannel(
                url: sms.url ?? "",
                user: sms.user ?? "",
                password: sms.password ?? "",
                from: sms.from,
                connections: sms.connections
            )
        }
    }

    /// A secret of this installation's own, kept beside the vault's key, so that reports survive a restart.
    private static func ownSecret(in folder: String) throws -> String {
        let file = URL(fileURLWithPath: folder, isDirectory: true).appending(path: "reports.key")
        // Releases before wrote digits of their own spelling, 63 to 95 of them.
        let fresh = Hexadecimal.text(QuickLinks.systemRandom(32))
        return String(decoding: try KeyFile(file, sizes: 32...128).make(Array(fresh.utf8)), as: UTF8.self)
    }
}
