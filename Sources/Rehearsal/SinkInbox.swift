import Foundation
import Synchronization

/// A mail or SMS that a sink took instead of the world.
package struct SinkMessage: Sendable, Equatable, Identifiable {
    package enum Kind: String, Sendable { case mail, sms }

    package var id: Int
    package var kind: Kind
    package var receivedAt: Date
    package var from: String
    package var to: [String]
    /// Mail only, decoded.
    package var subject: String?
    package var text: String
    /// Mail only.
    package var html: String?
    /// As it came over the wire.
    package var raw: String
}

/// What the sinks took, the newest last; shared by both, and read by the page that shows them.
package final class SinkInbox: Sendable {
    /// A demonstration's mails are read as they come; more than this nobody scrolls through.
    static let longest = 500

    private struct Kept {
        var messages: [SinkMessage] = []
        var nextID = 1
        var listeners: [Int: AsyncStream<SinkMessage>.Continuation] = [:]
        var nextListener = 1
    }

    private let kept = Mutex(Kept())

    package init() {}

    /// Everything kept, oldest first.
    package var messages: [SinkMessage] { kept.withLock { $0.messages } }

    package func message(_ id: Int) -> SinkMessage? { kept.withLock { $0.messages.first { $0.id == id } } }

    /// Every message that comes from now on; a reader who falls behind loses the oldest and can read `messages`.
    package func arrivals() -> AsyncStream<SinkMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: SinkMessage.self, bufferingPolicy: .bufferingNewest(64))
        let id = kept.withLock { kept in
            let id = kept.nextListener
            kept.nextListener += 1
            kept.listeners[id] = continuation
            return id
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.kept.withLock { $0.listeners.removeValue(forKey: id) }
        }
        return stream
    }

    /// Keeps a message under the next number.
    @discardableResult
    func take(_ message: SinkMessage) -> SinkMessage {
        let (taken, listeners) = kept.withLock { kept in
            var taken = message
            taken.id = kept.nextID
            kept.nextID += 1
            kept.messages.append(taken)
            if kept.messages.count > Self.longest { kept.messages.removeFirst(kept.messages.count - Self.longest) }
            return (taken, Array(kept.listeners.values))
        }
        for listener in listeners { listener.yield(taken) }
        return taken
    }

    package func clear() { kept.withLock { $0.messages = [] } }
}
