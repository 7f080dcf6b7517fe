import DeskCore
import HTTPTypes

/// What the desk's own refusals mean to a program.
extension LocalizedText {
    /// A text that is made for each language.
    init(_ text: (Language) -> String) { self.init(text(.ptBR), ptPT: text(.ptPT), en: text(.en)) }
}

extension CustomerError: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .store(let error): ProblemTranslation.problem(for: error)
        case .stale: StaleCopy.problem(sent: .null, current: [])
        case .refused(let faults):
            switch faults.first?.code {
            case .notFound where faults.count == 1 && [.customer, .phone].contains(faults[0].field): .notFound
            case .taken, .alreadyThere: Self.conflict(faults)
            case .working: Problem(.conflict, "still-open", faults[0].text)
            case .erased: Problem(.conflict, "erased", faults[0].text)
            default: .invalid(Self.fields(faults))
            }
        }
    }

    private static func fields(_ faults: [CustomerFault]) -> [FieldFault] {
        faults.map { fault in FieldFault(fault.field.rawValue, LocalizedText { fault.message(in: $0) }) }
    }

    private static func conflict(_ faults: [CustomerFault]) -> Problem {
        Problem(
            .conflict,
            "taken",
            LocalizedText("Já cadastrado", ptPT: "Já registado", en: "Already registered"),
            errors: fields(faults)
        )
    }
}

extension InterviewDeskError: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .noSuchAttendance: .notFound
        case .keyReused: IdempotencyKey.reused
        case .ended:
            Problem(
                .conflict,
                "interview-ended",
                LocalizedText(
                    "O atendimento já terminou",
                    ptPT: "O atendimento já terminou",
                    en: "The contact has ended"
                )
            )
        case .heldByAnother:
            Problem(
                .conflict,
                "held-by-another",
                LocalizedText(
                    "Um colega está com este atendimento",
                    ptPT: "Um colega está com este atendimento",
                    en: "A colleague has this contact"
                )
            )
        }
    }
}

extension VaultError: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .missing: .notFound
        case .erased: Problem(.gone, "erased", Self.erasedText)
        case .noReason: .invalid("reason", FieldText.missing)
        case .reasonTooLong(let limit): .invalid("reason", FieldText.longest(limit))
        case .key, .keyMissing, .keyWrong, .keyNotShared, .damaged: Problem(.serviceUnavailable, "vault", Self.shut)
        }
    }

    private static let erasedText = LocalizedText(
        "O prazo terminou e a senha foi apagada.",
        ptPT: "O prazo terminou e a palavra-passe foi apagada.",
        en: "The time is up and the password was erased."
    )

    private static let shut = LocalizedText(
        "As senhas não podem ser guardadas nem lidas agora: o administrador precisa ver a chave do cofre",
        ptPT:
            "As palavras-passe não podem ser guardadas nem lidas agora: o administrador precisa de ver a chave do cofre",
        en: "Passwords can neither be stored nor read right now: the administrator has to check the vault's key"
    )
}

extension AttachmentError: ProblemDescribing {
    private static let damagedText = LocalizedText(
        "O arquivo guardado está danificado: anexe o mesmo arquivo de novo ou peça ao administrador a cópia",
        ptPT: "O ficheiro guardado está danificado: anexe o mesmo ficheiro de novo ou peça a cópia ao administrador",
        en: "The stored file is damaged: attach the same file again, or ask the administrator for its copy"
    )

    private static let lostText = LocalizedText(
        "O arquivo guardado se perdeu: anexe o mesmo arquivo de novo ou peça ao administrador a cópia",
        ptPT: "O ficheiro guardado perdeu-se: anexe o mesmo ficheiro de novo ou peça a cópia ao administrador",
        en: "The stored file is gone: attach the same file again, or ask the administrator for its copy"
    )

    private static let shutText = LocalizedText(
        "Arquivos não podem ser guardados nem lidos agora: o administrador precisa ver o disco deles",
        ptPT: "Os ficheiros não podem ser guardados nem lidos agora: o administrador precisa de ver o disco deles",
        en: "Files can neither be stored nor read right now: the administrator has to look at their disk"
    )

    var problem: Problem {
        switch self {
        case .tooLarge(let limit): .tooLarge(limit: limit)
        case .missing: .notFound
        case .cannotWrite, .cannotRead:
            Problem(.serviceUnavailable, "files-unavailable", Self.shutText, headers: [.retryAfter: "30"])
        case .damaged: Problem(.serviceUnavailable, "file-damaged", Self.damagedText)
        case .lost: Problem(.serviceUnavailable, "file-lost", Self.lostText)
        case .empty:
            .invalid(
                "file",
                LocalizedText("O arquivo está vazio.", ptPT: "O ficheiro está vazio.", en: "The file is empty.")
            )
        case .tooMany(let limit):
            .invalid(
                "file",
                LocalizedText(
                    "No máximo \(limit) arquivos por atendimento.",
                    ptPT: "No máximo \(limit) ficheiros por atendimento.",
                    en: "At most \(limit) files for one attendance."
                )
            )
        case .kindNotAllowed, .disguised:
            Problem(
                .unsupportedMediaType,
                "file-not-taken",
                LocalizedText(
                    "Este tipo de arquivo não é aceito, ou o conteúdo não é o que o nome diz",
                    ptPT: "Este tipo de ficheiro não é aceite, ou o conteúdo não é o que o nome diz",
                    en: "Files of this kind are not taken, or the content is not what the name says"
                )
            )
        }
    }
}
