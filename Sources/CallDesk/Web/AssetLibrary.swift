import Codecs
import Crypto
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The service's own style sheets, scripts and pictures, read once at the start and served from memory.
///
/// Every file is at `/assets/NAME`, to be revalidated by its ETag, and at `/assets/v-VERSION/NAME`, kept by browsers for a
/// year: VERSION is a hash over all files, so that modules that import each other by relative path stay together.
struct AssetLibrary: Sendable {
    /// One file; ours are far smaller, and this is held in memory.
    static let largest = 4 * 1_048_576
    /// All files together.
    static let most = 2000

    private struct Asset: Sendable {
        let bytes: ByteBuffer
        let mediaType: String
        let tag: String
    }

    private let assets: [String: Asset]
    /// The hash that stands in lasting addresses.
    let version: String

    /// Reads every file below `folder`; hidden files and links that leave it are left out.
    init(folder: URL?) {
        var assets: [String: Asset] = [:]
        var hash = SHA256()
        for (name, url) in Self.files(below: folder) {
            guard let data = try? Data(contentsOf: url), data.count <= Self.largest else { continue }
            let digest = SHA256.hash(data: data)
            hash.update(data: Data(name.utf8))
            hash.update(data: Data(digest))
            assets[name] = Asset(
                bytes: ByteBuffer(bytes: data),
                mediaType: Self.mediaType(name),
                tag: "\"\(Hexadecimal.text(digest.prefix(12)))\""
            )
        }
        self.assets = assets
        version = Hexadecimal.text(hash.finalize().prefix(8))
    }

    /// The lasting address of a file, for pages to refer to.
    func path(_ name: String) -> String { "/assets/v-\(version)/\(name)" }

    /// Answers a request for `/assets/…`; nil when there is no such file.
    func response(_ path: String, ifNoneMatch: String?) -> Response? {
        var name = path
        let lasting = "v-\(version)/"
        let isLasting = name.hasPrefix(lasting)
        if isLasting {
            name.removeFirst(lasting.count)
        } else if name.hasPrefix("v-"), let slash = name.firstIndex(of: "/") {
            // An older version's address, asked for by a page loaded before an upgrade: the file as it is now.
            name = String(name[name.index(after: slash)...])
        }
        guard let asset = assets[name] else { return nil }
        var headers: HTTPFields = [
            .eTag: asset.tag,
            .cacheControl: isLasting ? "public, max-age=31536000, immutable" : "public, no-cache",
        ]
        if let known = ifNoneMatch,
            known.split(separator: ",").contains(where: { Self.tag($0) == asset.tag || $0 == "*" })
        {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = asset.mediaType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: asset.bytes))
    }

    private static func tag(_ text: Substring) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        return trimmed.hasPrefix("W/") ? String(trimmed.dropFirst(2)) : trimmed
    }

    private static func files(below folder: URL?) -> [(name: String, url: URL)] {
        guard let folder, let names = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        var files: [(name: String, url: URL)] = []
        for case let name as String in names {
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
            let url = folder.appending(path: name)
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
            guard attributes?[.type] as? FileAttributeType == .typeRegular, files.count < most else { continue }
            files.append((name, url))
        }
        return files.sorted { $0.name < $1.name }
    }

    private static func mediaType(_ name: String) -> String {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "ico": "image/vnd.microsoft.icon"
        case "json", "webmanifest": "application/json"
        case "wav": "audio/wav"
        case "mp3": "audio/mpeg"
        case "ogg": "audio/ogg"
        case "woff2": "font/woff2"
        case "txt": "text/plain; charset=utf-8"
        default: "application/octet-stream"
        }
    }
}

extension AssetLibrary {
    /// Serves the library under `/assets`.
    func addRoutes(to router: Router<DeskRequestContext>) {
        router.get("/assets/**") { request, context -> Response in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            guard let response = response(path, ifNoneMatch: request.headers[.ifNoneMatch]) else {
                throw Problem.notFound
            }
            return response
        }
    }
}
