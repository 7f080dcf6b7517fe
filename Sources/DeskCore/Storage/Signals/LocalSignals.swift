/// Signals of a desk on one machine: they stay in the process.
final class LocalSignals: DeskSignals {
    private let hub = SignalHub(isLive: true)

    func publish(_ channel: String, payload: String, in session: any SQLSession) throws(StoreError) {
        guard let session = session as? SQLiteSession else {
            throw .statement("signals of another database")
        }
        let kept = payload.utf8.count <= SignalLimits.longestPayload ? payload : nil
        let signal = DeskSignal(channel: channel, payload: kept)
        session.afterCommit.append { [hub] in hub.deliver(signal) }
    }

    func subscribe(to channel: String) -> AsyncStream<DeskSignal> { hub.subscribe(to: channel) }

    func close() { hub.close() }
}
