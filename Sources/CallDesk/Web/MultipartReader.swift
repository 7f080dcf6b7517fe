import CGMime
import DeskCore
import Foundation

/// Takes a form with files apart, as a browser sends it: `multipart/form-data` (RFC 7578), told apart by GMime.
///
/// GMime builds an object for each part, and for each part of a part. So the parts are counted before, and of a part's
/// header it sees the disposition alone: a file that is a mail or a multipart itself stays one file, bytes as they are.
struct MultipartReader: Sendable {
    /// Fields of the largest form of ours and the files of one contact.
    static let mostParts = FormFields.most + AttachmentStore.most
    /// A part's header: two names with their escapes.
    private static let longestHeader = 4096

    /// Stands before the body, as the library wants it: `read` is given both in one.
    let head: [UInt8]
    private let delimiter: [UInt8]

    /// - Throws: `MultipartFault.wrongType`.
    init(contentType: String) throws(MultipartFault) {
        _ = MailLibrary.ready
        // A NUL would end the text for C before its end.
        guard !contentType.utf8.contains(0), let type = g_mime_content_type_parse(nil, contentType) else {
            throw .wrongType
        }
        defer { g_object_unref(type) }
        guard g_mime_content_type_is_type(type, "multipart", "form-data") != 0,
            let parameter = g_mime_content_type_get_parameter(type, "boundary")
        else { throw .wrongType }
        let boundary = String(cString: parameter)
        guard boundary.wholeMatch(of: Self.boundary) != nil else { throw .wrongType }
        head = Array("Content-Type: multipart/form-data; boundary=\"\(boundary)\"\r\n\r\n".utf8)
        delimiter = Array("--\(boundary)".utf8)
    }

