import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import CallDesk

/// Somebody signed in, as a browser would ask in their name.
struct TestBrowser: Sendable {
    let client: any TestClientProtocol
    let account: Account
    let session: NewSession

    /// The session's token against cross-site requests, as its pages carry it.
    var csrf: String { Side.staff.csrf(session.csrf) }

    /// Reads a page.
    func get(
        _ path: String,
        headers: HTTPFields = [:],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> Answered {
        var headers = headers
        headers[.cookie] = "calldesk_session=\(session.token)"
        if headers[.accept] == nil { headers[.accept] = "text/html" }
        return try await client.send(.get, path, headers: headers, at: place)
    }

    /// Sends what a page of ours sends: JSON, the session and its token.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ json: String? = nil,
        headers: HTTPFields = [:],
        at place: SourceLocation = #_sourceLocation
    ) async throws -> Answered {
        var headers = headers
        headers[.cookie] = "calldesk_session=\(session.token)"
        headers[.accept] = "application/json"
        if headers[.csrfToken] == nil { headers[.csrfToken] = csrf }
        return try await client.send(method, path, json: json, headers: headers, at: place)
    }
}

extension DeskUnderTest {
    /// An account of the desk; its password is never asked for.
    func account(
        _ login: String,
        role: Account.Role = .technician,
        departments: [String] = [],
        extensions: [AccountExtension] = []
    ) async throws -> Account {
        try await app.accounts.add(
            AccountDraft(
                login: login,
                name: login.capitalized,
                role: role,
                language: .ptBR,
                departments: departments,
                extensions: extensions
            ),
            password: nil,
            by: .system("test")
        )
    }

    /// A browser with a session of `account`, without the sign-in page and its slow hash.
    func browser(_ account: Account, _ client: any TestClientProtocol) async throws -> TestBrowser {
        TestBrowser(client: client, account: account, session: try await app.sessions.begin(accountID: account.id))
    }
}
