import DeskCore
import Foundation

extension Settings {
    /// The operator's own face on the customers' portal.
    struct Portal: Sendable {
        /// A link of the operator's, shown as it is.
        struct Link: PagePart {
            var label: String
            var url: String
        }

        /// A service that knows the streets of postal codes, with `{cep}` in its address; nil offers no look-up.
        var cep: String?
        /// Where “voltar à área de cliente” leads; nil shows no such link.
        var back: String?
        /// A picture in place of the name, PNG, JPEG or WebP.
        var logo: String?
        /// The colour of links and buttons on light ground, and on dark; nil keeps ours.
        var accent: String?
        var accentDark: String?
        /// Heading and text of the first page; nil keeps ours.
        var title: String?
        var text: String?
        /// When somebody answers the telephone, in words.
        var hours: String?
        /// Links at the foot of every page.
        var links: [Link] = []
        /// Help videos by step (`cadastro`, `telefones`, `senha` …).
        var videos: [String: String] = [:]
    }
}

/// The operator's own face, as the settings write it.
extension SettingsReader {
    /// Steps of the portal that can have a help video.
    static let videoSteps = ["entrar", "cadastro", "dados", "telefones", "senha", "preferencias", "abrir", "chamados"]

    func portal() -> Settings.Portal {
        var result = Settings.Portal()
        result.cep = text(["portal", "cep"])
        if let cep = result.cep, !cep.hasPrefix("https://") && !cep.hasPrefix("http://") || !cep.contains("{cep}") {
            tree.fault(
                ["portal", "cep"],
                "write the service's address with {cep} in it, such as https://…/{cep}/json/"
            )
        }
        result.back = address(["portal", "back"])
        result.logo = logo()
        result.accent = colour(["portal", "accent"], on: ["#ffffff", "#f6f7f9"])
        result.accentDark = colour(["portal", "accent_dark"], on: ["#12161c", "#1b2129"])
        result.title = short(["portal", "title"], 100)
        result.text = short(["portal", "text"], 1_000)
        result.hours = short(["portal", "hours"], 200)
        result.links = (0..<tree.count(["portal", "links"])).compactMap { place in
            let path = ["portal", "links", String(place)]
            guard let label = short(path + ["label"], 60), let url = address(path + ["url"]) else {
                tree.fault(path, "a link needs a 'label' and a 'url'")
                return nil
            }
            return .init(label: label, url: url)
        }
        for step in tree.keys(["portal", "videos"]) {
            if !Self.videoSteps.contains(step) {
                tree.fault(["portal", "videos", step], "write \(Self.videoSteps.joined(separator: ", "))")
            }
            result.videos[step] = address(["portal", "videos", step])
        }
        return result
    }

    private func short(_ path: [String], _ longest: Int) -> String? {
        guard let value = text(path) else { return nil }
        if value.count <= longest { return value }
        tree.fault(path, "\(longest) characters at the most")
        return nil
    }

    /// A page elsewhere: a link never runs anything.
    private func address(_ path: [String]) -> String? {
        guard let value = text(path) else { return nil }
        if let url = URL(string: value), ["http", "https"].contains(url.scheme), url.host != nil { return value }
        tree.fault(path, "an http:// or https:// address is expected")
        return nil
    }

    private func logo() -> String? {
        guard let path = text(["portal", "logo"]) else { return nil }
        guard PortalLogo.mediaType(path) != nil else {
            tree.fault(["portal", "logo"], "a file ending in .png, .jpg, .jpeg or .webp is expected")
            return nil
        }
        return path
    }

    /// A colour that can be read on each of the grounds (WCAG 2.2, 1.4.3: 4.5 to 1).
    private func colour(_ path: [String], on grounds: [String]) -> String? {
        guard let value = text(path) else { return nil }
        guard let colour = WebColour(value) else {
            tree.fault(path, "write a colour as #0b5fb0")
            return nil
        }
        let contrast = grounds.compactMap { WebColour($0)?.contrast(with: colour) }.min() ?? 0
        if contrast >= 4.5 { return colour.text }
        let found = (contrast * 10).rounded(.down) / 10
        tree.fault(path, "its contrast with the page is \(found) to 1; 4.5 or more can be read")
        return nil
    }
}

/// A colour as style sheets write it, with what eyes make of it.
struct WebColour: Sendable {
    let text: String
    private let luminance: Double

    /// `#rrggbb`; nil for anything else.
    init?(_ text: String) {
        let digits = text.lowercased()
        guard digits.utf8.count == 7, digits.hasPrefix("#"), let value = UInt32(digits.dropFirst(), radix: 16) else {
            return nil
        }
        self.text = digits
        // WCAG 2.2, “relative luminance”.
        func part(_ shift: UInt32) -> Double {
            let share = Double(value >> shift & 0xFF) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        luminance = 0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    /// From 1 (the same) to 21 (black on white).
    func contrast(with other: WebColour) -> Double {
        (max(luminance, other.luminance) + 0.05) / (min(luminance, other.luminance) + 0.05)
    }
}
