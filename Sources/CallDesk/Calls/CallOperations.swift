import DeskCore
import HTTPTypes
import Hummingbird

/// Calls as the PBX lines reported them.
struct CallOperations: OperationSet {
    let calls: CallDirectory
    let clock: DeskClock
    let region: Region

    var operations: [Operation] { [list, live, toReturn, show] }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/calls",
            id: "listCalls",
            tag: "calls",
            summary: "Calls, the newest first.",
            who: [.program(.callsRead)],
            parameters: [
                .after, .limit,
                .init(
                    name: "q",
                    schema: .string(maximum: 200),
                    about: "A phone in any spelling, a protocol number, or words of who called."
                ),
            ],
            answer: .page("Call")
        ) { ask in
            let page = ask.page
            let words = ask.query("q") ?? ""
            let found =
                words.contains { !$0.isWhitespace }
                ? try await calls.search(words, region: region, before: page.after, limit: page.limit)
                : try await calls.list(before: page.after, limit: page.limit)
            return .page(found, next: page.next(found)) { $0.write($1, region: region) }
        }
    }

    private var live: Operation {
        Operation(
            method: .get,
            path: "/calls/live",
            id: "listLiveCalls",
            tag: "calls",
            summary: "Calls that are going on, the longest first.",
            who: [.program(.callsRead)],
            answer: .list("Call")
        ) { _ in .list(try await calls.live()) { $0.write($1, region: region) } }
    }

    private var toReturn: Operation {
        Operation(
            method: .get,
            path: "/calls/to-return",
            id: "listCallsToReturn",
            tag: "calls",
            summary: "Calls nobody answered and nobody returned, one for each number, the longest waiting first.",
            who: [.program(.callsRead)],
            answer: .list("Call")
        ) { _ in .list(try await calls.toReturn(at: clock.now)) { $0.write($1, region: region) } }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/calls/{id}",
            id: "getCall",
            tag: "calls",
            summary: "One call.",
            who: [.program(.callsRead)],
            answer: .one("Call"),
            problems: [.notFound]
        ) { ask in
            guard let call = try await calls.find(ask.id()) else { throw Problem.notFound }
            return .one { $0.write(call, region: region) }
        }
    }
}
