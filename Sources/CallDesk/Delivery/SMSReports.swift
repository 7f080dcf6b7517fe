import Codecs
import Crypto
import DeskCore
import IVRBridge

/// What a delivery report says about a notice.
struct SMSReport: Sendable, Equatable {
    var noticeID: NoticeID
    var delivered: Bool
    /// The gateway's code for a failure; never its words.
    var fault: NoticeFault?
}

/// Why a delivery report changes nothing.
enum SMSReportRefusal: Error, Sendable, Equatable {
    /// A field is missing or is not what it must be: 400.
    case malformed
    /// The token or signature does not hold: 403.
    case forged
}

/// The address gateways report deliveries to, and the reading of what they send there.
///
/// `{publicURL}/hooks/sms/{gateway}?notice=12&token=…&status=…`. The token is an HMAC over gateway and notice: who does not
/// hold the secret cannot report anything, and who sees one report can only repeat it.
struct SMSReports: Sendable {
    private let gateway: SMSGateway
    private let publicURL: String
    /// The code before it has read anything: the key is worked in once, not for each message and report.
    private let code: HMAC<SHA256>

    /// `publicURL` as customers and gateways reach us; `secret` from the settings, the same on every node.
    init(gateway: SMSGateway, publicURL: String, secret: String) {
        self.gateway = gateway
        var base = publicURL
        while base.hasSuffix("/") { base.removeLast() }
        self.publicURL = base
        let key = SymmetricKey(data: SHA256.hash(data: Array("calldesk-sms-reports:\(secret)".utf8)))
        code = HMAC(key: key)
    }

    /// Where the fate of one notice is to be reported.
    func url(for id: NoticeID) -> String { url(for: id, token(for: id)) }

    private func url(for id: NoticeID, _ token: String) -> String {
        let base = "\(publicURL)/hooks/sms/\(gateway.name)?notice=\(id)&token=\(token)"
        // Kannel fills the status in; the others send it themselves.
        return gateway.reports == .kannel ? "\(base)&status=%d" : base
    }

    /// What names one notice where a gateway reports to one address for all: its number and the same proof.
    func key(for id: NoticeID) -> String { "\(id).\(token(for: id))" }

    /// Both, with one proof.
    func marks(for id: NoticeID) -> (url: String, key: String) {
        let token = token(for: id)
        return (url(for: id, token), "\(id).\(token)")
    }

    /// Reads one report.
    ///
    /// - Parameters:
    ///   - query: the fields of the address.
    ///   - form: the fields of a form in the body.
    ///   - document: the body where it is JSON.
    ///   - pathAndQuery: as the gateway called it, for signatures over the address.
    ///   - signature: the `X-Twilio-Signature` header.
    /// - Returns: nil for a report on the way (queued, submitted), which changes nothing.
    /// - Throws: what to answer to a report that is not one.
    func read(
        query: [String: String],
        form: [(name: String, value: String)] = [],
        document: JSONValue? = nil,
        pathAndQuery: String = "",
        signature: String? = nil
    ) throws(SMSReportRefusal) -> SMSReport? {
        // Of those that send all in the address nothing else is read.
        let fields = gateway.reports == .kannel ? query : Self.fields(query, form, document)
        var (notice, proof) = (query["notice"], query["token"])
        if gateway.reports == .smsdev, let parts = fields["refer"]?.split(separator: ".", maxSplits: 1),
            parts.count == 2
        {
            (notice, proof) = (String(parts[0]), String(parts[1]))
        }
        guard let id = notice.flatMap(NoticeID.init), let token = proof else { throw .malformed }
        guard isToken(token, for: id) else { throw .forged }
        switch gateway.reports {
        case .kannel:
            guard let status = query["status"].flatMap(Int.init) else { throw .malformed }
            return Self.kannel(status, id)
        case .twilio:
            guard let signature else { throw .malformed }
            guard
                TwilioSignature.holds(
                    signature,
                    token: gateway.constants[.password] ?? "",
                    url: publicURL + pathAndQuery,
                    fields: form
                )
            else { throw .forged }
            guard let status = form.first(where: { $0.name == "MessageStatus" })?.value else { throw .malformed }
            return Self.named(status, id, code: form.first { $0.name == "ErrorCode" }?.value)
        case .http:
            guard let status = fields["status"] else { throw .malformed }
            return Self.named(status, id, code: fields["code"])
        case .vonage:
            guard let status = fields["status"] else { throw .malformed }
            return Self.named(status, id, code: fields["err-code"])
        case .smsdev:
            guard let status = fields["situacao"] else { throw .malformed }
            return Self.smsdev(status, id)
        case .infobip:
            let state = document?.object?["results"]?.array?.first?.object?["status"]?.object
            guard let group = state?["groupId"]?.integer else { throw .malformed }
            return Self.infobip(group, state?["id"]?.integer, id)
        case .none: return nil
        }
    }

