import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite(
    "Mail over TLS",
    .enabled(if: RealServer.hasTLSSink),
    .timeLimit(.minutes(5))
)
struct MailTLSTests {
    struct Server {
        var folder: URL
        var startTLS: Int
        var implicit: Int
        var certificate: String { folder.appendingPathComponent("cert.pem").path }
        var log: [String] {
            let text = try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)
            return (text ?? "").split(separator: "\n").map(String.init)
        }
    }

    func withServer(_ body: (Server) async throws -> Void) async throws {
        let folder = try RealServer.folder("smtp-tls")
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: RealServer.tlsSink)
        process.arguments = [folder.path]
        let (output, complaints) = (Pipe(), try Lab.Complaints())
        process.standardOutput = output
        process.standardError = complaints.handle
        try process.run()
        defer { RealServer.end(process) }
        // It says its ports once it listens on both.
        var said = ""
        while !said.contains("\n") {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "\(complaints.text)")
            said += String(decoding: data, as: UTF8.self)
        }
        let ports = said.split { !$0.isNumber }.compactMap { Int($0) }
        try #require(ports.count == 2, "\(complaints.text)")
        try await body(Server(folder: folder, startTLS: ports[0], implicit: ports[1]))
    }

    func send(_ url: String, password: String = "segredo", _ tls: MailRoute.TLS, _ authority: String?) async throws
        -> [DeliveryResult]
    {
        var route = MailRoute(
            url: url,
            user: "desk",
            password: password,
            tls: tls,
            authority: authority,
            connections: 1
        )
        route.timeout = .seconds(30)
        let sender = MailSender(route: route, letterhead: try MailMessageTests.letterhead())
        let results = await sender.send([MailMessageTests.notice(1), MailMessageTests.notice(2)])
        await sender.shutDown()
        return results
    }

    func failure(_ result: DeliveryResult?) -> DeliveryError? {
        if case .refused(let error)? = result { error } else { nil }
    }

    @Test("with a certificate that holds, mails go encrypted and signed in, by STARTTLS and from the first byte")
    func encrypted() async throws {
        try await withServer { server in
            for url in ["smtp://127.0.0.1:\(server.startTLS)", "smtps://127.0.0.1:\(server.implicit)"] {
                let results = try await send(url, .required, server.certificate)
                #expect(results == [.accepted(reference: nil), .accepted(reference: nil)])
            }
            #expect(server.log.count == 4 && server.log.allSatisfy { $0.hasPrefix("tls desk ") })
        }
    }

    @Test("a certificate nobody vouches for gets no mail and no password, and says what to do")
    func unknownCertificate() async throws {
        try await withServer { server in
            for url in ["smtp://127.0.0.1:\(server.startTLS)", "smtps://127.0.0.1:\(server.implicit)"] {
                let results = try await send(url, .required, nil)
                let error = try #require(failure(results.first))
                #expect(error.reach == .sender && error.remedy.contains("mail.tls_authority"), "\(error)")
                #expect(results.last == .untried)
            }
            #expect(server.log.isEmpty)
        }
    }

    @Test("opportunistic encryption takes any certificate")
    func opportunistic() async throws {
        try await withServer { server in
            let results = try await send("smtp://127.0.0.1:\(server.startTLS)", .opportunistic, nil)
            #expect(results == [.accepted(reference: nil), .accepted(reference: nil)])
            #expect(server.log.allSatisfy { $0.hasPrefix("tls desk ") })
        }
    }

    @Test("a wrong password is said as one behind encryption too")
    func wrongPassword() async throws {
        try await withServer { server in
            let url = "smtp://127.0.0.1:\(server.startTLS)"
            let error = failure(try await send(url, password: "errado", .required, server.certificate).first)
            #expect(error?.remedy.contains("mail.password") == true, "\(String(describing: error))")
            #expect(server.log.isEmpty)
        }
    }
}
