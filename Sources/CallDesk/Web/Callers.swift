import DeskCore
import HTTPTypes
import Hummingbird

/// Finds who asks, by a bearer token or a session's cookie, through the one memory of callers.
struct Callers: Sendable {
    /// What a request shows of itself.
    enum Credential: Sendable {
        case bearer(String)
        case session(Side, token: String)
    }

    let known: KnownCallers
    let cookies: SessionCookies
    let origin: OwnOrigin
    /// Counts wrong tokens by address, never right ones.
    let failures: AddressThrottle

    init(app: App) {
        known = app.known
        cookies = SessionCookies(url: app.settings.desk.url)
        origin = OwnOrigin(url: app.settings.desk.url)
        // A program with a wrong token tries a few times; who guesses is slowed to one try a second.
        failures = AddressThrottle(burst: 60, perMinute: 60, clock: app.clock)
    }

    /// The credential of a request; a token comes before a cookie, as no browser sends one by itself.
    ///
    /// Of several sessions, `X-CSRF-Token` names the one that is meant; without it, the first the operation is for.
    ///
    /// - Throws: `Problem` 401 without any, 403 for a change by a session that no page of ours sent.
    func credential(of request: Request, for operation: Operation) throws(Problem) -> Credential {
        if request.headers[.authorization] != nil {
            guard let secret = BearerToken.secret(request.headers[.authorization]) else { throw .noToken }
            return .bearer(secret)
        }
        let sides = Side.allCases.filter { cookies[$0].token(of: request) != nil }
        let named = request.headers[.csrfToken].flatMap { Side.parse(csrf: $0)?.side }
        let meant = operation.who.compactMap(\.side).first { sides.contains($0) } ?? sides.first
        guard let side = named ?? meant, let token = cookies[side].token(of: request) else { throw .noToken }
        if !operation.isRead {
            guard named != nil, origin.accepts(request) else { throw .crossSite }
        }
        return .session(side, token: token)
    }

    /// Looks the caller up afresh.
    ///
    /// - Throws: `Problem` 401 for nobody, 403 for another session's token against cross-site requests, 422 for a login
    ///   that is none, 429 for an address that guesses; `StoreError`.
    func find(_ credential: Credential, _ request: Request, _ peer: PeerAddress, isRead: Bool) async throws -> Caller {
        let age = isRead ? KnownCallers.freshness : KnownCallers.freshnessForChanges
        switch credential {
        case .bearer(let secret):
            // Looked up first: wrong tokens shut nobody out who shows a right one from the same address.
            guard let token = try await known.token(secret, within: age) else {
                try failures.admit(peer)
                throw Problem.noToken
            }
            return .program(.init(token: token, account: try await account(request, within: age)))
        case .session(let side, let token):
            let csrf = isRead ? nil : request.headers[.csrfToken] ?? ""
            switch side {
            case .staff:
                guard let signedIn = try await known.session(token, within: age) else { throw Problem.signedOut }
                guard csrf.map({ side.accepts(csrf: $0, of: signedIn) }) ?? true else { throw Problem.crossSite }
                return .staff(.init(signedIn: signedIn, session: token))
            case .customer:
                guard let signedIn = try await known.person(token, within: age) else { throw Problem.signedOut }
                guard csrf.map({ side.accepts(csrf: $0, of: signedIn) }) ?? true else { throw Problem.crossSite }
                return .customer(.init(signedIn: signedIn, session: token))
            }
        }
    }

    /// The technician in whose name a program acts, by the `CallDesk-Account` header; nil without one.
    private func account(_ request: Request, within age: Duration) async throws -> Account? {
        guard let login = request.headers[.account] else { return nil }
        guard login.utf8.count <= 64, let account = try await known.account(login: login, within: age) else {
            throw Problem.invalid("CallDesk-Account", Self.noSuchAccount)
        }
        return account
    }

    private static let noSuchAccount = LocalizedText(
        "Não há usuário ativo com este login.",
        ptPT: "Não há utilizador ativo com este login.",
        en: "There is no active user with this login."
    )
}

/// The token of an `Authorization` header.
enum BearerToken {
    /// As RFC 6750 §2.1 writes it; the scheme's case does not matter.
    static func secret(_ header: String?) -> String? {
        // Ours has 68 characters; what is much longer is not looked at.
        guard let header, header.utf8.count <= 256 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}

extension Problem {
    static let noToken = Problem(
        .unauthorized,
        "no-token",
        LocalizedText("Token ausente ou inválido", ptPT: "Token ausente ou inválido", en: "Token missing or not valid"),
        detail: LocalizedText(
            "Envie Authorization: Bearer seguido de um token válido (calldesk token add), ou entre na central.",
            ptPT: "Envie Authorization: Bearer seguido de um token válido (calldesk token add), ou inicie sessão.",
            en: "Send Authorization: Bearer followed by a valid token (calldesk token add), or sign in."
        ),
        headers: [.wwwAuthenticate: "Bearer realm=\"calldesk\""]
    )

    static func missingScope(_ scope: TokenScope) -> Problem {
        Problem(
            .forbidden,
            "missing-scope",
            LocalizedText(
                "O token não permite isto",
                ptPT: "O token não permite isto",
                en: "The token does not allow this"
            ),
            detail: LocalizedText(
                "Falta o escopo \(scope.rawValue).",
                ptPT: "Falta o âmbito \(scope.rawValue).",
                en: "The scope \(scope.rawValue) is missing."
            ),
            headers: [
                .wwwAuthenticate: "Bearer realm=\"calldesk\", error=\"insufficient_scope\", scope=\"\(scope.rawValue)\""
            ]
        )
    }
}
