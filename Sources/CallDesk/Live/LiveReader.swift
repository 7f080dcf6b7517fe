import DeskCore
import NIOCore

/// What a stream is opened with.
struct LiveSubscription: Sendable {
    /// Says what the holder may see now; nil when they may see nothing any more.
    ///
    /// It throws when that cannot be known, as the database is away.
    typealias Ask = @Sendable () async throws -> LiveViewer?

    var holder: AuditActor
    var viewer: LiveViewer
    /// The last event the client saw.
    var lastID: UInt64?
    var ask: Ask
    /// Hears once that the stream is over.
    var ended: @Sendable () -> Void = {}
    /// Hears when an event caused at a moment (monotonic nanoseconds) has gone to the socket.
    var shown: @Sendable (_ causedAt: UInt64) -> Void = { _ in }
}

/// One open stream: the last handler of a channel that has no other.
///
/// It holds no bytes of its own; what its socket does not take waits in the channel as references to the shared events.
final class LiveReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// What may wait for a socket: a quarter of a minute of a very busy line; who is further behind comes back.
    static let mostWaiting = 128 * 1024
    /// What a client may send after its request; nothing is asked of it.
    private static let mostSent = 16 * 1024

    let subscription: LiveSubscription
    /// What this reader may see now; the room changes it and its lists together.
    var viewer: LiveViewer
    /// The newest event this reader was told, or had no right to.
    var seen: UInt64 = 0
    /// Its place in the room; nil before and after.
    var seat: LiveRoom.Seat?
    /// When its rights were known last.
    var knownAt = NIODeadline.uptimeNanoseconds(0)
    var isAsked = false
    /// How often its rights were in doubt; what was asked before the last time says nothing of now.
    var doubts: UInt64 = 0
    /// It saw more than its own before its rights were in doubt.
    var wasNarrowed = false

    private let hub: LiveHub
    private let room: LiveRoom
    private var context: ChannelHandlerContext?
    private var received = 0
    /// Something was written since the last beat: it needs no sign of life.
    private var hasSpoken = false
    private var slowBeats = 0

    init(_ subscription: LiveSubscription, hub: LiveHub, room: LiveRoom) {
        self.subscription = subscription
        self.hub = hub
        self.room = room
        viewer = subscription.viewer
    }

    // MARK: - The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    func channelActive(context: ChannelHandlerContext) { begin() }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytes
        if received > Self.mostSent { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func begin() {
        guard seat == nil else { return }
        // Seated first: what is published from now on comes by itself.
        room.enter(self)
        let past = hub.past(after: subscription.lastID, for: viewer)
        seen = past.position
        if past.isOver { return end() }
        if past.hasGap { reload() }
        for event in past.events { write(event) }
        flush()
    }

    private func leave() {
        guard context != nil else { return }
        context = nil
        room.leave(self)
        subscription.ended()
    }

    // MARK: - What the room does

    /// Writes one event; a reader whose socket takes nothing any more is cut, and comes back when it can.
    func write(_ event: LiveEvent) {
        guard let context, context.channel.isWritable else { return cut() }
        hasSpoken = true
        guard let causedAt = event.causedAt else { return context.write(NIOAny(event.frame), promise: nil) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenSuccess { [shown = subscription.shown] in shown(causedAt) }
        context.write(NIOAny(event.frame), promise: promise)
    }

    /// Tells the client to load its lists again.
    func reload() {
        write(LiveEvent(id: seen, kind: .resync, json: LiveChange.resync.json, audience: .everyStream))
    }

    func flush() { context?.flush() }

    /// A sign of life for proxies and for those who have gone without a word; ends who reads too slowly.
    func beat() {
        guard let context else { return }
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        slowBeats = waiting > 0 ? slowBeats + 1 : 0
        // Something has been waiting since the beat before the last: half a minute at most.
        if slowBeats > 1 { return cut() }
        if !hasSpoken, waiting == 0 { context.writeAndFlush(NIOAny(LiveFrame.ping), promise: nil) }
        hasSpoken = false
    }

    /// Ends the stream in good order.
    func end() {
        guard let context else { return }
        context.writeAndFlush(NIOAny(LiveFrame.end), promise: nil)
        context.close(promise: nil)
    }

    /// Ends it at once.
    private func cut() { context?.close(promise: nil) }
}
