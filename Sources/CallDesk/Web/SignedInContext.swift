import Codecs
import DeskCore
import Foundation
import Hummingbird
import Logging

/// A request by somebody who is signed in.
struct SignedInContext: ChildRequestContext {
    var coreContext: CoreRequestContextStorage
    let signedIn: SignedIn
    let language: Language
    let requestID: String

    init(context: DeskRequestContext) throws {
        guard let signedIn = context.signedIn else { throw Problem.signedOut }
        // Copied, not made anew: the router has put the path's parameters into it already.
        coreContext = context.coreContext
        self.signedIn = signedIn
        language = context.language
        requestID = context.requestID
    }

    var account: Account { signedIn.account }
    /// In whose name interviews and replies are written.
    var author: TicketAuthor { TicketAuthor(accountID: account.id, name: account.name) }
    /// Who did it, for the audit trail.
    var actor: AuditActor { .account(account.id) }

    /// - Throws: `Problem` 403 for a lower role.
    func need(_ role: Account.Role) throws(Problem) {
        guard account.role >= role else { throw .forbidden }
    }

    /// The number in the path.
    ///
    /// - Throws: `Problem` 404: what is no number names nothing.
    func id(_ name: String) throws(Problem) -> Int64 {
        guard let text = coreContext.parameters.get(name), let id = Int64(text), id > 0 else { throw .notFound }
        return id
    }

    /// A text in the path, decoded.
    func text(_ name: String) throws(Problem) -> String {
        guard let raw = coreContext.parameters.get(name), let text = PercentEncoding.decode(raw), !text.isEmpty else {
            throw .notFound
        }
        return text
    }
}
