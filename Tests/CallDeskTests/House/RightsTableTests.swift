import DeskCore
import Foundation
import HTTPTypes
import TestSupport
import Testing

@testable import CallDesk

@Suite("The table of rights")
struct RightsTableTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/rights.md")

    /// Routes beside the API and the pages, which ask their own way.
    private static let others = [
        ("GET", "/health", "anybody"), ("GET", "/ready", "anybody its status; details as /metrics, and administrators"),
        ("GET", "/metrics", "this machine, `http.metrics_token`, `http.metrics_port`"),
        ("GET, POST", "/t/{token}", "whoever holds the link, for its one ticket"),
        ("GET", "/t/{token}/arquivos/{id}", "whoever holds the link, public files of its ticket"),
        ("GET", "/arquivos/{id}/{end}/{mark}", "whoever was led there by a page within two minutes; reads no cookie"),
        ("GET, POST", "/desk/sign-in", "anybody"), ("POST", "/desk/sign-out", "who is signed in"),
        ("GET", "/desk/events", "technician, their own and their departments'; supervisor, all"),
        ("POST", "/hooks/sms/{gateway}", "whoever knows the address's token"),
        ("GET", "/api/v1/openapi.json", "anybody"),
    ]

    @Test("says of every route who may, as the routes themselves do; CALLDESK_WRITE_DOCS=1 writes it")
    func upToDate() async throws {
        try await DeskUnderTest.with { test in
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
            let table = Self.table(api.operations, portal: PortalSafetyTests.ways(of: test))
            if ProcessInfo.processInfo.environment["CALLDESK_WRITE_DOCS"] != nil {
                try Data(table.utf8).write(to: Self.file)
            }
            let written = try String(contentsOf: Self.file, encoding: .utf8)
            #expect(written == table, "run this test with CALLDESK_WRITE_DOCS=1 and read what changed")
        }
    }

    private static func table(
        _ operations: [CallDesk.Operation],
        portal: [(method: HTTPRequest.Method, path: String)]
    ) -> String {
        var lines = [
            "# Who may what", "",
            "Written by `RightsTableTests` from the routes themselves; who is not named may not. What is seen of each, by",
            "department and holder, stands in [security.md](security.md).", "", "## `/api/v1`", "",
            "| method | path | operation | staff | program | others |", "| --- | --- | --- | --- | --- | --- |",
        ]
        for operation in operations.sorted(by: { ($0.path, $0.method.rawValue) < ($1.path, $1.method.rawValue) }) {
            var (staff, programs, others): ([String], [String], [String]) = ([], [], [])
            for permission in operation.who {
                if case .staff(let role) = permission {
                    staff.append(role.rawValue)
                } else if let scope = permission.scope {
                    programs.append("`\(scope.rawValue)`")
                } else {
                    others.append(permission.side.map { "\($0)" } ?? "\(permission)")
                }
            }
            let cells = [staff, programs, others].map { $0.isEmpty ? "—" : $0.joined(separator: ", ") }
            lines.append(
                "| \(operation.method.rawValue) | `\(operation.path)` | \(operation.id) | "
                    + cells.joined(separator: " | ") + " |"
            )
        }
        lines += ["", "## Pages of the desk", "", "| path | staff |", "| --- | --- |"]
        for page in DeskAccessTests.pages { lines.append("| `\(page.path)` | \(page.role.rawValue) |") }
        lines += [
            "", "## Pages and forms of the portal", "",
            "Everybody's show nothing of anybody; a customer's lead a visitor, and whoever is signed in at the desk, to the sign-in.",
            "", "| method | path | who |", "| --- | --- | --- |",
        ]
        // A form is whose page it is on; those without a page of their own are named here.
        let open = PortalSafetyTests.open.union(["/idioma", "/sair", "/portal/{file}"])
        for way in portal.sorted(by: { ($0.path, $0.method.rawValue) < ($1.path, $1.method.rawValue) }) {
            let who = open.contains(way.path.replacing("/outro", with: "")) ? "anybody" : "customer"
            lines.append("| \(way.method.rawValue) | `\(way.path)` | \(who) |")
        }
        lines += ["", "## Beside them", "", "| method | path | who |", "| --- | --- | --- |"]
        for other in others { lines.append("| \(other.0) | `\(other.1)` | \(other.2) |") }
        return lines.joined(separator: "\n") + "\n"
    }
}
