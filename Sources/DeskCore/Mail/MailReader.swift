import Codecs
import Crypto

/// Reads a mail's bytes: structure, texts, files, and the marks of machines.
///
/// ```swift
/// let mail = try MailReader.read(bytes)
/// ```
public enum MailReader {
    /// - Throws: `UnreadableMail`.
    public static func read(_ bytes: [UInt8]) throws(UnreadableMail) -> IncomingMail {
        guard bytes.count <= MailLimits.largest else { throw .tooLarge(limit: MailLimits.largest) }
        let whole = try MailEntity(bytes, in: bytes.indices)
        guard !whole.fields.isEmpty else { throw .noMail }
        let (sender, name) = MailAddressText.one(whole["from"] ?? "")
        let subject = shown(MailLibrary.words(whole["subject"] ?? ""), to: MailLimits.subject)
        let mark = AutomaticMark(whole, subject: subject)
        // What a server sends is a report of itself or shows otherwise that a machine wrote it; a person who attaches a report
        // sends a file.
        var walk = Walk(bytes: bytes, isMachines: mark != nil)
        let content = try walk.content(whole, depth: 0)
        return IncomingMail(
            identity: identity(whole, sender, bytes),
            sender: sender,
            senderName: shown(name, to: 100),
            recipients: recipients(whole),
            subject: subject,
            text: content.texts.map(\.trimmingBlanks).filter { !$0.isEmpty }.joined(separator: "\n\n"),
            files: walk.files,
            automatic: walk.isMachines && walk.report != nil ? .report : mark,
            wantsNoAnswer: whole["x-auto-response-suppress"].map { $0.lowercased() != "none" } ?? false,
            report: walk.report,
            voicemail: Voicemail(whole)
        )
    }

    private static func identity(_ whole: MailEntity, _ sender: EmailAddress?, _ bytes: [UInt8]) -> String {
        // Another sender's mail does not pass for a copy by naming the same identifier.
        guard let id = whole["message-id"], id.count >= 3 else { return Hexadecimal.text(SHA256.hash(data: bytes)) }
        let parts = [id, sender?.canonical ?? "", whole["date"] ?? ""].joined(separator: "\n")
        return Hexadecimal.text(SHA256.hash(data: Array(parts.utf8)))
    }

    private static func recipients(_ whole: MailEntity) -> [EmailAddress] {
        var found: [EmailAddress] = []
        for name in ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc", "resent-to"] {
            for value in whole.all(name) {
                for address in MailAddressText.all(value) where !found.contains(address) {
                    guard found.count < MailLimits.recipients else { return found }
                    found.append(address)
                }
            }
        }
        return found
    }

    /// One line, without what would not be seen.
    static func shown(_ text: String, to longest: Int) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: line.unicodeScalars.append(" ")
            case .format, .surrogate: continue
            default: line.unicodeScalars.append(scalar)
            }
        }
        let words = line.split(separator: " ").joined(separator: " ")
        return words.count <= longest ? words : String(words.prefix(longest - 1)) + "…"
    }

    /// The same of a file's name, whose ending says what it is.
    static func fileName(_ text: String) -> String {
        let name = shown(text, to: .max)
        return name.count <= MailLimits.fileName ? name : "…" + name.suffix(MailLimits.fileName - 1)
    }
}

/// Goes through a mail's parts, bounded in number and depth.
private struct Walk {
    let bytes: [UInt8]
    let isMachines: Bool
    var files: [IncomingMail.File] = []
    var report: DeliveryReport?
    private var count = 0
    private var textLeft = MailLimits.text

    init(bytes: [UInt8], isMachines: Bool) {
        self.bytes = bytes
        self.isMachines = isMachines
    }

    struct Content {
        var texts: [String] = []
        var isPlain = false

        var isBlank: Bool { texts.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
    }

    /// A picture of this size that stands in the text is a letterhead's, not a screenshot.
    private static let smallPicture = 8 * 1024

