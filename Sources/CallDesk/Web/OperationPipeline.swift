import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore

/// The one way every operation goes: credential, caller, pace, body, caller afresh, right, deed.
///
/// The caller is looked up and the right checked before the body, so that no stranger's is read, and again after it: a
/// body may take its time, and what was allowed when it began may not be when it ends.
struct OperationPipeline: Sendable {
    let callers: Callers
    let uploads: UploadGate
    let pace: CallerPace

    func answer(_ operation: Operation, _ request: Request, _ context: DeskRequestContext) async throws -> Response {
        let credential = try callers.credential(of: request, for: operation)
        var caller = try await find(credential, operation, request, context)
        let language = Self.language(caller, context)
        var told: HTTPFields = [:]
        do {
            told = try await pace.admit(caller)
            try operation.who.check(caller)
            try check(operation.parameters, request)
            let body = try await read(operation, request, by: caller.actor)
            if case .none = body {
            } else {
                caller = try await find(credential, operation, request, context)
                try operation.who.check(caller)
            }
            var response = try await operation.handle(
                Ask(
                    caller: caller,
                    language: language,
                    body: body,
                    request: request,
                    path: context.parameters
                )
            )
            response.headers.append(contentsOf: told)
            return response
        } catch {
            throw ErrorInLanguage(error: error, language: language, headers: told)
        }
    }

    private func find(
        _ credential: Callers.Credential,
        _ operation: Operation,
        _ request: Request,
        _ context: DeskRequestContext
    ) async throws -> Caller {
        try await callers.find(credential, request, context.peer, isRead: operation.isRead)
    }

    private static func language(_ caller: Caller, _ context: DeskRequestContext) -> Language {
        switch caller {
        case .staff(let staff): staff.account.language ?? context.language
        case .customer(let customer): customer.person.language ?? context.language
        case .program: context.language
        }
    }

    /// - Throws: `Problem` 422 naming every parameter of the query that is wrong.
    private func check(_ parameters: [Operation.Parameter], _ request: Request) throws(Problem) {
        var faults: [FieldFault] = []
        for parameter in parameters where parameter.place == .query {
            if let text = request.query(parameter.name), let fault = parameter.fault(of: text) { faults.append(fault) }
        }
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    private func read(
        _ operation: Operation,
        _ request: Request,
        by person: AuditActor
    ) async throws -> Ask.Body {
        switch operation.body {
        case nil where operation.isRead: return .none
        case nil: return try await nothing(in: request)
        case .json: return .json(try await request.json())
        case .optionalJSON:
            let isThere =
                request.headers[.contentType] != nil || request.headers[.contentLength].map { $0 != "0" } ?? false
            return .json(isThere ? try await request.json() : .object([:]))
        case .file: return .file(try await uploads.read(request, by: person))
        }
    }

    /// The body of a change that takes none: an empty object at the most, so that a member is never lost unseen.
    ///
    /// - Throws: `Problem` 422 naming every member; what `Request.json` throws.
    private func nothing(in request: Request) async throws -> Ask.Body {
        guard let json = try await request.anyJSON() else { return .none }
        try FieldReader(json).finish()
        return .json(json)
    }
}

/// An error to be told in the caller's own language, which only the pipeline knows.
struct ErrorInLanguage: Error {
    var error: any Error
    var language: Language
    /// What the caller is told with every answer, the refusal too.
    var headers: HTTPFields = [:]
}
