import DeskCore

/// Sends mail notices by SMTP through libcurl, on threads of its own, over connections that are kept.
final class MailSender: NoticeSender {
    let channel = NoticeChannel.mail
    let lanes: Int
    /// As many mails go down one connection before its thread reports back: fewer hand-overs between threads, and never
    /// more than these wait behind one slow mail.
    let batch = 16
    /// No call of `send` begins another mail after this: with the one under way it stays well below the worker's lease.
    private static let longestCall = Duration.seconds(60)

    let route: MailRoute
    private let letterhead: MailMessage.Letterhead
    let connections: KeptConnections<MailConnection>

    init(route: MailRoute, letterhead: MailMessage.Letterhead) {
        self.route = route
        self.letterhead = letterhead
        lanes = min(max(1, route.connections), 32)
        connections = KeptConnections(lanes)
    }

    func send(_ notices: [Notice]) async -> [DeliveryResult] {
        let results = await connections.use(make: { [route] in MailConnection(route: route) }) { connection, stop in
            self.transfer(notices, over: connection, stop: stop)
        }
        return results ?? notices.map { _ in .untried }
    }

    /// Ends the threads; connections are closed with their handles.
    func shutDown() async { await connections.shutDown() }

    static let badSettings = DeliveryError(
        .sender,
        what: "libcurl took the mail settings badly",
        remedy: "check mail.url and mail.tls_authority"
    )

    private func transfer(_ notices: [Notice], over connection: MailConnection?, stop: TransferStop)
        -> [DeliveryResult]
    {
        guard let connection else {
            return notices.enumerated().map { $0.offset == 0 ? .refused(Self.badSettings) : .untried }
        }
        let begun = ContinuousClock.now
        var results: [DeliveryResult] = []
        results.reserveCapacity(notices.count)
        for notice in notices {
            if stop.isRequested || begun.duration(to: .now) > Self.longestCall { break }
            guard let message = MailMessage(notice, letterhead: letterhead) else {
                results.append(.refused(Self.badRecipient))
                continue
            }
            let error = connection.send(message)
            results.append(error.map { .refused($0) } ?? .accepted(reference: nil))
            if error?.reach == .sender { break }
        }
        return results + Array(repeating: .untried, count: notices.count - results.count)
    }

    private static let badRecipient = DeliveryError(
        .noticeForever,
        what: "the recipient's address is not one a mail server takes",
        remedy: "correct the customer's e-mail address, then send it again"
    )
}
