import DeskCore
import Foundation
import TestSupport
import Testing

@Suite("Check digits and spoken numbers")
struct SpokenAndCheckedTests {
    @Test("the Damm digit of the literature's example is 4")
    func example() {
        #expect(DammCheck.digit(for: "572") == 4)
        #expect(DammCheck.isValid("5724"))
        #expect(DammCheck.isValid("57-2 4"))
        #expect(!DammCheck.isValid("5727"))
        #expect(!DammCheck.isValid("0"))
        #expect(!DammCheck.isValid(""))
    }

    @Test("one wrong digit and two swapped neighbours are always noticed")
    func errors() {
        var random = SplitMix64(seed: 42)
        for _ in 0..<200 {
            let body = (0..<12).map { _ in String(random.next() % 10) }.joined()
            let digits = Array(body + String(DammCheck.digit(for: body)))
            #expect(DammCheck.isValid(String(digits)))
            for place in digits.indices {
                for other in "0123456789" where other != digits[place] {
                    var wrong = digits
                    wrong[place] = other
                    #expect(!DammCheck.isValid(String(wrong)))
                }
                guard place + 1 < digits.count, digits[place] != digits[place + 1] else { continue }
                var swapped = digits
                swapped.swapAt(place, place + 1)
                #expect(!DammCheck.isValid(String(swapped)))
            }
        }
    }

    @Test("a protocol number is said in groups of four")
    func groups() {
        #expect(SpokenDigits.grouped("2026000123456") == "2026 0001 2345 6")
        #expect(SpokenDigits.grouped("1042") == "1042")
        #expect(SpokenDigits.grouped("2026-000123") == "2026-000123")
        #expect(SpokenDigits.grouped("") == "")
    }

    @Test("six is “meia” in Brazil, so that nobody hears three")
    func words() {
        #expect(SpokenDigits.words("2026", language: .ptBR) == "dois zero dois meia")
        #expect(SpokenDigits.words("202600", language: .ptPT) == "dois zero dois seis, zero zero")
        #expect(SpokenDigits.words("10A", language: .en) == "one zero A")
    }
}

@Suite("Times as people write them")
struct DeskTimeTests {
    private static let moment = Moment(milliseconds: 1_795_235_391_120)  // 2026-11-21T04:29:51.120Z
    private static func zone(_ name: String) -> TimeZone { TimeZone(identifier: name) ?? .gmt }

    @Test("date and time stand in the configured zone and language")
    func formats() {
        let brazil = DeskTime(timeZone: Self.zone("America/Sao_Paulo"), language: .ptBR)
        #expect(brazil.dateAndTime(Self.moment) == "21/11/2026 às 01:29")
        #expect(brazil.iso8601(Self.moment) == "2026-11-21T01:29:51.120-03:00")
        let portugal = DeskTime(timeZone: Self.zone("Europe/Lisbon"), language: .ptPT)
        #expect(portugal.dateAndTime(Self.moment) == "21/11/2026 às 04:29")
        #expect(portugal.iso8601(Self.moment) == "2026-11-21T04:29:51.120Z")
        let english = DeskTime(timeZone: Self.zone("Asia/Kolkata"), language: .en)
        #expect(english.dateAndTime(Self.moment) == "21 Nov 2026 09:59")
        #expect(english.iso8601(Self.moment) == "2026-11-21T09:59:51.120+05:30")
    }

