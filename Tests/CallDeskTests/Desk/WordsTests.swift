import DeskCore
import Foundation
import Testing

@testable import CallDesk

/// The texts of the desk's pages: complete in every language, and none that nobody shows.
@Suite("Texts of the desk")
struct WordsTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/CallDesk")

    private func words() throws -> WordLibrary {
        try WordLibrary(folder: Self.sources.appending(path: "Resources/locales"))
    }

    private func files(_ folder: String, _ ending: String) throws -> [(name: String, text: String)] {
        let place = Self.sources.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix(ending) }.map {
            ($0, try String(contentsOf: place.appending(path: $0), encoding: .utf8))
        }
    }

    @Test("every text exists in the three languages, with the same blanks to fill")
    func complete() throws {
        let library = try words()
        let brazil = library[.ptBR].texts
        #expect(brazil.count > 450)
        for language in Language.allCases {
            let texts = library[language].texts
            #expect(Set(texts.keys) == Set(brazil.keys), "\(language.rawValue)")
            for (key, text) in texts {
                #expect(text.contains { !$0.isWhitespace }, "\(language.rawValue) \(key) is empty")
                #expect(Self.blanks(text) == Self.blanks(brazil[key] ?? ""), "\(language.rawValue) \(key)")
            }
        }
    }

    private static func blanks(_ text: String) -> Set<String> {
        Set(text.matches(of: /\{(\w+)\}/).map { String($0.1) })
    }

    /// Keys made of a fixed part and a word of the domain, with every word there is.
    private static let made: [String: [String]] = [
        "ui.stage.": InterviewStage.allCases.map(\.rawValue),
        "ui.end.": EndReason.codes,
        "ui.outcome.": CallOutcome.allCases.map(\.rawValue) + AttendanceOutcome.allCases.map(\.rawValue),
        "ui.channel.": AttendanceChannel.allCases.map(\.rawValue),
        "ui.call.": CallState.allCases.map(\.rawValue),
        "ui.address.": AddressAnswer.parts.map(\.name),
        "ui.why.": ["no_extension", "nobody_ringing", "signed_out", "pop_off"],
        "calls.direction.": CallDirection.allCases.map(\.rawValue),
        "calls.outcome.": CallOutcome.allCases.map(\.rawValue) + ["missed"],
        "ticket.entry.": ["reply", "note", "event"],
        "customers.access.": Person.State.allCases.map(\.rawValue) + ["none"],
        "tickets.column.": TicketColumn.allCases.map { String($0.word.dropFirst("tickets.column.".count)) },
        "tickets.empty.": WorkListKind.allCases.map(\.rawValue),
        "tickets.list.": WorkListKind.allCases.map(\.rawValue),
        "profile.pop.": Account.Pop.allCases.map(\.rawValue),
        "nav.": PageFrame.places(for: .administrator).map(\.key),
        "hops.": LineSelfTest.keys + LineSelfTest.keys.map { "\($0).remedy" },
        "admin.": AdminPages.places.flatMap { [$0.key, "\($0.key).about"] },
        "request.survey.mark.": TicketDoings.markNames,
        "request.list.": CustomerTicketQuery.Situation.allCases.map(\.rawValue),
        "request.order.": CustomerTicketQuery.Column.allCases.map(\.rawValue),
        "guides.kind.": Guide.Kind.allCases.map(\.rawValue),
        "states.": TicketState.allCases.filter { $0 != .merged }.map(GuidePages.key),
        "open.step.": OpeningStep.allCases.map(OpeningPlace.key),
        "open.address.": AddressAnswer.parts.map(\.name),
        "portal.own.": ["dados", "telefones", "senha", "preferencias"],
        "portal.notices.": NoticeWishes.Kind.allCases.map(\.rawValue),
        "portal.phones.sms.": SMSService.allCases.map(\.rawValue),
        "ticket.for.": TicketPages.customers.map(\.rawValue),
        "service.listener.": TicketListener.allCases.map(\.rawValue),
        "ui.service.": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
            + Holiday.Kind.allCases.map(\.rawValue),
        "ui.bell.": ["default", "denied", "granted"],
        "satisfaction.by.": SurveyGrouping.allCases.map(\.rawValue),
        "satisfaction.notAsked.": TicketSurvey.NotAsked.allCases.map(\.rawValue),
        "satisfaction.column.": SatisfactionPages.columns,
        "attendances.list.": ["mine", "unfinished", "all"],
        "attendances.none.": ["mine", "unfinished", "all"],
        "customers.changed.": CustomerStory.changes.map(CustomerStory.key),
        "webhooks.kind.": WebhookKind.allCases.map(\.rawValue),
        "webhooks.state.": WebhookDelivery.State.allCases.map(\.rawValue),
        "ui.callers.": CallerRules.Block.Kind.allCases.map(\.rawValue),
        "ui.ask.": ["date", "time", "yes", "no"],
    ]

    @Test("every text that a page, a script or the program asks for is there, and no text is left over")
    func used() throws {
        var asked: Set<String> = []
        for page in try files("Resources/pages", ".mustache") + files("Resources/portal", ".mustache") {
            asked.formUnion(page.text.matches(of: /words\.([A-Za-z.]+)/).map { String($0.1) })
        }
        for script in try files("Resources/web/desk", ".js") {
            // Keys stand as plain texts in the scripts: `t("form.saved")`, `["Enter", "keys.next"]`.
            for match in script.text.matches(of: /"([a-z]+(?:\.[a-z]+)*)"/) { asked.insert("ui.\(match.1)") }
            for match in script.text.matches(of: /counted\("([a-z.]+)"/) {
                asked.formUnion(["ui.\(match.1).one", "ui.\(match.1).other"])
            }
        }
        for folder in [
            "Accounts", "Calls", "Catalogue", "Customers", "Hooks", "Interviews", "Live", "MailIn", "Notices", "Portal",
            "Service",
            "Tickets", "Web",
        ] {
            for source in try files(folder, ".swift") {
                asked.formUnion(source.text.matches(of: /"([a-z]+\.[A-Za-z.]+)"/).map { String($0.1) })
                for match in source.text.matches(of: /counted\("([a-z.]+)"/) {
                    asked.formUnion(["\(match.1).one", "\(match.1).other"])
                }
                // `fact("protocol", …)` of the ticket's page.
                asked.formUnion(source.text.matches(of: /fact\("([a-z]+)"/).map { "ticket.\($0.1)" })
            }
        }
        var there = Set(try words()[.ptBR].texts.keys)
        for (head, tails) in Self.made {
            for tail in tails {
                #expect(there.contains(head + tail), "missing: \(head + tail)")
                asked.insert(head + tail)
            }
        }
        let inScripts = try files("Resources/web/desk", ".js").flatMap { script in
            script.text.matches(of: /\b(?:t|counted)\("([a-z._]+)"/).map { (script.name, String($0.1)) }
        }
        for (name, key) in inScripts {
            let isThere = there.contains("ui.\(key)") || there.contains("ui.\(key).one")
            #expect(isThere, "\(name) asks for \(key)")
        }
        for page in try files("Resources/pages", ".mustache") + files("Resources/portal", ".mustache") {
            for match in page.text.matches(of: /words\.([A-Za-z.]+)/) {
                #expect(there.contains(String(match.1)), "\(page.name) asks for \(match.1)")
            }
        }
        there.subtract(asked)
        #expect(there.isEmpty, "nobody shows these")
    }

    /// The blanks of a text: `{name}`.
    private func blanks(_ text: String?) -> Set<String> {
        Set((text ?? "").matches(of: /\{([a-z_]+)\}/).map { String($0.1) })
    }

    @Test("every blank of a text is filled in by whoever shows it, and no page shows a text with blanks as it is")
    func blanks() throws {
        let texts = try words()[.ptBR].texts
        var looked = 0
        for page in try files("Resources/pages", ".mustache") + files("Resources/portal", ".mustache") {
            for match in page.text.matches(of: /words\.([A-Za-z.]+)/) {
                let open = blanks(texts[String(match.1)])
                #expect(open.isEmpty, "\(page.name) leaves \(open) of \(match.1)")
                looked += 1
            }
        }
        // What is handed over stands close behind the key: a few words, whatever the language.
        func look(_ key: String, _ rest: Substring, in name: String, prefix: String) {
            guard let text = texts[prefix + key] else { return }
            // What is handed over whole is looked at where it is made.
            guard rest.hasPrefix(")") || rest.hasPrefix(", {") || rest.hasPrefix(", [") else { return }
            let given = rest.first == ")" ? "" : String(rest.prefix(400))
            for blank in blanks(text) {
                #expect(
                    given.split { !$0.isLetter && $0 != "_" }.contains(blank[...]),
                    "\(name) leaves {\(blank)} of \(prefix + key)"
                )
            }
            looked += 1
        }
        for script in try files("Resources/web/desk", ".js") {
            for match in script.text.matches(of: /\bt\("([a-z._]+)"/) {
                look(String(match.1), script.text[match.range.upperBound...], in: script.name, prefix: "ui.")
            }
        }
        for folder in [
            "Accounts", "Calls", "Catalogue", "Customers", "Interviews", "Notices", "Portal", "Tickets", "Web",
        ] {
            for source in try files(folder, ".swift") {
                for match in source.text.matches(of: /(?:words|\])\("([a-z]+\.[A-Za-z.]+)"/) {
                    look(String(match.1), source.text[match.range.upperBound...], in: source.name, prefix: "")
                }
            }
        }
        #expect(looked > 200)
    }

    @Test("what is counted has a word for one, in every language")
    func counted() throws {
        let library = try words()
        for language in Language.allCases {
            let texts = library[language].texts
            for (key, text) in texts where text.contains(/\{count\} [^\W\d_]/) {
                let head = key.split(separator: ".").dropLast().joined(separator: ".")
                let isCounted = ["\(head).one", "\(head).other"].allSatisfy { texts[$0] != nil }
                #expect(
                    isCounted && (key.hasSuffix(".one") || key.hasSuffix(".other")),
                    "\(language.rawValue) \(key) says “1 \(text)”"
                )
            }
            // A number under another name counts all the same.
            for (key, text) in texts {
                for match in text.matches(of: /\{(\w+)\} \w+s\b/) where match.1 != "count" {
                    #expect(
                        !Self.numbers.contains(String(match.1)),
                        "\(language.rawValue) \(key): call {\(match.1)} {count}, with a word for one"
                    )
                }
            }
        }
    }

    /// Blanks that hold a number of things.
    private static let numbers: Set = ["units", "total", "all", "number", "left", "done", "paused", "lines", "calls"]

    @Test("a text is filled in, and one that does not exist shows its key")
    func filling() throws {
        let words = Words(
            language: .en,
            texts: ["a.b": "For {name}", "n.one": "{count} part", "n.other": "{count} parts"]
        )
        #expect(words("a.b", ["name": "Ana {name}"]) == "For Ana {name}")
        #expect(words("a.c") == "a.c")
        #expect(words.counted("n", 1) == "1 part")
        #expect(words.counted("n", 0) == "0 parts")
    }
}
