/// A waiting caller of a database: answered once, whatever becomes of its task.
typealias WaitingCaller<Value> = CheckedContinuation<Result<Value, StoreError>, Never>