    /// What a report says, wherever it stands; the address first, which is ours.
    private static func fields(
        _ query: [String: String],
        _ form: [(name: String, value: String)],
        _ document: JSONValue?
    ) -> [String: String] {
        var fields = query.merging(form.map { ($0.name, $0.value) }) { first, _ in first }
        for (name, value) in document?.object ?? [:] where fields[name] == nil { fields[name] = SMSAnswer.word(value) }
        return fields
    }

    /// Infobip's status groups: 2 undeliverable, 3 delivered, 4 expired, 5 rejected; that an operator has it (2 of group 3)
    /// is no delivery yet.
    private static func infobip(_ group: Int64, _ status: Int64?, _ id: NoticeID) -> SMSReport? {
        switch group {
        case 3: return status == 2 ? nil : SMSReport(noticeID: id, delivered: true)
        case 2, 4, 5:
            let code = status.map { String($0) }
            return SMSReport(noticeID: id, delivered: false, fault: .report(.gateway, code: code))
        default: return nil
        }
    }

    private static func smsdev(_ status: String, _ id: NoticeID) -> SMSReport? {
        switch status.uppercased() {
        case "RECEBIDA": SMSReport(noticeID: id, delivered: true)
        case "ERRO", "CANCELADA", "BLACK LIST":
            SMSReport(noticeID: id, delivered: false, fault: .report(.gateway))
        // Queued or with the operator.
        default: nil
        }
    }

    /// Kannel's report types (user guide, “Delivery reports”): 1 delivered, 2 not, 4 queued, 8 at the centre, 16 refused by it.
    private static func kannel(_ status: Int, _ id: NoticeID) -> SMSReport? {
        switch status {
        case 1: SMSReport(noticeID: id, delivered: true)
        case 2: SMSReport(noticeID: id, delivered: false, fault: .report(.network, code: "2"))
        case 16: SMSReport(noticeID: id, delivered: false, fault: .report(.centre, code: "16"))
        default: nil
        }
    }

    private static func named(_ status: String, _ id: NoticeID, code: String?) -> SMSReport? {
        switch status.lowercased() {
        case "delivered", "read": return SMSReport(noticeID: id, delivered: true)
        case "undelivered", "failed", "rejected", "expired":
            // A number or nothing: what else stands there is the gateway's own words.
            let number = code.flatMap { Int($0) }.map { String($0) }
            return SMSReport(noticeID: id, delivered: false, fault: .report(.gateway, code: number))
        default: return nil
        }
    }

    private func token(for id: NoticeID) -> String {
        var code = code
        code.update(data: Array("\(gateway.name):\(id)".utf8))
        // 128 bits of it: nobody tries 2^127 addresses, and the address travels in every message to the gateway.
        return Hexadecimal.text(code.finalize().prefix(16))
    }

    private func isToken(_ token: String, for id: NoticeID) -> Bool { SecretText.isSame(token, self.token(for: id)) }
}
