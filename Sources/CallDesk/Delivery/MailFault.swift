import CCurl
import DeskCore

/// Reads what libcurl and the mail server said about a mail that did not go, and tells what to do.
///
/// Nothing of the server's own words is kept: they repeat addresses and sometimes whole texts.
enum MailFault {
    /// Why one mail did not go.
    enum Refusal: Sendable, Equatable {
        case error(DeliveryError)
        /// The recipient was refused by somebody's rules; `RelayWatch` tells whose.
        case policy(reply: String, server: String)
    }

    /// What a refusal by rules means for the mail.
    static func error(_ verdict: RelayWatch.Verdict, reply: String, server: String) -> DeliveryError {
        let fault = { NoticeFault.mail($0, server: server, reply: reply) }
        return switch verdict {
        case .server: DeliveryError(.sender, fault(.relaysToNobody))
        case .receiver: DeliveryError(.noticeForever, fault(.barredByReceiver))
        case .undecided: DeliveryError(.noticeNow, fault(.rules))
        }
    }

    /// - Parameters:
    ///   - code: libcurl's verdict.
    ///   - reply: the last SMTP reply code, 0 when there was none.
    ///   - stage: libcurl's error text, of which only the SMTP verb at its start is used.
    ///   - server: host and port, for the message.
    ///   - isHandedOver: the whole mail was sent, up to its dot, and nothing was answered to it.
    /// - Returns: the error, reaching as far as the trouble does.
    static func error(
        _ code: CURLcode,
        reply: Int,
        stage: String,
        server: String,
        isHandedOver: Bool = false
    ) -> DeliveryError {
        if isHandedOver { return DeliveryError(.unanswered, .mail(.unconfirmed, server: server)) }
        func sender(_ complaint: NoticeFault.MailComplaint, reply: Int? = nil) -> DeliveryError {
            DeliveryError(.sender, .mail(complaint, server: server, reply: reply.map { String($0) }))
        }
        return switch code {
        case CURLE_COULDNT_RESOLVE_HOST: sender(.unknown)
        case CURLE_COULDNT_CONNECT: sender(.absent)
        case CURLE_OPERATION_TIMEDOUT: sender(.slow)
        case CURLE_LOGIN_DENIED: sender(.login, reply: reply)
        case CURLE_USE_SSL_FAILED: sender(.unencrypted)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR:
            sender(.certificate)
        case CURLE_REMOTE_ACCESS_DENIED: sender(.denied, reply: reply)
        case CURLE_ABORTED_BY_CALLBACK: DeliveryError(.noticeNow, .desk(.cutOff))
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: DeliveryError(.sender, .desk(.mailAddress))
        default: refusal(reply, stage: stage, server: server)
        }
    }

    private static func refusal(_ reply: Int, stage: String, server: String) -> DeliveryError {
        let aboutSender = stage.hasPrefix("MAIL failed") && reply != 552
        func fault(_ complaint: NoticeFault.MailComplaint, step: String = "") -> NoticeFault {
            .mail(complaint, server: server, reply: "\(reply)\(step)")
        }
        return switch reply {
        case 421: DeliveryError(.sender, fault(.closing))
        case 530, 534, 535, 538: DeliveryError(.sender, fault(.wantsLogin))
        case 500...599 where aboutSender: DeliveryError(.sender, fault(.sender))
        case 500...599: DeliveryError(.noticeForever, fault(.refused, step: step(stage)))
        case 400...499: DeliveryError(.noticeNow, fault(.later, step: step(stage)))
        case 0: DeliveryError(.sender, .mail(.hungUp, server: server))
        // After a greeting the connection broke: this mail may be why, the server may be down. Its next turn tells.
        default: DeliveryError(.noticeNow, .mail(.broke, server: server))
        }
    }

    private static func step(_ stage: String) -> String {
        for verb in ["MAIL", "RCPT", "DATA"] where stage.hasPrefix(verb) { return ", \(verb)" }
        return ""
    }
}
