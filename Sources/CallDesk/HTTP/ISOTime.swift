import DeskCore

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
        let (year, month, date) = civil(day)
        digits(year, 4, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(month, 2, &bytes)
        bytes.append(UInt8(ascii: "-"))
        digits(date, 2, &bytes)
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

    /// Days since 1970 to a date of the proleptic Gregorian calendar (Howard Hinnant, “chrono-compatible low-level date
    /// algorithms”): eras of 400 years, years that begin in March.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
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
