/// Reads dates and times as people say and key them.
struct DateReader {
    let today: CalendarDay

    /// `21/11/2026`, `21.11.26`, `21112026`, `2026-11-21`, “hoje”, “ontem” and their English.
    func date(_ text: String) -> CalendarDay? {
        let folded = TextFolding.fold(text)
        switch folded {
        case "hoje", "today": return today
        case "ontem", "yesterday": return CalendarDay(daysSince1970: today.daysSince1970 - 1)
        case "anteontem": return CalendarDay(daysSince1970: today.daysSince1970 - 2)
        case "amanha", "tomorrow": return CalendarDay(daysSince1970: today.daysSince1970 + 1)
        default: break
        }
        if let day = CalendarDay(iso: folded) { return day }
        let parts = folded.split(omittingEmptySubsequences: false) { "/.- ".contains($0) }
        if parts.count == 3 { return day(parts[0], parts[1], parts[2]) }
        guard parts.count == 1, folded.allSatisfy(\.isASCIIDigit) else { return nil }
        guard folded.count == 8 || folded.count == 6 else { return nil }
        return day(folded.prefix(2), folded.dropFirst(2).prefix(2), folded.dropFirst(4))
    }

    /// `14:30`, `14h30`, `14h`, `9:05`, `1430`; given as `14:30`.
    func time(_ text: String) -> String? {
        let folded = TextFolding.fold(text).replacing("min", with: "")
        var parts = folded.split(omittingEmptySubsequences: false) { ":h. ".contains($0) }.map(String.init)
        if parts.count == 2, parts[1].isEmpty { parts[1] = "00" }
        if parts.count == 1, folded.count == 3 || folded.count == 4 {
            parts = [String(folded.dropLast(2)), String(folded.suffix(2))]
        }
        guard parts.count == 2, parts[0].count <= 2, parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }), let hour = Int(parts[0]), let minute = Int(parts[1]),
            (0...23).contains(hour), (0...59).contains(minute)
        else { return nil }
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    private func day(_ day: Substring, _ month: Substring, _ year: Substring) -> CalendarDay? {
        guard (1...2).contains(day.count), (1...2).contains(month.count), year.count == 2 || year.count == 4,
            [day, month, year].allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }),
            let dayNumber = Int(day), let monthNumber = Int(month), let yearNumber = Int(year)
        else { return nil }
        return CalendarDay(
            year: year.count == 4 ? yearNumber : century(yearNumber),
            month: monthNumber,
            day: dayNumber
        )
    }

    /// Two digits mean up to ten years ahead, otherwise the past: “78” is a birth, “27” next year.
    private func century(_ year: Int) -> Int {
        let candidate = today.year - today.year % 100 + year
        return candidate <= today.year + 10 ? candidate : candidate - 100
    }
}
