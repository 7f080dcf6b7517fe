/// One caller's write as the writer sees it: run it, then tell the caller once its fate is known.
protocol SQLiteWrite: Sendable {
    /// Runs the closure and remembers what came of it; nil when it worked.
    func run(in session: SQLiteSession) -> StoreError?

    /// Answers the caller: with its value, or with `error` when the transaction did not last.
    func settle(_ error: StoreError?)
}

/// A write with its closure, its result and its waiting caller.
///
/// SAFETY: `result` is touched by the writer's queue only, in `run` and then in `settle`.
final class SQLiteWriteOf<Value: Sendable>: SQLiteWrite, @unchecked Sendable {
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

    func run(in session: SQLiteSession) -> StoreError? {
        result = session.outcome(body)
        if case .failure(let error) = result { return error }
        return nil
    }

    func settle(_ error: StoreError?) {
        if let error { answer(.failure(error)) } else { answer(result) }
    }
}
