import DeskCore
import NIOCore
import NIOEmbedded

@testable import CallDesk

/// A reader of a hub on a channel without a socket, on a loop whose time the test moves.
struct Listener {
    let channel: NIOAsyncTestingChannel
    let loop: NIOAsyncTestingEventLoop

    static func open(
        _ hub: LiveHub,
        _ viewer: LiveViewer = LiveViewer(account: 1, seesEverything: false),
        after lastID: UInt64? = nil,
        on loop: NIOAsyncTestingEventLoop = NIOAsyncTestingEventLoop(),
        ended: @escaping @Sendable () -> Void = {},
        ask: LiveSubscription.Ask? = nil
    ) async throws -> Listener {
        let subscription = LiveSubscription(
            holder: viewer.account.map { .account($0) } ?? .token(1),
            viewer: viewer,
            lastID: lastID,
            ask: ask ?? { viewer },
            ended: ended
        )
        let room = hub.room(on: loop)
        let channel = NIOAsyncTestingChannel(loop: loop)
        try await loop.submit {
            try channel.pipeline.syncOperations.addHandler(LiveReader(subscription, hub: hub, room: room))
        }.get()
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/listener")).get()
        return Listener(channel: channel, loop: loop)
    }

    /// The next things written, each as `kind json`, `ping` or `end`.
    func next(_ count: Int) async throws -> [String] {
        var found: [String] = []
        while found.count < count {
            found.append(Self.text(try await channel.waitForOutboundWrite(as: ByteBuffer.self)))
        }
        return found
    }

    /// What has been written and not been read.
    func rest() async throws -> [String] {
        var found: [String] = []
        while let buffer = try await channel.readOutbound(as: ByteBuffer.self) { found.append(Self.text(buffer)) }
        return found
    }

    /// Lets the loop do what is due within a time.
    func pass(_ time: TimeAmount) async { await loop.advanceTime(by: time) }

    var isOpen: Bool { channel.isActive }

    static func text(_ buffer: ByteBuffer) -> String {
        let text = String(buffer: buffer)
        if text == "0\r\n\r\n" { return "end" }
        if text.contains(": ping") { return "ping" }
        func part(_ name: String) -> String {
            text.split(separator: "\n").first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) } ?? "?"
        }
        return "\(part("event: ")) \(part("data: "))"
    }
}

extension LiveChange {
    /// A change that differs from others by a number only.
    static func numbered(_ number: Int) -> LiveChange {
        .line(LineChange(line: "\(number)", isConnected: true))
    }

    /// How a listener reads `numbered`.
    static func text(_ number: Int) -> String { #"line {"line":"\#(number)","connected":true,"message":null}"# }
}
