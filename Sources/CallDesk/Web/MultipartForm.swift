import DeskCore
import HTTPTypes

/// What a form brought: its text, and its files as slices of the one body, nothing copied.
struct MultipartForm: Sendable {
    struct File: Sendable {
        /// The input's name.
        var field: String
        /// As the browser wrote it; `AttachmentKind` judges it.
        var name: String
        var bytes: ArraySlice<UInt8>
    }

    var fields: [(name: String, value: String)] = []
    /// An input in which no file was chosen is not among them.
    var files: [File] = []

    /// The first field of that name, as it was sent.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }
}

/// A form with more in it than we take, and the words that came before its files: nobody writes them twice.
struct FormTooLarge: Error {
    var words: MultipartForm
}

extension FormTooLarge: ProblemDescribing {
    var problem: Problem {
        let most = HTTPLimits.formFiles / 1_048_576
        return Problem(
            .contentTooLarge,
            "too-large",
            LocalizedText(
                "Arquivos demais de uma vez",
                ptPT: "Ficheiros a mais de uma vez",
                en: "Too many files at once"
            ),
            detail: LocalizedText(
                "Os arquivos somam mais de \(most) MB: nada foi enviado. Escolha menos arquivos, ou menores.",
                ptPT: "Os ficheiros somam mais de \(most) MB: nada foi enviado. Escolha menos, ou mais pequenos.",
                en: "The files are more than \(most) MB together: nothing was sent. Choose fewer or smaller ones."
            )
        )
    }
}

/// Why a form with files was not read.
enum MultipartFault: Error, Equatable, CustomStringConvertible {
    /// No `multipart/form-data` with a boundary.
    case wrongType
    /// Not what RFC 7578 describes, or cut off before its end.
    case malformed
    case tooManyParts(limit: Int)
    case textTooLong(limit: Int)
    /// A field's text is not UTF-8; its name is not told, as the sender wrote it.
    case notText

    var description: String {
        switch self {
        case .wrongType: "the body is no multipart/form-data with a boundary"
        case .malformed: "the form's parts cannot be told apart"
        case .tooManyParts(let limit): "the form has more than \(limit) parts"
        case .textTooLong(let limit): "the form's text is longer than \(limit) bytes"
        case .notText: "a field of the form is not UTF-8"
        }
    }
}

extension MultipartFault: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .wrongType: .wrongMediaType("multipart/form-data")
        case .textTooLong(let limit): .tooLarge(limit: limit)
        case .malformed:
            .malformed(
                LocalizedText(
                    "O formulário chegou danificado ou incompleto. Envie de novo.",
                    ptPT: "O formulário chegou danificado ou incompleto. Envie de novo.",
                    en: "The form arrived damaged or incomplete. Send it again."
                )
            )
        case .tooManyParts(let limit):
            .malformed(
                LocalizedText(
                    "O formulário tem mais de \(limit) campos e arquivos.",
                    ptPT: "O formulário tem mais de \(limit) campos e ficheiros.",
                    en: "The form has more than \(limit) fields and files."
                )
            )
        case .notText:
            .malformed(
                LocalizedText(
                    "Um campo do formulário não é texto UTF-8 válido.",
                    ptPT: "Um campo do formulário não é texto UTF-8 válido.",
                    en: "A field of the form is not valid UTF-8 text."
                )
            )
        }
    }
}
