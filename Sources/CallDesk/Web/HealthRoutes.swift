import Crypto
import DeskCore
import HTTPTypes
import Hummingbird

/// `/health` (the process lives), `/ready` (it can work), `/metrics` (figures for Prometheus).
struct HealthRoutes: RouteSet {
    let readiness: Readiness
    let metrics: MetricsRegistry
    /// What a program shows as `Authorization: Bearer …` to see figures and details from elsewhere.
    var token: String?
    /// Who is signed in, as administrators see what is wrong; nil where nobody can be.
    var sessions: (cookie: SessionCookie, known: KnownCallers)?
    /// These routes have an address of their own: whoever reaches it may look.
    var isApart = false

    func addRoutes(to router: DeskRouter) {
        router.get("/health") { _, _ in Self.text(.ok, "alive\n") }
        router.get("/ready") { request, context in await ready(request, context) }
        router.get("/metrics") { request, context in
            guard await mayLook(request, context) else { throw Problem.notFound }
            var response = Self.text(.ok, metrics.text())
            response.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        }
    }

    /// Whoever is on this machine itself, shows the token, or is signed in as an administrator; a proxy's word is somebody
    /// else's request.
    private func mayLook(_ request: Request, _ context: DeskRequestContext) async -> Bool {
        if isApart { return true }
        if let token, let shown = BearerToken.secret(request.headers[.authorization]),
            // Digests, so that the time it takes tells nothing of the token.
            SHA256.hash(data: Array(shown.utf8)) == SHA256.hash(data: Array(token.utf8))
        {
            return true
        }
        let isForwarded = request.headers[.forwardedFor] != nil || request.headers[.forwarded] != nil
        if !isForwarded, PeerAddress(context.connection).isOwnMachine { return true }
        guard let sessions, let cookie = sessions.cookie.token(of: request) else { return false }
        // While the database is away nobody can be known: the token and the machine itself still look.
        let signedIn = try? await sessions.known.session(cookie)
        return signedIn?.account.role == .administrator
    }

    private func ready(_ request: Request, _ context: DeskRequestContext) async -> Response {
        let items = await readiness.items()
        let isReady = items.allSatisfy { $0.report.ok || !$0.isEssential }
        let status: HTTPResponse.Status = isReady ? .ok : .serviceUnavailable
        guard await mayLook(request, context) else {
            // A balancer needs no more; what is wrong is for those who can mend it.
            return Self.text(status, isReady ? "ready\n" : "not ready\n")
        }
        if request.query("format") == "text" || request.headers[.accept]?.hasPrefix("text/plain") == true {
            return Self.text(status, items.map(Self.line).joined())
        }
        var json = JSONWriter()
        json.object { json in
            json.field("ready", isReady)
            json.key("parts")
            json.array(items) { json, item in
                json.object { json in
                    json.field("name", item.name)
                    json.field("ok", item.report.ok)
                    json.field("essential", item.isEssential)
                    json.field("what", item.report.what)
                    json.field("remedy", item.report.remedy)
                }
            }
        }
        return .json(status, json)
    }

    private static func line(_ item: ReadinessItem) -> String {
        let mark = item.report.ok ? "ok  " : item.isEssential ? "FAIL" : "warn"
        let remedy = item.report.remedy.map { " -> \($0)" } ?? ""
        return "\(mark) \(item.name): \(item.report.what)\(remedy)\n"
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }
}
