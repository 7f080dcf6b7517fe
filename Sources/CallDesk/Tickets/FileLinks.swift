import Codecs
import Crypto
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird

/// Signed, short-lived addresses of files, which read no cookie.
///
/// A page's own link asks for its reader's rights each time and leads on to such an address; whoever gets hold of one later has
/// nothing. Where the settings name a host for files, they lie there, apart from every session.
struct FileLinks: Sendable {
    /// As long as a slow telephone takes to follow a redirect.
    static let life = Duration.seconds(120)

    private let key: SymmetricKey
    private let clock: DeskClock
    /// Where files lie, without a slash at the end; empty: beside the pages.
    let base: String

    /// `folder`: the data folder, which every node of a desk has, and so the same key.
    ///
    /// - Throws: `KeyFileError` when the key can neither be read nor made.
    init(folder: URL, base: String?, clock: DeskClock) throws(KeyFileError) {
        key = SymmetricKey(data: try KeyFile(folder.appending(path: "files.key")).make(RandomSource.system.bytes(32)))
        self.clock = clock
        self.base = base ?? ""
    }

    /// Leads a reader who may have the file on to its address.
    func redirect(to file: Attachment) -> Response {
        let end = clock.now.adding(Self.life).milliseconds
        return Response(
            status: .seeOther,
            headers: [
                .location: "\(base)/arquivos/\(file.id)/\(end)/\(mark(file.id, end))", .cacheControl: "no-store",
                .referrerPolicy: "no-referrer",
            ]
        )
    }

    /// Whether an address is ours and its time not over.
    func opens(_ id: Int64, until end: Int64, _ mark: String) -> Bool {
        guard let given = Hexadecimal.bytes(mark), end >= clock.now.milliseconds else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(given, authenticating: Self.text(id, end), using: key)
    }

    private func mark(_ id: Int64, _ end: Int64) -> String {
        Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Self.text(id, end), using: key))
    }

    private static func text(_ id: Int64, _ end: Int64) -> [UInt8] { Array("file \(id) until \(end)".utf8) }
}

/// `/arquivos/…`: a file for whoever was led to its signed address within the last two minutes.
struct FileRoutes: RouteSet {
    let app: App

    func addRoutes(to router: DeskRouter) {
        router.get("/arquivos/:id/:end/:mark") { request, context -> Response in
            guard isHere(request), let id = context.parameters.get("id").flatMap({ Int64($0) }),
                let end = context.parameters.get("end").flatMap({ Int64($0) }),
                app.fileLinks.opens(id, until: end, context.parameters.get("mark") ?? ""),
                let file = try await app.attachments.find(id)
            else { throw Problem.fileLinkOver }
            var response = try FileResponse.download(file, from: app.attachments, for: request)
            response.headers[.referrerPolicy] = "no-referrer"
            response.headers[.robots] = "noindex, nofollow, noarchive"
            return response
        }
    }

    /// With a host of their own, files are at no other.
    private func isHere(_ request: Request) -> Bool {
        guard let host = URL(string: app.fileLinks.base)?.host else { return true }
        let asked = request.head.authority ?? ""
        return asked == host || asked.hasPrefix("\(host):")
    }
}
