import DeskCore
import HTTPTypes

/// The street of a postal code, for the address a caller spells out.
struct PostalOperations: OperationSet {
    let lookup: PostalLookup

    var operations: [Operation] {
        [
            Operation(
                method: .get,
                path: "/postal-codes/{code}",
                id: "findPostalCode",
                tag: "interviews",
                summary:
                    "The address of a Brazilian postal code as far as the operator's file or service knows it, within a second; not found leaves it to be typed.",
                who: [.staff(.technician), .program(.interviewsWrite)],
                answer: .one("Address"),
                problems: [.notFound]
            ) { ask in
                guard let code = CEP(try ask.text("code")) else { throw Problem.noPostalCode }
                guard let found = await lookup.find(code) else { throw Problem.unknownPostalCode }
                return .one { json in
                    json.object { json in
                        for (name, path) in AddressAnswer.parts where !found[keyPath: path].isEmpty {
                            json.field(name, found[keyPath: path])
                        }
                    }
                }
            }
        ]
    }
}

extension Problem {
    /// What was asked for is no postal code at all.
    fileprivate static let noPostalCode = Problem.invalid(
        "code",
        LocalizedText("Um CEP tem oito dígitos, como 30130-010.", en: "A CEP has eight digits, such as 30130-010.")
    )

    fileprivate static let unknownPostalCode = Problem(
        .notFound,
        "postal-code-unknown",
        LocalizedText("Não conhecemos este CEP", ptPT: "Não conhecemos este CEP", en: "We do not know this CEP"),
        detail: LocalizedText(
            "Confira os dígitos, ou escreva o endereço por extenso.",
            ptPT: "Confirme os dígitos, ou escreva a morada por extenso.",
            en: "Check the digits, or write the address out."
        )
    )
}
