import DeskCore
import TestSupport
import Testing

@Suite("Telephone numbers")
struct PhoneNumberTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        let raw: String
        let e164: String?
        let kind: PhoneNumber.Kind
        let display: String

        init(_ raw: String, _ e164: String?, _ kind: PhoneNumber.Kind, _ display: String) {
            self.raw = raw
            self.e164 = e164
            self.kind = kind
            self.display = display
        }

        var testDescription: String { raw }
    }

    @Test(
        "a text as dialled, shown or written in Brazil is the number it means",
        arguments: [
            Reading("(31) 3271-0322", "+553132710322", .fixed, "(31) 3271-0322"),
            Reading("031 21 9 8765-4321", "+5521987654321", .mobile, "(21) 98765-4321"),
            Reading("031992710322", "+5531992710322", .mobile, "(31) 99271-0322"),
            Reading("011 8765-4321", "+5511987654321", .mobile, "(11) 98765-4321"),
            Reading("11987654321", "+5511987654321", .mobile, "(11) 98765-4321"),
            Reading("1130001000", "+551130001000", .fixed, "(11) 3000-1000"),
            Reading("5555999991234", "+5555999991234", .mobile, "(55) 99999-1234"),
            Reading("55999991234", "+5555999991234", .mobile, "(55) 99999-1234"),
            Reading("5532221234", "+555532221234", .fixed, "(55) 3222-1234"),
            Reading("555532221234", "+555532221234", .fixed, "(55) 3222-1234"),
            Reading("+55 (11) 98765.4321", "+5511987654321", .mobile, "(11) 98765-4321"),
            Reading("551187654321", "+5511987654321", .mobile, "(11) 98765-4321"),
            Reading("+55 (0)31 3271-0322", "+553132710322", .fixed, "(31) 3271-0322"),
            Reading("+55 0800 591 2117", nil, .tollFree, "0800 591 2117"),
            Reading("031/3271/0322", "+553132710322", .fixed, "(31) 3271-0322"),
            Reading("tel:+55-31-3271-0322", "+553132710322", .fixed, "(31) 3271-0322"),
            Reading("sip:11987654321@10.0.0.1", "+5511987654321", .mobile, "(11) 98765-4321"),
            Reading("(31) 3271-0322 ramal 12", "+553132710322", .fixed, "(31) 3271-0322"),
            Reading("\u{202A}+55 31 99271‑0322\u{202C}", "+5531992710322", .mobile, "(31) 99271-0322"),
            Reading("90 31 21 98765-4321", "+5521987654321", .mobile, "(21) 98765-4321"),
            Reading("00 351 912 345 678", "+351912345678", .mobile, "+351 912 345 678"),
            Reading("00 21 351 912 345 678", "+351912345678", .mobile, "+351 912 345 678"),
            Reading("351912345678", "+351912345678", .mobile, "+351 912 345 678"),
            Reading("+351 912 345 678", "+351912345678", .mobile, "+351 912 345 678"),
            Reading("+351 21 234 5678", "+351212345678", .fixed, "+351 21 234 5678"),
            Reading("+1 212 736 5000", "+12127365000", .mobile, "+1 212-736-5000"),
            Reading("0800 591 2117", nil, .tollFree, "0800 591 2117"),
            Reading("8005912117", nil, .tollFree, "0800 591 2117"),
            Reading("+55 800 591 2117", nil, .tollFree, "0800 591 2117"),
            Reading("0800 123 456", nil, .tollFree, "0800 123 456"),
            Reading("0300 313 3131", nil, .nonGeographic, "0300 313 3131"),
            Reading("0303 123 4567", nil, .nonGeographic, "0303 123 4567"),
            Reading("4004-1234", nil, .nonGeographic, "4004-1234"),
            Reading("3003 1234", nil, .nonGeographic, "3003-1234"),
            Reading("+55 4004 1234", nil, .nonGeographic, "4004-1234"),
            Reading("190", nil, .short, "190"),
            Reading("10331", nil, .short, "10331"),
            Reading("27900", nil, .short, "27900"),
            Reading("98765-4321", nil, .mobile, "98765-4321"),
            Reading("3271-0322", nil, .fixed, "3271-0322"),
            Reading("1001", nil, .unknown, "1001"),
            Reading("5000", nil, .unknown, "5000"),
            Reading("119000099", nil, .unknown, "119000099"),
            Reading("11900009", nil, .unknown, "11900009"),
            Reading("20987654321", nil, .unknown, "20987654321"),
            Reading("11887654321", nil, .unknown, "11887654321"),
        ]
    )
    func brazil(_ reading: Reading) throws {
        let number = try #require(PhoneNumber.parse(reading.raw, region: .brazil))
        #expect(number.e164 == reading.e164)
        #expect(number.kind == reading.kind)
        #expect(number.display == reading.display)
        #expect(number.lookupVariants.first == number.lookup)
        #expect(number.canReceiveSMS == (reading.kind == .mobile && reading.e164 != nil))
        #expect(PhoneNumber.callerE164(reading.raw, region: .brazil) == reading.e164)
        if let e164 = reading.e164 {
            #expect(number.lookup == e164)
            #expect(PhoneNumber.parse(e164, region: .brazil)?.e164 == e164)
        } else {
            #expect(number.lookup.allSatisfy { "0"..."9" ~= $0 })
        }
    }

    @Test(
        "a text in Portugal is the number it means there",
        arguments: [
            Reading("912 345 678", "+351912345678", .mobile, "912 345 678"),
            Reading("212 345 678", "+351212345678", .fixed, "21 234 5678"),
            Reading("+351912345678", "+351912345678", .mobile, "912 345 678"),
            Reading("00351912345678", "+351912345678", .mobile, "912 345 678"),
            Reading("0055 11 98765-4321", "+5511987654321", .mobile, "+55 11 98765-4321"),
            Reading("5511987654321", "+5511987654321", .mobile, "+55 11 98765-4321"),
            Reading("800 200 000", nil, .tollFree, "800 200 000"),
            Reading("+351 707 200 000", nil, .nonGeographic, "707 200 000"),
            Reading("112", nil, .short, "112"),
            Reading("4001", nil, .unknown, "4001"),
        ]
    )
    func portugal(_ reading: Reading) throws {
        let number = try #require(PhoneNumber.parse(reading.raw, region: .portugal))
        #expect(number.e164 == reading.e164)
        #expect(number.kind == reading.kind)
        #expect(number.display == reading.display)
    }

    @Test(
        "what people write around a number, and the place of the carrier in it, is passed over",
        arguments: [
            ("(0xx11) 3333-4444", "+551133334444"), ("0xx11 98765-4321", "+5511987654321"),
            ("0XX 11 3333 4444", "+551133334444"), ("(0 xx 11) 3333-4444", "+551133334444"),
            ("0(xx)11 3333-4444", "+551133334444"), ("(xx11) 3333-4444", "+551133334444"),
            ("0**11 3333-4444", "+551133334444"), ("(0**11) 3333-4444", "+551133334444"),
            ("(0-xx-11) 3333-4444", "+551133334444"), ("+55 (0xx11) 3333-4444", "+551133334444"),
            ("tel. (11) 3333-4444", "+551133334444"), ("Tel: 11 3333-4444", "+551133334444"),
            ("Telefone: (11) 3333-4444", "+551133334444"), ("Fone/Fax: (11) 3333-4444", "+551133334444"),
            ("cel. 11 98765-4321", "+5511987654321"), ("Celular (11) 98765-4321", "+5511987654321"),
            ("(11) 98765-4321 (WhatsApp)", "+5511987654321"), ("11 98765-4321 - WhatsApp", "+5511987654321"),
            ("11 98765-4321 zap", "+5511987654321"), ("(WhatsApp) 11 98765-4321", "+5511987654321"),
            ("(11) 98765-4321 (recado com Maria)", "+5511987654321"), ("Recado: (11) 98765-4321", "+5511987654321"),
            ("casa (11) 3333-4444", "+551133334444"), ("(11) 3333-4444 (comercial)", "+551133334444"),
            ("(11) 3333-4444 (ramal 12)", "+551133334444"), ("tel. (11) 3333-4444 ramal 12", "+551133334444"),
            ("Telemóvel: +351 912 345 678", "+351912345678"), ("tlm. +351912345678", "+351912345678"),
        ]
    )
    func marginalia(raw: String, e164: String) {
        #expect(PhoneNumber.parse(raw, region: .brazil)?.e164 == e164)
    }

    @Test(
        "words that say nothing about a telephone make it no number",
        arguments: [
            "PJSIP/1001", "SIP/1133334444", "Maria 11 98765-4321", "CPF 52998224725", "11 98765-4321 Maria",
            "pedido 1133334444", "xx", "0xx", "tel.", "(WhatsApp)", "protocolo 20261125000017",
        ]
    )
    func notMarginalia(raw: String) {
        #expect(PhoneNumber.parse(raw, region: .brazil) == nil)
    }

    @Test("a mobile number is looked for with and without its ninth digit, a fixed one never")
    func ninthDigit() {
        func variants(_ raw: String) -> [String]? { PhoneNumber.parse(raw, region: .brazil)?.lookupVariants }
        #expect(variants("011 8765-4321") == ["+5511987654321", "+551187654321"])
        #expect(variants("11987654321") == ["+5511987654321", "+551187654321"])
        #expect(variants("1178654321") == ["+551178654321", "+5511978654321"])
        #expect(variants("1138654321") == ["+551138654321"])
        // Without its 9 this would read as a fixed number, which it never was.
        #expect(variants("11938654321") == ["+5511938654321"])
        #expect(PhoneNumber.parse("011 8765-4321", region: .brazil)?.addedNinthDigit == true)
        #expect(PhoneNumber.parse("11987654321", region: .brazil)?.addedNinthDigit == false)
    }

    @Test("trunked radio keeps eight digits and gets no text messages")
    func trunkedRadio() {
        let number = PhoneNumber.parse("1178654321", region: .brazil)
        #expect(number?.e164 == "+551178654321")
        #expect(number?.canReceiveSMS == false)
    }

    @Test("the PBX's area code completes a number without one, collect calls too")
    func areaCodeOfThePBX() throws {
        let region = try #require(Region("br-31"))
        #expect(PhoneNumber.callerE164("3271-0322", region: region) == "+553132710322")
        #expect(PhoneNumber.callerE164("987654321", region: region) == "+5531987654321")
        #expect(PhoneNumber.callerE164("9090 3271-0322", region: region) == "+553132710322")
        #expect(PhoneNumber.callerE164("4004-1234", region: region) == nil)
        #expect(PhoneNumber.callerE164("1001", region: region) == nil)
        #expect(Region("BR-20") == nil)
        #expect(Region("PT-21") == nil)
        #expect(Region("XX") == nil)
        #expect(Region("pt") == .portugal)
    }

    @Test(
        "what stands for no number is withheld and never a caller",
        arguments: [
            "", " ", "anonymous", "Anonymous", "<unknown>", "unknown", "Restricted", "0", "000", "Unavailable",
            "anonymous@anonymous.invalid", "\"Anonymous\"", "Não identificado", "PRIVATE", "sem identificação",
            "withheld",
        ]
    )
    func withheld(raw: String) {
        #expect(PhoneNumber.isWithheld(raw))
        #expect(PhoneNumber.parse(raw, region: .brazil) == nil)
    }

    @Test("a number, a name or nothing known is told from a withheld one")
    func notWithheld() {
        for raw in ["190", "11987654321", "José", "0800", "+"] { #expect(!PhoneNumber.isWithheld(raw)) }
        #expect(PhoneNumber.isWithheld(nil))
    }

    @Test(
        "what no telephone number looks like is refused",
        arguments: [
            "José", "11 98765-4321 x", "1' OR '1'='1", "+", "++5511987654321", "11+987654321", "１１９８７６５４３２１",
            "٠١١٩٨٧٦٥٤٣٢١",
            "11987654321; DROP TABLE phone", "11-98765-4321\r\nAction: Originate", "\u{0}11987654321", "<script>",
            String(repeating: "9", count: 23), String(repeating: "1", count: 100_000),
            String(repeating: " ", count: 100_000),
        ]
    )
    func refused(raw: String) {
        let number = PhoneNumber.parse(raw, region: .brazil)
        // A SIP address' parameters are cut off at the semicolon; what is left must be a plain number.
        #expect(number == nil || number?.lookup == "+5511987654321")
        #expect(number == nil || raw.hasPrefix("11987654321;"))
    }

    @Test("every one of the 67 area codes takes a mobile and a fixed number, the other 33 none")
    func areaCodes() {
        var known = 0
        for code in 0...99 {
            let text = code < 10 ? "0\(code)" : "\(code)"
            let mobile = PhoneNumber.callerE164("+55\(text)987654321", region: .brazil)
            let fixed = PhoneNumber.callerE164("+55\(text)32710322", region: .brazil)
            #expect((mobile == nil) == (fixed == nil), "area code \(text)")
            if mobile != nil { known += 1 }
        }
        #expect(known == 67)
    }

    @Test("whatever is read reads the same again from its E.164 form, its lookup key and its display")
    func stable() {
        var random = SplitMix64(seed: 20_261_121)
        for _ in 0..<2_000 {
            let length = 1 + Int(random.next() % 16)
            let prefix = ["", "0", "00", "+", "+55", "55", "0800", "9090", "400"][Int(random.next() % 9)]
            let raw = prefix + (0..<length).map { _ in String(random.next() % 10) }.joined()
            guard let number = PhoneNumber.parse(raw, region: .brazil) else { continue }
            if let e164 = number.e164 {
                #expect(PhoneNumber.parse(e164, region: .brazil)?.e164 == e164, "\(raw)")
                #expect(PhoneNumber.parse(number.display, region: .brazil)?.e164 == e164, "\(raw)")
            } else if number.isComplete {
                #expect(PhoneNumber.parse(number.lookup, region: .brazil)?.lookup == number.lookup, "\(raw)")
            }
            #expect(number.lookup.utf8.count <= 22)
        }
    }

    @Test("a mask leaves the area code and four digits")
    func masks() {
        #expect(PhoneNumber.parse("11987654321", region: .brazil)?.masked == "(11) •••••-4321")
        #expect(PhoneNumber.parse("+351912345678", region: .brazil)?.masked == "+••• ••• ••5 678")
        #expect(PhoneNumber.parse("190", region: .brazil)?.masked == "190")
    }
}
