import DeskCore
import Foundation
import IVRBridge
import Testing

@testable import CallDesk

@Suite("The menu's sounds and the PBX's files")
struct PromptTests {
    @Test("a list of sounds that cannot be read is told, and no sound is taken away for it")
    func unreadable() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A folder where the file should be: it is there, and no rights let anybody read it.
        let manifest = folder.appending(path: "pt-BR/\(PromptRenderer.Manifest.fileName)")
        try FileManager.default.createDirectory(at: manifest, withIntermediateDirectories: true)
        let sound = folder.appending(path: "pt-BR/a.wav")
        try Data("sound".utf8).write(to: sound)
        await #expect(throws: (any Error).self) {
            try await PromptRenderer(command: ["false"], rate: 8000, folder: folder, recordings: nil)
                .build([.init(name: "b", text: "x")], .ptBR)
        }
        #expect(try Data(contentsOf: sound) == Data("sound".utf8))
    }

    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "calldesk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("the first of a month has a word of its own, every other day is its number")
    func days() throws {
        let first = try #require(CalendarDay(iso: "2026-03-01"))
        let last = try #require(CalendarDay(iso: "2026-03-31"))
        #expect(Utterance.date(first).sounds == ["first-day", "of", "month-3"])
        #expect(Utterance.date(last).sounds == ["number-31", "of", "month-3"])
    }

    @Test("every language has every sound, with a name of its own and words", arguments: Language.allCases)
    func complete(language: Language) throws {
        let sounds = PromptBook.sounds(try CatalogueFile.shelf(nil).current, language)
        #expect(Set(sounds.map(\.name)).count == sounds.count)
        #expect(sounds.allSatisfy { !$0.text.isEmpty && !$0.name.contains("/") })
        #expect(sounds.map(\.name) == PromptBook.sounds(try CatalogueFile.shelf(nil).current, .ptBR).map(\.name))
        let names = Set(sounds.map(\.name))
        let said: [Utterance] = [
            .spelled("PR-2026/0.1"), .number(60), .number(1234),
            .date(CalendarDay(year: 2026, month: 3, day: 31) ?? .epoch),
            .catalogue("topic-erro-sistema"), .catalogue("section-sistema"), .catalogue("field-erro-sistema-parado"),
        ]
        for sound in said.flatMap(\.sounds) where sound != Utterance.pause {
            #expect(names.contains(sound), "\(sound)")
        }
        #expect(PhoneSentence.allCases.allSatisfy { names.contains($0.rawValue) })
    }

    @Test("six is said meia in Brazil, so that nobody hears three")
    func meia() throws {
        let catalogue = try CatalogueFile.shelf(nil).current
        #expect(PromptBook.sounds(catalogue, .ptBR).first { $0.name == "digit-6" }?.text == "meia")
        #expect(PromptBook.sounds(catalogue, .ptPT).first { $0.name == "digit-6" }?.text == "seis")
    }

    @Test("only what changed is rendered, recordings win, what is gone is removed")
    func incremental() async throws {
        let (folder, recordings) = (try folder(), try folder())
        defer {
            try? FileManager.default.removeItem(at: folder)
            try? FileManager.default.removeItem(at: recordings)
        }
        guard await Program.run(["sox", "--version"]) == nil else { return }
        func build(_ sounds: [PromptBook.Sound]) async throws -> PromptRenderer.Report {
            // sox's own tone instead of a voice: the text is its pitch.
            try await PromptRenderer(
                command: ["sox", "-n", "-r", "16000", "{out}", "synth", "0.2", "sine", "{text}"],
                rate: 8000,
                folder: folder,
                recordings: recordings
            ).build(sounds, .ptBR)
        }
        let first: [PromptBook.Sound] = [.init(name: "a", text: "440"), .init(name: "b", text: "550")]
        #expect(try await build(first) == .init(rendered: 2))
        #expect(try await build(first) == .init(kept: 2))
        #expect(try await build([.init(name: "a", text: "441"), first[1]]) == .init(rendered: 1, kept: 1))
        let file = folder.appending(path: "pt-BR/a.wav")
        let rendered = try Data(contentsOf: file)
        try FileManager.default.createDirectory(
            at: recordings.appending(path: "pt-BR"),
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(
            at: folder.appending(path: "pt-BR/b.wav"),
            to: recordings.appending(path: "pt-BR/a.wav")
        )
        #expect(try await build(first) == .init(recorded: 1, kept: 1))
        #expect(try Data(contentsOf: file) != rendered)
        #expect(try await build([first[1]]) == .init(kept: 1, removed: 1))
        #expect(!FileManager.default.fileExists(atPath: file.path))
        let failed = try await build([.init(name: "c", text: "no pitch")])
        #expect(failed.failures.count == 1)
    }

    @Test("the PBX's files are filled in from the settings, whole, and hold what is asked of them")
    func dialplans() throws {
        var settings = Settings()
        settings.pbx = [
            Settings.PBX(line: "matriz", user: "calldesk", secret: "se;gredo", trunks: ["PJSIP/operadora"]),
            Settings.PBX(line: "fs", kind: .freeswitch, secret: "a\"b<c"),
        ]
        settings.fastAGI = Settings.Menu(host: "10.0.0.5", port: 4573)
        settings.outboundSocket = Settings.Menu(host: "10.0.0.5", port: 8084)
        let folder = try #require(WebResources.folder("dialplans"))
        let files = DialplanFiles(settings: settings, folder: folder)
        for pbx in PBXKind.connected {
            #expect(files.names(for: pbx) == pbx.dialplan?.files)
            for file in pbx.dialplan?.files ?? [] {
                let text = try files.text(file, for: pbx, line: nil)
                #expect(!text.replacing("{{name}}", with: "").contains("{{"), "\(file)")
            }
        }
        let plan = try files.text("extensions-calldesk.conf", for: .asterisk, line: "matriz")
        #expect(plan.contains("AGI(agi://10.0.0.5:4573/ivr?line=matriz)"))
        #expect(plan.contains("Dial(PJSIP/${EXTEN}@operadora,60,T)"))
        // Neither who calls in nor who is called may transfer: only the technician.
        #expect(plan.contains("Queue(${CALLDESK_QUEUE},tc,,,"))
        let manager = try files.text("manager-calldesk.conf", for: .asterisk, line: "matriz")
        #expect(manager.contains("secret = se\\;gredo"))
        #expect(manager.contains("deny = 0.0.0.0/0.0.0.0\ndeny = ::/0\npermit = "))
        #expect(manager.contains("read = call,agent,system,user\n"))
        #expect(manager.contains("write = call,agent,reporting,originate\n"))
        #expect(try files.text("event_socket.conf.xml", for: .freeswitch, line: nil).contains("a&quot;b&lt;c"))
        #expect(throws: DialplanFiles.Fault.self) { try files.text("calldesk.xml", for: .freeswitch, line: "outra") }
        let menu = try files.text("calldesk-menu.xml", for: .freeswitch, line: nil)
        #expect(menu.contains("data=\"10.0.0.5:8084 full\"") && menu.contains("data=\"calldesk_line=fs\""))
        // Without a server for it the menu's file is of no use.
        settings.outboundSocket = nil
        let fewer = DialplanFiles(settings: settings, folder: folder).names(for: .freeswitch)
        #expect(!fewer.contains("calldesk-menu.xml") && fewer.contains("calldesk.xml"))
    }

    private func files(
        host: String,
        fastAGI: Settings.Menu? = Settings.Menu(port: 4573),
        agi: String? = nil,
        permit: String? = nil,
        own: String? = "192.0.2.7"
    ) throws -> DialplanFiles {
        var settings = Settings()
        settings.pbx = [Settings.PBX(line: "matriz", host: host, user: "calldesk", secret: "segredo")]
        settings.fastAGI = fastAGI
        settings.desk.url = "https://chamados.exemplo.com.br"
        let folder = try #require(WebResources.folder("dialplans"))
        return DialplanFiles(
            settings: settings,
            folder: folder,
            addresses: .init(
                agi: agi,
                permit: permit,
                toward: { DeskAddress.isLoopback($0) ? "127.0.0.1" : own },
                resolve: { $0 == "localhost" ? "127.0.0.1" : $0 }
            )
        )
    }

    /// Where the desk listens, what was said, and what is printed for a PBX elsewhere; nil is refused.
    static let menus: [(Settings.Menu?, String?, String?)] = [
        (Settings.Menu(host: "0.0.0.0", port: 4573, allow: ["192.0.2.0/24"]), nil, "192.0.2.7:4573"),
        (Settings.Menu(host: "192.0.2.8", port: 4600, allow: ["192.0.2.50"]), nil, "192.0.2.8:4600"),
        (Settings.Menu(port: 4573), nil, nil),
        (Settings.Menu(host: "127.0.0.1", port: 4573, allow: ["192.0.2.50"]), nil, nil),
        (Settings.Menu(host: "0.0.0.0", port: 4573), nil, nil),
        (nil, nil, nil),
        (nil, "203.0.113.7:4573", "203.0.113.7:4573"),
        (nil, "menu.exemplo.com.br", "menu.exemplo.com.br:4573"),
        (nil, "2001:db8::7", "[2001:db8::7]:4573"),
        (nil, "127.0.0.1:4573", nil),
    ]

    @Test("the menu's address is one that the PBX can reach, or is refused", arguments: menus)
    func menuAddress(fastAGI: Settings.Menu?, said: String?, printed: String?) throws {
        let files = try files(host: "192.0.2.50", fastAGI: fastAGI, agi: said)
        guard let printed else {
            #expect(throws: DialplanFiles.Fault.self) {
                try files.text("extensions-calldesk.conf", for: .asterisk, line: nil)
            }
            return
        }
        let plan = try files.text("extensions-calldesk.conf", for: .asterisk, line: nil)
        #expect(plan.contains("AGI(agi://\(printed)/ivr?line=matriz)"))
        #expect(plan.contains("AGI(agi://\(printed)/check?line=matriz)"))
    }

    @Test(
        "the user is permitted from the address the desk comes from, never from a name",
        arguments: [
            ("127.0.0.1", nil, "192.0.2.7", "127.0.0.1/255.255.255.255"),
            ("localhost", nil, "192.0.2.7", "127.0.0.1/255.255.255.255"),
            ("192.0.2.50", nil, "192.0.2.7", "192.0.2.7/255.255.255.255"),
            ("pbx.exemplo.com.br", nil, "2001:db8::7", "2001:db8::7/128"),
            ("192.0.2.50", "203.0.113.7", "192.0.2.7", "203.0.113.7/255.255.255.255"),
            ("192.0.2.50", "203.0.113.0/24", "192.0.2.7", "203.0.113.0/24"),
            ("192.0.2.50", "chamados.exemplo.com.br", "192.0.2.7", nil),
            ("pbx.exemplo.com.br", nil, nil, nil),
        ] as [(String, String?, String?, String?)]
    )
    func permit(host: String, said: String?, own: String?, printed: String?) throws {
        let files = try files(host: host, permit: said, own: own)
        guard let printed else {
            #expect(throws: DialplanFiles.Fault.self) {
                try files.text("manager-calldesk.conf", for: .asterisk, line: nil)
            }
            return
        }
        let text = try files.text("manager-calldesk.conf", for: .asterisk, line: nil)
        #expect(text.contains("\npermit = \(printed)\n"))
    }

    @Test("an option is offered by its own sentence, or by its label alone, never behind a word that does not fit")
    func options() throws {
        let sounds = PromptBook.sounds(try CatalogueFile.shelf(nil).current, .ptBR).filter {
            $0.name.hasPrefix("option-")
        }
        let shut = sounds.first { $0.name == "option-sistema-fora-situacao-nao-abre" }
        #expect(shut?.text == "Se não abre, digite 2.")
        // Of a yes or no, and of options whose label says it all, there is nothing but the label.
        #expect(sounds.allSatisfy { !$0.text.hasPrefix("Para Não") && $0.text.contains("digite") })
    }

    @Test("every priority of the shipped dialplan follows the last, and every context it goes to exists")
    func lint() throws {
        let folder = try #require(WebResources.folder("dialplans"))
        let plan = try String(
            contentsOf: folder.appending(path: "asterisk/extensions-calldesk.conf"),
            encoding: .utf8
        )
        var contexts: Set<String> = []
        var wanted: Set<String> = []
        var hasExtension = false
        for line in plan.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.isEmpty || line.hasPrefix(";") { continue }
            if line.hasPrefix("[") {
                contexts.insert(line.trimmingCharacters(in: CharacterSet(charactersIn: "[]")))
                hasExtension = false
            } else if line.hasPrefix("exten => ") {
                #expect(line.contains(",1,"), "\(line)")
                hasExtension = true
            } else {
                // The next one, which may have a name to be gone to.
                #expect(line.contains(/^same => n(\([a-z]+\))?,/) && hasExtension, "\(line)")
            }
            #expect(line.filter { $0 == "(" }.count == line.filter { $0 == ")" }.count, "\(line)")
            for target in ["Goto(calldesk", "Gosub(calldesk"] where line.contains(target) {
                let rest = line[(line.range(of: target)?.lowerBound ?? line.startIndex)...].drop { $0 != "(" }
                    .dropFirst()
                wanted.insert(String(rest.prefix { $0 != "," }))
            }
        }
        #expect(wanted.isSubset(of: contexts))
        #expect(wanted.contains("calldesk-queue"))
    }
}
