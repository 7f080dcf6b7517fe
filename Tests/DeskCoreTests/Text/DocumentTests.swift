import DeskCore
import Testing

@Suite("Documents")
struct DocumentTests {
    @Test(
        "a CPF with right check digits is read with or without its separators",
        arguments: ["529.982.247-25", "111.444.777-35", "123.456.789-09", "000.000.001-91"]
    )
    func validCPF(text: String) {
        let digits = text.filter(\.isNumber)
        #expect(CPF(text)?.canonical == digits)
        #expect(CPF(digits)?.formatted == text)
        #expect(CPF(" \(text.replacing("-", with: "–"))\u{A0}")?.canonical == digits)
    }

    @Test(
        "a CPF with a wrong digit, all digits alike, or anything but digits is refused",
        arguments: [
            "529.982.247-24", "111.111.111-11", "000.000.000-00", "999.999.999-99", "5299822472", "529982247255", "",
            "52998224725a", "529_982_247_25", "５２９９８２２４７２５", "٥٢٩٩٨٢٢٤٧٢٥", "529.982.247-25\u{0}", "-",
            "529.982.247-25\n",
        ]
    )
    func invalidCPF(text: String) {
        #expect(CPF(text) == nil)
    }

    @Test("one changed digit of a CPF never passes")
    func singleDigitErrors() throws {
        let digits = Array("52998224725")
        for place in digits.indices {
            for other in "0123456789" where other != digits[place] {
                var changed = digits
                changed[place] = other
                #expect(CPF(String(changed)) == nil, "place \(place)")
            }
        }
    }

    @Test(
        "a CNPJ of digits or letters is read",
        arguments: [
            ("12.ABC.345/01DE-35", "12ABC34501DE35"), ("11.222.333/0001-81", "11222333000181"),
            ("00.000.000/0001-91", "00000000000191"), ("A1.B2C.3D4/0001-93", "A1B2C3D4000193"),
            ("ZZ.ZZZ.ZZZ/0001-91", "ZZZZZZZZ000191"), ("00.416.250/0001-07", "00416250000107"),
            ("33.683.611/0001-30", "33683611000130"),
        ]
    )
    func validCNPJ(text: String, canonical: String) throws {
        let cnpj = try #require(CNPJ(text))
        #expect(cnpj.canonical == canonical)
        #expect(cnpj.formatted == text)
        #expect(CNPJ(canonical.lowercased()) == cnpj)
        #expect(cnpj.isAlphanumeric == canonical.contains(where: \.isLetter))
    }

    @Test(
        "a CNPJ with a wrong digit, letters for check digits, or all positions alike is refused",
        arguments: [
            "12.ABC.345/01DE-34", "11.222.333/0001-82", "12ABC34501DE3A", "00000000000000", "11222333000", "",
            "12.ÁBC.345/01DE-35", "１２ABC34501DE35",
        ]
    )
    func invalidCNPJ(text: String) {
        #expect(CNPJ(text) == nil)
    }

    @Test(
        "a NIF is read, those that begin with 3 as well",
        arguments: [
            "123456789", "501423435", "999999990", "213456788", "450000001", "299999998", "300000006", "PT 501 423 435",
        ]
    )
    func validNIF(text: String) {
        #expect(NIF(text)?.canonical == text.filter(\.isNumber))
    }

    @Test(
        "a NIF with a wrong digit or a first digit nobody gets is refused",
        arguments: ["213456789", "012345678", "400000000", "12345678", "1234567890", "ES123456789", ""]
    )
    func invalidNIF(text: String) {
        #expect(NIF(text) == nil)
    }

    @Test("a postal code has eight digits")
    func postalCode() {
        #expect(CEP("01310-100")?.canonical == "01310100")
        #expect(CEP("01.310-100")?.formatted == "01310-100")
        for text in ["0131010", "013101000", "00000-000", "O1310-100", ""] { #expect(CEP(text) == nil) }
    }

    @Test("the region decides what kind of document a text is")
    func regions() {
        #expect(Document("529.982.247-25", region: .brazil)?.kind == .cpf)
        #expect(Document("12ABC34501DE35", region: .brazil)?.kind == .cnpj)
        #expect(Document("501423435", region: .portugal)?.kind == .nif)
        #expect(Document("501423435", region: .brazil) == nil)
        #expect(Document("52998224725", region: .portugal) == nil)
        #expect(Document("52998224725", kind: .cnpj) == nil)
    }

    @Test("a masked document shows the middle and hides the rest")
    func masks() {
        #expect(Document("52998224725", region: .brazil)?.masked == "***.982.247-**")
        #expect(Document("12ABC34501DE35", region: .brazil)?.masked == "**.ABC.345/****-**")
        #expect(Document("501423435", region: .portugal)?.masked == "*** 423 ***")
        #expect(Document("501423435", region: .portugal)?.formatted == "501 423 435")
    }

    @Test("a hundred kilobytes are refused at once")
    func hugeText() {
        let huge = String(repeating: "5", count: 100_000)
        #expect(CPF(huge) == nil)
        #expect(CNPJ(huge) == nil)
        #expect(NIF(huge) == nil)
        #expect(CEP(huge) == nil)
        #expect(Document(String(repeating: ".", count: 100_000), region: .brazil) == nil)
    }
}
