import TestSupport
import Testing

@testable import DeskCore

@Suite("Dates by arithmetic")
struct CivilDateTests {
    @Test(
        "known days",
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (20_782, 2026, 11, 25), (-719_468, 0, 3, 1),
            (-25_509, 1900, 2, 28), (-25_508, 1900, 3, 1), (2_932_896, 9999, 12, 31),
        ]
    )
    func known(days: Int, year: Int, month: Int, day: Int) {
        #expect(CivilDate(daysSince1970: days) == CivilDate(year: year, month: month, day: day))
        #expect(CivilDate(year: year, month: month, day: day).daysSince1970 == days)
    }

    @Test("the way there and back is the same, and the day after follows")
    func roundTrip() {
        var before = CivilDate(daysSince1970: -800_001)
        for days in -800_000...400_000 {
            let date = CivilDate(daysSince1970: days)
            guard date.daysSince1970 == days else {
                Issue.record("\(days): \(date)")
                return
            }
            let isNextDay = date.month == before.month && date.day == before.day + 1
            let isNextMonth = date.day == 1 && before.day == CivilDate.length(ofMonth: before.month, year: before.year)
            guard isNextDay || isNextMonth else {
                Issue.record("\(before) and then \(date)")
                return
            }
            before = date
        }
    }

    @Test("no number of days at all can stop the process")
    func extremes() {
        for days in [Int.min, .max] { _ = CivilDate(daysSince1970: days) }
    }
}
