import Foundation

/// A program elsewhere that is told what happens at the desk.
public struct Webhook: Sendable, Equatable, Identifiable {
    public var id: Int64
    public var name: String
    public var url: String
    public var kinds: Set<WebhookKind>
    public var isPaused: Bool
    public var createdAt: Moment
    /// Since when nothing could be delivered; nil while it can.
    public var failingSince: Moment?
    public var failures: Int64
    public var lastError: String?

    /// The kinds as they are stored, with blanks between; those a newer release knew are passed over.
    static func kinds(_ stored: String?) -> Set<WebhookKind> {
        Set((stored ?? "").split(separator: " ").compactMap { WebhookKind(rawValue: String($0)) })
    }

    static let columns = "id, name, url, kinds, paused, created_at, failing_since, failures, last_error"

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "webhook.id")
        name = row.text(1) ?? ""
        url = row.text(2) ?? ""
        kinds = Self.kinds(row.text(3))
        isPaused = row.bool(4)
        createdAt = try row.need(row.moment(5), "webhook.created_at")
        failingSince = row.moment(6)
        failures = row.integer(7) ?? 0
        lastError = row.text(8)
    }
}

extension Webhook {
    /// The name or address of the receiver's machine; nil where the address cannot be read.
    public var host: String? { Self.host(of: url) }

    /// The host of an address as it is connected to: a name with accents in the form the domain name system knows it by
    /// (`xn--…`), an IPv6 address in brackets; nil where the host is escaped, as two readers could take it for two.
    public static func host(of url: String) -> String? {
        // What is connected to is `URL`'s host, which undoes escapes; `encodedHost` leaves them.
        guard let host = URL(string: url)?.host, !host.isEmpty,
            let written = URLComponents(string: url)?.encodedHost, [host, "[\(host)]"].contains(written)
        else { return nil }
        return written
    }

    /// Of what an administrator says of it; how it is doing changes by itself.
    public var tag: ContentTag {
        ContentTag(of: [name, url, kinds.map(\.rawValue).sorted().joined(separator: " "), isPaused ? "1" : "0"])
    }
}

/// What an administrator says of a subscriber.
public struct WebhookDraft: Sendable, Equatable {
    public var name: String
    public var url: String
    public var kinds: Set<WebhookKind>
    public var isPaused: Bool

    public init(name: String, url: String, kinds: Set<WebhookKind>, isPaused: Bool = false) {
        self.name = name
        self.url = url
        self.kinds = kinds
        self.isPaused = isPaused
    }

    public static let longestName = 100
    public static let longestURL = 2_000

    /// The members that are wrong.
    public var faults: [String] {
        var faults: [String] = []
        if name.allSatisfy(\.isWhitespace) || name.count > Self.longestName { faults.append("name") }
        if kinds.isEmpty || !kinds.isSubset(of: Set(WebhookKind.offered)) { faults.append("events") }
        let parts = URLComponents(string: url)
        let isWeb = ["http", "https"].contains(parts?.scheme?.lowercased() ?? "")
        // A name and password in an address end up in logs; a fragment is never sent.
        let isPlain = parts?.user == nil && parts?.password == nil && parts?.fragment == nil
        if url.utf8.count > Self.longestURL || !isWeb || !isPlain || Webhook.host(of: url) == nil {
            faults.append("url")
        }
        return faults
    }
}

/// One message to one subscriber, and what became of it.
public struct WebhookDelivery: Sendable, Equatable, Identifiable {
    public enum State: String, Sendable, CaseIterable {
        case waiting, sending, delivered
        /// Given up after three days; a person may send it again.
        case failed
    }

    public var id: Int64
    /// The same however often it is sent.
    public var messageID: String
    public var kind: WebhookKind
    public var state: State
    public var attempts: Int64
    /// What the receiver answered last.
    public var status: Int64?
    public var error: String?
    public var createdAt: Moment
    public var settledAt: Moment?
    public var body: String

    static let columns = "id, message_id, kind, state, attempts, status, error, created_at, settled_at, body"

    init(row: SQLRow) throws(StoreError) {
        id = try row.need(row.integer(0), "webhook_delivery.id")
        messageID = row.text(1) ?? ""
        kind = try row.need(row.text(2).flatMap(WebhookKind.init), "webhook_delivery.kind")
        state = try row.need(row.text(3).flatMap(State.init), "webhook_delivery.state")
        attempts = row.integer(4) ?? 0
        status = row.integer(5)
        error = row.text(6)
        createdAt = try row.need(row.moment(7), "webhook_delivery.created_at")
        settledAt = row.moment(8)
        body = row.text(9) ?? ""
    }
}
