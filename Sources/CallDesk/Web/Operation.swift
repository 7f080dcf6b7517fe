import DeskCore
import HTTPTypes
import Hummingbird

/// One verb of the desk, written once: its address, who may, what goes in and comes out, and the deed.
///
/// Routes, checks and the OpenAPI description come from the same value (docs/architecture.md says how to add one).
struct Operation: Sendable {
    typealias Handler = @Sendable (Ask) async throws -> Response

    /// A parameter of the query or a header; the query's are checked against the schema before the handler runs.
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
        /// JSON that may be left out, which counts as an empty object.
        case optionalJSON(String)
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

        /// The shape of an answer in JSON; nil for the others.
        var schema: Schema? {
            switch self {
            case .one(let name): .reference(name)
            case .list(let name): .object([.init("items", .array(.reference(name)))])
            case .page(let name):
                .object([.init("items", .array(.reference(name))), .init("next", .orNull(.id))])
            case .file, .events, .nothing: nil
            }
        }
    }

    /// How an operation deals with the revision of the record it answers.
    enum Revisions: Sendable {
        case none
        /// The answer carries it as `ETag`.
        case told
        /// That, and `If-Match` may name the one a change was made of.
        case taken
        /// That, and a change that names none is refused: it writes the whole record.
        case needed
    }

    var method: HTTPRequest.Method
    /// Below `/api/v1`, with `{name}` for parameters.
    var path: String
    /// Names the operation: `listTickets`.
    var id: String
    var tag: String
    var summary: String
    /// Who may; nobody who is not named.
    var who: [Permission]
    var parameters: [Parameter] = []
    var revisions = Revisions.none
    var body: Body?
    var status: HTTPResponse.Status = .ok
    /// Successful statuses besides, with the same body.
    var otherStatuses: [HTTPResponse.Status] = []
    var answer: Answer
    /// Statuses besides the ones every operation may answer.
    var problems: [HTTPResponse.Status] = []
    var handle: Handler

    /// The parameters it takes, and the header that every operation with revisions understands.
    var everyParameter: [Parameter] {
        switch revisions {
        case .none, .told: parameters
        case .taken, .needed: parameters + [.ifMatch]
        }
    }

    /// Whether it only reads.
    var isRead: Bool { method == .get }

    /// Every status a problem of it may have.
    var everyProblem: [HTTPResponse.Status] {
        var all =
            problems + [
                .badRequest, .unauthorized, .forbidden, .unprocessableContent, .tooManyRequests, .serviceUnavailable,
            ]
        if body != nil || !isRead { all += [.requestTimeout, .contentTooLarge, .unsupportedMediaType] }
        if path.contains("{") { all.append(.notFound) }
        switch revisions {
        case .none, .told: break
        case .taken: all += [.conflict, .preconditionFailed]
        case .needed: all += [.conflict, .preconditionFailed, .preconditionRequired]
        }
        return Set(all).sorted { $0.code < $1.code }
    }
}

/// The operations of one subject, with the shapes they take and give.
protocol OperationSet: Sendable {
    /// Components of the OpenAPI document, by name.
    static var schemas: [(String, Schema)] { get }
    var operations: [Operation] { get }
}

extension OperationSet {
    static var schemas: [(String, Schema)] { [] }
}

extension Operation.Parameter {
    static let after = Self(
        name: "after",
        schema: .id,
        about: "The `next` of the page before; absent for the first page."
    )
    static let limit = Self(
        name: "limit",
        schema: .integer(minimum: 1, maximum: HTTPLimits.largestPage),
        about: "Items a page, \(HTTPLimits.pageSize) unless told."
    )
    static let idempotencyKey = Self(
        name: "Idempotency-Key",
        place: .header,
        schema: .string(maximum: IdempotencyKey.longest),
        about:
            "The same key with the same body makes it once, however often it is sent; with another body it is refused (422)."
    )
    static let ifMatch = Self(
        name: "If-Match",
        place: .header,
        schema: .string(maximum: 200),
        about: "The `ETag` the record was read with; refused with 412 when somebody changed it since."
    )
    static let account = Self(
        name: "CallDesk-Account",
        place: .header,
        schema: .string(maximum: 64),
        about: "For programs: the login of the technician in whose name this is done."
    )

    /// What is wrong with a value of the query, nil when nothing is.
    ///
    /// One that is longer than it may be is refused, never cut.
    func fault(of text: String) -> FieldFault? {
        switch schema {
        case .string(let maximum?, _, _) where text.unicodeScalars.count > maximum:
            FieldFault(name, FieldText.longest(maximum))
        case .words(let words) where !words.contains(text): FieldFault(name, FieldText.oneOf(words))
        case .boolean where text != "true" && text != "false":
            FieldFault(name, FieldText.oneOf(["true", "false"]))
        case .integer(let minimum, let maximum):
            Int64(text).map { $0 >= Int64(minimum ?? .min) && $0 <= Int64(maximum ?? .max) } ?? false
                ? nil : FieldFault(name, FieldText.expected(maximum.map { "\(minimum ?? 0)–\($0)" } ?? "1, 2, 3…"))
        default: nil
        }
    }
}
