import Logging
import ServiceLifecycle

/// A loop of the desk as a service: runs until shutdown is asked for, and neither throws nor returns early.
///
/// swift-service-lifecycle takes a service that returns or throws as a reason to end the whole group.
struct Loop: Service {
    let name: String
    let logger: Logger
    let body: @Sendable () async -> Void

    func run() async {
        await cancelWhenGracefulShutdown {
            await body()
            if !Task.isCancelled { logger.warning("stopped by itself", metadata: ["service": "\(name)"]) }
            // A loop that has nothing more to do waits for the others.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
    }
}
