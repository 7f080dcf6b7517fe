import DeskCore
import Foundation
import Hummingbird

/// A request of the API by a program that showed a valid token.
struct APIContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let token: APIToken
    let language: Language
    let requestID: String

    init(context: DeskRequestContext) throws {
        guard let token = context.token else { throw Problem.noToken }
        // Copied, not made anew: the router has put the path's parameters into it already.
        coreContext = context.coreContext
        self.token = token
        language = context.language
        requestID = context.requestID
    }

    /// Who did it, for the audit trail.
    var actor: AuditActor { .token(token.id) }

    /// - Throws: `Problem` 403 when the token lacks the endpoint's scope.
    func need(_ endpoint: Endpoint) throws(Problem) {
        if let other = endpoint.orScope, token.allows(other) { return }
        guard token.allows(endpoint.scope) else { throw .missingScope(endpoint.scope) }
    }

    /// The number in the path, such as a customer's id.
    ///
    /// - Throws: `Problem` 404: what is no number names nothing.
    func id(_ name: String = "id") throws(Problem) -> Int64 {
        guard let text = coreContext.parameters.get(name), let id = Int64(text), id > 0 else { throw .notFound }
        return id
    }

    /// A text in the path, decoded.
    func text(_ name: String) throws(Problem) -> String {
        guard let raw = coreContext.parameters.get(name), let text = raw.removingPercentEncoding, !text.isEmpty else {
            throw .notFound
        }
        return text
    }
}

extension Problem {
    static let noToken = Problem(
        .unauthorized,
        "no-token",
        LocalizedText("Token ausente ou inválido", ptPT: "Token ausente ou inválido", en: "Token missing or not valid"),
        detail: LocalizedText(
            "Envie Authorization: Bearer seguido de um token válido (calldesk token add).",
            ptPT: "Envie Authorization: Bearer seguido de um token válido (calldesk token add).",
            en: "Send Authorization: Bearer followed by a valid token (calldesk token add)."
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
