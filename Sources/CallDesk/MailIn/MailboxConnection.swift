import CCurl
import Codecs
import DeskCore
import Foundation
import NIOPosix
import Synchronization

/// A mailbox by IMAP through libcurl, on a thread of its own, over one connection from one `status` to the next.
///
/// libcurl signs in, selects the folder and reads literals; what it has no verb for goes as a custom request.
final class IMAPMailbox: Mailbox {
    private let route: MailboxRoute
    private let threads: NIOThreadPool
    private let kept: Mutex<Kept>

    // SAFETY: the handle is in here or in the hands of the one thread, never both.
    private struct Kept: @unchecked Sendable {
        var handle: IMAPHandle?
    }

    /// A range of numbers asked for at once is answered in one line, which libcurl reads up to 16 KiB of.
    static let window: Int64 = 1_000

    init(_ route: MailboxRoute) {
        _ = Self.libcurl
        self.route = route
        kept = Mutex(Kept())
        threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
    }

    private static let libcurl: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    func shutDown() async {
        kept.withLock { $0.handle = nil }
        try? await threads.shutdownGracefully()
    }

    func status() async throws(MailboxError) -> MailboxStatus {
        let bytes = try await ask(.root, "STATUS \(Self.quoted(route.folder)) (UIDVALIDITY UIDNEXT)", limit: 65_536)
        guard let status = IMAPAnswer.status(bytes) else {
            throw MailboxError(
                what: "the mailbox's server does not say how the folder is numbered",
                remedy: "check mail_in.folder"
            )
        }
        return status
    }

    func numbers(_ range: ClosedRange<Int64>, since: IMAPDate?) async throws(MailboxError) -> [Int64] {
        let when = since.map { " SINCE \($0.text)" } ?? ""
        let bytes = try await ask(
            .folder,
            "UID SEARCH UID \(range.lowerBound):\(range.upperBound)\(when)",
            limit: 1_048_576
        )
        return IMAPAnswer.numbers(bytes, in: range)
    }

    func size(_ uid: Int64) async throws(MailboxError) -> Int? {
        IMAPAnswer.size(try await ask(.folder, "UID FETCH \(uid) (RFC822.SIZE)", limit: 65_536), of: uid)
    }

    func fetch(_ uid: Int64, uidValidity: Int64, limit: Int) async throws(MailboxError) -> [UInt8] {
        try await ask(.mail(uid, uidValidity), nil, limit: limit)
    }

    /// A folder's name as a quoted string; the settings let no control characters in.
    private static func quoted(_ name: String) -> String {
        // By bytes, as the server reads: a quote with a combining mark behind it is a quote.
        let bytes = name.utf8.flatMap { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") ? [0x5C, $0] : [$0] }
        return "\"\(String(decoding: bytes, as: UTF8.self))\""
    }

    private func ask(_ place: IMAPHandle.Place, _ request: String?, limit: Int) async throws(MailboxError) -> [UInt8] {
        let stop = IMAPStop()
        let answer = await withTaskCancellationHandler {
            try? await threads.runIfActive { self.transfer(place, request, limit, stop) }
        } onCancel: {
            stop.request()
        }
        return try (answer ?? .failure(MailboxError(what: "the service ends", remedy: "it is read again later"))).get()
    }

    private func transfer(_ place: IMAPHandle.Place, _ request: String?, _ limit: Int, _ stop: IMAPStop)
        -> Result<[UInt8], MailboxError>
    {
        let held = kept.withLock { kept in
            defer { kept.handle = nil }
            return Kept(handle: kept.handle)
        }
        guard let handle = held.handle ?? IMAPHandle(route) else {
            return .failure(MailboxError(what: "libcurl took the mailbox's settings badly", remedy: "check mail_in"))
        }
        let result = stop.withContent(limit: limit) { handle.perform(place, request, into: $0) }
        // After a fault the connection may stand in the middle of an answer.
        if case .success = result { kept.withLock { $0.handle = handle } }
        return result
    }
}

/// A libcurl handle that speaks IMAP, used by one thread at a time.
private final class IMAPHandle {
    enum Place {
        /// No folder: for asking about one.
        case root
        case folder
        case mail(_ uid: Int64, _ uidValidity: Int64)
    }

    private let handle: UnsafeMutableRawPointer
    private let server: String
    private let base: String
    private let folder: String

