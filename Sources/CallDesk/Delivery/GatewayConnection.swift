import CCurl
import DeskCore
import Foundation

/// What is asked of a gateway: a whole request but for what its protocol adds.
struct GatewayRequest: Sendable {
    enum Method: Sendable { case get, post, head }

    var method: Method
    var url: String
    /// Names and values, without line ends.
    var headers: [(name: String, value: String)] = []
    /// Of a POST.
    var body = ""

    init(_ method: Method, url: String) {
        self.method = method
        self.url = url
    }

    /// The request that hands a message to `gateway`, filled in with `values`.
    init(_ gateway: SMSGateway, _ values: [SMSField: String]) {
        self.init(gateway.method == .get ? .get : .post, url: gateway.address(values))
        headers = gateway.headers.map { ($0.name, $0.value.filled(values, for: .header)) }
        if let content = gateway.content(values) {
            if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                headers.append(("Content-Type", content.type))
            }
            body = content.text
        }
    }
}

/// One kept connection to an SMS gateway: a libcurl handle, used by one thread at a time.
///
/// Redirects are not followed, no proxy, cookie or password file of the machine takes part, and an answer is bounded in
/// time and size.
final class GatewayConnection: KeptConnection {
    /// More than any gateway's answer to one message; the rest is not read.
    private static let longestAnswer = 65_536
    private static let connectTimeout = Duration.seconds(10)
    /// A kept connection that has rested longer is not used again: the gateway may be about to close it.
    private static let longestRest = Duration.seconds(20)

    private let handle: UnsafeMutableRawPointer
    private let content: UnsafeMutablePointer<ccurl_content>
    private let head: UnsafeMutablePointer<ccurl_head>
    let flag = TransferFlag()
    private let name: String

    /// Nil when libcurl cannot make a handle (out of memory) or takes an option badly.
    init?(_ gateway: SMSGateway) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        name = gateway.name
        content = .allocate(capacity: 1)
        content.initialize(to: ccurl_content())
        content.pointee.limit = Self.longestAnswer
        head = .allocate(capacity: 1)
        head.initialize(to: ccurl_head())
        let results = [
            ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https"),
            ccurl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)),
            ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1),
            // Or the end of a transfer waits for a resolver that says nothing, which its time limit does not know of.
            ccurl_set_long(handle, CURLOPT_QUICK_EXIT, 1),
            ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeout.wholeMilliseconds),
            ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, gateway.timeout.wholeMilliseconds),
            ccurl_set_long(handle, CURLOPT_MAXCONNECTS, 1),
            ccurl_set_long(handle, CURLOPT_MAXAGE_CONN, Int(Self.longestRest.components.seconds)),
            ccurl_set_long(handle, CURLOPT_PATH_AS_IS, 1),
            ccurl_set_text(handle, CURLOPT_PROXY, ""),
            ccurl_collect(handle, content),
            ccurl_watch_head(handle, head),
            ccurl_watch(handle, flag.pointer),
        ]
        guard results.allSatisfy({ $0 == CURLE_OK }) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        free(content.pointee.bytes)
        content.deallocate()
        head.deallocate()
    }

    /// Asks, and reads the answer; blocks the calling thread, at most for the gateway's time limit.
    ///
    /// - Returns: the answer once its head is whole, whatever becomes of the rest: the head has told the fate of the message.
    func ask(_ request: GatewayRequest) -> Result<SMSAnswer, DeliveryError> {
        let headers = Self.list(request)
        defer {
            ccurl_set_list(handle, CURLOPT_HTTPHEADER, nil)
            curl_slist_free_all(headers)
        }
        ccurl_set_text(handle, CURLOPT_URL, request.url)
        ccurl_set_list(handle, CURLOPT_HTTPHEADER, headers)
        switch request.method {
        case .get: ccurl_set_long(handle, CURLOPT_HTTPGET, 1)
        case .head: ccurl_set_long(handle, CURLOPT_NOBODY, 1)
        case .post:
            ccurl_set_long(handle, CURLOPT_POST, 1)
            ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, request.body.utf8.count)
            ccurl_set_text(handle, CURLOPT_COPYPOSTFIELDS, request.body)
        }
        content.pointee.size = 0
        content.pointee.overflowed = 0
        head.pointee.is_whole = 0
        let code = curl_easy_perform(handle)
        guard head.pointee.is_whole == 1 else {
            let length = request.method == .post ? request.body.utf8.count : 0
            let isHandedOver = ccurl_has_asked(handle, Int64(length)) == 1
            return .failure(GatewayFault.error(code, gateway: name, isHandedOver: isHandedOver))
        }
        let body = UnsafeBufferPointer(start: content.pointee.bytes, count: content.pointee.size)
        return .success(SMSAnswer(status: ccurl_response_code(handle), body: Array(body)))
    }

    /// The headers as libcurl takes them: one without a value ends in a semicolon.
    private static func list(_ request: GatewayRequest) -> UnsafeMutablePointer<curl_slist>? {
        var lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // A message is no body to ask leave for first.
        if request.method == .post { lines.append("Expect:") }
        return lines.reduce(nil) { list, line in curl_slist_append(list, line) ?? list }
    }
}
