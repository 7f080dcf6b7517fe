import Codecs
import Crypto
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// A file of the service's own that is not served.
struct AssetFault: Error, Equatable, CustomStringConvertible {
    enum Why: Equatable {
        case unreadable, tooLarge
        /// There are more files than the library holds; the name is the first one's.
        case tooMany
    }

    /// Its path below the folder; empty for the folder itself.
    var name: String
    var why: Why

    var description: String {
        let file = name.isEmpty ? "the folder of the service's own files" : name
        return switch why {
        case .unreadable: "\(file) cannot be read; install the service anew or let its user read it"
        case .tooLarge: "\(file) is larger than \(AssetLibrary.largest) bytes and is not served"
        case .tooMany: "\(file) and what comes after it are not served: more than \(AssetLibrary.most) files"
        }
    }
}

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

        /// The same packed, under a tag of its own; nil when that saves nothing.
        func packed() -> Asset? {
            guard mediaType.hasPrefix("text/") || mediaType == "image/svg+xml" || mediaType == "application/json",
                let packed = Gzip.compressed(Array(bytes.readableBytesView))
            else { return nil }
            return Asset(bytes: ByteBuffer(bytes: packed), mediaType: mediaType, tag: "\(tag.dropLast())-gzip\"")
        }
    }

    /// What is made of a file the first time it is asked for.
    private final class Made: Sendable {
        let whole = Mutex<[String: Asset]>([:])
        let packed = Mutex<[String: Asset?]>([:])
    }

    private let assets: [String: Asset]
    private let made = Made()
    /// The hash that stands in lasting addresses.
    let version: String
    /// What of the folder is not served, to be said at the start; pages are incomplete without it.
    let faults: [AssetFault]

    /// Reads every file below `folder`; hidden files and links that leave it are left out.
    init(folder: URL?) {
        var assets: [String: Asset] = [:]
        var hash = SHA256()
        // A release that puts scripts together otherwise gives them other addresses.
        hash.update(data: Data(ModuleBundle.form.utf8))
        var (files, faults) = Self.files(below: folder)
        for (name, url) in files {
            guard let data = try? Data(contentsOf: url) else {
                faults.append(AssetFault(name: name, why: .unreadable))
                continue
            }
            guard data.count <= Self.largest else {
                faults.append(AssetFault(name: name, why: .tooLarge))
                continue
            }
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
        self.faults = faults
        version = Hexadecimal.text(hash.finalize().prefix(8))
    }

    /// The lasting address of a file, for pages to refer to.
    func path(_ name: String) -> String { "/assets/v-\(version)/\(name)" }

    /// The lasting address of a page's script with all the modules it imports in it: `desk/desk.js` is one file then.
    func script(_ name: String) -> String { path(Self.wholeName(name)) }

    private static let wholeEnding = ".whole.js"

    private static func wholeName(_ name: String) -> String { "\(name.dropLast(".js".count))\(wholeEnding)" }

    private func asset(_ name: String) -> Asset? {
        if let asset = assets[name] { return asset }
        guard name.hasSuffix(Self.wholeEnding) else { return nil }
        let entry = "\(name.dropLast(Self.wholeEnding.count)).js"
        guard let plain = assets[entry] else { return nil }
        return made.whole.withLock { whole in
            if let known = whole[name] { return known }
            // What cannot be put together is served as it is, and the browser fetches what it imports.
            let asset = bundle(entry) ?? plain
            whole[name] = asset
            return asset
        }
    }

    private func bundle(_ entry: String) -> Asset? {
        let folder = entry.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        let file = String(entry.dropFirst(folder.count))
        let text = ModuleBundle.text(of: file) { name in
            assets[folder + name].map { String(decoding: $0.bytes.readableBytesView, as: UTF8.self) }
        }
        guard let text else { return nil }
        return Asset(
            bytes: ByteBuffer(string: text),
            mediaType: Self.mediaType(entry),
            tag: "\"\(Hexadecimal.text(SHA256.hash(data: Data(text.utf8)).prefix(12)))\""
        )
    }

    private func packed(_ name: String, _ asset: Asset) -> Asset? {
        made.packed.withLock { packed in
            if let known = packed[name] { return known }
            let made = asset.packed()
            packed[name] = .some(made)
            return made
        }
    }

    /// Answers a request for `/assets/…`; nil when there is no such file.
    ///
    /// `acceptEncoding`: what the browser says it unpacks.
    func response(_ path: String, ifNoneMatch: String?, acceptEncoding: String? = nil) -> Response? {
        var name = path
        let lasting = "v-\(version)/"
        let isLasting = name.hasPrefix(lasting)
        if isLasting {
            name.removeFirst(lasting.count)
        } else if name.hasPrefix("v-"), let slash = name.firstIndex(of: "/") {
            // An older version's address, asked for by a page loaded before an upgrade: the file as it is now.
            name = String(name[name.index(after: slash)...])
        }
        guard let plain = asset(name) else { return nil }
        let packed = Gzip.isAccepted(acceptEncoding) ? packed(name, plain) : nil
        let asset = packed ?? plain
        var headers: HTTPFields = [
            .eTag: asset.tag, .vary: "Accept-Encoding",
            .cacheControl: isLasting ? "public, max-age=31536000, immutable" : "public, no-cache",
        ]
        if let known = ifNoneMatch,
            known.split(separator: ",").contains(where: { Self.tag($0) == asset.tag || $0 == "*" })
        {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = asset.mediaType
        if packed != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: asset.bytes))
    }

    private static func tag(_ text: Substring) -> String {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        return trimmed.hasPrefix("W/") ? String(trimmed.dropFirst(2)) : trimmed
    }

    private static func files(below folder: URL?) -> (files: [(name: String, url: URL)], faults: [AssetFault]) {
        guard let folder else { return ([], []) }
        guard FileManager.default.isReadableFile(atPath: folder.path),
            let names = FileManager.default.enumerator(atPath: folder.path)
        else { return ([], [AssetFault(name: "", why: .unreadable)]) }
        var files: [(name: String, url: URL)] = []
        var faults: [AssetFault] = []
        for case let name as String in names {
            guard !name.split(separator: "/").contains(where: { $0.hasPrefix(".") }) else { continue }
            let url = folder.appending(path: name)
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
            let kind = attributes?[.type] as? FileAttributeType
            if kind == .typeDirectory, !FileManager.default.isReadableFile(atPath: url.path) {
                faults.append(AssetFault(name: name, why: .unreadable))
            }
            guard kind == .typeRegular else { continue }
            guard files.count < most else {
                faults.append(AssetFault(name: name, why: .tooMany))
                break
            }
            files.append((name, url))
        }
        return (files.sorted { $0.name < $1.name }, faults)
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
            guard
                let response = response(
                    path,
                    ifNoneMatch: request.headers[.ifNoneMatch],
                    acceptEncoding: request.headers[.acceptEncoding]
                )
            else {
                throw Problem.notFound
            }
            return response
        }
    }
}