    init?(_ route: MailboxRoute) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        base = route.url.hasSuffix("/") ? String(route.url.dropLast()) : route.url
        let components = URLComponents(string: route.url)
        server = "\(components?.host ?? "?"):\(components?.port ?? (route.isImplicitTLS ? 993 : 143))"
        // So that no name of a folder is read as a parameter.
        folder = PercentEncoding.encode(route.folder)
        var results = [
            ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "imap,imaps"),
            ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
            // Or the end of a transfer waits for a resolver that says nothing.
            ccurl_set_long(handle, CURLOPT_QUICK_EXIT, 1),
            ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, route.connectTimeout.wholeMilliseconds),
            ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, route.timeout.wholeMilliseconds),
            ccurl_set_long(
                handle,
                CURLOPT_USE_SSL,
                Int((route.mayBeClear ? CURLUSESSL_NONE : CURLUSESSL_ALL).rawValue)
            ),
            ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1),
            ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2),
            ccurl_set_long(handle, CURLOPT_MAXCONNECTS, 1),
            // A proxy set for the web in the environment is none for mail.
            ccurl_set_text(handle, CURLOPT_PROXY, ""),
            ccurl_set_text(handle, CURLOPT_USERNAME, route.user),
            ccurl_set_text(handle, CURLOPT_PASSWORD, route.password),
        ]
        if let authority = route.authority { results.append(ccurl_set_text(handle, CURLOPT_CAINFO, authority)) }
        guard results.allSatisfy({ $0 == CURLE_OK }) else {
            curl_easy_cleanup(handle)
            return nil
        }
    }

    deinit { curl_easy_cleanup(handle) }

    /// Blocks the calling thread, at most for the route's time limit.
    func perform(_ place: Place, _ request: String?, into content: UnsafeMutablePointer<ccurl_content>)
        -> Result<[UInt8], MailboxError>
    {
        let url =
            switch place {
            case .root: "\(base)/"
            case .folder: "\(base)/\(folder)"
            case .mail(let uid, let validity): "\(base)/\(folder);UIDVALIDITY=\(validity)/;UID=\(uid)"
            }
        ccurl_set_text(handle, CURLOPT_URL, url)
        ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, request)
        // A folder that is open is described as it was when it was opened (RFC 9051 §6.3.11): it is asked about anew.
        if case .root = place { ccurl_set_long(handle, CURLOPT_FRESH_CONNECT, 1) }
        defer { ccurl_set_long(handle, CURLOPT_FRESH_CONNECT, 0) }
        ccurl_collect(handle, content)
        let code = curl_easy_perform(handle)
        let collected = Array(UnsafeBufferPointer(start: content.pointee.bytes, count: content.pointee.size))
        if code == CURLE_OK { return .success(collected) }
        return .failure(fault(code, place, overflowed: content.pointee.overflowed != 0))
    }

    private func fault(_ code: CURLcode, _ place: Place, overflowed: Bool) -> MailboxError {
        if overflowed {
            return MailboxError(.mail, what: "the mail is larger than it said", remedy: "look at it in the mailbox")
        }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return MailboxError(
                what: "the name of the mailbox's server \(server) is not known",
                remedy: "check mail_in.url and this machine's DNS"
            )
        case CURLE_COULDNT_CONNECT:
            return MailboxError(
                what: "no server answers at \(server)",
                remedy: "check mail_in.url and the firewall; mail waits in the mailbox"
            )
        case CURLE_OPERATION_TIMEDOUT:
            return MailboxError(
                what: "the mailbox's server \(server) did not answer in time",
                remedy: "check its load and log; mail waits in the mailbox"
            )
        case CURLE_LOGIN_DENIED:
            return MailboxError(
                what: "the mailbox's server \(server) refused user and password",
                remedy: "correct mail_in.user and mail_in.password"
            )
        case CURLE_USE_SSL_FAILED:
            return MailboxError(
                what: "the mailbox's server \(server) offers no encryption",
                remedy: "turn STARTTLS on there, or use imaps://"
            )
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR:
            return MailboxError(
                what: "the certificate of the mailbox's server \(server) does not hold",
                remedy: "renew it, name the server as the certificate does, or set mail_in.tls_authority"
            )
        case CURLE_REMOTE_FILE_NOT_FOUND:
            if case .mail = place {
                return MailboxError(.renumbered, what: "the folder was numbered anew", remedy: "it is read again")
            }
            return MailboxError(what: "there is no such folder at \(server)", remedy: "check mail_in.folder")
        case CURLE_ABORTED_BY_CALLBACK:
            return MailboxError(what: "the service ends", remedy: "it is read again later")
        default:
            return MailboxError(
                what: "the mailbox's server \(server) broke off (\(String(cString: curl_easy_strerror(code))))",
                remedy: "see its log; it is tried again by itself"
            )
        }
    }
}

/// Lets a cancelled task end a transfer that runs on another thread.
private final class IMAPStop: Sendable {
    // SAFETY: the pointer is only followed under the lock or by the transferring thread; C reads `stop` atomically.
    private struct State: @unchecked Sendable {
        var requested = false
        var content: UnsafeMutablePointer<ccurl_content>?
    }

    private let state = Mutex(State())

    func request() {
        state.withLock { state in
            state.requested = true
            if let content = state.content { ccurl_stop_content(content) }
        }
    }

    func withContent<Value>(limit: Int, _ use: (UnsafeMutablePointer<ccurl_content>) -> Value) -> Value {
        let content = UnsafeMutablePointer<ccurl_content>.allocate(capacity: 1)
        content.initialize(to: ccurl_content())
        content.pointee.limit = limit
        state.withLock { state in
            state.content = content
            if state.requested { ccurl_stop_content(content) }
        }
        defer {
            state.withLock { $0.content = nil }
            free(content.pointee.bytes)
            content.deallocate()
        }
        return use(content)
    }
}
