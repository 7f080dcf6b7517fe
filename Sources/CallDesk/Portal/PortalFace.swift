import Codecs
import Crypto
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Whose portal it is: name, picture, telephone, colours and links, as the settings have them.
struct PortalFace: PagePart {
    var name: String
    /// The desk's telephone as people write it; nil says none.
    var phone: String?
    var hours: String?
    /// The picture's address; nil shows the name.
    var logo: String?
    /// The style sheet with the operator's colours; nil without any.
    var colours: String?
    var back: String?
    var links: [Settings.Portal.Link]
    var title: String?
    var text: String?
    /// Help videos by step.
    let videos: [String: String]
}

extension PortalFace {
    init(app: App, logo: PortalLogo?) {
        let portal = app.settings.portal
        name = app.settings.desk.name
        phone = app.settings.desk.phone.map { PhoneNumber.display($0, region: app.region) }
        hours = portal.hours
        self.logo = logo?.path
        colours = Self.sheet(portal).isEmpty ? nil : "/portal/cores-\(Self.version(portal)).css"
        back = portal.back
        links = portal.links
        title = portal.title
        text = portal.text
        videos = portal.videos
    }

    /// The operator's colours; text on a button is black or white, whichever reads better.
    static func sheet(_ portal: Settings.Portal) -> String {
        func rule(_ colour: String) -> String {
            let accent = WebColour(colour)
            let (white, black) = (WebColour("#ffffff"), WebColour("#000000"))
            let isWhite =
                if let accent, let white, let black {
                    white.contrast(with: accent) >= black.contrast(with: accent)
                } else {
                    true
                }
            return "--accent: \(colour); --on-accent: \(isWhite ? "#ffffff" : "#000000");"
        }
        var sheet = ""
        if let accent = portal.accent {
            sheet += ":root:not([data-theme=\"dark\"]) { \(rule(accent)) }\n"
            // The dark ground keeps its own colour, which the light one's rule must not take.
            sheet +=
                "@media (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) "
                + "{ \(rule(portal.accentDark ?? "#82bcf6")) } }\n"
        }
        if let dark = portal.accentDark {
            if portal.accent == nil {
                sheet += "@media (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) { \(rule(dark)) } }\n"
            }
            sheet += ":root[data-theme=\"dark\"] { \(rule(dark)) }\n"
        }
        return sheet
    }

    private static func version(_ portal: Settings.Portal) -> String {
        Hexadecimal.text(SHA256.hash(data: Array(sheet(portal).utf8)).prefix(6))
    }

    /// Serves the colours and the picture, which browsers keep until the settings change.
    static func addRoutes(to router: DeskRouter, _ portal: Settings.Portal, logo: PortalLogo?) {
        let sheet = ByteBuffer(string: sheet(portal))
        let name = "cores-\(version(portal)).css"
        router.get("/portal/:file") { _, context -> Response in
            let file = context.parameters.get("file") ?? ""
            if file == name, sheet.readableBytes > 0 { return kept(sheet, "text/css; charset=utf-8") }
            if let logo, "/portal/\(file)" == logo.path { return kept(logo.bytes, logo.mediaType) }
            throw Problem.notFound
        }
    }

    private static func kept(_ bytes: ByteBuffer, _ mediaType: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: mediaType, .cacheControl: "public, max-age=31536000, immutable"],
            body: .init(byteBuffer: bytes)
        )
    }
}

/// The operator's picture, read once at the start.
struct PortalLogo: Sendable {
    /// A first page weighs less than 100 kB, the picture with it.
    static let largest = 48 * 1024

    let bytes: ByteBuffer
    let mediaType: String
    let path: String

    /// Reads the picture; nil without one.
    ///
    /// - Throws: `PortalLogoFault` for a file that cannot be read, is too large or no picture.
    init?(_ file: String?) throws(PortalLogoFault) {
        guard let file else { return nil }
        guard let data = FileManager.default.contents(atPath: file) else { throw .unreadable(file) }
        guard data.count <= Self.largest else { throw .tooLarge(file) }
        guard let type = Self.mediaType(file), Self.begins([UInt8](data.prefix(12)), as: type) else {
            throw .noPicture(file)
        }
        bytes = ByteBuffer(bytes: data)
        mediaType = type
        path = "/portal/logo-\(Hexadecimal.text(SHA256.hash(data: data).prefix(6)))"
    }

    /// By the ending; nil for a kind that is not shown.
    ///
    /// An SVG could hold scripts.
    static func mediaType(_ file: String) -> String? {
        switch file.lowercased().split(separator: ".").last {
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "webp": "image/webp"
        default: nil
        }
    }

    private static func begins(_ bytes: [UInt8], as type: String) -> Bool {
        switch type {
        case "image/png": bytes.starts(with: [0x89, 0x50, 0x4E, 0x47])
        case "image/jpeg": bytes.starts(with: [0xFF, 0xD8, 0xFF])
        default: bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
        }
    }
}

/// Why the operator's picture cannot be shown, and what to do.
enum PortalLogoFault: Error, CustomStringConvertible {
    case unreadable(String)
    case tooLarge(String)
    case noPicture(String)

    var description: String {
        switch self {
        case .unreadable(let file): "portal.logo: \(file) cannot be read; check its name and its owner"
        case .tooLarge(let file): "portal.logo: \(file) has more than \(PortalLogo.largest / 1024) kB; make it smaller"
        case .noPicture(let file): "portal.logo: \(file) is no picture of the kind its name says"
        }
    }
}
