import TestSupport
import Testing

@testable import DeskCore

@Suite("Answers as people write them")
struct AnswerReadingTests {
    private func read(_ text: String, _ kind: FieldKind, _ language: Language = .ptBR) -> String? {
        let reader = AnswerReader(checks: InterviewFixture.checks, language: language, today: InterviewFixture.today)
        let question = AnswerReader.Question(kind: kind, required: true, maximumLength: 100)
        return (try? reader.read(.text(text), for: question))?.text
    }

    @Test(
        "amounts",
        arguments: [
            ("1.234,56", "1234.56"), ("R$ 1.234,5", "1234.50"), ("1234", "1234.00"), ("1.234", "1234.00"),
            ("10.5", "10.50"),
            ("0,1", "0.10"), ("1,234.56", "1234.56"), ("1.234.567,89", "1234567.89"), ("€ 3,00", "3.00"),
            ("007", "7.00"),
            ("-5", nil), ("1,234", nil), ("1.23.4", nil), ("12a", nil), ("1,2,3", nil), ("", nil), (",", nil),
            ("1e5", nil),
            ("0.125", nil), ("0.50", "0.50"), ("0.500", "0.50"), ("0.125.000", nil), ("0.125,50", nil),
            ("9999999999999", nil), ("٣", nil),
        ] as [(String, String?)]
    )
    func money(_ text: String, _ value: String?) { #expect(read(text, .money) == value) }

    @Test(
        "amounts in English",
        arguments: [
            ("1,234.56", "1234.56"), ("1,234", "1234.00"), ("1234.5", "1234.50"), ("10,5", "10.50"), ("0,500", "0.50"),
        ]
    )
    func englishMoney(_ text: String, _ value: String) { #expect(read(text, .money, .en) == value) }

    @Test(
        "numbers",
        arguments: [
            ("12,5", "12.5"), ("-3", "-3"), ("-0", "0"), ("+7", "7"), ("1.000", "1000"), ("0,0000001", nil),
            ("0.125", "0.125"), ("-0.125", "-0.125"),
            ("0,125", "0.125"), ("0.125.000", nil),
        ]
            as [(String, String?)]
    )
    func numbers(_ text: String, _ value: String?) { #expect(read(text, .number) == value) }

    @Test(
        "a program's number is the same in every language, with or without an exponent",
        arguments: [
            ("1.234", "1.234"), ("0.125", "0.125"), ("12.5", "12.5"), ("1e2", "100"), ("1E+2", "100"), ("-3", "-3"),
            ("125e-3", "0.125"), ("1.23456789E7", "12345678.9"), ("-0.0", "0"), ("0e0", "0"), ("1000", "1000"),
            ("100000000000", "100000000000"), ("5e-1", "0.5"), ("12.50e1", "125"), ("0.000001", "0.000001"),
            ("1e12", nil), ("1e-7", nil), ("1e400", nil), ("1e99999999999999999999", nil),
            ("1e9223372036854775807", nil),
            ("1e-9223372036854775807", nil), ("1e-9223372036854775808", nil), ("1e-9223372036854775809", nil),
            ("", nil), ("1,5", nil),
            (".5", nil), ("1.", nil), ("+1", nil), ("0x10", nil), ("NaN", nil), ("e5", nil), ("1e", nil), ("--1", nil),
            (String(repeating: "9", count: 80), nil),
        ] as [(String, String?)],
        Language.allCases
    )
    func programNumbers(_ written: (text: String, value: String?), _ language: Language) {
        let (text, value) = written
        let reader = AnswerReader(checks: InterviewFixture.checks, language: language, today: InterviewFixture.today)
        func read(_ kind: FieldKind) -> String? {
            let question = AnswerReader.Question(kind: kind, required: true, maximumLength: 100)
            return (try? reader.read(.number(text), for: question))?.text
        }
        #expect(read(.number) == value)
    }

    @Test(
        "a program's amount has two decimals",
        arguments: [
            ("1.23456789E7", "12345678.90"), ("10", "10.00"), ("0.1", "0.10"), ("1e2", "100.00"), ("-1", nil),
            ("0.125", nil),
        ] as [(String, String?)],
        Language.allCases
    )
    func programAmounts(_ written: (text: String, value: String?), _ language: Language) {
        let (text, value) = written
        let reader = AnswerReader(checks: InterviewFixture.checks, language: language, today: InterviewFixture.today)
        let question = AnswerReader.Question(kind: .money, required: true, maximumLength: 100)
        #expect((try? reader.read(.number(text), for: question))?.text == value)
        let code = AnswerReader.Question(kind: .text, required: true, maximumLength: 100)
        #expect((try? reader.read(.number(text), for: code))?.text == text)
    }

    @Test(
        "dates",
        arguments: [
            ("21/11/2026", "2026-11-21"), ("1.2.26", "2026-02-01"), ("29/02/2028", "2028-02-29"), ("29/02/2026", nil),
            ("hoje", "2026-11-21"), ("Ontem", "2026-11-20"), ("2026-1-1", nil), ("2026-01-01", "2026-01-01"),
            ("31/12/78", "1978-12-31"), ("01/01/36", "2036-01-01"), ("010178", "1978-01-01"), ("32/01/2026", nil),
            ("00/01/2026", nil),
            ("1/13/2026", nil), ("1/1/1899", nil), ("1/1/2200", nil), ("1/1/202", nil), ("١/١/٢٠٢٦", nil), ("//", nil),
        ] as [(String, String?)]
    )
    func dates(_ text: String, _ value: String?) { #expect(read(text, .date) == value) }

    @Test(
        "times",
        arguments: [
            ("14:30", "14:30"), ("14h30", "14:30"), ("14h", "14:00"), ("9:05", "09:05"), ("905", "09:05"),
            ("0000", "00:00"),
            ("24:00", nil), ("12:60", nil), ("1:2:3", nil), ("14h30min", "14:30"), ("meio-dia", nil), ("1:5", nil),
        ] as [(String, String?)]
    )
    func times(_ text: String, _ value: String?) { #expect(read(text, .time) == value) }

    @Test(
        "e-mail addresses",
        arguments: [
            ("Ana.Luz@Exemplo.COM.br", "ana.luz@exemplo.com.br"), (" a+b@c.pt ", "a+b@c.pt"), ("a@b", nil),
            ("a b@c.de", nil),
            ("a@@b.co", nil), (".a@b.co", nil), ("a..b@c.de", nil), ("a@-b.co", nil), ("a@b.1", nil),
            ("a@b.co\u{0}", "a@b.co"),
            ("a@b.co, c@d.co", nil), ("\"a\"@b.co", nil), ("joão@b.co", nil), ("a@b..co", nil), ("@b.co", nil),
        ] as [(String, String?)]
    )
    func emails(_ text: String, _ value: String?) { #expect(read(text, .email) == value) }

    @Test(
        "postal codes have as many digits as their country's",
        arguments: [
            ("30140-071", "30140071", nil), ("1000-205", nil, "1000205"), ("123", nil, nil), ("00000-000", nil, nil),
            ("3014a071", nil, nil), ("0000-000", nil, nil), ("30.140-071", "30140071", nil),
        ] as [(String, String?, String?)]
    )
    func postalCodes(_ text: String, _ brazil: String?, _ portugal: String?) {
        #expect(FieldChecks.standard(region: Region(.brazil)).postalCode(text) == brazil)
        #expect(FieldChecks.standard(region: Region(.portugal)).postalCode(text) == portugal)
        #expect(read(text, .cep) == brazil)
    }

    @Test(
        "a document that does not pass is said to be what it was meant for",
        arguments: [
            ("529.982.247-24", .notACPF), ("52998224724", .notACPF), ("11.222.333/0001-82", .notACNPJ),
            ("12ABC34501DE36", .notACNPJ), ("1234", .notADocument),
        ] as [(String, PromptFault.Code)]
    )
    func documents(_ text: String, _ code: PromptFault.Code) {
        let reader = AnswerReader(
            checks: .standard(region: Region(.brazil)),
            language: .ptBR,
            today: CalendarDay(year: 2026, month: 11, day: 25) ?? .epoch
        )
        let question = AnswerReader.Question(kind: .cpfOrCnpj, required: true, maximumLength: 40)
        #expect(throws: PromptFault(code)) { try reader.read(.text(text), for: question) }
    }

    @Test(
        "yes and no",
        arguments: [("Sim", "yes"), ("NÃO", "no"), ("n", "no"), ("yes", "yes"), ("talvez", nil)] as [(String, String?)]
    )
    func yesNo(_ text: String, _ value: String?) { #expect(read(text, .yesNo) == value) }

    @Test("choices are taken by identifier, key or label without accents")
    func choices() throws {
        let reader = AnswerReader(checks: InterviewFixture.checks, language: .ptBR, today: InterviewFixture.today)
        let options: [PromptOption] = [
            .init(id: "as-vezes", label: "Às vezes", role: .value, digit: 1),
            .init(id: "sempre", label: "Sempre", role: .value, digit: 2),
        ]
        let one = AnswerReader.Question(kind: .choice, options: options, required: true, maximumLength: 100)
        for text in ["as-vezes", "1", "as VEZES", " Às  vezes "] {
            #expect(try reader.read(.text(text), for: one) == .text("as-vezes"))
        }
        #expect(throws: PromptFault(.notAnOption)) { try reader.read(.text("nunca"), for: one) }
        let many = AnswerReader.Question(kind: .choices, options: options, required: true, maximumLength: 100)
        #expect(try reader.read(.text("sempre; 1"), for: many) == .list(["as-vezes", "sempre"]))
        #expect(try reader.read(.options(["sempre", "sempre"]), for: many) == .list(["sempre"]))
        #expect(throws: PromptFault(.required)) { try reader.read(.options([]), for: many) }
    }

    @Test("addresses need street, city and state, at a desk in Portugal no state; the postal code may stay empty")
    func addresses() throws {
        let home = AddressAnswer(street: " Rua  A ", number: "1", city: "Belo Horizonte", state: "mg")
        let read = try AddressReader(region: .brazil).read(home)
        #expect(read == .address(AddressAnswer(street: "Rua A", number: "1", city: "Belo Horizonte", state: "MG")))
        #expect(throws: PromptFault(.addressIncomplete)) {
            try AddressReader(region: .brazil).read(AddressAnswer(street: "R", city: "C"))
        }
        #expect(try AddressReader(region: .portugal).read(AddressAnswer(street: "R", city: "C")) != .empty)
        #expect(throws: PromptFault(.notACEP)) {
            try AddressReader(region: .brazil).read(AddressAnswer(cep: "12", street: "R", city: "C", state: "MG"))
        }
    }

    @Test("what is stored is shown as people write it, and read back the same")
    func display() {
        func show(
            _ value: String,
            _ kind: FieldKind,
            _ language: Language = .ptBR,
            _ region: Region = .brazil
        ) -> String {
            AnswerDisplay(language: language, region: region, displayPhone: InterviewFixture.checks.displayPhone)
                .text(.text(value), kind: kind) { _ in nil }
        }
        #expect(show("1234567.80", .money) == "R$ 1.234.567,80")
        // The money is the country's, whoever reads it.
        #expect(show("1234.50", .money, .ptPT) == "R$ 1.234,50")
        #expect(show("1234.50", .money, .en) == "R$ 1,234.50")
        #expect(show("1234.50", .money, .ptPT, .portugal) == "1.234,50 €")
        #expect(show("1234.50", .money, .ptBR, .portugal) == "€ 1.234,50")
        #expect(show("1234.50", .money, .en, .portugal) == "€1,234.50")
        #expect(show("-1234.5", .number) == "-1.234,5")
        #expect(show("2026-01-02", .date) == "02/01/2026")
        #expect(show("52998224725", .cpf) == "529.982.247-25")
        #expect(show("12ABC34501DE35", .cpfOrCnpj) == "12.ABC.345/01DE-35")
        #expect(show("123456789", .nif) == "123 456 789")
        #expect(show("30140071", .cep) == "30140-071")
        #expect(show("1000205", .cep) == "1000-205")
        #expect(show("no", .yesNo) == "Não" && show("yes", .yesNo, .en) == "Yes")
        #expect(show("x", .secret) == AnswerDisplay.secret)
        for (kind, value) in [
            (FieldKind.money, "1234.50"), (.number, "-1234567.5"), (.date, "2028-02-29"), (.cep, "30140071"),
        ] {
            #expect(read(show(value, kind), kind) == value)
        }
    }

    @Test("days count as the calendar does, both ways")
    func calendar() {
        #expect(CalendarDay(iso: "1970-01-01")?.daysSince1970 == 0)
        #expect(CalendarDay(iso: "2000-02-29")?.daysSince1970 == 11_016)
        #expect(CalendarDay(iso: "2026-11-21")?.daysSince1970 == 20_778)
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<2_000 {
            let days = Int.random(in: -25_000...80_000, using: &random)
            #expect(CalendarDay(daysSince1970: days)?.daysSince1970 == days)
        }
        let midnight = Moment(milliseconds: 20_778 * 86_400_000)
        #expect(CalendarDay(midnight, offsetMinutes: 0)?.iso == "2026-11-21")
        #expect(CalendarDay(midnight, offsetMinutes: -180)?.iso == "2026-11-20")
        #expect(CalendarDay(Moment(milliseconds: .max), offsetMinutes: 1) == nil)
    }

    @Test("a search keeps every way to read it: eleven digits may be a document and a mobile number")
    func queries() {
        func readings(_ text: String) -> [CustomerQuery.Reading] {
            CustomerQuery(text, checks: InterviewFixture.checks).readings
        }
        #expect(
            readings("52998224725") == [
                .document("52998224725"), .phone("+5552998224725"), .protocolNumber("52998224725"),
                .contract("52998224725"),
            ]
        )
        #expect(readings("Ana@Luz.example") == [.email("ana@luz.example")])
        #expect(readings("joão @") == [])
        #expect(readings("José") == [.name("jose")])
        #expect(readings("CT-2026/1") == [.contract("CT-2026/1"), .name("ct-2026/1")])
        #expect(readings(" \u{0} ") == [])
    }
}

@Suite("The interview's words")
struct InterviewWordingTests {
    @Test("every question and every fault speaks each language")
    func complete() {
        let ids: [PromptID] = [
            .callerName, .callerPhone, .registerKind, .registerName, .registerPerson, .registerDocument, .registerEmail,
            .registerPhone, .register, .contact, .contactName, .topic, .verify, .summary, .module, .description,
            .whatChanged,
            .attachments, .review, .handOver, .done,
        ]
        for sentence in ids.map({ InterviewWording.sentence($0) }) + [InterviewWording.choose, InterviewWording.search]
        {
            for text in [sentence.label, sentence.say, sentence.hint].compactMap(\.self) {
                #expect(text.en != nil, "\(text.ptBR)")
                let words = TextFolding.words(text[.ptPT])
                for word in ["cadastro", "cadastrado", "celular", "contato", "tela", "arquivo", "voce"] {
                    #expect(!words.contains(word), "\(text[.ptPT])")
                }
            }
        }
        for code in PromptFault.Code.allCases {
            let texts = Language.allCases.map { PromptFault(code, limit: 3).message(in: $0) }
            #expect(texts.allSatisfy { $0.hasSuffix(".") && !$0.contains("{n}") }, "\(code)")
            #expect(texts[0] != texts[2], "\(code)")
        }
        for code in EndReason.codes {
            #expect(EndReason(code: code)?.code == code)
            #expect(Set(Language.allCases.map { EndReason.title(of: code, in: $0) }).count >= 2)
        }
    }

    @Test("a text that is clean already comes out as one that has to be cleaned")
    func cleanTexts() {
        var random = SplitMix64(seed: TestSeed.next())
        let letters: [Character] = Array("ab é Ç\u{AD}ß  .\n\t\u{A0}ẽ\u{85}\u{2028}")
        for _ in 0..<2_000 {
            let text = String(
                (0..<Int.random(in: 0...8, using: &random)).map { _ in letters.randomElement(using: &random) ?? "a" }
            )
            // What nobody sees is taken out, so that this one always has to be cleaned.
            #expect(AnswerText.line(text) == AnswerText.line(text + "\u{200B}"), "line \(text.debugDescription)")
            #expect(AnswerText.prose(text) == AnswerText.prose(text + "\u{200B}"), "prose \(text.debugDescription)")
        }
    }
}
