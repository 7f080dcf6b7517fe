/// A session that remembers its first failure.
protocol FallibleSession: SQLSession {
    /// The first failure in this transaction.
    var failure: StoreError? { get }
}

extension FallibleSession {
    /// What a whole transaction's closure made of this session: the value, or the first error of a statement or its own.
    func outcome<Value>(_ body: (any SQLSession) throws -> Value) -> Result<Value, StoreError> {
        do {
            let value = try body(self)
            if let failure { return .failure(failure) }
            return .success(value)
        } catch {
            return .failure(failure ?? (error as? StoreError) ?? .refused(error))
        }
    }
}

/// One caller's write as the writer sees it: run it, then tell the caller once its fate is known.
protocol QueuedWrite: Sendable {
    /// Runs the closure and remembers what came of it; nil when it worked. It may run more than once.
    func run(in session: any FallibleSession) -> StoreError?

    /// Answers the caller: with its value, or with `error` when the transaction did not last.
    func settle(_ error: StoreError?)
}

/// A write with its closure, its result and its waiting caller.
///
/// SAFETY: `result` is touched by the writer's thread only, in `run` and then in `settle`.
final class WriteOf<Value: Sendable>: QueuedWrite, @unchecked Sendable {
    private let body: @Sendable (any SQLSession) throws -> Value
    private let answer: @Sendable (Result<Value, StoreError>) -> Void
    private var result: Result<Value, StoreError> = .failure(.statement("a write was answered before it ran"))

    init(
        body: @escaping @Sendable (any SQLSession) throws -> Value,
        answer: @escaping @Sendable (Result<Value, StoreError>) -> Void
    ) {
        self.body = body
        self.answer = answer
    }

    func run(in session: any FallibleSession) -> StoreError? {
        result = session.outcome(body)
        if case .failure(let error) = result { return error }
        return nil
    }

    func settle(_ error: StoreError?) {
        if let error { answer(.failure(error)) } else { answer(result) }
    }
}
