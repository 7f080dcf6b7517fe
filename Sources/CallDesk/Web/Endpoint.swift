import DeskCore
import HTTPTypes
import Hummingbird

/// One operation of the API with what its documentation says: routes and OpenAPI come from the same list.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    /// A parameter of the query or a header.
    struct Parameter: Sendable {
        enum Place: String, Sendable { case query, header }

        var name: String
        var place: Place = .query
        var schema: Schema
        var about: String
    }

    /// What a request's body is.
    enum Body: Sendable {
        case json(String)
        /// Raw bytes of a file.
        case file
    }

    /// What a successful answer's body is.
    enum Answer: Sendable {
        /// A component of the document.
        case one(String)
        /// A page: `items` of the component and `next`.
        case page(String)
        /// All of them: `items` of the component.
        case list(String)
        case file
        case events
        case nothing
    }

    var method: HTTPRequest.Method
    /// Below `/api/v1`, with `{name}` for parameters.
    var path: String
    /// Names the operation: `listTickets`.
    var id: String
    var tag: String
    var summary: String
    var scope: TokenScope
    /// Another scope that does as well.
    var orScope: TokenScope?
    var parameters: [Parameter] = []
    var body: Body?
    var status: HTTPResponse.Status = .ok
    var answer: Answer
    /// Statuses besides the ones every operation may answer.
    var problems: [HTTPResponse.Status] = []
    var handle: Handler
}

extension Endpoint.Parameter {
    static let after = Endpoint.Parameter(
        name: "after",
        schema: .id,
        about: "The `next` of the page before; absent for the first page."
    )
    static let limit = Endpoint.Parameter(
        name: "limit",
        schema: .integer(minimum: 1, maximum: HTTPLimits.largestPage),
        about: "Items a page, \(HTTPLimits.pageSize) unless told."
    )
    static let idempotencyKey = Endpoint.Parameter(
        name: "Idempotency-Key",
        place: .header,
        schema: .string(maximum: IdempotencyKey.longest),
        about: "The same key with the same body gives the same answer, however often it is sent."
    )
    static let account = Endpoint.Parameter(
        name: "CallDesk-Account",
        place: .header,
        schema: .string(maximum: 64),
        about: "The login of the technician in whose name this is done."
    )
}

/// A page as the query asks for it.
struct PageQuery {
    /// The last id of the page before.
    var after: Int64?
    var limit = HTTPLimits.pageSize

    /// - Throws: `Problem` 422 naming the parameter that is wrong.
    init(_ request: Request) throws(Problem) {
        var faults: [FieldFault] = []
        if let text = request.query("after") {
            if let id = Int64(text), id > 0 {
                after = id
            } else {
                faults.append(.init("after", FieldText.expected("1, 2, 3…")))
            }
        }
        if let text = request.query("limit") {
            if let limit = Int(text), (1...HTTPLimits.largestPage).contains(limit) {
                self.limit = limit
            } else {
                faults.append(.init("limit", FieldText.expected("1–\(HTTPLimits.largestPage)")))
            }
        }
        guard faults.isEmpty else { throw .invalid(faults) }
    }
}

extension Request {
    /// One of a few words in the query.
    ///
    /// - Throws: `Problem` 422 for another.
    func choice<Value: RawRepresentable & CaseIterable>(
        _ name: String,
        _ type: Value.Type
    ) throws(Problem) -> Value? where Value.RawValue == String {
        guard let text = query(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            throw .invalid(name, FieldText.oneOf(Value.allCases.map(\.rawValue)))
        }
        return value
    }
}
