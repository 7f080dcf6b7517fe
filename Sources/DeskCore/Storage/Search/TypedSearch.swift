/// What somebody typed to find a customer, a ticket or a call, with everything it can be read as.
///
/// A phone in any spelling, a document with or without its marks, a protocol in groups of digits, an address: each is looked
/// for as it was typed and as the desk stores it. Every search box and every `q` of the API reads what was typed here.
public struct TypedSearch: Sendable, Hashable {
    /// Ways to read one text: more are never needed, and each is a question to the index.
    private static let most = 8

    /// As typed, on one line, bounded.
    public let text: String
    /// The text without words that only say what a number beside them is: `protocolo`, `tel.`, `nº`.
    let bare: String
    /// The ways to read it, each a text all of whose words must be found; the first is what was typed.
    public let readings: [String]
    /// What the whole text is as a telephone number, in the forms it may be stored in.
    public let phones: [String]

    public init(_ text: String, region: Region) {
        let line = CleanText.shortened(text, to: TextLimits.query)
        self.text = line
        // “protocolo 2026 0000 0009 8” asks for the number: what the words say of it stands nowhere.
        let (bare, isLabelled) = Self.withoutLabels(line)
        self.bare = bare
        let phones = PhoneNumber.parse(bare, region: region)?.lookupVariants ?? []
        self.phones = phones
        let runs = Self.runs(bare).map { Self.forms($0, region: region) }
        var readings = isLabelled ? [line, bare] : [line]
        for index in 0..<(runs.map(\.count).max() ?? 0) {
            let reading = runs.map { $0.indices.contains(index) ? $0[index] : $0[0] }.joined(separator: " ")
            if !readings.contains(reading), readings.count < Self.most { readings.append(reading) }
        }
        // “tel. (0xx11) 3333-4444” is a number only as a whole.
        for phone in phones where readings.count < Self.most {
            let digits = phone.filter(\.isASCIIDigit)
            if !readings.contains(digits) { readings.append(digits) }
        }
        self.readings = readings
    }

    /// The text without the words that only say what the number beside them is.
    private static func withoutLabels(_ line: String) -> (text: String, isLabelled: Bool) {
        guard line.contains(where: \.isASCIIDigit) else { return (line, false) }
        let tokens = line.split(separator: " ")
        let kept = tokens.filter { token in
            token.contains(where: \.isASCIIDigit) || !labels.contains(TextFolding.words(String(token)).joined())
        }
        guard kept.count < tokens.count else { return (line, false) }
        return (kept.joined(separator: " "), true)
    }

    /// Without accents and in lower case, as `TextFolding` gives them.
    private static let labels: Set<String> = [
        "atendimento", "cel", "celular", "chamado", "cnpj", "contract", "contrato", "cpf", "doc", "documento", "ending",
        "ext", "extensao", "extension",
        "final", "fone", "n", "nif", "no", "nr", "nº", "numero", "pedido", "phone", "protocol", "protocolo", "prot",
        "ramal", "tel",
        "telefone", "telemovel", "ticket", "whatsapp",
    ]

    /// The text in pieces: words, and what is written of digits and marks between words, which is one number.
    private static func runs(_ line: String) -> [String] {
        var runs: [String] = []
        var isOpen = false
        for token in line.split(separator: " ") {
            let isNumber = !token.contains(where: \.isLetter)
            if isNumber, isOpen, let last = runs.popLast() {
                runs.append("\(last) \(token)")
            } else {
                runs.append(String(token))
            }
            isOpen = isNumber
        }
        return runs
    }

    /// How one piece may be stored; as typed first.
    private static func forms(_ run: String, region: Region) -> [String] {
        var forms = [run]
        func add(_ form: String) { if !form.isEmpty, !forms.contains(form) { forms.append(form) } }
        if run.contains("@") {
            if let email = WrittenAddress(run)?.address { add(email.canonical) }
            return forms
        }
        if run.contains(where: SearchWords.isApostrophe) { add(run.filter { !SearchWords.isApostrophe($0) }) }
        guard run.contains(where: \.isASCIIDigit) else { return forms }
        if let document = Document(run, region: region) { add(document.canonical) }
        // 9X.YZK.48L and 2026 1125 0000 17: marks and blanks within a number do not count.
        if run.unicodeScalars.allSatisfy({ isNumberPart($0) }) {
            add(
                String(
                    String.UnicodeScalarView(run.unicodeScalars.filter { $0.properties.isAlphabetic || isDigit($0) })
                )
            )
        }
        if let number = PhoneNumber.parse(run, region: region) {
            for lookup in number.lookupVariants { add(lookup.filter(\.isASCIIDigit)) }
        }
        return forms
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func isNumberPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || isDigit(scalar) || DocumentText.isSeparator(scalar)
            || "()+_".unicodeScalars.contains(scalar)
    }
}

extension PhoneNumber {
    /// The words by which a stored number is found: with its country, with its area, without either, by the last four
    /// digits that people name a telephone by (“o de final 3344”), and a Brazilian mobile one without its ninth digit as
    /// well, as people still write it.
    static func searchWords(_ lookup: String) -> String {
        let digits = lookup.filter(\.isASCIIDigit)
        // With its country in front a number reads alike in every region.
        guard lookup.hasPrefix("+"), let number = parse(lookup, region: .brazil) else {
            return digits.utf8.count > 4 ? "\(digits) \(digits.suffix(4))" : digits
        }
        var words = [digits, String(digits.suffix(4))]
        if number.country == "BR", digits.utf8.count > 4 {
            let local = digits.dropFirst(4)
            words += [String(digits.dropFirst(2)), String(local)]
            if local.utf8.count == 9 { words.append(String(local.dropFirst())) }
        } else if number.country == "PT", digits.hasPrefix("351") {
            words.append(String(digits.dropFirst(3)))
        }
        return words.joined(separator: " ")
    }
}
