import Codecs
import Foundation

/// Writes what happened for its subscribers in the transaction of the deed, so that neither is there without the other.
public enum WebhookOutbox {
    /// Notes one thing for every subscriber who asked for its kind; one cheap question where there is none.
    static func note<Content: Encodable>(
        _ kind: WebhookKind,
        at now: Moment,
        in session: any SQLSession,
        _ data: () throws -> Content
    ) throws(StoreError) {
        let subscribers = try Self.subscribers(in: session).filter { $0.kinds.contains(kind) }
        guard !subscribers.isEmpty else { return }
        let body: String
        do {
            body = try Self.body(kind, at: now, data())
        } catch let error as StoreError {
            throw error
        } catch {
            throw .corrupt(what: "webhook event")
        }
        for subscriber in subscribers { try add(kind, body, to: subscriber.id, at: now, in: session) }
    }

    /// Who hears of which kinds.
    struct Subscriber {
        var id: Int64
        var kinds: Set<WebhookKind>
    }

    /// Read once in each write, which often notes several things.
    private static func subscribers(in session: any SQLSession) throws(StoreError) -> [Subscriber] {
        if let known = session.memory.subscribers { return known }
        // Few rows, looked through here: SQLite plans a LIKE with a bound pattern anew each time it is asked, which was
        // a tenth of what a ticket cost.
        let rows = try session.rows("SELECT id, kinds FROM webhook ORDER BY id", [], limit: WebhookDesk.most)
        let subscribers = rows.compactMap { row in
            row.integer(0).map { Subscriber(id: $0, kinds: Webhook.kinds(row.text(1))) }
        }
        session.memory.subscribers = subscribers
        return subscribers
    }

    /// Due before everything that waits: what a person looks for the answer to.
    static let front = Moment(milliseconds: 0)

    /// Puts one message into a subscriber's queue, a test in front of all others.
    @discardableResult
    static func add(
        _ kind: WebhookKind,
        _ body: String,
        to id: Int64,
        at now: Moment,
        in session: any SQLSession
    ) throws(StoreError) -> Int64? {
        try session.insert(
            """
            INSERT INTO webhook_delivery (webhook_id, message_id, kind, body, state, attempts, due_at, created_at)
            VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $6)
            """,
            [
                .integer(id), .text("msg_" + Hexadecimal.text(QuickLinks.systemRandom(16))), .text(kind.rawValue),
                .text(body), .moment(kind == .test ? front : now), .moment(now),
            ]
        )
    }

    /// `{"type": …, "timestamp": …, "data": …}`, as Standard Webhooks has it.
    static func body(_ kind: WebhookKind, at now: Moment, _ data: some Encodable) throws -> String {
        let whole = Envelope(type: kind.rawValue, timestamp: Self.time(now), data: data)
        return try JSONCoding.text(whole, names: .underscored)
    }

    private struct Envelope<Content: Encodable>: Encodable {
        var type: String
        var timestamp: String
        var data: Content
    }

    static func time(_ moment: Moment?) -> String? { moment.map { time($0) as String } }

    static func time(_ moment: Moment) -> String {
        DeskTime(timeZone: .gmt, language: .en).iso8601(moment)
    }
}
