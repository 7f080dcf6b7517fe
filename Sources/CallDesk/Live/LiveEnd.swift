import ServiceLifecycle

/// Ends the streams when the service is asked to stop.
///
/// Its place in the service group is after the HTTP server, so that it hears first: streams then end in good order while
/// requests under way are still answered.
struct LiveEnd: Service {
    let hub: LiveHub

    func run() async {
        try? await gracefulShutdown()
        await hub.close()
    }
}
