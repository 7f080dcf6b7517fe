import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// Callers' rules, who a number is, and a screen opened from outside.
struct CallerOperations: OperationSet {
    /// Calls a change of the rules is tried on.
    private static let tried = 50
    /// A path of the desk with its query.
    static let longestPath = 500

    let app: App

    var operations: [Operation] { [show, replace, preview, lookUp, open] }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/caller-rules",
            id: "getCallerRules",
            tag: "callers",
            summary: "Who is not answered, and how callers' numbers are rewritten.",
            who: [.staff(.supervisor), .program(.administration)],
            revisions: .told,
            answer: .one("CallerRules")
        ) { _ in
            try await app.callerRules.reload()
            let rules = app.callerRules.current
            return .one(tag: rules.tag) { $0.write(rules) }
        }
    }

    private var replace: Operation {
        Operation(
            method: .put,
            path: "/caller-rules",
            id: "replaceCallerRules",
            tag: "callers",
            summary: "Replaces the rules, all at once and in their order.",
            who: [.staff(.supervisor), .program(.administration)],
            revisions: .needed,
            body: .json("CallerRules"),
            answer: .one("CallerRules")
        ) { ask in
            let rules = try Self.rules(ask)
            try await StaleCopy.change(ask) { copy in
                try await app.callerRules.replace(with: rules, of: copy, by: ask.actor)
            } current: {
                try await app.callerRules.reload()
                var json = JSONWriter()
                json.write(app.callerRules.current)
                return json.bytes
            }
            return .one(tag: rules.tag) { $0.write(rules) }
        }
    }

    private var preview: Operation {
        Operation(
            method: .post,
            path: "/caller-rules/preview",
            id: "previewCallerRules",
            tag: "callers",
            summary: "What rules would have made of the last 50 calls; nothing is changed.",
            who: [.staff(.supervisor), .program(.administration)],
            body: .json("CallerRules"),
            answer: .list("CallerTrial")
        ) { ask in
            let rules = try Self.rules(ask)
            let calls = try await app.calls.list(before: nil, limit: Self.tried)
            let contacts = try await app.attendances.lines(of: calls.compactMap(\.attendanceID))
            let views = try await RecordViews(app.attendances, for: ask.caller)
            return .list(calls) { json, call in
                let sent = call.direction == .outbound ? call.dialled : call.numberRaw ?? call.number
                let read = sent.map { app.e164(rules.read($0)) ?? rules.read($0) }
                let view = views.of(call.attendanceID.flatMap { contacts[$0]?.customerID })
                let isCovered = view.covers(call)
                json.object { json in
                    json.field("call_id", call.id)
                    json.field("direction", call.direction.rawValue)
                    json.field("number", isCovered ? sent.map(PhoneNumber.masked) : sent)
                    json.field(
                        "read",
                        call.direction == .outbound ? nil : isCovered ? read.map(PhoneNumber.masked) : read
                    )
                    json.field(
                        "blocked",
                        call.direction != .outbound
                            && rules.isBlocked(
                                number: sent.flatMap { app.e164(rules.read($0)) },
                                raw: sent,
                                isWithheld: call.withheld
                            )
                    )
                    json.field(
                        "shown",
                        call.direction == .outbound ? sent.flatMap { rules.shown(for: app.e164($0) ?? $0) } : nil
                    )
                }
            }
        }
    }

    private var lookUp: Operation {
        Operation(
            method: .get,
            path: "/callers",
            id: "lookUpCaller",
            tag: "callers",
            summary: "Who a number is, the likeliest first; at most five.",
            who: [.staff(.technician), .program(.customersRead)],
            parameters: [
                .init(name: "number", schema: .string(maximum: 64), about: "As the PBX has it.")
            ],
            answer: .list("CallerFound")
        ) { ask in
            guard let number = ask.query("number"), !number.isEmpty else {
                throw Problem.invalid("number", FieldText.missing)
            }
            let read = app.callerRules.current.read(number)
            let found = try await app.customers.candidates(app.e164(read) ?? read).filter { !$0.isClaim }.prefix(5)
            return .list(Array(found)) { json, candidate in
                json.object { json in
                    json.field("customer_id", candidate.customerID)
                    json.field("contact_id", candidate.contactID)
                    json.field("name", candidate.contactName ?? candidate.name)
                    json.field("company", candidate.contactName == nil ? nil : candidate.name)
                    json.field("url", app.callsURL(number))
                }
            }
        }
    }

    private var open: Operation {
        Operation(
            method: .post,
            path: "/screens",
            id: "openScreen",
            tag: "callers",
            summary: "Offers a page of the desk on a technician's open screens, as a PBX's client or a telephone does.",
            who: [.staff(.technician), .program(.callsWrite)],
            body: .json("ScreenOrder"),
            status: .accepted,
            answer: .one("ScreenOpened"),
            problems: [.notFound]
        ) { ask in
            let body = try ask.fields()
            let login = body.text("account", maximum: 120, required: true) ?? ""
            let path = body.text("path", maximum: Self.longestPath, required: true) ?? ""
            // A page of ours and nothing else: no other host, no script, no step out of the desk.
            if !Self.isOwnPage(path) { body.fault("path", FieldText.expected("/desk/…")) }
            try body.finish()
            guard let account = try await app.accounts.find(login: login), !account.isDisabled else {
                throw Problem.notFound
            }
            app.hub.publish(.bell(.open(path: path)), to: .person(account.id))
            let hasScreen = await app.presence.hasStream(account.id)
            return .one(.accepted) { json in json.object { $0.field("screens", hasScreen) } }
        }
    }

    static func isOwnPage(_ path: String) -> Bool {
        let page = path.prefix { $0 != "?" }
        return (page == "/desk" || page.hasPrefix("/desk/")) && !page.contains("..") && !page.contains("//")
            && path.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value < 0x7F && !"\\\"<>#".unicodeScalars.contains($0)
            }
    }

    private static func rules(_ ask: Ask) throws -> CallerRules {
        guard let members = ask.json.object else { throw Problem.invalid("$", FieldText.expected("object")) }
        func rewrites(_ name: String) throws(Problem) -> [CallerRules.Rewrite] {
            guard let items = members[name]?.array, items.count <= CallerRules.mostRewrites else {
                throw .invalid(name, FieldText.expected("array, 0–\(CallerRules.mostRewrites)"))
            }
            return items.map { .init($0.object?["pattern"]?.string ?? "", to: $0.object?["to"]?.string ?? "") }
        }
        guard let items = members["blocks"]?.array, items.count <= CallerRules.mostBlocks else {
            throw Problem.invalid("blocks", FieldText.expected("array, 0–\(CallerRules.mostBlocks)"))
        }
        var blocks: [CallerRules.Block] = []
        for (place, item) in items.enumerated() {
            guard let word = item.object?["kind"]?.string, let kind = CallerRules.Block.Kind(rawValue: word) else {
                throw Problem.invalid(
                    "blocks[\(place)].kind",
                    FieldText.oneOf(CallerRules.Block.Kind.allCases.map(\.rawValue))
                )
            }
            blocks.append(
                .init(kind, item.object?["value"]?.string ?? "", note: item.object?["note"]?.string ?? "")
            )
        }
        let rules = CallerRules(
            blocks: blocks,
            incoming: try rewrites("incoming"),
            outgoing: try rewrites("outgoing")
        )
        guard rules.faults.isEmpty else { throw Problem.invalid(rules.faults.prefix(50).map { FieldFault($0, wrong) }) }
        return rules
    }

    private static let wrong = LocalizedText(
        "Escreva números em E.164 (+5531…) e padrões de dígitos, '+' e '*'.",
        ptPT: "Escreva números em E.164 (+351…) e padrões de dígitos, '+' e '*'.",
        en: "Write numbers in E.164 (+5531…), and patterns of digits, '+' and '*'."
    )
}

extension App {
    /// A number in E.164, nil for what can be none.
    func e164(_ raw: String) -> String? { PhoneNumber.callerE164(raw, region: region) }

    /// Where the desk shows the calls of a number.
    func callsURL(_ number: String) -> String { "\(settings.desk.url)/desk/calls?q=\(PercentEncoding.encode(number))" }
}

extension JSONWriter {
    fileprivate mutating func write(_ rules: CallerRules) {
        object { json in
            json.key("blocks")
            json.array(rules.blocks) { json, block in
                json.object { json in
                    json.field("kind", block.kind.rawValue)
                    json.field("value", block.value)
                    json.field("note", block.note)
                }
            }
            for (name, rewrites) in [("incoming", rules.incoming), ("outgoing", rules.outgoing)] {
                json.key(name)
                json.array(rewrites) { json, rule in
                    json.object { json in
                        json.field("pattern", rule.pattern)
                        json.field("to", rule.to)
                    }
                }
            }
        }
    }
}
