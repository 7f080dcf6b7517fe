/// Shows canonical values as people write them.
struct AnswerDisplay {
    let language: Language
    /// Whose money it is.
    let region: Region
    let displayPhone: @Sendable (String) -> String

    /// What a secret looks like once it is sealed.
    static let secret = "••••••••"

    /// `value` of a question of `kind`; `label` names an option.
    func text(_ value: AnswerValue, kind: FieldKind, label: (String) -> String?) -> String {
        switch value {
        case .empty: ""
        case .sealed: Self.secret
        case .list(let ids): ids.map { label($0) ?? $0 }.joined(separator: ", ")
        case .files(let files): files.map(\.name).joined(separator: ", ")
        case .address(let address): self.address(address)
        case .text(let text): self.text(text, kind: kind, label: label)
        }
    }

    private func text(_ text: String, kind: FieldKind, label: (String) -> String?) -> String {
        switch kind {
        case .choice: label(text) ?? text
        case .yesNo: yesNo(text)
        case .number: number(text)
        case .money: money(text)
        case .date: CalendarDay(iso: text)?.display ?? text
        case .phone: displayPhone(text)
        case .cpf, .cnpj, .cpfOrCnpj: Self.document(text)
        case .nif: Self.grouped(text, [3, 3, 3], " ")
        case .cep: Self.postalCode(text)
        case .secret: Self.secret
        case .text, .longText, .time, .email, .choices, .address, .file: text
        }
    }

    private func yesNo(_ text: String) -> String {
        switch (text, language) {
        case ("yes", .en): "Yes"
        case ("no", .en): "No"
        case ("yes", _): "Sim"
        case ("no", _): "Não"
        default: text
        }
    }

    /// The desk's money, written as the reader's language does: `R$ 1.234,50`; `1.234,50 €`, `€ 1.234,50`, `€1,234.50`.
    private func money(_ text: String) -> String {
        switch (region.country, language) {
        case (.brazil, _): "R$ \(number(text))"
        case (.portugal, .ptPT): "\(number(text)) €"
        case (.portugal, .ptBR): "€ \(number(text))"
        case (.portugal, .en): "€\(number(text))"
        }
    }

    /// `1234.5` → `1.234,5`, in English `1,234.5`.
    func number(_ text: String) -> String {
        let isNegative = text.hasPrefix("-")
        let parts = (isNegative ? text.dropFirst() : Substring(text)).split(separator: ".")
        guard let whole = parts.first else { return text }
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { grouped += language == .en ? "," : "." }
            grouped.append(digit)
        }
        let fraction = parts.count > 1 ? (language == .en ? "." : ",") + parts[1] : ""
        return (isNegative ? "-" : "") + grouped + fraction
    }

    /// `52998224725` → `529.982.247-25`; `12ABC34501DE35` → `12.ABC.345/01DE-35`.
    static func document(_ text: String) -> String {
        let c = Array(text)
        switch c.count {
        case 11: return "\(String(c[0..<3])).\(String(c[3..<6])).\(String(c[6..<9]))-\(String(c[9..<11]))"
        case 14:
            return
                "\(String(c[0..<2])).\(String(c[2..<5])).\(String(c[5..<8]))/\(String(c[8..<12]))-\(String(c[12..<14]))"
        case 9: return grouped(text, [3, 3, 3], " ")
        default: return text
        }
    }

    private static func postalCode(_ text: String) -> String {
        text.count == 7 ? grouped(text, [4, 3], "-") : grouped(text, [5, 3], "-")
    }

    private static func grouped(_ text: String, _ lengths: [Int], _ separator: String) -> String {
        guard text.count == lengths.reduce(0, +) else { return text }
        var rest = Substring(text)
        var groups: [Substring] = []
        for length in lengths {
            groups.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return groups.joined(separator: separator)
    }

    private func address(_ address: AddressAnswer) -> String {
        let street = [address.street, address.number, address.complement].filter { !$0.isEmpty }.joined(separator: ", ")
        let city = [address.city, address.state].filter { !$0.isEmpty }.joined(separator: "/")
        let code = address.cep.isEmpty ? "" : Self.postalCode(address.cep)
        return [street, address.district, city, code].filter { !$0.isEmpty }.joined(separator: " — ")
    }
}
