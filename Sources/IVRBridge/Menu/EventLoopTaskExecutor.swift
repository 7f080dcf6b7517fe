import NIOCore

/// Runs a task's jobs on one event loop, so that reading an answer and going on with the script is one thread's work.
///
/// SAFETY: `held` and `isHolding` are touched on the loop's thread only.
final class EventLoopTaskExecutor: TaskExecutor, @unchecked Sendable {
    private let loop: any EventLoop
    /// Jobs made ready by what runs in `directly`.
    private var held: [UnownedJob] = []
    private var isHolding = false

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if loop.inEventLoop, isHolding {
            held.append(job)
            return
        }
        let executor = asUnownedTaskExecutor()
        loop.execute { job.runSynchronously(on: executor) }
    }

    /// Runs `body` on the loop and then, at once, the jobs that it made ready.
    ///
    /// A script so goes on, and its next command leaves, before the loop looks at anything else. `body` must hold no lock
    /// that a script could want.
    ///
    /// Jobs that those make ready take their turn like any other work, so that no script keeps the loop to itself.
    func directly(_ body: () -> Void) {
        guard !isHolding else { return body() }
        isHolding = true
        body()
        isHolding = false
        // Nearly always one, whose place is kept for the next.
        if held.count == 1 { return held.removeLast().runSynchronously(on: asUnownedTaskExecutor()) }
        let jobs = held
        held.removeAll(keepingCapacity: false)
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
