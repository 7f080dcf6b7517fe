import DeskCore
import Synchronization

/// Sends mail notices by SMTP through libcurl, on threads of its own, over connections that are kept.
final class MailSender: NoticeSender {
    let channel = NoticeChannel.mail
    let lanes: Int
    /// As many mails go down one connection before its thread reports back: fewer hand-overs between threads, and never
    /// more than these wait behind one slow mail.
    let batch = 16
    /// No call of `send` begins another mail after this: with the one under way, up to eleven minutes long, three calls one
    /// after the other stay below the worker's lease.
    private static let longestCall = Duration.seconds(60)
    /// A mail that takes longer holds up nobody: those behind it go another way.
    private static let patience = Duration.seconds(20)

    let route: MailRoute
    private let letterhead: MailMessage.Letterhead
    let connections: KeptConnections<MailConnection>
    /// Of all connections: what one recipient was refused says little by itself.
    private let relay = Mutex(RelayWatch())

    init(route: MailRoute, letterhead: MailMessage.Letterhead) {
        self.route = route
        self.letterhead = letterhead
        lanes = min(max(1, route.connections), 32)
        connections = KeptConnections(lanes)
    }

    func send(_ notices: [Notice]) async -> [DeliveryResult] { await send(notices, givingBack: { _ in }) }

    func send(_ notices: [Notice], givingBack: @escaping @Sendable (Int) -> Void) async -> [DeliveryResult] {
        let turn = MailTurn(notices.count)
        let watch = notices.count > 1 ? Task { await turn.watch(patience: Self.patience, givingBack: givingBack) } : nil
        let results = await connections.use(make: { [route] in MailConnection(route: route) }) { connection, stop in
            self.transfer(notices, turn, over: connection, stop: stop)
        }
        watch?.cancel()
        return results ?? Array(repeating: .untried, count: turn.close())
    }

    /// Ends the threads; connections are closed with their handles.
    func shutDown() async { await connections.shutDown() }

    static let badSettings = DeliveryError(.sender, .desk(.mailSettings))

    private func transfer(
        _ notices: [Notice],
        _ turn: MailTurn,
        over connection: MailConnection?,
        stop: TransferStop
    ) -> [DeliveryResult] {
        guard let connection else {
            return (0..<turn.close()).map { $0 == 0 ? .refused(Self.badSettings) : .untried }
        }
        let begun = ContinuousClock.now
        var results: [DeliveryResult] = []
        results.reserveCapacity(notices.count)
        for notice in notices {
            if stop.isRequested || begun.duration(to: .now) > Self.longestCall || !turn.begin() { break }
            guard let message = MailMessage(notice, letterhead: letterhead) else {
                results.append(.refused(Self.badRecipient))
                continue
            }
            let error = judged(connection.send(message), of: message.recipient.domain)
            results.append(error.map { .refused($0) } ?? .accepted(reference: nil))
            if error?.stopsSender == true { break }
        }
        return results + Array(repeating: .untried, count: max(0, turn.close() - results.count))
    }

    private func judged(_ refusal: MailFault.Refusal?, of domain: String) -> DeliveryError? {
        switch refusal {
        case nil:
            relay.withLock { $0.accepted(domain) }
            return nil
        case .error(let error): return error
        case .policy(let reply, let server):
            return MailFault.error(relay.withLock { $0.refused(domain) }, reply: reply, server: server)
        }
    }

    private static let badRecipient = DeliveryError(.noticeForever, .desk(.mailRecipient))
}
