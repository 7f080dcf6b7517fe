import AsyncHTTPClient
import IVRBridge
import NIOCore
import NIOHTTP1

/// A PBX in the cloud that is none: posts its webhooks to the desk, as its kind would.
package struct SimulatedSender: Sendable {
    /// Where the desk takes them; its token stands in it.
    private let url: String
    private let kind: HookKind
    private let client: HTTPClient

    package init(url: String, kind: HookKind) {
        self.url = url
        self.kind = kind
        client = HTTPClient.shared
    }

    /// Reports one call that is answered: it rings, somebody talks for `talk`, and it ends; returns then.
    ///
    /// `now`: when it rings, microseconds since 1970.
    package func play(number: String, phone: String, key: String, talk: Duration, now: Int64) async {
        let sample = HookSample(kind: kind, number: number, phone: phone, key: key)
        let requests = sample.requests(url: url, secret: "", from: now)
        for (place, step) in requests.enumerated() {
            if place > 0 {
                let pause: Duration = place == requests.count - 1 ? talk : .seconds(2)
                do { try await Task.sleep(for: pause) } catch { return }
            }
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(bytes: step.body))
            // Nobody answers while the desk is down; a sender goes on all the same.
            let response = try? await client.execute(request, timeout: .seconds(5))
            _ = try? await response?.body.collect(upTo: 65_536)
        }
    }
}
