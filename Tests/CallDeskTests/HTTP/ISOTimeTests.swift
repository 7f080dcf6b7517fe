import DeskCore
import Foundation
import TestSupport
import Testing

@testable import CallDesk

@Suite("Times as programs exchange them")
struct ISOTimeTests {
    @Test(
        "moments are written in UTC with milliseconds",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_235_791_120, "2026-11-21T04:36:31.120Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (.max, "9999-12-31T23:59:59.999Z"), (.min, "0000-01-01T00:00:00.000Z"),
        ]
    )
    func written(milliseconds: Int64, text: String) {
        #expect(ISOTime.string(Moment(milliseconds: milliseconds)) == text)
    }

    @Test("offsets and fractions are read")
    func read() {
        let moment = Moment(milliseconds: 1_795_235_791_120)
        for text in ["2026-11-21T04:36:31.12Z", "2026-11-21T01:36:31.120999-03:00", "2026-11-21 05:36:31.120+01:00"] {
            #expect(ISOTime.moment(text) == moment, "\(text)")
        }
    }

    @Test(
        "what is no moment is refused",
        arguments: [
            "", "2026-11-21", "2026-11-21T04:36:31", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T04:60:00Z", "2026-11-21T04:36:31.Z", "2026-11-21T04:36:31+0300", "2026-11-21T04:36:31ZZ",
            "١٩٧٠-01-01T00:00:00Z",
        ]
    )
    func refused(text: String) { #expect(ISOTime.moment(text) == nil) }

    @Test("what is written is read back")
    func roundTrip() {
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<2000 {
            let moment = Moment(
                milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &random)
            )
            #expect(ISOTime.moment(ISOTime.string(moment)) == moment)
        }
    }
}
