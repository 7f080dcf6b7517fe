import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// Every operation whose address names something, asked with the name of what is somebody else's.
///
/// The list is the API's own: a new operation fails here until it says which of the two it is.
@Suite("Names of what is somebody else's", .timeLimit(.minutes(5)))
struct ForgedIdTests {
    /// What a technician may name whoever works on it, and why.
    private static let open: [String: String] = [
        "getContactAccount": customers, "changeContactAccount": customers, "inviteContact": customers,
        "getCustomer": customers, "updateCustomer": customers, "getCallerCard": customers, "listContacts": customers,
        "addContact": customers, "removeContact": customers, "updateContact": customers, "replaceContact": customers,
        "listContracts": customers, "revealDocument": customers, "listPhones": customers, "addPhone": customers,
        "removePhone": customers, "getCustomerTimeline": customers,
        "claimAttendance":
            "a waiting contact is anybody's who may be asked; who is not offered it is refused by the claim",
        "finishCallBack": "a call to be returned is anybody's who returns it",
        "takeCallBack": "a waiting caller is anybody's who calls them; one that a colleague has taken is refused",
        "letGoCallBack": "gives back what one has taken oneself, and nothing of a colleague's",
        "listWork": "names a list and no record", "takeBackMoves": "names moves, which who made them takes back",
        "findPostalCode": "names a place and nobody who lives there",
        "findTicketNumber": "says the number and nothing else of a ticket elsewhere",
    ]
    private static let customers =
        "customers are everybody's who answers them; what is shown of their tickets follows the tickets"

    /// Refusals that are told as what stands in the way: a colleague, the customer's own say, the time.
    private static let refusals: Set<String> = [
        "/problems/held-by-another", "/problems/needs-contact", "/problems/too-late",
    ]

    /// What is sent, so that nothing but the right is missing; `{}` where it is not named.
    private static let bodies: [String: String] = [
        "handOverAttendance": #"{"account_id": {eve}}"#,
        "changeCannedReply": #"{"title": "x", "body": "y", "revision": 0}"#,
        "answerQuestion": #"{"revision": 1, "prompt": "x", "answer": {"text": "y"}}"#,
        "goToQuestion": #"{"prompt": "x"}"#, "endInterview": #"{"reason": "other", "text": "x"}"#,
        "linkTicket": #"{"ticket_id": {ticket}}"#, "changeTicket": #"{"priority": "low"}"#,
        "assignTicket": #"{"account_id": {eve}}"#, "moveTicket": #"{"department": "{elsewhere}", "body": "x"}"#,
        "mergeTicket": #"{"other_id": {other}}"#, "linkToTicket": #"{"other_id": {other}}"#,
        "splitTicket": #"{"summary": "x", "entries": [{entry}]}"#, "addEntry": #"{"body": "x"}"#,
        "revealSecret": #"{"reference": "secret:1", "reason": "x"}"#, "markStep": #"{"done": true}"#,
        "lookAtTicket": "{}", "readTicket": #"{"entry_id": {entry}}"#, "rateTicket": #"{"score": 5}"#,
    ]

