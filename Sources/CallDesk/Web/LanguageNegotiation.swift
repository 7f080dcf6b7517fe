import DeskCore

extension Language {
    /// The language asked for by `Accept-Language` (RFC 9110 §12.5.4) among ours; nil when it names none.
    ///
    /// `pt` alone, and any Portuguese but Portugal's, is Brazilian here.
    static func negotiated(_ header: String?) -> Language? {
        guard let header, header.utf8.count <= 1024 else { return nil }
        var best: (language: Language, quality: Double)?
        for item in header.split(separator: ",").prefix(20) {
            let parts = item.split(separator: ";")
            guard let tag = parts.first?.lowercased().filter({ !$0.isWhitespace }) else { continue }
            var quality = 1.0
            for parameter in parts.dropFirst() {
                let text = parameter.filter { !$0.isWhitespace }.lowercased()
                if text.hasPrefix("q=") { quality = Double(text.dropFirst(2)) ?? 0 }
            }
            guard quality > (best?.quality ?? 0), quality <= 1, let language = Language(tag: tag) else { continue }
            best = (language, quality)
        }
        return best?.language
    }

    /// Ours for a language tag (BCP 47) in lower case.
    private init?(tag: String) {
        if tag == "pt-pt" {
            self = .ptPT
        } else if tag == "pt" || tag.hasPrefix("pt-") {
            self = .ptBR
        } else if tag == "en" || tag.hasPrefix("en-") {
            self = .en
        } else {
            return nil
        }
    }
}
