import DeskCore
import Foundation
import IVRBridge

/// Everything the service is told by its one settings file and the environment; see docs/settings.md.
struct Settings: Sendable {
    struct Desk: Sendable {
        var name = "CallDesk"
        /// The desk's own telephone, as customers are to read it in mails; nil says none.
        var phone: String?
        /// How customers and technicians reach us, for links in notices; never taken from a request.
        var url = "http://127.0.0.1:8080"
        /// Where files are downloaded from, on a host of its own; nil: beside the pages.
        var filesURL: String?
        /// Within how many working minutes a caller nobody reached is to be called back; nil promises nothing.
        var callBackMinutes: Int? = 60
        /// Where attachments, the key file and rendered prompts lie.
        var data = "var"
    }

    struct HTTP: Sendable {
        var host = "127.0.0.1"
        var port = 8080
        /// Peers whose X-Forwarded-For is believed.
        var trustedProxies: [String] = []
        /// What shows figures and details of `/ready` to programs elsewhere; nil shows them on this machine alone.
        var metricsToken: String?
        /// Where figures and details are shown to whoever can reach it, apart from people; nil for nowhere.
        var metricsPort: Int?
        var metricsHost = "127.0.0.1"
        /// Requests to the API a minute, by each token and by each session; 0 for any number.
        var tokenRate = 600_000
        var sessionRate = 6_000
    }

    struct PBX: Sendable {
        var line: String
        var kind = PBXKind.asterisk
        var host = "127.0.0.1"
        var port = 5038
        var user = ""
        var secret = ""
        var tls = false
        /// Trust this certificate authority file instead of the system's.
        var tlsAuthority: String?
        /// What channels that lead outside begin with (`PJSIP/trunk`); empty: it is told from the calls.
        var trunks: [String] = []
        /// What a technician dials before an outside number, for click-to-call.
        var dialPrefix = ""
        /// Where in the dialplan click-to-call goes on.
        var dialContext = "calldesk-outgoing"
        /// Beginnings of the numbers that may be called (`+55`, `+351`); empty: those of the desk's country.
        var dialAllow: [String] = []
        /// Where the PBX's recordings can be read, if they can.
        var recordings: String?
        /// What stands in the address of a webhook line; nobody else may know it.
        var token = ""
        /// Addresses a webhook line's requests may come from; empty for any.
        var allow: [String] = []
    }

    /// Webhooks in and out.
    struct Hooks: Sendable {
        /// How senders reach the desk, where that is not `desk.url`; never taken from a request.
        var url: String?
        /// Networks and names of receivers that may be private ones: `10.0.0.0/8`, `erp.interno`.
        var allowPrivate: [String] = []
    }

    /// Where a PBX hands callers over to the telephone menu.
    struct Menu: Sendable {
        /// Where each PBX looks for it by itself.
        static let fastAGIPort = 4573
        static let outboundSocketPort = 8084

        var host = "127.0.0.1"
        var port: Int
        var allow: [String] = ["127.0.0.1"]
    }

    /// The telephone menu, and what the desk may dial.
    struct IVR: Sendable {
        /// Where calls go when no department of `queues` says otherwise.
        var queue = "suporte"
        /// Queues by department of the catalogue.
        var queues: [String: String] = [:]
        /// Where the PBX finds the sounds, below its own sounds folder or absolute.
        var sounds = "calldesk"
        /// Whether callers are told that calls may be recorded.
        var recorded = false
        /// From how many waiting callers on the menu offers a call-back; 0 never.
        var callBackAfter = 5

        /// The queue of a department.
        func queue(for department: String?) -> String { department.flatMap { queues[$0] } ?? queue }
    }

    /// When somebody works, for the menu's greeting and promised times.
    struct Hours: Sendable {
        var opens = 8
        var closes = 18
        /// `2026-12-25`, or `12-25` for every year.
        var holidays: [String] = []
        var weekends = false
        /// Ranges a weekday, Monday first, in place of the three above; nil without.
        var week: [[String]]?
        var country: HolidayCountry?
        var facultative: [String] = []
        var timeZone: TimeZone?
        /// Whose calendar it is; empty for everybody without one.
        var departments: [String] = []
    }

    struct Mail: Sendable {
        enum TLS: String, Sendable, CaseIterable { case required, opportunistic, off }
        var url: String
        var from: String
        var fromName: String?
        var user: String?
        var password: String?
        var tls: TLS = .opportunistic
        var connections = 4
    }

    /// A second domain, whose directory knows the passwords of customers.
    struct Domain: Sendable {
        /// As people choose it.
        var name: String
        var route: LDAPRoute
        var newcomers = PersonDomain.Newcomer.join
    }

    struct SMS: Sendable {
        enum Gateway: String, Sendable, CaseIterable {
            case kannel, twilio, vonage, infobip, zenvia, smsdev, http, file
        }
        var gateway: Gateway
        var url: String?
        var user: String?
        var password: String?
        var from: String?
        var path: String?
        var method: String?
        var body: String?
        var headers: [String: String] = [:]
        var reference: String?
        /// One segment per message: drop accents when that saves one.
        var transliterate = true
        var connections = SMSGateway.usualConnections
        /// Shared secret in the delivery report address.
        var reportSecret: String?
    }

    struct Retention: Sendable {
        var attendanceDays = 1825
    }

    /// This node's name among those on one database; the machine's when nil.
    var node: String?
    var desk = Desk()
    var http = HTTP()
    var database = "sqlite:var/calldesk.sqlite"
    var pbx: [PBX] = []
    var hooks = Hooks()
    /// For Asterisk.
    var fastAGI: Menu?
    /// For FreeSWITCH.
    var outboundSocket: Menu?
    var ivr = IVR()
    var hours = Hours()
    var calendars: [Hours] = []
    var policies: [ServicePolicy] = []
    var catalogue: String?
    var mail: Mail?
    var mailIn: MailIn?
    var sms: SMS?
    var region = "BR"
    var language = "pt-BR"
    var timeZone = TimeZone(identifier: "America/Sao_Paulo") ?? .gmt
    var protocolFormat = ProtocolFormat.standard
    var ticketFormat = ProtocolFormat.standardTicket
    var ticketTerms = TicketTerms()
    var portal = Portal()
    var domains: [Domain] = []
    var secretHours = 72
    var quickLinkDays = 30
    var retention = Retention()
    /// How much of what lines bring is kept for looking back; nil keeps nothing.
    var lineTape: LineTapes.Term? = LineTapes.Term()
    var logLevel = "info"
}
