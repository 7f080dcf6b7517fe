import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// One request for an operation, as its handler gets it: who asks, the body already read, the parameters checked.
struct Ask: Sendable {
    /// A request's body, read to its end before the caller's right was looked at.
    enum Body: Sendable {
        case none
        case json(JSONValue)
        case file([UInt8])
    }

    let caller: Caller
    /// The answer's language: the account's own, or what `Accept-Language` asks for.
    let language: Language
    let body: Body
    /// The request itself, for headers and streams; its body is spent.
    let request: Request
    private let path: Parameters

    init(caller: Caller, language: Language, body: Body, request: Request, path: Parameters) {
        self.caller = caller
        self.language = language
        self.body = body
        self.request = request
        self.path = path
    }

    var actor: AuditActor { caller.actor }
    var author: TicketAuthor? { caller.author }
    var headers: HTTPFields { request.headers }

    /// The body's members, to be read one by one.
    ///
    /// - Throws: `Problem` 422 when the body is no object.
    func fields() throws(Problem) -> FieldReader { try FieldReader(json) }

    /// The body as JSON.
    var json: JSONValue { if case .json(let value) = body { value } else { .object([:]) } }

    /// The body as a file's bytes.
    var file: [UInt8] { if case .file(let bytes) = body { bytes } else { [] } }

    /// The number in the path, such as a customer's id.
    ///
    /// - Throws: `Problem` 404: what is no number names nothing.
    func id(_ name: String = "id") throws(Problem) -> Int64 {
        guard let text = path.get(name), let id = Int64(text), id > 0 else { throw .notFound }
        return id
    }

    /// A text in the path, decoded.
    func text(_ name: String) throws(Problem) -> String {
        guard let raw = path.get(name), let text = PercentEncoding.decode(raw), !text.isEmpty else { throw .notFound }
        return text
    }

    /// One value of the query, decoded; nil when it is not there.
    func query(_ name: String) -> String? { request.query(name) }

    /// A number of the query, nil when it is not there.
    func number(_ name: String) -> Int64? { query(name).flatMap { Int64($0) } }

    /// One of a few words in the query, nil when it is not there.
    func choice<Value: RawRepresentable>(_ name: String, _ type: Value.Type) -> Value? where Value.RawValue == String {
        query(name).flatMap(Value.init)
    }

    /// The page the query asks for.
    var page: PageQuery { PageQuery(after: number("after"), limit: number("limit")) }

    /// The client's name for its wish; nil without one.
    func idempotencyKey() throws(Problem) -> IdempotencyKey? { try IdempotencyKey(request) }

    /// The person who acts.
    ///
    /// - Throws: `Problem` 422 for a program that names nobody: what is done is somebody's.
    func person() throws(Problem) -> Account {
        guard let account = caller.account else { throw .invalid("CallDesk-Account", FieldText.missing) }
        return account
    }
}

/// A page as the query asks for it.
struct PageQuery: Sendable {
    /// The last id of the page before.
    var after: Int64?
    var limit: Int

    init(after: Int64?, limit: Int64?) {
        self.after = after
        self.limit = min(max(1, Int(clamping: limit ?? Int64(HTTPLimits.pageSize))), HTTPLimits.largestPage)
    }
}
