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

    @Test(
        "a number is read in any spelling, and a wrong digit in it is told from no protocol at all",
        arguments: ["{year}{sequence:8}{check}", "SAC-{year}/{sequence:6}-{check}", "{sequence:6}/{year}-SP{check}"]
    )
    func read(pattern: String) throws {
        let format = try ProtocolFormat(pattern)
        let number = format.number(year: 2026, sequence: 12_345)
        let bare = number.filter { $0.isLetter || $0.isNumber }
        for typed in [number, bare, bare.lowercased(), " \(number) ", bare.map { "\($0)" }.joined(separator: " ")] {
            #expect(format.read(typed) == .number(number), "\(typed)")
        }
        let last = try #require(bare.last?.wholeNumberValue)
        #expect(format.read("\(bare.dropLast())\((last + 1) % 10)") == .mistyped)
        for other in [
            "", "1234", "(11) 98765-4321", "529.982.247-25", "11.222.333/0001-81", bare.replacing("2026", with: "1998"),
            "\(bare)99999",
            String(bare.dropLast(2)), "ana@ex.br", String(repeating: "2", count: 500),
        ] {
            #expect(format.read(other) == .other, "\(other)")
        }
    }
}
