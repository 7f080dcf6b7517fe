import DeskCore
import HTTPTypes
import Hummingbird

/// The callers who wait to be called back: who calls whom, and who is done.
struct CallBackOperations: OperationSet {
    let app: App

    var operations: [Operation] { [list, take, letGo, done, doneTogether] }

    private var changes: DeskChanges { DeskChanges(hub: app.hub, clock: app.clock) }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/callbacks",
            id: "listCallBacks",
            tag: "calls",
            summary:
                "Callers who reached nobody, asked to be called back or were cut off: one item a number, the longest waiting first.",
            who: [.program(.callsRead)],
            answer: .list("CallBack")
        ) { _ in .list(try await app.callBacks.list()) { $0.write($1, region: app.region) } }
    }

    private var take: Operation {
        Operation(
            method: .post,
            path: "/callbacks/{id}/take",
            id: "takeCallBack",
            tag: "calls",
            summary:
                "Takes a waiting caller for five minutes, so that nobody else calls them; dialling takes them too.",
            who: [.program(.callsWrite), .staff(.technician)],
            parameters: [.account],
            status: .noContent,
            answer: .nothing,
            problems: [.notFound, .conflict]
        ) { ask in
            let callID = try ask.id()
            try await app.callBacks.take(callID: callID, for: try ask.person().id)
            changes.callBack(callID)
            return Response(status: .noContent)
        }
    }

    private var letGo: Operation {
        Operation(
            method: .delete,
            path: "/callbacks/{id}/take",
            id: "letGoCallBack",
            tag: "calls",
            summary: "Gives a caller back that one has taken and does not call.",
            who: [.program(.callsWrite), .staff(.technician)],
            parameters: [.account],
            status: .noContent,
            answer: .nothing
        ) { ask in
            let callID = try ask.id()
            try await app.callBacks.letGo(callID: callID, by: try ask.person().id)
            changes.callBack(callID)
            return Response(status: .noContent)
        }
    }

    private var done: Operation {
        Operation(
            method: .post,
            path: "/callbacks/{id}/done",
            id: "finishCallBack",
            tag: "calls",
            summary: "Takes a number off the list by hand; a call that is answered does so by itself.",
            who: [.program(.callsWrite), .staff(.technician)],
            parameters: [.account],
            status: .noContent,
            answer: .nothing,
            problems: [.notFound]
        ) { ask in
            let callID = try ask.id()
            let done = try await app.callBacks.done(callIDs: [callID], by: ask.caller.account?.id)
            guard !done.isEmpty else { throw Problem.notFound }
            changes.callBack(callID)
            return Response(status: .noContent)
        }
    }

    private var doneTogether: Operation {
        Operation(
            method: .post,
            path: "/callbacks/done",
            id: "finishCallBacks",
            tag: "calls",
            summary: "Takes many numbers off the list at once; those that are done already are left out.",
            who: [.program(.callsWrite), .staff(.technician)],
            parameters: [.account],
            body: .json("CallBacksDone"),
            answer: .one("CallBacksAreDone")
        ) { ask in
            let body = try ask.fields()
            let ids = body.ids("ids", most: CallBackDesk.longestList)
            try body.finish()
            let done = try await app.callBacks.done(callIDs: ids, by: ask.caller.account?.id)
            if let first = ids.first, !done.isEmpty { changes.callBack(first) }
            return .one { json in json.object { json in json.field("calls", done.count) } }
        }
    }
}

extension JSONWriter {
    mutating func write(_ item: CallBack, region: Region) {
        object { json in
            json.field("id", item.id)
            json.field("number", item.call.number ?? item.call.numberRaw)
            json.field(
                "number_display",
                (item.call.number ?? item.call.numberRaw).map { PhoneNumber.display($0, region: region) }
            )
            json.field("caller_name", item.call.callerName)
            json.writeWaiting(item)
            json.field("protocol", item.protocolNumber)
            json.field("attendance_id", item.call.attendanceID)
            json.field("customer_id", item.customerID)
            json.field("topic", item.topic)
            json.field("queue", item.call.queue)
        }
    }

    /// How long somebody waits, until when they are to be called, and who has tried.
    mutating func writeWaiting(_ item: CallBack) {
        field("since", item.since)
        field("due_at", item.dueAt)
        field("calls", item.calls)
        field("asked_for", item.isAskedFor)
        field("dropped", item.wasDropped)
        key("tries")
        array(item.tries) { json, one in
            json.object { json in
                json.field("at", one.at)
                json.field("outcome", one.outcome.rawValue)
                json.field("account_id", one.accountID)
                json.field("name", one.name)
            }
        }
        key("lease")
        guard let lease = item.lease else { return null() }
        object { json in
            json.field("account_id", lease.accountID)
            json.field("name", lease.name)
            json.field("ends_at", lease.endsAt)
        }
    }
}

extension CallBackDesk.Refusal: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .notWaiting: .notFound
        case .taken(let lease):
            Problem(
                .conflict,
                "call-back-taken",
                LocalizedText(
                    "\(lease.name) já está ligando para este número",
                    ptPT: "\(lease.name) já está a ligar para este número",
                    en: "\(lease.name) is calling this number already"
                )
            )
        case .underWay:
            Problem(
                .conflict,
                "call-back-under-way",
                LocalizedText(
                    "A ligação já foi pedida: seu telefone vai tocar",
                    ptPT: "A chamada já foi pedida: o seu telefone vai tocar",
                    en: "The call was asked for already: your phone will ring"
                )
            )
        }
    }
}
