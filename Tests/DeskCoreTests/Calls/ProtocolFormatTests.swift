import Testing

@testable import DeskCore

@Suite("Protocol numbers")
struct ProtocolFormatTests {
    @Test("the standard number is year, eight digits and a check digit")
    func standard() {
        let number = ProtocolFormat.standard.number(year: 2026, sequence: 12345)
        #expect(number.count == 13)
        #expect(number.hasPrefix("202600012345"))
        #expect(ProtocolFormat.standard.accepts(number))
        #expect(ProtocolFormat.standard.accepts(" \(number.prefix(4)) \(number.dropFirst(4)) "))
    }

    @Test("every wrong digit and every swap of neighbours is noticed", arguments: [1, 12345, 99_999_999] as [Int64])
    func checkDigit(sequence: Int64) {
        let number = ProtocolFormat.standard.number(year: 2026, sequence: sequence)
        let digits = Array(number)
        for place in digits.indices {
            for other in "0123456789" where other != digits[place] {
                var wrong = digits
                wrong[place] = other
                #expect(!ProtocolFormat.standard.accepts(String(wrong)))
            }
            guard place + 1 < digits.count, digits[place] != digits[place + 1] else { continue }
            var swapped = digits
            swapped.swapAt(place, place + 1)
            #expect(!ProtocolFormat.standard.accepts(String(swapped)))
        }
    }

    @Test("a number longer than its width keeps all its digits")
    func overflow() {
        #expect(ProtocolFormat.standard.number(year: 2026, sequence: 1_234_567_890).hasPrefix("20261234567890"))
    }

    @Test(
        "a pattern that cannot work is refused with what it lacks",
        arguments: [
            ("{year}{check}", ProtocolFormatError.needsOneSequence),
            ("{sequence:8}", .needsCheckAtEnd),
            ("{check}{sequence:8}", .needsCheckAtEnd),
            ("{sequence:8}{sequence:8}{check}", .needsOneSequence),
            ("{sequence:99}{check}", .unknownPart("sequence:99")),
            ("{year", .unknownPart("{year")),
            ("nº {sequence:8}{check}", .unusableText("nº ")),
            (String(repeating: "1", count: 41), .tooLong),
        ]
    )
    func refused(pattern: String, error: ProtocolFormatError) {
        #expect(throws: error) { try ProtocolFormat(pattern) }
    }

    @Test("a house's own pattern is filled in")
    func ownPattern() throws {
        let format = try ProtocolFormat("SAC-{year}/{sequence:6}-{check}")
        let number = format.number(year: 2026, sequence: 7)
        #expect(number.hasPrefix("SAC-2026/000007-"))
        #expect(format.accepts(number))
    }
}
