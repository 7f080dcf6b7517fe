import DeskCore
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// What each kind of error means to somebody outside.
///
/// Type names, statements and stack traces stay inside.
enum ProblemTranslation {
    static func problem(for error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as any ProblemDescribing: error.problem
        case let error as StoreError: problem(for: error)
        case let error as JSONFault: problem(for: error)
        case let error as DecodingError: problem(for: error)
        case is NIOTooManyBytesError: .tooLarge(limit: HTTPLimits.jsonBody)
        case is HTTPParserError: .brokenBody
        case let error as any HTTPResponseError: problem(status: error.status)
        default: .internalError
        }
    }

    /// What may stand in the log: our own errors describe themselves without personal data, others give their type only.
    static func logText(_ error: any Error) -> String {
        switch error {
        case let StoreError.refused(inner): logText(inner)
        case let error as StoreError: error.description
        case let problem as Problem: problem.code
        // Of a file or a key, never of whose it is.
        case let error as AttachmentError: error.description
        case let error as VaultError: error.description
        default: String(describing: type(of: error))
        }
    }

    private static func problem(for error: StoreError) -> Problem {
        if case .refused(let inner) = error { return problem(for: inner) }
        return error.isTransient ? .unavailable : .internalError
    }

    private static func problem(status: HTTPResponse.Status) -> Problem {
        switch status {
        case .notFound: .notFound
        case .contentTooLarge: .tooLarge(limit: HTTPLimits.jsonBody)
        case .methodNotAllowed: .methodNotAllowed("GET")
        case _ where status.kind == .clientError:
            Problem(
                status,
                "refused",
                LocalizedText("Pedido não aceito", ptPT: "Pedido não aceite", en: "Request not accepted")
            )
        default: .internalError
        }
    }

    private static func problem(for fault: JSONFault) -> Problem {
        let place = "\(fault.offset)"
        return switch fault.kind {
        case .syntax:
            .malformed(
                LocalizedText(
                    "O corpo não é JSON válido (byte \(place)).",
                    ptPT: "O corpo não é JSON válido (byte \(place)).",
                    en: "The body is not valid JSON (byte \(place))."
                )
            )
        case .invalidUTF8:
            .malformed(
                LocalizedText(
                    "O corpo não é texto UTF-8 válido.",
                    ptPT: "O corpo não é texto UTF-8 válido.",
                    en: "The body is not valid UTF-8 text."
                )
            )
        case .tooDeep, .tooManyValues:
            .malformed(
                LocalizedText(
                    "O JSON tem níveis ou valores demais (byte \(place)).",
                    ptPT: "O JSON tem demasiados níveis ou valores (byte \(place)).",
                    en: "The JSON has too many levels or values (byte \(place))."
                )
            )
        case .duplicateKey:
            .malformed(
                LocalizedText(
                    "Uma chave aparece duas vezes no mesmo objeto (byte \(place)).",
                    ptPT: "Uma chave aparece duas vezes no mesmo objeto (byte \(place)).",
                    en: "A key stands twice in one object (byte \(place))."
                )
            )
        }
    }

    private static func problem(for error: DecodingError) -> Problem {
        let (context, missing): (DecodingError.Context, (any CodingKey)?) =
            switch error {
            case .keyNotFound(let key, let context): (context, key)
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, nil)
            @unknown default: (.init(codingPath: [], debugDescription: ""), nil)
            }
        var problem = Problem.malformed(
            LocalizedText(
                "Um campo falta ou é de outro tipo.",
                ptPT: "Um campo falta ou é de outro tipo.",
                en: "A field is missing or of another kind."
            )
        )
        let path = JSONPath.text(context.codingPath + (missing.map { [$0] } ?? []))
        problem.errors = [FieldFault(path, missing == nil ? FieldText.wrongKind : FieldText.missing)]
        return problem
    }
}

/// Where in a body a fault lies: `phones[0].number`, `$` for the whole.
enum JSONPath {
    static func text(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
        return text.isEmpty ? "$" : text
    }
}

/// What is wrong with a single field, in the desk's languages.
enum FieldText {
    static let missing = LocalizedText("Obrigatório.", ptPT: "Obrigatório.", en: "Required.")
    static let wrongKind = LocalizedText(
        "Tipo de valor errado.",
        ptPT: "Tipo de valor errado.",
        en: "Wrong kind of value."
    )
    static let unknown = LocalizedText(
        "Campo desconhecido; confira o nome.",
        ptPT: "Campo desconhecido; confirme o nome.",
        en: "Unknown field; check its name."
    )

    static let tooFarOff = LocalizedText(
        "Esta data está longe demais: no máximo \(DeskHorizon.years) anos à frente.",
        ptPT: "Esta data está demasiado longe: no máximo \(DeskHorizon.years) anos à frente.",
        en: "That date is too far off: at most \(DeskHorizon.years) years ahead."
    )
    static let noSuchDay = LocalizedText(
        "Escolha um dia entre os anos 1900 e 2199.",
        en: "Choose a day between the years 1900 and 2199."
    )

    static func expected(_ kind: String) -> LocalizedText {
        LocalizedText("Esperado: \(kind).", ptPT: "Esperado: \(kind).", en: "Expected: \(kind).")
    }

    static func longest(_ limit: Int) -> LocalizedText {
        LocalizedText(
            "No máximo \(limit) caracteres.",
            ptPT: "No máximo \(limit) caracteres.",
            en: "At most \(limit) characters."
        )
    }

    static func oneOf(_ values: [String]) -> LocalizedText {
        let list = values.joined(separator: ", ")
        return LocalizedText("Um destes: \(list).", ptPT: "Um destes: \(list).", en: "One of: \(list).")
    }
}
