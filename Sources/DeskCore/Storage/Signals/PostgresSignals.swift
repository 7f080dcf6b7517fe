import Foundation
import Synchronization

/// Signals through PostgreSQL's LISTEN and NOTIFY, on a connection and a thread of their own.
///
/// All channels share one of the server's, named after the schema, so that subscribing needs no word with the server.
/// When the connection was lost, every reader is told that signals may have been missed.
final class PostgresSignals: DeskSignals {
    private let hub = SignalHub(isLive: false)
    private let setup: PostgresConnection.Setup
    private let state = Mutex(State.idle)

    private enum State {
        case idle
        case listening
        case closed
    }

    init(setup: PostgresConnection.Setup) { self.setup = setup }

    deinit { close() }

    func publish(_ channel: String, payload: String, in session: any SQLSession) throws(StoreError) {
        let isKept = payload.utf8.count <= SignalLimits.longestPayload
        // The channel's name, a line end, the payload; without the line end it was too long to be kept.
        try session.execute(
            "SELECT pg_notify('calldesk.' || current_schema(), $1)",
            [.text(isKept ? "\(channel)\n\(payload)" : channel)]
        )
    }

    func subscribe(to channel: String) -> AsyncStream<DeskSignal> {
        let stream = hub.subscribe(to: channel)
        let starts = state.withLock { state in
            guard case .idle = state else { return false }
            state = .listening
            return true
        }
        if starts {
            // Weakly: the thread ends within a second of the last owner letting go.
            let listener = PostgresListener(setup: setup, hub: hub) { [weak self] in
                guard let self else { return false }
                return self.state.withLock { if case .closed = $0 { false } else { true } }
            }
            let thread = Thread { listener.run() }
            thread.name = "calldesk-pg-listen"
            thread.stackSize = 1 << 20
            thread.start()
        }
        return stream
    }

    func close() {
        state.withLock { $0 = .closed }
        hub.close()
    }
}

/// The thread that waits for the server's notifications and connects again whenever it must.
private struct PostgresListener: Sendable {
    let setup: PostgresConnection.Setup
    let hub: SignalHub
    let isWanted: @Sendable () -> Bool

    /// Between looks at `isWanted`, and between attempts to connect.
    private static let turn: Int32 = 500

    func run() {
        while isWanted() {
            do throws(PostgresFault) {
                let connection = try PostgresConnection(setup)
                let schema = try connection.run("SELECT current_schema()", [], limit: 1).rows.first?.text(0) ?? ""
                // Doubled quotes keep any name of a schema a name.
                let channel = "calldesk.\(schema)".replacing("\"", with: "\"\"")
                try connection.script("LISTEN \"\(channel)\"")
                hub.resume()
                while isWanted() { try turn(on: connection) }
            } catch {
                hub.interrupt()
                if isWanted() { Thread.sleep(forTimeInterval: Double(Self.turn) / 1000) }
            }
        }
    }

    private func turn(on connection: PostgresConnection) throws(PostgresFault) {
        connection.waitForInput(milliseconds: Self.turn)
        while let notification = try connection.nextNotification() {
            let parts = notification.payload.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            guard let channel = parts.first else { continue }
            hub.deliver(
                DeskSignal(channel: String(channel), payload: parts.count == 2 ? String(parts[1]) : nil)
            )
        }
    }
}
