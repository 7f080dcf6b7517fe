import DeskCore
import HTTPTypes
import Hummingbird
import Logging

/// `/hooks/sms/{gateway}`: where SMS gateways report what became of a message.
///
/// A report without the right token or signature changes nothing; a repeated one changes nothing either.
struct SMSHook: RouteSet {
    /// A gateway's report has some hundred bytes.
    private static let longestForm = 64 * 1024

    let reports: SMSReports
    let intake: ReportIntake
    let clock: DeskClock
    /// Counts forged reports by address.
    let failures: AddressThrottle
    /// Tells the desks of a change.
    let publish: @Sendable (NoticeFateChange) -> Void

    init(
        reports: SMSReports,
        outbox: NoticeOutbox,
        clock: DeskClock,
        publish: @escaping @Sendable (NoticeFateChange) -> Void
    ) {
        self.reports = reports
        intake = ReportIntake(outbox: outbox)
        self.clock = clock
        self.publish = publish
        // A gateway whose secret was changed sends wrong reports for a while; a guesser needs 2^127.
        failures = AddressThrottle(burst: 600, perMinute: 600, clock: clock)
    }

    func addRoutes(to router: DeskRouter) {
        router.get("/hooks/sms/:gateway") { request, context in try await take(request, context, form: []) }
        router.post("/hooks/sms/:gateway") { request, context in
            let body = Array(try await request.bytes(upTo: Self.longestForm).readableBytesView)
            // The first byte decides, not the type, which gateways mistake.
            if body.first(where: { !$0.isBlank }) == UInt8(ascii: "{") {
                guard let document = try? JSONParser.parse(body) else { throw Problem.malformed(Self.noReport) }
                return try await take(request, context, form: [], document: document)
            }
            return try await take(request, context, form: FormFields.parse(String(decoding: body, as: UTF8.self)))
        }
    }

    private func take(
        _ request: Request,
        _ context: DeskRequestContext,
        form: [(name: String, value: String)],
        document: JSONValue? = nil
    ) async throws -> Response {
        try failures.check(context.peer)
        let fields = FormFields.parse(request.uri.query ?? "")
        let report: SMSReport?
        do {
            report = try reports.read(
                query: Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first },
                form: form,
                document: document,
                pathAndQuery: request.head.path ?? "",
                signature: request.headers[.twilioSignature]
            )
        } catch .malformed {
            throw Problem.malformed(Self.noReport)
        } catch .forged {
            failures.note(context.peer)
            context.logger.warning("a delivery report with a wrong token or signature was refused")
            throw Problem(.forbidden, "forged-report", Self.forged)
        }
        if let report {
            let change = try await intake.take(
                NoticeReport(
                    noticeID: report.noticeID,
                    delivered: report.delivered,
                    fault: report.fault,
                    at: clock.now
                )
            )
            if let change { publish(change) }
        }
        return Response(status: .noContent)
    }

    private static let noReport = LocalizedText(
        "Falta um campo do relatório de entrega.",
        ptPT: "Falta um campo do relatório de entrega.",
        en: "A field of the delivery report is missing."
    )
    private static let forged = LocalizedText(
        "Token ou assinatura inválidos",
        ptPT: "Token ou assinatura inválidos",
        en: "Token or signature not valid"
    )
}

extension UInt8 {
    /// White space of JSON (RFC 8259 §2).
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D }
}
