import DeskCore
import TestSupport
import Testing

@Suite("Text messages")
struct SMSTextTests {
    private static let plain = "Protocolo 20260000012345: chamado registrado."
    private static let accented =
        "CallDesk: solicitação registrada. Protocolo 20260000012345. Acompanhe em https://ex.br/t/AB12"
    private static let stripped =
        "CallDesk: solicitacao registrada. Protocolo 20260000012345. Acompanhe em https://ex.br/t/AB12"
    private static let city = "São Paulo: sua demanda não foi concluída. Responda à pesquisa até amanhã às 18h."

    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let counts: [SMSEncoding: [Int]]

        init(_ text: String, gsm7: [Int]?, single: [Int]?, locking: [Int]?, ucs2: [Int]) {
            self.text = text
            var counts: [SMSEncoding: [Int]] = [.ucs2: ucs2]
            counts[.gsm7] = gsm7
            counts[.gsm7PortugueseSingle] = single
            counts[.gsm7PortugueseLocking] = locking
            self.counts = counts
        }

        var testDescription: String { "\(text.prefix(12))… (\(text.count))" }
    }

    @Test(
        "every alphabet counts units and parts as the standard does",
        arguments: [
            Row(plain, gsm7: [45, 1], single: [45, 1], locking: [45, 1], ucs2: [45, 1]),
            Row(accented, gsm7: nil, single: [95, 1], locking: [93, 1], ucs2: [93, 2]),
            Row(stripped, gsm7: [93, 1], single: [93, 1], locking: [93, 1], ucs2: [93, 2]),
            Row(city, gsm7: nil, single: [84, 1], locking: [80, 1], ucs2: [80, 2]),
            Row(repeated("a", 160), gsm7: [160, 1], single: [160, 2], locking: [160, 2], ucs2: [160, 3]),
            Row(repeated("a", 161), gsm7: [161, 2], single: [161, 2], locking: [161, 2], ucs2: [161, 3]),
            Row(repeated("[", 80), gsm7: [160, 1], single: [160, 2], locking: [160, 2], ucs2: [80, 2]),
            Row(repeated("[", 81), gsm7: [162, 2], single: [162, 2], locking: [162, 2], ucs2: [81, 2]),
            Row(repeated("€", 80), gsm7: [160, 1], single: [160, 2], locking: [80, 1], ucs2: [80, 2]),
            Row(repeated("á", 70), gsm7: nil, single: [140, 1], locking: [70, 1], ucs2: [70, 1]),
            Row(repeated("á", 71), gsm7: nil, single: [142, 1], locking: [71, 1], ucs2: [71, 2]),
            Row(
                repeated("a", 152) + "[" + repeated("a", 10),
                gsm7: [164, 2],
                single: [164, 2],
                locking: [164, 2],
                ucs2: [163, 3]
            ),
            Row(repeated("😀", 35), gsm7: nil, single: nil, locking: nil, ucs2: [70, 1]),
            Row(repeated("😀", 36), gsm7: nil, single: nil, locking: nil, ucs2: [72, 2]),
        ]
    )
    func counts(_ row: Row) {
        for encoding in [SMSEncoding.gsm7, .gsm7PortugueseSingle, .gsm7PortugueseLocking, .ucs2] {
            let measured = SMSText.measure(row.text, encoding).map { [$0.units, $0.segments] }
            #expect(measured == row.counts[encoding], "\(encoding)")
        }
    }

    @Test("the default alphabet has some accents and lacks those Portuguese needs most")
    func alphabet() {
        for character in "àéùìòÇÄÖÑÜäöñüå" {
            #expect(SMSText.measure(String(character), .gsm7)?.units == 1, "\(character)")
        }
        for character in "áâãçíóôõúêÁÂÃÍÓÔÕÚÊÀ" {
            #expect(SMSText.measure(String(character), .gsm7) == nil, "\(character)")
        }
        for character in "^{}\\[~]|€\u{0C}" {
            #expect(SMSText.measure(String(character), .gsm7)?.units == 2, "\(character)")
        }
        for character in "áâãçíóôõúêÁÂÃÍÓÔÕÚÊÀ" {
            #expect(SMSText.measure(String(character), .gsm7PortugueseSingle)?.units == 2, "\(character)")
            #expect(SMSText.measure(String(character), .gsm7PortugueseLocking)?.units == 1, "\(character)")
            #expect(SMSText.measure(String(character), .gsm7PortugueseBoth)?.units == 1, "\(character)")
        }
        #expect(SMSText.measure("è", .gsm7PortugueseLocking) == nil)
        #expect(SMSText.measure("\u{1B}", .gsm7) == nil)
        let most = (SMSEncoding.gsm7PortugueseBoth.wholeCapacity, SMSEncoding.gsm7PortugueseBoth.partCapacity)
        #expect(most == (152, 146))
    }

    @Test("an escape pair or a surrogate pair is never cut")
    func cuts() {
        let brackets = SMSText.plan(repeated("a", 152) + "[" + repeated("a", 10))
        #expect(brackets.parts == [repeated("a", 152), "[" + repeated("a", 10)])
        let faces = SMSText.plan(repeated("😀", 36))
        #expect(faces.encoding == .ucs2)
        #expect(faces.parts == [repeated("😀", 33), repeated("😀", 3)])
    }

    @Test("accents go when that saves a part, and only then")
    func transliteration() {
        let saved = SMSText.plan(Self.accented)
        #expect(saved.transliterated)
        #expect(saved.text == Self.stripped)
        #expect(saved.encoding == .gsm7)
        #expect(saved.segments == 1)
        let short = SMSText.plan("Solicitação concluída")
        #expect(!short.transliterated)
        #expect(short.encoding == .ucs2)
        #expect(short.segments == 1)
        let always = SMSText.plan("Solicitação concluída", policy: SMSPolicy(transliteration: .always))
        #expect(always.text == "Solicitacao concluida")
        #expect(always.encoding == .gsm7)
        let never = SMSText.plan(Self.accented, policy: SMSPolicy(transliteration: .never))
        #expect(never.segments == 2)
        #expect(never.text == Self.accented)
    }

    @Test("what the default alphabet has stays as it is when other accents go")
    func keeps() {
        let plan = SMSText.plan("É à tarde: ção “ok” – 5º…", policy: SMSPolicy(transliteration: .always))
        #expect(plan.text == "É à tarde: cao \"ok\" - 5o...")
    }

    @Test("a sign nothing stands for keeps the text as it was written")
    func unwritable() {
        let text = "Solicitação 😀 " + repeated("a", 70)
        let plan = SMSText.plan(text, policy: SMSPolicy(transliteration: .always))
        #expect(plan.encoding == .ucs2)
        #expect(plan.text == text)
        #expect(!plan.transliterated)
    }

    @Test("shift tables are used when the gateway has them, and never otherwise")
    func shiftTables() {
        let policy = SMSPolicy(transliteration: .whenItSaves, shiftTables: [.gsm7PortugueseSingle])
        let plan = SMSText.plan(Self.city, policy: policy)
        #expect(plan.encoding == .gsm7PortugueseSingle)
        #expect(plan.segments == 1)
        #expect(!plan.transliterated)
        #expect(SMSText.plan(Self.city).encoding == .gsm7)
        #expect(SMSText.plan(Self.plain, policy: policy).encoding == .gsm7)
    }

    @Test("decomposed accents count as composed ones")
    func decomposed() {
        let plan = SMSText.plan("cafe\u{301}")
        #expect(plan.encoding == .gsm7)
        #expect(plan.units == 4)
    }

    @Test("an empty text is one message of nothing; a huge one is counted and does not fit")
    func extremes() {
        #expect(SMSText.plan("").segments == 1)
        #expect(SMSText.plan("").units == 0)
        let huge = SMSText.plan(repeated("á", 100_000), policy: SMSPolicy(transliteration: .never))
        #expect(huge.units == 100_000)
        #expect(!huge.fits)
    }

    @Test("the parts are the text, and each fits its capacity")
    func partsAreWhole() {
        var random = SplitMix64(seed: 7)
        let signs = Array("ab[€çãé😀\n ~Ω")
        for _ in 0..<500 {
            let text = String(
                (0..<Int(random.next() % 400)).map { _ in signs[Int(random.next() % UInt64(signs.count))] }
            )
            for policy in [
                SMSPolicy(transliteration: .never), .standard, SMSPolicy(shiftTables: Set(SMSEncoding.allCases)),
            ] {
                let plan = SMSText.plan(text, policy: policy)
                #expect(plan.parts.joined() == plan.text)
                #expect(plan.parts.count == plan.segments)
                let capacity = plan.segments == 1 ? plan.encoding.wholeCapacity : plan.encoding.partCapacity
                for part in plan.parts {
                    #expect((SMSText.measure(part, plan.encoding)?.units ?? .max) <= capacity)
                }
            }
        }
    }
}

private func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
