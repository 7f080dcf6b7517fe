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
        switch verdict {
        case .server:
            return sender(
                "the mail server \(server) sends our mail on to nobody (reply \(reply))",
                "have its operator allow this machine to send, or correct mail.user and mail.password; mails wait"
            )
        case .receiver:
            return DeliveryError(
                .noticeForever,
                what: "the recipient's provider does not take our mail (reply \(reply) of \(server))",
                remedy: "other mail goes: ask the customer for another address, or their provider to allow ours"
            )
        case .undecided:
            return DeliveryError(
                .noticeNow,
                what: "the mail server \(server) refused the recipient by its rules (reply \(reply))",
                remedy: "it is tried again by itself; if other mail goes, it is the recipient's provider"
            )
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
        if isHandedOver {
            return DeliveryError(
                .unanswered,
                what: "the mail server \(server) was given the whole mail and did not confirm it",
                remedy: "it may have arrived; it is sent again a few times, long apart, under the same Message-ID"
            )
        }
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST:
            return sender("the mail server's name \(server) is not known", "check mail.url and this machine's DNS")
        case CURLE_COULDNT_CONNECT:
            return sender(
                "no mail server answers at \(server)",
                "start it, or check mail.url and the firewall; mails wait and go out by themselves"
            )
        case CURLE_OPERATION_TIMEDOUT:
            return sender("the mail server \(server) did not answer in time", "check its load and log; mails wait")
        case CURLE_LOGIN_DENIED:
            return sender(
                "the mail server \(server) refused user and password (reply \(reply))",
                "correct mail.user and mail.password; mails wait and go out by themselves"
            )
        case CURLE_USE_SSL_FAILED:
            return sender(
                "the mail server \(server) offers no encryption",
                "turn STARTTLS on there, use smtps://, or set mail.tls to opportunistic or off"
            )
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_ISSUER_ERROR:
            return sender(
                "the certificate of the mail server \(server) does not hold",
                "renew it, name the server as the certificate does, or set mail.tls_authority"
            )
        case CURLE_REMOTE_ACCESS_DENIED:
            return sender(
                "the mail server \(server) does not talk to this machine (reply \(reply))",
                "have its operator allow this machine"
            )
        case CURLE_ABORTED_BY_CALLBACK:
            return DeliveryError(
                .noticeNow,
                what: "sending was cut off by the service's end",
                remedy: "it is sent again"
            )
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT:
            return sender("mail.url is no address of a mail server", "write smtp://host:port or smtps://host:port")
        default:
            return refusal(reply, stage: stage, server: server)
        }
    }

    private static func refusal(_ reply: Int, stage: String, server: String) -> DeliveryError {
        let aboutSender = stage.hasPrefix("MAIL failed") && reply != 552
        switch reply {
        case 421:
            return sender("the mail server \(server) is closing (reply 421)", "mails wait and go out by themselves")
        case 530, 534, 535, 538:
            return sender(
                "the mail server \(server) wants a login or encryption first (reply \(reply))",
                "set mail.user, mail.password and mail.tls as its operator says"
            )
        case 500...599 where aboutSender:
            return sender(
                "the mail server \(server) refuses our sender address (reply \(reply))",
                "use a mail.from that it accepts"
            )
        case 500...599:
            return DeliveryError(
                .noticeForever,
                what: "the mail server \(server) refused the mail (reply \(reply)\(step(stage)))",
                remedy: "check the recipient's address with the customer, then send it again"
            )
        case 400...499:
            return DeliveryError(
                .noticeNow,
                what: "the mail server \(server) could not take the mail now (reply \(reply)\(step(stage)))",
                remedy: "it is tried again by itself"
            )
        case 0:
            return sender(
                "the mail server \(server) hung up or did not speak SMTP",
                "check mail.url and the server's log"
            )
        default:
            // After a greeting the connection broke: this mail may be why, the server may be down. Its next turn tells.
            return DeliveryError(
                .noticeNow,
                what: "the connection to the mail server \(server) broke",
                remedy: "it is tried again by itself; see the server's log if it stays"
            )
        }
    }

    private static func step(_ stage: String) -> String {
        for verb in ["MAIL", "RCPT", "DATA"] where stage.hasPrefix(verb) { return " to \(verb)" }
        return ""
    }

    private static func sender(_ what: String, _ remedy: String) -> DeliveryError {
        DeliveryError(.sender, what: what, remedy: remedy)
    }
}
