import Codecs
import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing

@testable import CallDesk

/// A browser without scripts at the portal: keeps its cookies, and sends forms with the token of the page it is on.
final class PortalBrowser {
    let client: any TestClientProtocol
    /// Sent with every request, as the browser's settings would.
    var language = "pt-BR"
    private(set) var cookies: [String: String] = [:]
    private(set) var csrf = ""
    /// What its forms say of where they come from.
    private var origin = "http://desk.test"

    static let password = "uma senha longa 1"

    init(_ client: any TestClientProtocol) { self.client = client }

    /// Opens a page.
    @discardableResult
    func get(_ path: String) async throws -> Answered { try await go(.get, path, nil) }

    /// Sends a form of the page it is on.
    @discardableResult
    func post(
        _ path: String,
        _ fields: [(String, String)] = [],
        csrf given: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answered {
        let all = [("csrf", given ?? csrf)] + fields
        let body = all.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }.joined(separator: "&")
        return try await go(.post, path, body, headers)
    }

    /// Sends a form of the page it is on with one file.
    ///
    /// `announced`: how long it says to be, where that is not how long it is.
    func send(
        _ path: String,
        _ fields: [(String, String)] = [],
        file: (field: String, name: String, bytes: [UInt8]),
        announced: Int? = nil
    ) async throws -> Answered {
        var body: [UInt8] = []
        for (name, value) in [("csrf", csrf)] + fields {
            body += Array("--x\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        body += Array(
            ("--x\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n").utf8
        )
        body += file.bytes + Array("\r\n--x--\r\n".utf8)
        var headers: HTTPFields = [
            .contentType: "multipart/form-data; boundary=x", .accept: "text/html", .acceptLanguage: language,
            .cookie: Self.line(cookies), .origin: origin,
        ]
        if let announced { headers[.contentLength] = String(announced) }
        return try await client.execute(
            uri: path,
            method: .post,
            headers: headers,
            body: ByteBuffer(bytes: body)
        ) { response in
            Answered(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
    }

    /// Takes a session as the sign-in would give it, without its slow hash.
    func enter(_ session: NewSession) {
        cookies["calldesk_portal_session"] = session.token
        csrf = Side.customer.csrf(session.csrf)
    }

    /// Calls an operation of the API with the session, as a script of a page would.
    func call(_ method: HTTPRequest.Method, _ path: String) async throws -> Answered {
        var headers: HTTPFields = [.accept: "application/json", .cookie: Self.line(cookies)]
        headers[.csrfToken] = csrf
        return try await client.send(method, path, headers: headers)
    }

    private static func line(_ cookies: [String: String]) -> String {
        cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }

    func set(_ cookie: String, _ value: String) { cookies[cookie] = value }

    private func go(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String?,
        _ more: HTTPFields = [:]
    ) async throws -> Answered {
        var headers = more
        headers[.accept] = "text/html"
        headers[.acceptLanguage] = language
        if !cookies.isEmpty {
            headers[.cookie] = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                separator: "; "
            )
        }
        if body != nil {
            headers[.contentType] = "application/x-www-form-urlencoded"
            if headers[.origin] == nil { headers[.origin] = origin }
        }
        let answer = try await client.execute(
            uri: path,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(string: $0) }
        ) { response in
            Answered(status: response.status.code, headers: response.headers, body: String(buffer: response.body))
        }
        for line in answer.headers[values: .setCookie] {
            let parts = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            cookies[String(parts[0])] = line.contains("Max-Age=0") ? nil : String(parts[1])
        }
        if let token = answer.body.firstMatch(of: /name="csrf" value="([^"]+)"/) { csrf = String(token.1) }
        if answer.headers[.contentType]?.hasPrefix("text/html") == true {
            // As Fetch has it (“append a request Origin header”). `Sec-Fetch-Site` goes to https and localhost only.
            origin = answer.headers[.referrerPolicy] == "no-referrer" ? "null" : "http://desk.test"
        }
        return answer
    }

    private static func encoded(_ text: String) -> String { PercentEncoding.encode(text) }
}

extension DeskUnderTest {
    /// A customer of `customer`'s (their first contact) who has an account, with the test's password.
    func person(
        of customer: Customer,
        login: String = "maria",
        reach: Reach? = nil
    ) async throws -> Person {
        let contact = try #require(try await app.customers.contacts(of: customer.id).first)
        let person = try await app.persons.invite(contactID: contact.id, reach: reach, by: .system("test"))
        return try await app.persons.activate(
            person.id,
            login: login,
            password: PortalBrowser.password,
            by: .person(person.id)
        )
    }
}
