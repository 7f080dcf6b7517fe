import DeskCore
import Hummingbird
import Logging
import NIOCore

/// What travels with one request: its id, where it comes from, who makes it, and the language of the answer.
///
/// Middleware fills the slots by copying (`var context = context`); a handler behind a sign-in or a token uses a child
/// context whose initializer demands the slot, so that the compiler knows somebody is there.
struct DeskRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other end of the connection; behind a proxy, the proxy.
    let connection: SocketAddress?
    /// Who really asks, after trusted proxies.
    ///
    /// `Arrival` sets it. Never log it next to what was asked.
    var peer: PeerAddress
    /// The answer's language, from the account or from `Accept-Language`.
    var language: Language
    /// The person signed in at the desk; nil until the session middleware has found one.
    var signedIn: SignedIn?
    /// The customer signed in on the portal; nil until the portal's session middleware has found one.
    var customer: Caller.Customer?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        connection = source.channel.remoteAddress
        peer = PeerAddress(connection)
        language = .ptBR
    }

    /// JSON bodies are read whole; more than a mebibyte is no form a person filled in.
    var maxUploadSize: Int { HTTPLimits.jsonBody }

    /// The id that stands in the log and in the error the person sees.
    var requestID: String { logger[metadataKey: "hb.request.id"]?.description ?? "-" }

}
