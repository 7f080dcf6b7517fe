import DeskCore
import HTTPTypes
import Hummingbird

/// Calls as the PBX lines reported them.
struct CallEndpoints: Sendable {
    let calls: CallDirectory
    let region: Region

    var all: [Endpoint] { [list, live, toReturn, show] }

    private var list: Endpoint {
        Endpoint(
            method: .get,
            path: "/calls",
            id: "listCalls",
            tag: "calls",
            summary: "Calls, the newest first.",
            scope: .callsRead,
            parameters: [.after, .limit],
            answer: .page("Call")
        ) { request, _ in
            let page = try PageQuery(request)
            let found = try await calls.list(before: page.after, limit: page.limit)
            return .page(found, next: page.next(found)) { $0.write($1, region: region) }
        }
    }

    private var live: Endpoint {
        Endpoint(
            method: .get,
            path: "/calls/live",
            id: "listLiveCalls",
            tag: "calls",
            summary: "Calls that are going on, the longest first.",
            scope: .callsRead,
            answer: .list("Call")
        ) { _, _ in .list(try await calls.live()) { $0.write($1, region: region) } }
    }

    private var toReturn: Endpoint {
        Endpoint(
            method: .get,
            path: "/calls/to-return",
            id: "listCallsToReturn",
            tag: "calls",
            summary: "Calls nobody answered and nobody returned, one for each number, the longest waiting first.",
            scope: .callsRead,
            answer: .list("Call")
        ) { _, _ in .list(try await calls.toReturn()) { $0.write($1, region: region) } }
    }

    private var show: Endpoint {
        Endpoint(
            method: .get,
            path: "/calls/{id}",
            id: "getCall",
            tag: "calls",
            summary: "One call.",
            scope: .callsRead,
            answer: .one("Call"),
            problems: [.notFound]
        ) { _, context in
            guard let call = try await calls.find(context.id()) else { throw Problem.notFound }
            return .one { $0.write(call, region: region) }
        }
    }
}
