import CGMime

/// GMime, set up once for the process before its first use: its own counting is not safe between threads.
public enum MailLibrary {
    public static let ready: Void = g_mime_init()

    /// A header's value as text: encoded words (RFC 2047) and bytes that are no UTF-8 are read.
    static func words(_ value: String) -> String {
        _ = ready
        // A NUL would end the text for C before its end.
        guard value.utf8.contains(UInt8(ascii: "=")), !value.utf8.contains(0),
            let read = g_mime_utils_header_decode_text(nil, value)
        else { return value }
        defer { g_free(read) }
        return String(cString: read)
    }

    /// A structured header's first word and the parameters asked for (RFC 2045, RFC 2231).
    static func contentType(_ value: String) -> (type: String, boundary: String?, charset: String?, name: String?)? {
        _ = ready
        guard !value.utf8.contains(0), let type = g_mime_content_type_parse(nil, value) else { return nil }
        defer { g_object_unref(type) }
        func parameter(_ name: String) -> String? {
            g_mime_content_type_get_parameter(type, name).map { String(cString: $0) }
        }
        guard let media = g_mime_content_type_get_media_type(type),
            let subtype = g_mime_content_type_get_media_subtype(type)
        else { return nil }
        let name = "\(String(cString: media))/\(String(cString: subtype))".lowercased()
        return (name, parameter("boundary"), parameter("charset"), parameter("name"))
    }

    static func disposition(_ value: String) -> (isAttachment: Bool, fileName: String?) {
        _ = ready
        guard !value.utf8.contains(0), let read = g_mime_content_disposition_parse(nil, value) else {
            return (false, nil)
        }
        defer { g_object_unref(read) }
        let word = g_mime_content_disposition_get_disposition(read).map { String(cString: $0).lowercased() }
        let name = g_mime_content_disposition_get_parameter(read, "filename").map { String(cString: $0) }
        return (word == "attachment", name)
    }

    /// Bytes as they were before they were written for the way (RFC 2045 §6).
    static func decoded(_ bytes: ArraySlice<UInt8>, encoding: String) -> [UInt8] {
        _ = ready
        let way: GMimeContentEncoding
        switch encoding {
        case "base64": way = GMIME_CONTENT_ENCODING_BASE64
        case "quoted-printable": way = GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE
        case "uuencode", "x-uuencode", "x-uue": way = GMIME_CONTENT_ENCODING_UUENCODE
        default: return Array(bytes)
        }
        var state = GMimeEncoding()
        g_mime_encoding_init_decode(&state, way)
        let room = g_mime_encoding_outlen(&state, bytes.count)
        return [UInt8](unsafeUninitializedCapacity: room) { out, count in
            count = bytes.withUnsafeBufferPointer { from in
                guard let base = from.baseAddress, let into = out.baseAddress else { return 0 }
                return base.withMemoryRebound(to: CChar.self, capacity: from.count) { source in
                    into.withMemoryRebound(to: CChar.self, capacity: room) { target in
                        min(g_mime_encoding_flush(&state, source, from.count, target), room)
                    }
                }
            }
        }
    }

    /// Bytes of a named character set as text; what cannot be read so is read as Windows reads it.
    static func text(_ bytes: [UInt8], charset: String?) -> String {
        let name = (charset ?? "utf-8").lowercased()
        let isLatin = ["iso-8859-1", "latin1", "windows-1252", "cp1252", "iso8859-1"].contains(name)
        if !isLatin, let text = String(validating: bytes, as: UTF8.self) {
            // Seven-bit sets that say more than ASCII (ISO-2022, UTF-7) are left to the library.
            if ["utf-8", "utf8", "us-ascii", "ascii"].contains(name) || bytes.contains(where: { $0 >= 0x80 }) {
                return text
            }
        }
        if !isLatin, let text = converted(bytes, from: name) { return text }
        return WindowsText.read(bytes)
    }

    private static func converted(_ bytes: [UInt8], from charset: String) -> String? {
        _ = ready
        guard charset.utf8.count <= 40, !charset.utf8.contains(0), let name = g_mime_charset_iconv_name(charset) else {
            return nil
        }
        return bytes.withUnsafeBufferPointer { from -> String? in
            guard let base = from.baseAddress else { return "" }
            return base.withMemoryRebound(to: CChar.self, capacity: from.count) { source in
                var written: gsize = 0
                guard
                    let read = g_convert_with_fallback(source, from.count, "UTF-8", name, "?", nil, &written, nil)
                else { return nil }
                defer { g_free(read) }
                return read.withMemoryRebound(to: UInt8.self, capacity: Int(written)) { text in
                    String(decoding: UnsafeBufferPointer(start: text, count: Int(written)), as: UTF8.self)
                }
            }
        }
    }
}

/// Text of one byte a character, as Windows writes Western European languages; every byte is one.
enum WindowsText {
    private static let high: [UInt16] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD,
        0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    static func read(_ bytes: some Sequence<UInt8>) -> String {
        String(
            decoding: bytes.map { (0x80...0x9F).contains($0) ? high[Int($0) - 0x80] : UInt16($0) },
            as: UTF16.self
        )
    }
}
