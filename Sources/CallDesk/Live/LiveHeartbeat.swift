import ServiceLifecycle

/// Keeps streams alive and ends them: a sign of life every 15 s, and the hub's closing when the service stops.
///
/// Its place in the service group is of no consequence: the streams themselves hear of a shutdown too.
struct LiveHeartbeat: Service {
    /// The kind of the event that is written as a comment.
    static let kind = "ping"

    let hub: LiveHub
    /// Shorter than the idle time of common proxies (nginx: 60 s), and soon enough to notice who has gone.
    var every: Duration = .seconds(15)

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: every)
                if !Task.isCancelled { hub.publish(Self.kind, to: .everyone, payload: "", isLocal: true) }
            }
        }
        hub.close()
    }
}
