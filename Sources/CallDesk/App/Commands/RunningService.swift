import AsyncHTTPClient
import Codecs
import DeskCore
import Foundation
import NIOCore
import NIOHTTP1

/// What the service that runs on this machine says of itself, asked as a balancer asks: `/ready` with its details.
///
/// What it alone knows (calls set aside, a sender that fails, a chore that does not get done) is told by doctor too.
enum RunningService {
    /// A part of the service that is not well.
    struct Trouble: Sendable, Equatable {
        var part: String
        var what: String
    }

    enum Answer: Sendable, Equatable {
        /// Nobody answers there: it does not run, or elsewhere.
        case none
        /// Somebody answers who shows no details.
        case strange
        case troubles([Trouble])
    }

    /// Some dozens of parts with a line each.
    private static let longest = 262_144

    static func ask(_ http: Settings.HTTP) async -> Answer {
        var request = HTTPClientRequest(url: http.localBase + "/ready")
        request.headers.add(name: "accept", value: "application/json")
        if let token = http.metricsToken { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(5)) else { return .none }
        guard let body = try? await response.body.collect(upTo: longest) else { return .strange }
        return troubles(Array(body.readableBytesView)).map { .troubles($0) } ?? .strange
    }

    /// What an answer of `/ready` says is not well; nil for one without details.
    static func troubles(_ bytes: [UInt8]) -> [Trouble]? {
        guard let parts = (try? JSONParser.parse(bytes))?.object?["parts"]?.array else { return nil }
        return parts.compactMap { part in
            guard let part = part.object, part["ok"] == .bool(false), let name = part["name"]?.string else {
                return nil
            }
            let said = [part["what"]?.string, part["remedy"]?.string].compactMap { $0 }.joined(separator: "; ")
            return Trouble(part: name, what: said)
        }
    }
}

extension Settings.HTTP {
    /// Where the service on this machine is reached, without a slash at the end.
    var localBase: String {
        let host = DeskAddress.isWildcard(host) ? "127.0.0.1" : host
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