    /// RFC 2046 §5.1.1, without the blank that no sender uses.
    private static var boundary: Regex<Substring> { /[0-9A-Za-z'()+_,\-.\/:=?]{1,70}/ }

    /// The form in `bytes`, which are `head` and the body after it.
    ///
    /// - Throws: `MultipartFault`.
    func read(_ bytes: consuming [UInt8]) throws(MultipartFault) -> MultipartForm {
        try guardParts(of: &bytes)
        var parts = Parts(bytes: bytes)
        let isForm = parts.bytes.withUnsafeBufferPointer { room in
            withUnsafeMutablePointer(to: &parts.found) { found in
                cgmime_form(room.baseAddress, room.count, found) { context, part in
                    guard let found = context?.assumingMemoryBound(to: [Parts.Place].self) else { return }
                    found.pointee.append(Parts.Place(part))
                }
            }
        }
        guard isForm else { throw .malformed }
        return try parts.form()
    }

    /// The texts of a form of which `bytes` are the beginning only, as far as their parts are whole.
    func words(of bytes: consuming [UInt8]) -> [(name: String, value: String)] {
        var (last, from) = (Int?.none, head.count)
        while let line = bytes.nextLine(delimiter, from: from) { (last, from) = (line, line + delimiter.count) }
        guard let last else { return [] }
        bytes.removeSubrange(last...)
        bytes += delimiter + Array("--\r\n".utf8)
        return (try? read(bytes))?.fields ?? []
    }

    // MARK: - Before the library

    /// Counts the parts and hides every header of theirs but the disposition, which alone says what a part is.
    private func guardParts(of bytes: inout [UInt8]) throws(MultipartFault) {
        var count = 0
        var ended = false
        var from = head.count
        while let line = bytes.nextLine(delimiter, from: from) {
            let rest = line + delimiter.count
            if bytes[rest...].starts(with: "--".utf8) {
                // Alone on its line, as the library wants its end to be: it reads no part after it.
                let tail = bytes[(rest + 2)...].prefix { $0 != UInt8(ascii: "\n") }
                guard tail.allSatisfy({ $0 == UInt8(ascii: "\r") }) else { throw .malformed }
                ended = true
                break
            }
            count += 1
            guard count <= Self.mostParts else { throw .tooManyParts(limit: Self.mostParts) }
            from = try hideHeader(of: &bytes, from: rest)
        }
        guard ended else { throw .malformed }
    }

    /// - Returns: where the header's last line begins, so that a delimiter right after it is found.
    private func hideHeader(of bytes: inout [UInt8], from start: Int) throws(MultipartFault) -> Int {
        var line = start
        var isFirst = true
        while line - start <= Self.longestHeader {
            guard let end = bytes[line...].prefix(Self.longestHeader).firstIndex(of: UInt8(ascii: "\n")), end > line,
                bytes[end - 1] == UInt8(ascii: "\r")
            else { throw .malformed }
            let text = bytes[line..<(end - 1)]
            if isFirst {
                // What follows the delimiter on its own line: blanks at the most.
                guard text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) else { throw .malformed }
                isFirst = false
            } else if text.isEmpty {
                return line
            } else {
                guard !text.contains(UInt8(ascii: "\r")), !text.contains(0),
                    let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > line,
                    text[..<colon].allSatisfy(Self.isNameByte)
                else { throw .malformed }
                let name = String(decoding: text[..<colon], as: UTF8.self).lowercased()
                if name == "content-transfer-encoding" { try Self.checkPlain(text[(colon + 1)...]) }
                if name != "content-disposition" { bytes[line] = UInt8(ascii: "-") }
            }
            line = end + 1
        }
        throw .malformed
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        Character(UnicodeScalar(byte)).isLetter && byte < 0x80 || byte == UInt8(ascii: "-")
    }

    /// RFC 7578 §4.7: content comes as it is; what was written otherwise must not be taken for the file.
    private static func checkPlain(_ value: ArraySlice<UInt8>) throws(MultipartFault) {
        let encoding = String(decoding: value, as: UTF8.self).lowercased().filter { !$0.isWhitespace }
        guard ["binary", "8bit", "7bit"].contains(encoding) else { throw .malformed }
    }
}

/// The parts as the library found them, in bytes that do not move.
private struct Parts {
    struct Place {
        var name: String?
        var fileName: String?
        var start: Int
        var end: Int

        init(_ part: cgmime_part) {
            name = part.name.map { String(cString: $0) }
            fileName = part.file_name.map { String(cString: $0) }
            start = part.start
            end = part.end
        }
    }

    let bytes: [UInt8]
    var found: [Place] = []

    func form() throws(MultipartFault) -> MultipartForm {
        var form = MultipartForm()
        var text = 0
        for part in found {
            guard let name = part.name, part.start >= 0, part.start <= part.end, part.end <= bytes.count else {
                throw .malformed
            }
            let content = bytes[part.start..<part.end]
            if let fileName = part.fileName {
                // How a browser says that no file was chosen.
                if fileName.isEmpty, content.isEmpty { continue }
                form.files.append(MultipartForm.File(field: name, name: fileName, bytes: content))
                continue
            }
            text += content.count
            guard text <= HTTPLimits.jsonBody else { throw .textTooLong(limit: HTTPLimits.jsonBody) }
            guard let value = String(validating: content, as: UTF8.self) else { throw .notText }
            form.fields.append((name, value))
        }
        return form
    }
}

extension [UInt8] {
    /// Where a line begins with `pattern` next; `start` begins one itself.
    fileprivate func nextLine(_ pattern: [UInt8], from start: Int) -> Int? {
        withUnsafeBytes { room in
            guard let base = room.baseAddress else { return nil }
            var line = start
            while line + pattern.count <= room.count {
                if memcmp(base + line, pattern, pattern.count) == 0 { return line }
                guard let end = memchr(base + line, 0x0A, room.count - line) else { return nil }
                line = base.distance(to: UnsafeRawPointer(end)) + 1
            }
            return nil
        }
    }
}
