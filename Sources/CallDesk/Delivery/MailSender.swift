import CCurl
import DeskCore
import NIOPosix
import Synchronization

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
    let threads: NIOThreadPool
    private let idle: Mutex<[IdleConnection]>

    /// A connection nobody is using, on its way from one thread to the next.
    // SAFETY: a handle is in `idle` or in the hands of one thread, never both; libcurl allows moving it between threads.
    private struct IdleConnection: @unchecked Sendable {
        let connection: MailConnection
    }

    init(route: MailRoute, letterhead: MailMessage.Letterhead) {
        _ = Self.libcurl
        self.route = route
        self.letterhead = letterhead
        lanes = min(max(1, route.connections), 32)
        idle = Mutex([])
        threads = NIOThreadPool(numberOfThreads: lanes)
        threads.start()
    }

    /// Once per process, before the first handle.
    private static let libcurl: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    func send(_ notices: [Notice]) async -> [DeliveryResult] {
        let stop = Stop()
        return await withTaskCancellationHandler {
            do {
                return try await threads.runIfActive { self.transfer(notices, stop: stop) }
            } catch {
                return notices.map { _ in .untried }
            }
        } onCancel: {
            stop.request()
        }
    }

    /// Ends the threads; connections are closed with their handles.
    func shutDown() async {
        try? await threads.shutdownGracefully()
    }

    static let badSettings = DeliveryError(
        .sender,
        what: "libcurl took the mail settings badly",
        remedy: "check mail.url and mail.tls_authority"
    )

    private func transfer(_ notices: [Notice], stop: Stop) -> [DeliveryResult] {
        guard let connection = idle.withLock({ $0.popLast()?.connection }) ?? MailConnection(route: route) else {
            return notices.enumerated().map { $0.offset == 0 ? .refused(Self.badSettings) : .untried }
        }
        let begun = ContinuousClock.now
        var results: [DeliveryResult] = []
        for notice in notices {
            if stop.isRequested || begun.duration(to: .now) > Self.longestCall { break }
            guard let message = MailMessage(notice, letterhead: letterhead) else {
                results.append(
                    .refused(
                        DeliveryError(
                            .noticeForever,
                            what: "the recipient's address is not one a mail server takes",
                            remedy: "correct the customer's e-mail address, then send it again"
                        )
                    )
                )
                continue
            }
            let error = stop.withBody { connection.send(message, body: $0) }
            results.append(error.map { .refused($0) } ?? .accepted(reference: nil))
            if error?.reach == .sender { break }
        }
        let kept = IdleConnection(connection: connection)
        idle.withLock { $0.append(kept) }
        return results + Array(repeating: .untried, count: notices.count - results.count)
    }
}

/// Lets a cancelled task end a transfer that runs on another thread.
private final class Stop: Sendable {
    // SAFETY: the pointer is only followed under the lock or by the transferring thread; C reads `stop` atomically.
    private struct State: @unchecked Sendable {
        var requested = false
        var body: UnsafeMutablePointer<ccurl_body>?
    }

    private let state = Mutex(State())

    var isRequested: Bool { state.withLock { $0.requested } }

    func request() {
        state.withLock { state in
            state.requested = true
            if let body = state.body { ccurl_stop(body) }
        }
    }

    func withBody<Value>(_ use: (UnsafeMutablePointer<ccurl_body>) -> Value) -> Value {
        let body = UnsafeMutablePointer<ccurl_body>.allocate(capacity: 1)
        body.initialize(to: ccurl_body())
        state.withLock { state in
            state.body = body
            if state.requested { ccurl_stop(body) }
        }
        defer {
            state.withLock { $0.body = nil }
            body.deallocate()
        }
        return use(body)
    }
}
