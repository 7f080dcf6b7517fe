import DeskCore
import Foundation

/// Times as programs exchange them: `2026-11-21T04:23:11.120Z` (RFC 3339), always UTC, always milliseconds.
enum ISOTime {
    static func string(_ moment: Moment) -> String {
        var bytes: [UInt8] = []
        append(moment, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a moment; years outside 0…9999 are held at the ends.
    static func append(_ moment: Moment, to bytes: inout [UInt8]) {
        let bounded = min(max(moment.milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        let day = floorDivide(bounded, 86_400_000)
        let millis = bounded - day * 86_400_000
        let date = CivilDate(daysSince1970: Int(day))
        digits(Int64(date.year), 4, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(Int64(date.month), 2, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(Int64(date.day), 2, &bytes)
        bytes.append(UInt8(ascii: "T"))
        digits(millis / 3_600_000, 2, &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(millis / 60_000 % 60, 2, &bytes)
        bytes.append(UInt8(ascii: ":"))
        digits(millis / 1000 % 60, 2, &bytes)
        bytes.append(UInt8(ascii: "."))
        digits(millis % 1000, 3, &bytes)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func digits(_ value: Int64, _ width: Int, _ bytes: inout [UInt8]) {
        var scale: Int64 = 1
        for _ in 1..<width { scale *= 10 }
        var rest = value
        while scale > 0 {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: rest / scale % 10))
            rest %= scale
            scale /= 10
        }
    }
}

extension ISOTime {
    /// Reads `2026-11-21T04:23:11.120Z` or with an offset such as `-03:00`; nil for anything else.
    static func moment(_ text: String) -> Moment? {
        let bytes = Array(text.utf8)
        // Without a fraction and with `Z` 20 characters; 35 leaves room for nine digits of fraction and an offset.
        guard (20...35).contains(bytes.count) else { return nil }
        func number(_ start: Int, _ length: Int) -> Int64? {
            guard start + length <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[start..<start + length] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        let marks: [(Int, String)] = [(4, "-"), (7, "-"), (10, "Tt "), (13, ":"), (16, ":")]
        guard marks.allSatisfy({ $0.1.utf8.contains(bytes[$0.0]) }),
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
            let minute = number(14, 2), let second = number(17, 2), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(ofMonth: Int(month), year: Int(year)), hour < 24, minute < 60, second < 60
        else { return nil }
        var at = 19
        var millis: Int64 = 0
        if bytes[at] == UInt8(ascii: ".") {
            at += 1
            let start = at
            while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 { at += 1 }
            guard at > start else { return nil }
            let digits = bytes[start..<min(at, start + 3)].map { Int64($0 - 0x30) }
            millis = zip(digits, [100, 10, 1] as [Int64]).reduce(0) { $0 + $1.0 * $1.1 }
        }
        guard let offset = offsetMinutes(bytes, at, number) else { return nil }
        let days = CivilDate(year: Int(year), month: Int(month), day: Int(day)).daysSince1970
        let seconds = Int64(days) * 86_400 + hour * 3600 + minute * 60 + second - offset * 60
        return Moment(milliseconds: seconds * 1000 + millis)
    }

    private static func offsetMinutes(_ bytes: [UInt8], _ at: Int, _ number: (Int, Int) -> Int64?) -> Int64? {
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return at + 1 == bytes.count ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard at + 6 == bytes.count, bytes[at + 3] == UInt8(ascii: ":"), let hours = number(at + 1, 2),
                let minutes = number(at + 4, 2), hours < 24, minutes < 60
            else { return nil }
            let total = hours * 60 + minutes
            return bytes[at] == UInt8(ascii: "-") ? -total : total
        default: return nil
        }
    }
}

extension ISOTime {
    /// Reads `2026-12-01T14:30` as the clock on the wall of a zone shows it; nil for anything else.
    ///
    /// A time that the zone's clock skips is the one an hour later; of one that it shows twice the first counts.
    static func moment(local text: String, in timeZone: TimeZone) -> Moment? {
        guard text.utf8.count == 16, let whole = moment("\(text):00Z") else { return nil }
        // As if in Greenwich, and then moved by what the zone is away from it at that time.
        let offset = { (moment: Moment) in
            Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000)))
                * 1_000
        }
        let first = Moment(milliseconds: whole.milliseconds - offset(whole))
        return Moment(milliseconds: whole.milliseconds - offset(first))
    }

    /// A moment as the clock on the wall shows it, as a page's control for day and time takes it.
    static func local(_ moment: Moment, in timeZone: TimeZone) -> String {
        let seconds = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1_000))
        return String(string(moment.adding(.seconds(seconds))).prefix(16))
    }
}