    @Test(
        "technicians of another department are refused by every operation that names a ticket, a contact or a file of ours"
    )
    func elsewhere() async throws {
        try await DeskUnderTest.with { test in
            let api = try API(app: test.app, streams: test.streams, uploads: UploadGate())
            let catalogue = test.app.catalogue.current
            let (here, there) = try Self.departments(catalogue)
            let ana = try await test.account("ana", departments: [here])
            let eve = try await test.account("eve", departments: [there])
            let customer = try await test.customer()
            try await test.application.test(.router) { client in
                let (hers, stranger) = (try await test.browser(ana, client), try await test.browser(eve, client))
                func open() async throws -> JSONValue {
                    let made = try await client.send(
                        .post,
                        "/api/v1/tickets",
                        token: test.token,
                        json: DeskUnderTest.ticket(customer.id),
                        headers: [.account: "ana"]
                    )
                    return try await hers.send(.get, "/api/v1/tickets/\(try #require(made.json["id"].integer))").json
                }
                let (ticket, other) = (try await open(), try await open())
                let id = try #require(ticket["id"].integer)
                #expect(ticket["department"].string == here)
                let file = try await client.send(
                    .put,
                    "/api/v1/tickets/\(id)/attachments/a.txt",
                    token: test.token,
                    bytes: Array("x".utf8),
                    headers: [.account: "ana", .contentType: "text/plain"]
                )
                let reply = try await hers.send(.post, "/api/v1/canned-replies", #"{"title": "a", "body": "b"}"#)
                let list = try await hers.send(.post, "/api/v1/saved-lists", #"{"name": "minha", "query": "q=x"}"#)
                let notices = try await hers.send(.get, "/api/v1/tickets/\(id)/notices")
                let entries = try await hers.send(.get, "/api/v1/tickets/\(id)/entries")
                let clock = test.clock
                _ = try await test.app.database.write { session in
                    try QuickLinks(database: test.app.database).create(
                        ticketID: id,
                        recipient: "x@ex.br",
                        expires: clock.now.adding(.seconds(3_600)),
                        at: clock.now,
                        in: session
                    )
                }
                let links = try await hers.send(.get, "/api/v1/tickets/\(id)/links")
                let moved = try await hers.send(
                    .post,
                    "/api/v1/ticket-moves",
                    "{\"moves\": [{\"ticket_id\": \(id), \"move\": \"change\", \"priority\": \"high\"}]}"
                )
                let contact = try await hers.send(.post, "/api/v1/interviews", #"{"walk_in": true}"#)
                let attendance = try #require(contact.json["attendance"]["id"].integer)
                let steps = try await hers.send(.get, "/api/v1/tickets/\(id)/steps")
                func name(_ value: JSONValue) -> String { value.integer.map { "\($0)" } ?? value.string ?? "?" }
                let values = [
                    "{ticket}": "\(id)", "{other}": name(other["id"]), "{eve}": "\(eve.id)", "{elsewhere}": there,
                    "{entry}": name(entries.json["items"][0]["id"]),
                ]
                /// The operation's address with the names of what is Ana's; nil for one whose names are of another kind.
                func address(_ operation: CallDesk.Operation) -> String? {
                    var path = operation.path
                    let subject = path.split(separator: "/").first ?? ""
                    let first =
                        switch subject {
                        case "tickets": "\(id)"
                        case "attendances", "interviews": "\(attendance)"
                        case "attachments": name(file.json["id"])
                        case "notices": name(notices.json["items"][0]["id"])
                        case "canned-replies": name(reply.json["id"])
                        case "saved-lists": name(list.json["id"])
                        case "ticket-moves": name(moved.json["undo"]["id"])
                        case "calls": "1"
                        default: ""
                        }
                    guard !first.isEmpty else { return nil }
                    path = path.replacing("{id}", with: first).replacing("{attendance}", with: first)
                        .replacing("{link}", with: name(links.json["items"][0]["id"])).replacing(
                            "{name}",
                            with: "b.txt"
                        )
                        .replacing("{field}", with: "mensagem").replacing(
                            "{step}",
                            with: name(steps.json["items"][0]["id"])
                        )
                    return path.contains("?") || path.contains("{") ? nil : "/api/v1" + path
                }
                let named = api.operations.filter { operation in
                    operation.path.contains("{")
                        && operation.who.contains { if case .staff(.technician) = $0 { true } else { false } }
                }
                var asked: [(operation: CallDesk.Operation, path: String, body: String?)] = []
                for operation in named where Self.open[operation.id] == nil {
                    guard let path = address(operation) else {
                        Issue.record("\(operation.id): name what is somebody else's, or say why it is everybody's")
                        continue
                    }
                    var body = operation.body == nil ? nil : Self.bodies[operation.id] ?? #"{"body": "x"}"#
                    for (mark, value) in values { body = body?.replacing(mark, with: value) }
                    if operation.path.hasPrefix("/interviews"), Self.bodies[operation.id] == nil {
                        body = body.map { _ in "{}" }
                    }
                    asked.append((operation, path, body))
                }
                for (operation, path, body) in asked {
                    let query = operation.id == "findTopics" ? "?q=erro" : ""
                    let headers: HTTPFields = path.hasSuffix("b.txt") ? [.contentType: "text/plain"] : [:]
                    let answer = try await stranger.send(operation.method, path + query, body, headers: headers)
                    #expect(
                        [403, 404].contains(answer.status)
                            || answer.status == 409 && Self.refusals.contains(answer.json["type"].string ?? ""),
                        "\(operation.id): \(answer.status) \(answer.body.prefix(200))"
                    )
                    #expect(!answer.body.contains("Erro 613"), "\(operation.id)")
                }
                // The names are right: whose they are may look. (What changes is asked by the tests of each.)
                for (operation, path, _) in asked where operation.method == .get && operation.id != "getRecording" {
                    let query = operation.id == "findTopics" ? "?q=erro" : ""
                    let answer = try await hers.send(.get, path + query)
                    #expect(
                        [200, 303].contains(answer.status),
                        "\(operation.id): \(answer.status) \(answer.body.prefix(200))"
                    )
                }
                #expect(Set(Self.open.keys).subtracting(named.map(\.id)).isEmpty)
                // Nothing of it was done.
                let now = try await hers.send(.get, "/api/v1/tickets/\(id)")
                #expect(now.json["state"] == ticket["state"] && now.json["department"] == ticket["department"])
                let after = try await hers.send(.get, "/api/v1/tickets/\(id)/entries")
                #expect(after.json["items"].array?.contains { $0["body"].string == "x" } == false)
            }
        }
    }

    @Test("what belongs to one customer or ticket is not reached through another", arguments: TestDatabase.engines)
    func crossed(engine: DatabaseEngine) async throws {
        try await DeskUnderTest.with(engine) { test in
            let boss = try await test.account("chefe", role: .supervisor)
            let (one, two) = (
                try await test.customer(name: "Padaria"),
                try await test.customer(name: "Açougue", phone: "(31) 98765-4322")
            )
            try await test.application.test(.router) { client in
                let browser = try await test.browser(boss, client)
                func first(_ of: String, _ customer: Customer) async throws -> String {
                    let list = try await browser.send(.get, "/api/v1/customers/\(customer.id)/\(of)")
                    return "/\(of)/\(try #require(list.json["items"][0]["id"].integer))"
                }
                let whole = #"{"name": "Bia", "number": "K", "title": "T", "revision": 0}"#
                for of in ["contacts", "contracts"] {
                    let path = "/api/v1/customers/\(two.id)" + (try await first(of, one))
                    let part = of == "contacts" ? #"{"name": "Bia"}"# : #"{"title": "T"}"#
                    #expect(try await browser.send(.patch, path, part).status == 404, "\(of)")
                    let body =
                        of == "contacts"
                        ? #"{"name": "Bia", "revision": 0}"# : #"{"number": "K", "title": "T", "revision": 0}"#
                    #expect(try await browser.send(.put, path, body).status == 404, "\(of) \(whole)")
                }
                for of in ["contacts", "phones"] {
                    let path = "/api/v1/customers/\(two.id)" + (try await first(of, one))
                    #expect(try await browser.send(.delete, path).status == 404, "\(of)")
                }
                #expect(
                    try await browser.send(.get, "/api/v1/customers/\(one.id)/phones").json["items"].array?.count == 1
                )
                // A link and a step of one ticket, a file of one contact, through another ticket.
                func open(_ customer: Customer) async throws -> Int64 {
                    let json = DeskUnderTest.ticket(customer.id)
                    let made = try await client.send(.post, "/api/v1/tickets", token: test.token, json: json)
                    return try #require(made.json["id"].integer)
                }
                let (mine, other) = (try await open(one), try await open(two))
                let clock = test.clock
                _ = try await test.app.database.write { session in
                    try QuickLinks(database: test.app.database).create(
                        ticketID: mine,
                        recipient: "x@ex.br",
                        expires: clock.now.adding(.seconds(3_600)),
                        at: clock.now,
                        in: session
                    )
                }
                let list = try await browser.send(.get, "/api/v1/tickets/\(mine)/links")
                let link = try #require(list.json["items"][0]["id"].integer)
                #expect(try await browser.send(.delete, "/api/v1/tickets/\(other)/links/\(link)").status == 404)
                let file = try await client.send(
                    .put,
                    "/api/v1/tickets/\(mine)/attachments/a.txt",
                    token: test.token,
                    bytes: Array("x".utf8),
                    headers: [.contentType: "text/plain"]
                )
                let fileID = try #require(file.json["id"].integer)
                let entry = try await browser.send(.get, "/api/v1/tickets/\(mine)/entries")
                let entryID = try #require(entry.json["items"][0]["id"].integer)
                for (move, body) in [
                    ("note", "{\"body\": \"x\", \"files\": [\(fileID)]}"),
                    ("split", "{\"summary\": \"x\", \"body\": \"x\", \"entries\": [\(entryID)]}"),
                ] {
                    let answer = try await browser.send(.post, "/api/v1/tickets/\(other)/\(move)", body)
                    #expect((400..<500).contains(answer.status), "\(move): \(answer.status) \(answer.body)")
                }
                let kept = try await browser.send(.get, "/api/v1/tickets/\(mine)/attachments")
                #expect(kept.json["items"].array?.count == 1)
            }
        }
    }

    private static func departments(_ catalogue: Catalogue) throws -> (String, String) {
        let here = try #require(catalogue.topic("erro-sistema")?.department)
        return (here, try #require(catalogue.departments.map(\.id).first { $0 != here }))
    }
}
