import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestSupport
import Testing

@testable import CallDesk

/// What is sent to each operation that changes something, and what of its own it is sent about.
///
/// A word in braces stands for something made for that operation alone, so that none stands in another's way.
enum UnprovenWrites {
    struct Write {
        /// The address, where it is not the operation's own with what its subject is called.
        var path: String?
        var body: String?
        /// What the desk of the test answers; anything else is a test that asks nothing.
        var statuses: Set<Int> = [200, 201, 202, 204]
        var match: String?
        /// Moves of the ticket before.
        var after: [(move: String, body: String)] = []
    }

    /// Deeds that show something whole on purpose, by themselves and on record.
    static let looks = [
        "revealDocument": "a look of its own, on record: what the caller says is compared with it",
        "revealAnswer": "the same, of a document in a ticket's answers",
    ]

    private static let asked = #""attendance_id": {held}"#
    private static let solved: (move: String, body: String) = ("solve", #"{"body": "Feito"}"#)
    private static let closed: (move: String, body: String) = ("confirm", "{\(asked)}")
    private static let rules = #"{"blocks": [], "incoming": [], "outgoing": []}"#
    private static let calendar = #"{"week": [["08:00-18:00"], [], [], [], [], [], []]}"#
    private static let webhook = #"{"name": "w{n}", "url": "https://ex.br/{n}", "events": ["call"]}"#

    static let all: [String: Write] = [
        // Contacts and calls.
        "attachToAttendance": Write(path: "/attendances/{held}/attachments/a.txt", body: "x"),
        "claimAttendance": Write(path: "/attendances/{held}/claim"),
        "handOverAttendance": Write(path: "/attendances/{held}/hand-over", body: #"{"account_id": {colleague}}"#),
        "takeBackAttendance": Write(path: "/attendances/{handed}/take-back"),
        "finishCallBacks": Write(body: #"{"ids": [{missed}]}"#),
        "finishCallBack": Write(path: "/callbacks/{missed}/done"),
        "takeCallBack": Write(path: "/callbacks/{missed}/take"),
        "letGoCallBack": Write(path: "/callbacks/{taken}/take"),
        "dial": Write(body: #"{"call_id": {missed}}"#),
        "pauseInQueues": Write(body: #"{"paused": true}"#, statuses: [200, 409]),
        "openScreen": Write(body: #"{"account": "ana", "path": "/desk"}"#),
        "dismissCallAside": Write(body: #"{"line": "matriz", "key": "nenhuma"}"#, statuses: [404]),
        "retryCallsAside": Write(),
        "testLines": Write(),
        "previewCallerRules": Write(body: rules),
        "replaceCallerRules": Write(body: rules, match: "*"),
        // Customers.
        "createCustomer": Write(body: #"{"name": "Outra Pessoa {n}"}"#),
        "updateCustomer": Write(body: #"{"notes": "liga à tarde"}"#),
        "addContact": Write(body: #"{"name": "Beto", "email": "beto{n}@exemplo.com.br"}"#),
        "updateContact": Write(body: #"{"role": "sócio"}"#),
        "replaceContact": Write(body: #"{"name": "Beto", "email": "{n}.secreto@exemplo.com.br", "revision": 0}"#),
        "removeContact": Write(),
        "addPhone": Write(body: #"{"number": "(31) 97777-1{n}"}"#),
        "removePhone": Write(),
        "addContract": Write(body: #"{"number": "NOVO-{n}", "title": "Folha"}"#),
        "updateContract": Write(body: #"{"title": "Folha"}"#),
        "replaceContract": Write(body: #"{"number": "CONTRATO-779{n}", "title": "Folha", "revision": 0}"#),
        "inviteContact": Write(body: "{}"),
        "joinContactAccount": Write(path: "/contacts/{contact}/account/join", body: #"{"person_id": {account}}"#),
        "changeContactAccount": Write(body: #"{"blocked": false}"#),
        "eraseCustomer": Write(path: "/customers/{twin}/erasure", body: #"{"reason": "pedido 12"}"#),
        "mergeCustomer": Write(path: "/customers/{twin}/merge", body: #"{"into": {customer}}"#),
        "unmergeCustomer": Write(path: "/customers/{merged}/unmerge"),
        // The interview.
        "beginInterview": Write(body: #"{"attendance_id": {held}}"#),
        "answerQuestion": Write(
            body: #"{"revision": {revision}, "prompt": "{prompt}", "answer": {"text": "Zulmira Canário"}}"#
        ),
        "goBack": Write(statuses: [200, 409]),
        "goToQuestion": Write(body: #"{"prompt": "identify"}"#, statuses: [200, 409]),
        "linkTicket": Write(body: #"{"ticket_id": {ticket}}"#, statuses: [200, 409]),
        "anotherRequest": Write(statuses: [200, 409]),
        "endInterview": Write(body: #"{"reason": "other", "text": "caiu"}"#),
        "sendIdentityCode": Write(path: "/interviews/{held}/code"),
        "proveIdentity": Write(path: "/interviews/{held}/proof", body: #"{"said": "CONTRATO-1"}"#, statuses: [422]),
        // Tickets.
        "changeTicket": Write(body: #"{"priority": "low"}"#),
        "takeTicket": Write(body: "{}"),
        "assignTicket": Write(body: #"{"account_id": {colleague}}"#),
        "moveTicket": Write(body: #"{"level": 2, "body": "é do nível dois"}"#),
        "askTicket": Write(body: #"{"body": "Qual versão?"}"#),
        "replyTicket": Write(body: #"{"body": "Veja isto."}"#),
        "noteTicket": Write(body: #"{"body": "só para nós"}"#),
        "solveTicket": Write(body: #"{"body": "Feito"}"#),
        "confirmTicket": Write(body: "{\(asked)}", after: [solved]),
        "cancelTicket": Write(body: #"{"body": "em dobro"}"#),
        "reopenTicket": Write(body: #"{"body": "voltou", \#(asked)}"#, after: [solved, closed]),
        "restartTicket": Write(body: #"{"body": "não era isso", \#(asked)}"#, after: [solved]),
        "reiterateTicket": Write(body: #"{"body": "parado há dias", \#(asked)}"#),
        "mergeTicket": Write(body: #"{"other_id": {other}}"#),
        "splitTicket": Write(body: #"{"summary": "outra coisa", "entries": [{entry}]}"#),
        "linkToTicket": Write(body: #"{"other_id": {other}}"#),
        "addEntry": Write(body: #"{"body": "Veja isto."}"#),
        "moveTickets": Write(body: #"{"moves": [{"ticket_id": {ticket}, "move": "change", "priority": "low"}]}"#),
        "takeBackMoves": Write(path: "/ticket-moves/{undo}"),
        "takeNext": Write(),
        "attachToTicket": Write(path: "/tickets/{ticket}/attachments/a.txt", body: "x"),
        "markStep": Write(path: "/tickets/{ticket}/steps/{step}", body: #"{"done": true}"#),
        "lookAtTicket": Write(body: "{}"),
        "readTicket": Write(body: #"{"entry_id": {entry}}"#),
        "revealSecret": Write(body: #"{"reference": "secret:1", "reason": "x"}"#, statuses: [404]),
        "revokeLink": Write(path: "/tickets/{ticket}/links/{link}"),
        // 409: a write before it took the address away.
        "resendNotice": Write(path: "/notices/{notice}/resend", statuses: [202, 409]),
        "silenceBells": Write(),
        // One's own.
        "addCannedReply": Write(body: #"{"title": "a", "body": "b"}"#),
        "changeCannedReply": Write(
            path: "/canned-replies/{reply}",
            body: #"{"title": "c", "body": "d", "revision": 0}"#
        ),
        "removeCannedReply": Write(path: "/canned-replies/{reply}"),
        "saveList": Write(body: #"{"name": "minha {n}", "query": "q=x"}"#),
        "removeSavedList": Write(path: "/saved-lists/{list}"),
        "updateProfile": Write(body: #"{"pop": "open"}"#),
        "changePassword": Write(
            body: #"{"current_password": "x", "password": "y", "repeated": "y"}"#,
            statuses: [409, 422]
        ),
        "saveWishes": Write(body: #"{"mail": [], "desktop": [], "sound": []}"#),
        // The desk's settings.
        "reloadCatalogue": Write(),
        "saveServiceRules": Write(body: #"{"calendars": [\#(calendar)], "policies": []}"#, match: "*"),
        "previewDeadline": Write(body: #"{"term": "4h", "calendar": \#(calendar)}"#),
        "saveTemplate": Write(
            path: "/templates/ticket_solved/sms/pt-BR",
            body: #"{"body": "Resolvido: {{ticket}}"}"#,
            match: "*"
        ),
        "previewTemplate": Write(
            path: "/templates/ticket_solved/sms/pt-BR/preview",
            body: #"{"body": "Resolvido: {{ticket}}"}"#
        ),
        "restoreTemplate": Write(path: "/templates/ticket_solved/sms/pt-BR"),
        "importPostalFile": Write(body: "cep;logradouro;bairro;cidade;uf\n30140071;Rua A;Centro;Belo Horizonte;MG\n"),
        "deletePostalFile": Write(),
        "readMailAgain": Write(path: "/mails/1/again", statuses: [204, 409]),
        "dropMail": Write(path: "/mails/1/drop", statuses: [204, 409]),
        "addUser": Write(body: #"{"login": "novo{n}", "name": "Novo"}"#),
        "updateUser": Write(path: "/users/{user}", body: #"{"name": "Outro"}"#),
        "replaceUser": Write(path: "/users/{user}", body: #"{"login": "troca{n}", "name": "Outro", "revision": 0}"#),
        "disableUser": Write(path: "/users/{user}/disabled", body: #"{"disabled": true}"#),
        "setPassword": Write(path: "/users/{user}/password", body: #"{"password": "cavalo bateria grampo {n}"}"#),
        "addWebhook": Write(body: webhook),
        "updateWebhook": Write(path: "/webhooks/{webhook}", body: webhook, match: "*"),
        "removeWebhook": Write(path: "/webhooks/{webhook}"),
        "resendWebhook": Write(path: "/webhooks/{webhook}/resend", body: "{}"),
        "rotateWebhookSecret": Write(path: "/webhooks/{webhook}/secret"),
        "testWebhook": Write(path: "/webhooks/{webhook}/test"),
    ]
}

/// Makes what the writes are about, each thing when it is first asked for.
actor UnprovenStage {
    let test: DeskUnderTest
    let client: any TestClientProtocol
    let browser: TestBrowser
    let scene: UnprovenTests.Scene
    let colleague: Account
    let level: IdentityLevel
    private var made: [String: String] = [:]
    private var count = 100

    init(
        _ test: DeskUnderTest,
        _ client: any TestClientProtocol,
        _ browser: TestBrowser,
        _ scene: UnprovenTests.Scene,
        colleague: Account,
        level: IdentityLevel
    ) {
        (self.test, self.client, self.browser, self.scene) = (test, client, browser, scene)
        (self.colleague, self.level) = (colleague, level)
    }

    /// Forgets what was made for the operation before.
    func next() {
        made = [:]
        count += 1
    }

    /// The text with what its words in braces stand for.
    func fill(_ text: String) async throws -> String {
        var filled = text
        for match in text.matches(of: /\{([a-z]+)\}/).reversed() where !isOfTemplate(match.range, in: text) {
            filled.replaceSubrange(match.range, with: try await value(String(match.output.1)))
        }
        return filled
    }

    /// Two braces are a text's own.
    private func isOfTemplate(_ range: Range<String.Index>, in text: String) -> Bool {
        text[..<range.lowerBound].hasSuffix("{")
    }

    private func value(_ word: String) async throws -> String {
        if let known = made[word] { return known }
        let new = try await make(word)
        made[word] = new
        return new
    }

    /// Who makes it is a program, which no cover concerns.
    private func program(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> JSONValue
    {
        let answer = try await client.send(method, "/api/v1" + path, token: test.token, json: json)
        #expect((200..<300).contains(answer.status), "\(path): \(answer.body)")
        return answer.json
    }

    private func own(_ method: HTTPRequest.Method, _ path: String, _ json: String? = nil) async throws -> JSONValue {
        let answer = try await browser.send(method, "/api/v1" + path, json)
        #expect((200..<300).contains(answer.status), "\(path): \(answer.body)")
        return answer.json
    }

    private func id(_ value: JSONValue) throws -> String { "\(try #require(value.integer))" }

    private func make(_ word: String) async throws -> String {
        let customer = "\(scene.customer.id)"
        switch word {
        case "n": return "\(count)"
        case "customer": return customer
        case "person": return "\(scene.person.id)"
        case "colleague": return "\(colleague.id)"
        case "contact":
            let body = "{\"name\": \"Beto\", \"email\": \"b\(count).secreto@exemplo.com.br\"}"
            return try id(try await program(.post, "/customers/\(customer)/contacts", body)["id"])
        case "account": return try id(try await program(.post, "/contacts/\(scene.person.id)/account", "{}")["id"])
        case "phone":
            let body = "{\"number\": \"(31) 91234-56\(count % 90)\"}"
            return try id(try await program(.post, "/customers/\(customer)/phones", body)["id"])
        case "contract":
            let body = "{\"number\": \"CONTRATO-77\(count)\", \"title\": \"Folha\"}"
            return try id(try await program(.post, "/customers/\(customer)/contracts", body)["id"])
        case "twin", "merged":
            let twin = try id(try await program(.post, "/customers", "{\"name\": \"Zulmira \(count)\"}")["id"])
            if word == "merged" {
                _ = try await program(.post, "/customers/\(twin)/merge", "{\"into\": \(customer)}")
            }
            return twin
        case "held", "handed":
            let contact = try await test.app.attendances.begin(channel: .walkIn, accountID: scene.ana.id)
            try await test.app.attendances.identify(
                contact.id,
                customerID: scene.customer.id,
                contactID: nil,
                level: level
            )
            if word == "handed" {
                _ = try await own(.post, "/attendances/\(contact.id)/hand-over", "{\"account_id\": \(colleague.id)}")
            }
            return "\(contact.id)"
        case "begun", "revision", "prompt":
            let begun = try await own(.post, "/interviews", #"{"walk_in": true}"#)
            made["revision"] = "\(begun["revision"].integer ?? 0)"
            made["prompt"] = begun["prompt"]["id"].string
            made["begun"] = try id(begun["attendance"]["id"])
            return made[word] ?? "?"
        case "missed", "taken":
            let call = try await missed()
            if word == "taken" { _ = try await own(.post, "/callbacks/\(call)/take") }
            return call
        case "ticket", "other":
            let opened = try await program(.post, "/tickets", DeskUnderTest.ticket(scene.customer.id))
            return try id(opened["id"])
        default: return try await makeOfTicket(word)
        }
    }

    private func makeOfTicket(_ word: String) async throws -> String {
        switch word {
        case "entry":
            let note = try await own(.post, "/tickets/\(try await value("ticket"))/note", #"{"body": "uma nota"}"#)
            return try id(note["entry"]["id"])
        case "step":
            let steps = try await own(.get, "/tickets/\(try await value("ticket"))/steps")
            return try #require(steps["items"][0]["id"].string)
        case "undo":
            let body = "{\"moves\": [{\"ticket_id\": \(try await value("ticket")), \"move\": \"take\"}]}"
            return try id(try await own(.post, "/ticket-moves", body)["items"][0]["undo"]["id"])
        case "link":
            let (ticket, clock) = (try #require(Int64(try await value("ticket"))), test.clock)
            let database = test.app.database
            _ = try await database.write { session in
                try QuickLinks(database: database).create(
                    ticketID: ticket,
                    recipient: "x@ex.br",
                    expires: clock.now.adding(.seconds(3_600)),
                    at: clock.now,
                    in: session
                )
            }
            return try id(try await own(.get, "/tickets/\(ticket)/links")["items"][0]["id"])
        case "notice":
            let ticket = try await value("ticket")
            try await test.app.database.write { session in
                try session.execute("UPDATE notice SET state = 'dead' WHERE channel = 'mail'", [])
            }
            let notices = try await own(.get, "/tickets/\(ticket)/notices")
            let dead = notices["items"].array?.first { $0["state"].string == "dead" }
            return try id(dead?["id"] ?? .null)
        case "reply": return try id(try await own(.post, "/canned-replies", #"{"title": "a", "body": "b"}"#)["id"])
        case "list":
            return try id(try await own(.post, "/saved-lists", "{\"name\": \"l\(count)\", \"query\": \"q=x\"}")["id"])
        case "user": return "\(try await test.account("pessoa\(count)").id)"
        case "webhook":
            let body = "{\"name\": \"h\(count)\", \"url\": \"https://ex.br/h\(count)\", \"events\": [\"call\"]}"
            return try id(try await own(.post, "/webhooks", body)["id"])
        default:
            Issue.record("\(word): nothing is called so")
            return "?"
        }
    }

    /// A call from the customer's other telephone that nobody took.
    private func missed() async throws -> String {
        let key = "missed \(count)"
        let begun = try await test.app.callLog.record([UnprovenTests.call(key, "+5531912345678")]).first
        let contact = try #require(begun?.attendance)
        try await test.app.attendances.identify(
            contact.id,
            customerID: scene.customer.id,
            contactID: scene.person.id,
            level: .verified
        )
        // A second wish to call within ten seconds would be a double click.
        test.clock.advance(by: .seconds(15))
        _ = try await test.app.callLog.record([
            UnprovenTests.call(key, "+5531912345678", .abandoned, isEnded: true)
        ])
        return "\(try #require(begun?.call.id))"
    }
}
