import AsyncHTTPClient
import Foundation
import IVRBridge
import NIOCore
import NIOHTTP1

/// Hands spooled legs to the running service, by the address the switch itself posts to.
///
/// The service alone writes calls: what it does with a leg that comes late or twice is written once, there.
struct LegDelivery {
    enum Fate: Equatable {
        case taken
        /// This leg is no good; the others go on.
        case refused(String)
        /// None will be taken before something is done.
        case stopped(String)
    }

    /// The hook's address, with its token.
    let url: String
    /// A line takes a thousand legs a second; a minute's wait is the most its answer can ask for.
    static let longestWait = 60
    /// The service answers before it stores: half a minute means that it hangs.
    private static let patience = TimeAmount.seconds(30)
    private static let mostWaits = 10
    private static let longestAnswer = 4_096

    /// Delivers one file.
    ///
    /// `wait`: sleeps so many seconds, when the service asks for it.
    func deliver(_ file: URL, wait: (Int) async throws -> Void) async throws -> Fate {
        guard let handle = try? FileHandle(forReadingFrom: file) else {
            return .refused("cannot be read; see its owner")
        }
        defer { try? handle.close() }
        let limit = HookKind.freeswitch.longestBody
        guard let body = try? handle.read(upToCount: limit + 1) else { return .refused("cannot be read; see its disk") }
        guard body.count <= limit else { return .refused("more than \(limit >> 20) MiB, which no leg is") }
        for _ in 0..<Self.mostWaits {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/octet-stream")
            request.body = .bytes([UInt8](body))
            let response: HTTPClientResponse
            do {
                response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return .stopped("the service does not answer; start it, or see 'http' in the settings")
            }
            guard response.status == .tooManyRequests else { return await Self.fate(response) }
            let asked = response.headers.first(name: "retry-after").flatMap { Int($0) } ?? 1
            try await wait(min(max(asked, 1), Self.longestWait))
        }
        return .stopped("the service has no room for more; try again later")
    }

    private static func fate(_ response: HTTPClientResponse) async -> Fate {
        let said = (try? await response.body.collect(upTo: longestAnswer)).map { String(buffer: $0) } ?? ""
        switch response.status.code {
        case 200..<300: return .taken
        case 400, 413, 422: return .refused(said.isEmpty ? "\(response.status.code)" : said)
        case 401: return .stopped("the running service does not know this line; it was started with other settings")
        case 403: return .stopped("the line's 'allow' does not let this machine in; add its address")
        default: return .stopped("the service answered \(response.status.code); see its log")
        }
    }
}
