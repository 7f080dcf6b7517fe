import ArgumentParser
import Codecs
import DeskCore
import Foundation

struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Runs the interview in this terminal, for the call you are on or for somebody at the counter."
    )

    @Option(help: "Where the service is; CALLDESK_URL when it is not given.")
    var url: String?
    @Option(
        help:
            "An API token with interviews:write, calls:read and notices:read; CALLDESK_TOKEN, or the demonstration's own."
    )
    var token: String?
    @Option(name: .customLong("as"), help: "Your login: the ticket is yours.")
    var account: String?
    @Option(name: .customLong("extension"), help: "Your phone, such as 1001: attaches to the call it is on.")
    var phone: String?
    @Option(help: "pt-BR, pt-PT or en.")
    var language = "pt-BR"
    @Flag(help: "Begin a contact without a call.")
    var walkIn = false

    func run() async throws {
        guard let language = Language(rawValue: language) else {
            throw ValidationError("--language is pt-BR, pt-PT or en")
        }
        let environment = ProcessInfo.processInfo.environment
        let demo = DemoTicket.read()
        guard let token = token ?? environment.given("CALLDESK_TOKEN") ?? demo?.token else {
            throw Administration.failed(
                "falta o token: calldesk token add NOME --scope interviews:write --scope calls:read --scope notices:read"
            )
        }
        let desk = DeskConnection(
            url: url ?? environment.given("CALLDESK_URL") ?? demo?.url ?? "http://127.0.0.1:8080",
            token: token,
            account: account ?? (self.token == nil ? demo?.account : nil),
            language: language.rawValue
        )
        do {
            try await TerminalInterview(
                desk: desk,
                script: TerminalScript(words: TerminalWords(language: language), width: TerminalText.columns)
            )
            .run(phone: phone, walkIn: walkIn)
        } catch let trouble as DeskConnection.Trouble {
            throw Administration.failed(trouble.text)
        }
    }
}

/// Where a running demonstration left its address and token, so that `calldesk log` needs no options beside it.
struct DemoTicket: Codable {
    var url: String
    var token: String
    var account: String

    static let path = "var/demo/terminal.json"

    static func read() -> DemoTicket? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONCoding.value(DemoTicket.self, from: $0) }
    }

    func write() {
        guard let data = try? JSONCoding.data(self) else { return }
        // Its own data may be kept elsewhere; without the file the terminal asks for its options.
        try? FileManager.default.createDirectory(
            atPath: (Self.path as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        _ = FileManager.default.createFile(
            atPath: Self.path,
            contents: data,
            attributes: [.posixPermissions: 0o600]
        )
    }
}
