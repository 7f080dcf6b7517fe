import DeskCore
import Foundation
import Testing

@Suite("When the desk works")
struct BusinessHoursTests {
    private let zone = TimeZone(identifier: "America/Sao_Paulo") ?? .gmt

    /// 2026-11-`day` at `hour`:00 in São Paulo (UTC-3); the 23rd is a Monday.
    private func at(_ day: Int, _ hour: Int) -> Moment {
        // 2026-11-01T00:00-03:00
        Moment(milliseconds: 1_793_502_000_000).adding(.seconds((day - 1) * 86_400 + hour * 3_600))
    }

    @Test(
        "open within the hours of working days, closed outside, at weekends and on holidays",
        arguments: [
            (23, 8, true), (23, 7, false), (23, 17, true), (23, 18, false), (21, 10, false), (22, 10, false),
            (20, 10, false),
            (2, 10, false), (24, 23, false),
        ]
    )
    func open(day: Int, hour: Int, isOpen: Bool) {
        let hours = BusinessHours(timeZone: zone, holidays: ["11-20", "2026-11-02", "2025-11-24"])
        #expect(hours.isOpen(at: at(day, hour)) == isOpen)
    }

    @Test("a desk that works at weekends is open then, but not on holidays")
    func weekends() {
        let hours = BusinessHours(timeZone: zone, opens: 0, closes: 24, holidays: ["11-22"], worksWeekends: true)
        #expect(hours.isOpen(at: at(21, 3)))
        #expect(!hours.isOpen(at: at(22, 3)))
        #expect(hours.isHoliday(at(22, 23)))
    }

    @Test("promised time skips holidays as it skips weekends")
    func terms() {
        let hours = BusinessHours(timeZone: zone, holidays: ["11-23"])
        let term = ServiceTerm(amount: 4, unit: .hours, counting: .business)
        // Friday 16:00: two hours are left, the weekend and Monday do not count, Tuesday 10:00.
        #expect(hours.end(of: term, from: at(20, 16)) == at(24, 10))
        #expect(
            hours.end(of: ServiceTerm(amount: 4, unit: .hours, counting: .calendar), from: at(20, 16)) == at(20, 20)
        )
    }
}