    @Test("the calendar agrees with Foundation's on ten thousand days")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = Self.zone("America/Sao_Paulo")
        let time = DeskTime(timeZone: calendar.timeZone, language: .ptBR)
        var random = SplitMix64(seed: 3)
        for _ in 0..<10_000 {
            // 1950 to 2100.
            let millis = Int64(random.next() % 4_733_510_400_000) - 631_152_000_000
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute],
                from: Date(timeIntervalSince1970: Double(millis / 1000 - (millis % 1000 < 0 ? 1 : 0)))
            )
            let expected = String(
                format: "%02d/%02d/%04d %02d:%02d",
                parts.day ?? 0,
                parts.month ?? 0,
                parts.year ?? 0,
                parts.hour ?? 0,
                parts.minute ?? 0
            )
            #expect(time.compact(Moment(milliseconds: millis)) == expected)
        }
    }

    @Test("a damaged time is shown as some date instead of ending the service", arguments: [Int64.min, -1, 0, .max])
    func extremes(millis: Int64) {
        let time = DeskTime(timeZone: Self.zone("America/Sao_Paulo"), language: .en)
        #expect(!time.dateAndTime(Moment(milliseconds: millis)).isEmpty)
        #expect(!time.iso8601(Moment(milliseconds: millis)).isEmpty)
        #expect(time.days(from: Moment(milliseconds: millis), to: Moment(milliseconds: 0)) < .max)
    }

    @Test("one greets by the hour of the desk's own zone")
    func greetings() {
        func greeting(_ hour: Int64, _ language: Language) -> String {
            DeskTime(timeZone: .gmt, language: language).greeting(Moment(milliseconds: hour * 3_600_000))
        }
        #expect(greeting(4, .ptBR) == "Boa noite")
        #expect(greeting(5, .ptBR) == "Bom dia")
        #expect(greeting(12, .ptPT) == "Boa tarde")
        #expect(greeting(18, .en) == "Good evening")
    }

    @Test("lengths are told in two units")
    func lengths() {
        let cases: [(Int64, String)] = [
            (-5, "0 s"), (45, "45 s"), (180, "3 min"), (192, "3 min 12 s"), (7_500, "2 h 5 min"), (356_400, "4 d 3 h"),
        ]
        for (seconds, text) in cases { #expect(DeskTime.length(.seconds(seconds)) == text) }
    }

    @Test("days are counted by midnights of the zone")
    func days() {
        let time = DeskTime(timeZone: Self.zone("America/Sao_Paulo"), language: .ptBR)
        let late = Moment(milliseconds: 1_795_230_000_000)  // 00:00 in São Paulo
        #expect(time.days(from: late, to: late.adding(.seconds(86_399))) == 0)
        #expect(time.days(from: late.adding(.seconds(-1)), to: late) == 1)
        #expect(time.days(from: late, to: late.adding(.seconds(-3 * 86_400))) == -3)
    }
}

@Suite("Text made fit to store")
struct CleanTextTests {
    @Test("a line has no control characters, no marks that turn it around, and single blanks")
    func line() {
        #expect(CleanText.line("  Ana\u{0}\t\u{A0}Souza\r\nLtda\u{202E} ") == "Ana Souza Ltda")
        #expect(CleanText.line("Jose\u{301}") == "José")
        #expect(CleanText.line("\u{1B}[2Jx\u{7}") == "[2Jx")
        #expect(CleanText.line("👨‍👩‍👧") == "👨‍👩‍👧")
        #expect(CleanText.line("") == "")
        #expect(CleanText.line("Robert'); DROP TABLE customer;--") == "Robert'); DROP TABLE customer;--")
    }

    @Test("prose keeps its lines and loses everything else that is no text")
    func prose() {
        #expect(CleanText.prose("\r\na\r\n\r\nb\rc\u{2028}d\te\u{0}\n\n") == "a\n\nb\nc\nd e")
    }

    @Test("what is longer than its bound is refused, stacked accents too")
    func bounds() {
        #expect(CleanText.line(String(repeating: "a", count: 200)) != nil)
        #expect(CleanText.line(String(repeating: "a", count: 201)) == nil)
        #expect(CleanText.line("a" + String(repeating: "\u{334}", count: 300)) == nil)
        #expect(CleanText.line(String(repeating: "a", count: 100_000)) == nil)
        #expect(CleanText.prose(String(repeating: "a", count: 20_001)) == nil)
        #expect(CleanText.shortened(String(repeating: "a", count: 100_000), to: 10) == "aaaaaaaaa…")
        #expect(CleanText.shortened("abc", to: 10) == "abc")
        #expect(CleanText.shortened("abc", to: -1) == "…")
    }
}
