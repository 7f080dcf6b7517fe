import HTTPTypes
import Hummingbird

/// `/health` (the process lives), `/ready` (it can work), `/metrics` (figures for Prometheus).
struct HealthRoutes: RouteSet {
    let readiness: Readiness
    let metrics: MetricsRegistry

    func addRoutes(to router: DeskRouter) {
        router.get("/health") { _, _ in Self.text(.ok, "alive\n") }
        router.get("/ready") { request, _ in await ready(request) }
        router.get("/metrics") { _, _ in
            var response = Self.text(.ok, metrics.text())
            response.headers[.contentType] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        }
    }

    private func ready(_ request: Request) async -> Response {
        let items = await readiness.items()
        let isReady = items.allSatisfy { $0.report.ok || !$0.isEssential }
        let status: HTTPResponse.Status = isReady ? .ok : .serviceUnavailable
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
