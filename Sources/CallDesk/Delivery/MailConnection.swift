import CCurl
import DeskCore
import Foundation

/// One kept connection to the mail server: a libcurl handle, used by one thread at a time.
final class MailConnection: KeptConnection {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    /// What is uploaded now.
    private let body: UnsafeMutablePointer<ccurl_body>
    /// How long it may take, before the end of the mail and after it.
    private let patience: UnsafeMutablePointer<ccurl_patience>
    /// What the server refused last, whose status alone is read: its words repeat addresses.
    private let refusal: UnsafeMutablePointer<ccurl_refusal>
    let flag = TransferFlag()
    private let server: String

    /// Nil when libcurl cannot make a handle (out of memory) or takes an option badly.
    init?(route: MailRoute) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        body = .allocate(capacity: 1)
        body.initialize(to: ccurl_body())
        patience = .allocate(capacity: 1)
        patience.initialize(
            to: ccurl_patience(
                flag: flag.pointer,
                body: body,
                before: route.timeout.wholeMilliseconds,
                after: route.answerTimeout.wholeMilliseconds,
                begun: 0,
                whole: 0,
                late: 0
            )
        )
        refusal = .allocate(capacity: 1)
        refusal.initialize(to: ccurl_refusal())
        let components = URLComponents(string: route.url)
        let port = components?.port ?? (route.isImplicitTLS ? 465 : 25)
        server = "\(components?.host ?? "?"):\(port)"
        guard configure(route) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
        body.deallocate()
        patience.deallocate()
        refusal.deallocate()
    }

    private func configure(_ route: MailRoute) -> Bool {
        let (tls, verified) = (route.effectiveTLS, route.effectiveTLS == .required)
        let use: curl_usessl =
            switch tls {
            case .required: CURLUSESSL_ALL
            case .opportunistic: CURLUSESSL_TRY
            case .off: CURLUSESSL_NONE
            }
        // What follows the host is the name we greet with.
        let greeting = route.greeting.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
        let url = "\(route.url.hasSuffix("/") ? String(route.url.dropLast()) : route.url)/\(greeting)"
        var results = [
            ccurl_set_text(handle, CURLOPT_URL, url),
            ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
            // Or the end of a transfer waits for a resolver that says nothing, which its time limit does not know of.
            ccurl_set_long(handle, CURLOPT_QUICK_EXIT, 1),
            ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, route.connectTimeout.wholeMilliseconds),
            // The two limits are watched each for itself; libcurl's own are the end of whatever they miss, and as long as
            // both, or it would not wait for an answer beyond its 120 seconds.
            ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, (route.timeout + route.answerTimeout).wholeMilliseconds + 5_000),
            ccurl_set_long(
                handle,
                CURLOPT_SERVER_RESPONSE_TIMEOUT,
                (route.timeout + route.answerTimeout).wholeMilliseconds / 1_000 + 5
            ),
            ccurl_set_long(handle, CURLOPT_USE_SSL, Int(use.rawValue)),
            ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, verified || route.isImplicitTLS ? 1 : 0),
            ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, verified || route.isImplicitTLS ? 2 : 0),
            ccurl_set_long(handle, CURLOPT_MAXCONNECTS, 1),
            // A notice fits; the usual 64 KiB cost two fresh large blocks of memory a mail.
            ccurl_set_long(handle, CURLOPT_UPLOAD_BUFFERSIZE, 16_384),
            ccurl_set_error_buffer(handle, errorText),
            ccurl_drop_content(handle),
            ccurl_set_body(handle, body),
            ccurl_watch_patience(handle, patience),
            ccurl_watch_refusal(handle, refusal),
        ]
        // A proxy set for the web in the environment is none for mail.
        results.append(ccurl_set_text(handle, CURLOPT_PROXY, ""))
        if let authority = route.authority { results.append(ccurl_set_text(handle, CURLOPT_CAINFO, authority)) }
        if let user = route.user, let password = route.password {
            results.append(ccurl_set_text(handle, CURLOPT_USERNAME, user))
            results.append(ccurl_set_text(handle, CURLOPT_PASSWORD, password))
        }
        return results.allSatisfy { $0 == CURLE_OK }
    }

    /// Sends one mail; blocks the calling thread, at most for the route's two time limits.
    func send(_ message: MailMessage) -> MailFault.Refusal? {
        guard let recipients = curl_slist_append(nil, "<\(message.recipient.canonical)>") else {
            return .error(DeliveryError(.noticeNow, .desk(.memory)))
        }
        defer {
            ccurl_set_list(handle, CURLOPT_MAIL_RCPT, nil)
            curl_slist_free_all(recipients)
        }
        return message.bytes.withUnsafeBufferPointer { bytes -> MailFault.Refusal? in
            body.pointee = ccurl_body(bytes: bytes.baseAddress, size: bytes.count, offset: 0)
            errorText[0] = 0
            ccurl_set_text(handle, CURLOPT_MAIL_FROM, "<\(message.returnPath.canonical)>")
            ccurl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
            return perform()
        }
    }

    /// Connects and signs in without sending a mail; blocks the calling thread.
    func check() -> DeliveryError? {
        errorText[0] = 0
        ccurl_set_text(handle, CURLOPT_CUSTOMREQUEST, "NOOP")
        ccurl_set_long(handle, CURLOPT_UPLOAD, 0)
        ccurl_set_long(handle, CURLOPT_NOBODY, 1)
        body.pointee = ccurl_body()
        // No recipient is named, so that none is refused.
        if case .error(let error)? = perform() { return error }
        return nil
    }

    private func perform() -> MailFault.Refusal? {
        ccurl_begin_patience(patience)
        refusal.pointee.size = 0
        let code = curl_easy_perform(handle)
        if code == CURLE_OK { return nil }
        let reply = ccurl_response_code(handle)
        // The server asked for the mail, libcurl has taken the whole of it, and no other reply came after that.
        let isHandedOver = reply == 354 && body.pointee.size > 0 && body.pointee.offset == body.pointee.size
        let stage = String(cString: errorText)
        let line = withUnsafeBytes(of: refusal.pointee.line) { Array($0.prefix(refusal.pointee.size)) }
        if !isHandedOver, stage.hasPrefix("RCPT failed"), let status = EnhancedStatus(line: line, reply: reply),
            status.isOfPolicy
        {
            return .policy(reply: "\(reply) \(status.text)", server: server)
        }
        return .error(
            MailFault.error(
                code == CURLE_ABORTED_BY_CALLBACK && patience.pointee.late != 0 ? CURLE_OPERATION_TIMEDOUT : code,
                reply: reply,
                stage: stage,
                server: server,
                isHandedOver: isHandedOver
            )
        )
    }
}
