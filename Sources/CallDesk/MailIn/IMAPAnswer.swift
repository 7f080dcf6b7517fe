import DeskCore
import Foundation

/// A day as IMAP writes it: `25-Nov-2026`, which is its server's.
struct IMAPDate: Sendable, Equatable {
    let text: String

    /// The day before a moment's in UTC: no server's zone makes it later than the moment.
    init(before moment: Moment) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000 - 86_400)
        let parts = calendar.dateComponents([.day, .month, .year], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        text = "\(parts.day ?? 1)-\(months[max(1, min(12, parts.month ?? 1)) - 1])-\(parts.year ?? 1970)"
    }
}

/// Reads the lines that a server answers with (RFC 9051 §7), bounded by whoever collected them.
enum IMAPAnswer {
    /// `* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 12)`.
    static func status(_ bytes: [UInt8]) -> MailboxStatus? {
        for line in lines(bytes) where line.uppercased().hasPrefix("* STATUS ") {
            // The folder's name comes before and may have parentheses of its own.
            guard let open = line.lastIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else {
                continue
            }
            let words = line[line.index(after: open)..<close].uppercased().split(separator: " ")
            guard let validity = uid("UIDVALIDITY", words), let next = uid("UIDNEXT", words) else { continue }
            return MailboxStatus(uidValidity: validity, uidNext: next)
        }
        return nil
    }

    /// `* SEARCH 2 3 5`, each within `range` once, in order.
    static func numbers(_ bytes: [UInt8], in range: ClosedRange<Int64>) -> [Int64] {
        var found: Set<Int64> = []
        for line in lines(bytes) where line.uppercased().hasPrefix("* SEARCH") {
            for word in line.dropFirst(8).split(separator: " ") {
                if let number = Int64(word), range.contains(number) { found.insert(number) }
            }
        }
        return found.sorted()
    }

    /// `* 3 FETCH (UID 5 RFC822.SIZE 4711)`.
    static func size(_ bytes: [UInt8], of uid: Int64) -> Int? {
        for line in lines(bytes) {
            guard let open = line.firstIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else {
                continue
            }
            let words = line[line.index(after: open)..<close].uppercased().split(separator: " ")
            guard self.uid("UID", words) == uid, let size = value("RFC822.SIZE", words) else { continue }
            return Int(exactly: size)
        }
        return nil
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }

    /// A number that names: 32 bits, above 0 (RFC 9051 §9, nz-number); what a server makes up beyond is none.
    private static func uid(_ name: String, _ words: [Substring]) -> Int64? {
        value(name, words).flatMap { (1...Int64(UInt32.max)).contains($0) ? $0 : nil }
    }

    /// The number after a name, such as a size.
    private static func value(_ name: String, _ words: [Substring]) -> Int64? {
        guard let place = words.firstIndex(where: { $0 == name }), place + 1 < words.count else { return nil }
        return Int64(words[place + 1]).flatMap { $0 >= 0 ? $0 : nil }
    }
}
