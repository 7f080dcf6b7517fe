import DeskCore

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
