/// Which files the desk takes, and what their first bytes must be.
struct AttachmentKind: Sendable {
    let mediaType: String
    /// Any of these must begin the file; empty: text, which must hold no zero byte.
    let signatures: [[UInt8]]
    /// How many bytes stand before the signature.
    var offset = 0

    private static let zip: [[UInt8]] = [[0x50, 0x4B, 0x03, 0x04], [0x50, 0x4B, 0x05, 0x06]]
    private static let compound: [[UInt8]] = [[0xD0, 0xCF, 0x11, 0xE0]]

    /// ISO base media (QuickTime, MPEG-4, HEIF): a box length, `ftyp`, a brand.
    private static let movie: [[UInt8]] = ["ftyp", "moov", "mdat", "wide", "free", "skip"].map { Array($0.utf8) }
    private static let ogg: [[UInt8]] = [Array("OggS".utf8)]

    private static let byEnding: [String: AttachmentKind] = [
        "png": .init(mediaType: "image/png", signatures: [[0x89, 0x50, 0x4E, 0x47]]),
        "jpg": .init(mediaType: "image/jpeg", signatures: [[0xFF, 0xD8, 0xFF]]),
        "jpeg": .init(mediaType: "image/jpeg", signatures: [[0xFF, 0xD8, 0xFF]]),
        "gif": .init(mediaType: "image/gif", signatures: [Array("GIF8".utf8)]),
        "webp": .init(mediaType: "image/webp", signatures: [Array("RIFF".utf8)]),
        "bmp": .init(mediaType: "image/bmp", signatures: [Array("BM".utf8)]),
        "pdf": .init(mediaType: "application/pdf", signatures: [Array("%PDF".utf8)]),
        "docx": .init(
            mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            signatures: zip
        ),
        "xlsx": .init(mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", signatures: zip),
        "pptx": .init(
            mediaType: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            signatures: zip
        ),
        "odt": .init(mediaType: "application/vnd.oasis.opendocument.text", signatures: zip),
        "ods": .init(mediaType: "application/vnd.oasis.opendocument.spreadsheet", signatures: zip),
        "doc": .init(mediaType: "application/msword", signatures: compound),
        "xls": .init(mediaType: "application/vnd.ms-excel", signatures: compound),
        "zip": .init(mediaType: "application/zip", signatures: zip),
        "txt": .init(mediaType: "text/plain", signatures: []),
        "log": .init(mediaType: "text/plain", signatures: []),
        "csv": .init(mediaType: "text/csv", signatures: []),
        "xml": .init(mediaType: "application/xml", signatures: []),
        "wav": .init(mediaType: "audio/wav", signatures: [Array("RIFF".utf8)]),
        // GSM full rate as PBXs record it: each frame begins with the same four bits, and nothing before it.
        "gsm": .init(mediaType: "audio/gsm", signatures: (0xD0...0xDF).map { [$0] }),
        "mp3": .init(
            mediaType: "audio/mpeg",
            signatures: [Array("ID3".utf8), [0xFF, 0xFB], [0xFF, 0xF3], [0xFF, 0xF2]]
        ),
        "heic": .init(mediaType: "image/heic", signatures: movie, offset: 4),
        "heif": .init(mediaType: "image/heif", signatures: movie, offset: 4),
        "avif": .init(mediaType: "image/avif", signatures: movie, offset: 4),
        "tif": .init(mediaType: "image/tiff", signatures: [Array("II*\0".utf8), Array("MM\0*".utf8)]),
        "tiff": .init(mediaType: "image/tiff", signatures: [Array("II*\0".utf8), Array("MM\0*".utf8)]),
        "ogg": .init(mediaType: "audio/ogg", signatures: ogg),
        "oga": .init(mediaType: "audio/ogg", signatures: ogg),
        "opus": .init(mediaType: "audio/ogg", signatures: ogg),
        "m4a": .init(mediaType: "audio/mp4", signatures: movie, offset: 4),
        "aac": .init(mediaType: "audio/aac", signatures: [[0xFF, 0xF1], [0xFF, 0xF9], Array("ADIF".utf8)]),
        "amr": .init(mediaType: "audio/amr", signatures: [Array("#!AMR".utf8)]),
        "3gp": .init(mediaType: "video/3gpp", signatures: movie, offset: 4),
        "mp4": .init(mediaType: "video/mp4", signatures: movie, offset: 4),
        "m4v": .init(mediaType: "video/mp4", signatures: movie, offset: 4),
        "mov": .init(mediaType: "video/quicktime", signatures: movie, offset: 4),
        "webm": .init(mediaType: "video/webm", signatures: [[0x1A, 0x45, 0xDF, 0xA3]]),
        "rtf": .init(mediaType: "application/rtf", signatures: [Array("{\\rtf".utf8)]),
        "eml": .init(mediaType: "message/rfc822", signatures: []),
        "msg": .init(mediaType: "application/vnd.ms-outlook", signatures: compound),
    ]

    /// The endings of names the desk takes, for pages that let people choose files.
    static let endings: [String] = byEnding.keys.sorted()

    /// The kind of a file by its name, if its bytes agree and the desk takes it.
    static func accepted(name: String, bytes: [UInt8]) throws(AttachmentError) -> AttachmentKind {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= AttachmentStore.largest else { throw .tooLarge(limit: AttachmentStore.largest) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let ending = parts.count > 1 ? (parts.last.map { $0.lowercased() } ?? "") : ""
        guard let kind = byEnding[ending] else {
            throw .kindNotAllowed(String(ending.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(10)))
        }
        let fits: Bool
        if kind.signatures.isEmpty {
            fits = !bytes.prefix(65_536).contains(0)
        } else {
            fits = kind.signatures.contains { bytes.dropFirst(kind.offset).starts(with: $0) }
        }
        guard fits else { throw .disguised(ending) }
        return kind
    }

    /// A name one can show and save under: no folders, no control characters, 120 characters at most.
    static func displayName(_ name: String) -> String {
        let last = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "arquivo"
        let clean = last.unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
            default: true
            }
        }
        let text = String(String.UnicodeScalarView(clean))
        return text.count <= 120 ? text : String(text.suffix(120))
    }
}
