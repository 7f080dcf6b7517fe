/// Checks a postal address; the postal code may always stay empty, because look-ups fail and callers forget.
struct AddressReader {
    let region: Region
    var postalCode: @Sendable (String) -> String? = { postalCode($0, digits: 8) }

    func read(_ address: AddressAnswer) throws(PromptFault) -> AnswerValue {
        var clean = AddressAnswer()
        for part in AddressAnswer.parts {
            let raw = address[keyPath: part.path]
            guard raw.utf8.count <= InterviewLimits.rawBytes else {
                throw PromptFault(.tooLong, limit: InterviewLimits.line)
            }
            let text = AnswerText.line(raw)
            guard text.count <= InterviewLimits.line else { throw PromptFault(.tooLong, limit: InterviewLimits.line) }
            clean[keyPath: part.path] = text
        }
        if clean == AddressAnswer() { return .empty }
        if !clean.cep.isEmpty {
            guard let code = postalCode(clean.cep) else { throw PromptFault(.notACEP) }
            clean.cep = code
        }
        clean.state = clean.state.uppercased()
        // A federation's addresses name the state.
        let needsState = region.country == .brazil
        guard !clean.street.isEmpty, !clean.city.isEmpty, !needsState || !clean.state.isEmpty else {
            throw PromptFault(.addressIncomplete)
        }
        return .address(clean)
    }

    /// The digits of a postal code without its marks; nil when there are not as many as the country's codes have.
    static func postalCode(_ text: String, digits: Int) -> String? {
        let kept = text.filter { $0 != "-" && $0 != "." && $0 != " " }
        guard kept.allSatisfy(\.isASCIIDigit), kept.count == digits else { return nil }
        guard !kept.allSatisfy({ $0 == "0" }) else { return nil }
        return kept
    }
}
