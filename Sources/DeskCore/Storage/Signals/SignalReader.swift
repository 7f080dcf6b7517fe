import Synchronization

/// One reader of signals, with those that wait for it.
///
/// A slow one loses the oldest and is told so by a signal without a payload. While one of those waits no loss adds another:
/// it speaks for all that is lost before it is read, and each costs every screen of the node its lists.
final class SignalReader: Sendable {
    private let channel: String
    private let told: AsyncStream<DeskSignal>.Continuation
    /// How many signals came after the one that says something was missed, while that one waits; nil when none does.
    private let sinceMissed = Mutex<Int?>(nil)

    static func make(_ channel: String) -> (AsyncStream<DeskSignal>, SignalReader) {
        let (stream, told) = AsyncStream.makeStream(
            of: DeskSignal.self,
            bufferingPolicy: .bufferingNewest(SignalLimits.longestWait)
        )
        return (stream, SignalReader(channel, told))
    }

    private init(_ channel: String, _ told: AsyncStream<DeskSignal>.Continuation) {
        (self.channel, self.told) = (channel, told)
    }

    /// Hands a signal over; never waits.
    func take(_ signal: DeskSignal) {
        guard signal.payload != nil else { return missed() }
        sinceMissed.withLock { since in if hand(signal, &since) { miss(&since) } }
    }

    /// Something may have been missed.
    func missed() { sinceMissed.withLock { miss(&$0) } }

    func onEnd(_ body: @escaping @Sendable () -> Void) { told.onTermination = { _ in body() } }

    func finish() { told.finish() }

    /// Whether a signal was lost by it that nothing which waits speaks for.
    private func hand(_ signal: DeskSignal, _ since: inout Int?) -> Bool {
        let after = since.map { $0 + 1 }
        switch told.yield(signal) {
        case .dropped(let lost):
            // What is lost is older than the word that waits, unless it is that word.
            since = lost.payload == nil ? nil : after
            return since == nil
        case .enqueued(remaining: let room):
            // Signals are read in order: fewer wait than came after the word when that has been read.
            since = after.flatMap { SignalLimits.longestWait - room > $0 ? $0 : nil }
            return false
        default: return false
        }
    }

    private func miss(_ since: inout Int?) {
        told.yield(DeskSignal(channel: channel, payload: nil))
        since = 0
    }
}