    mutating func content(_ entity: MailEntity, depth: Int, isAlternative: Bool = false) throws(UnreadableMail)
        -> Content
    {
        count += 1
        guard count <= MailLimits.parts else { throw .tooManyParts(limit: MailLimits.parts) }
        guard depth <= MailLimits.depth else { throw .tooDeep(limit: MailLimits.depth) }
        let type = entity["content-type"].flatMap(MailLibrary.contentType)
        let name = type?.type ?? "text/plain"
        if name.hasPrefix("multipart/"), let boundary = type?.boundary {
            return try several(entity, name, boundary, depth)
        }
        let disposition = entity["content-disposition"].map(MailLibrary.disposition)
        let fileName = (disposition?.fileName ?? type?.name).map { MailLibrary.words($0) }
        switch name {
        case "message/delivery-status":
            report = report ?? DeliveryReport(text(entity, nil))
            if !isMachines { keep(entity, name, fileName, isInline: false) }
        case "text/rfc822-headers", "message/feedback-report", "message/disposition-notification",
            "message/delivery-status-headers":
            if !isMachines { keep(entity, name, fileName, isInline: false) }
        case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature": break
        case "text/plain" where disposition?.isAttachment != true && fileName == nil:
            return Content(texts: [bounded(text(entity, type?.charset))], isPlain: true)
        case "text/html" where disposition?.isAttachment != true && fileName == nil:
            return Content(texts: [HTMLText.read(bounded(text(entity, type?.charset)))])
        case _ where isAlternative && fileName == nil:
            // The same in yet another form: an invitation, a page for telephones.
            break
        default:
            keep(entity, name, fileName, isInline: entity["content-id"] != nil && disposition?.isAttachment != true)
        }
        return Content()
    }

    private mutating func several(_ entity: MailEntity, _ name: String, _ boundary: String, _ depth: Int)
        throws(UnreadableMail) -> Content
    {
        let ranges = try entity.parts(of: bytes, boundary: boundary, most: MailLimits.parts - count)
        var contents: [Content] = []
        for range in ranges {
            let part = try MailEntity(bytes, in: range)
            contents.append(try content(part, depth: depth + 1, isAlternative: name == "multipart/alternative"))
        }
        switch name {
        case "multipart/alternative":
            return contents.first { $0.isPlain && !$0.isBlank } ?? contents.last { !$0.isBlank } ?? Content()
        default:
            let isPlain = contents.contains { $0.isPlain && !$0.isBlank }
            return Content(texts: contents.flatMap(\.texts), isPlain: isPlain)
        }
    }

    private func decoded(_ entity: MailEntity) -> [UInt8] {
        let encoding = (entity["content-transfer-encoding"] ?? "").lowercased().filter { !$0.isWhitespace }
        return MailLibrary.decoded(bytes[entity.body], encoding: encoding)
    }

    private func text(_ entity: MailEntity, _ charset: String?) -> String {
        // Decoded it is shorter than it is written; what lies behind the bound would be cut off anyway.
        var part = entity
        part.body = entity.body.prefix(4 * MailLimits.text)
        return Self.readable(MailLibrary.text(decoded(part), charset: charset))
    }

    /// With one kind of line end, and without what no reader sees and no database takes.
    private static func readable(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var wasReturn = false
        for scalar in text.unicodeScalars {
            defer { wasReturn = scalar == "\r" }
            switch scalar {
            case "\n": if !wasReturn { out.append("\n") }
            case "\r": out.append("\n")
            case "\t": out.append("\t")
            case "\u{FEFF}": continue
            default: if scalar.properties.generalCategory != .control { out.append(scalar) }
            }
        }
        return String(out)
    }

    private mutating func bounded(_ text: String) -> String {
        let part = text.utf8.count <= textLeft ? text : String(text.unicodeScalars.prefix(textLeft / 4))
        textLeft -= min(textLeft, part.utf8.count)
        return part
    }

    private mutating func keep(_ entity: MailEntity, _ type: String, _ name: String?, isInline: Bool) {
        // A mail in a mail stays one file, and nobody looks into it.
        let content = type == "message/rfc822" ? Array(bytes[entity.body]) : decoded(entity)
        if content.isEmpty || isInline && type.hasPrefix("image/") && content.count <= Self.smallPicture { return }
        let fallback =
            switch type {
            case "message/rfc822": "mensagem.eml"
            case _ where type.hasPrefix("message/") || type == "text/rfc822-headers": "relatorio.txt"
            default: "anexo.\(type.split(separator: "/").last ?? "bin")"
            }
        files.append(IncomingMail.File(name: MailReader.fileName(name ?? fallback), bytes: content))
    }
}

/// Addresses in a header's value.
enum MailAddressText {
    /// The one it names, and the name before it.
    static func one(_ value: String) -> (EmailAddress?, String) {
        guard let open = value.lastIndex(of: "<") else {
            return (EmailAddress(value) ?? all(value).first, "")
        }
        let address = value[value.index(after: open)...].prefix { $0 != ">" }
        let name = MailLibrary.words(value[..<open].trimmingBlanks).filter { $0 != "\"" && $0 != "\\" }
        return (EmailAddress(String(address)), name.trimmingBlanks)
    }

    /// Every address in it, at most as many as a mail's recipients that are looked at.
    static func all(_ value: String) -> [EmailAddress] {
        let words = value.split { $0.isWhitespace || "<>,;:\"()".contains($0) }
        return Array(
            words.lazy.filter { $0.contains("@") }.compactMap { EmailAddress(String($0)) }
                .prefix(MailLimits.recipients)
        )
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String { String(self).trimmingBlanks }
}
