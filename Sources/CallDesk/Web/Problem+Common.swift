import DeskCore
import HTTPTypes

extension Problem {
    static let notFound = Problem(
        .notFound,
        "not-found",
        LocalizedText("Não encontrado", ptPT: "Não encontrado", en: "Not found"),
        detail: LocalizedText(
            "Este endereço não leva a nada. Confira o link ou o número.",
            ptPT: "Este endereço não leva a nada. Confirme a ligação ou o número.",
            en: "There is nothing at this address. Check the link or the number."
        )
    )

    static let fileLinkOver = Problem(
        .gone,
        "file-link-over",
        LocalizedText("Este endereço já venceu", ptPT: "Este endereço já expirou", en: "This link has expired"),
        detail: LocalizedText(
            "Endereços de arquivos valem dois minutos. Volte à página do chamado e abra o arquivo de novo.",
            ptPT: "Endereços de ficheiros valem dois minutos. Volte à página do pedido e abra o ficheiro de novo.",
            en: "Links to files work for two minutes. Go back to the ticket's page and open the file again."
        )
    )

    static func methodNotAllowed(_ allowed: String) -> Problem {
        Problem(
            .methodNotAllowed,
            "method-not-allowed",
            LocalizedText("Método não aceito", ptPT: "Método não aceite", en: "Method not allowed"),
            detail: LocalizedText(
                "Aceitos aqui: \(allowed).",
                ptPT: "Aceites aqui: \(allowed).",
                en: "Allowed here: \(allowed)."
            ),
            headers: [.allow: allowed]
        )
    }

    static let internalError = Problem(
        .internalServerError,
        "internal-error",
        LocalizedText(
            "Algo falhou do nosso lado",
            ptPT: "Algo falhou do nosso lado",
            en: "Something went wrong on our side"
        ),
        detail: LocalizedText(
            "Nada foi perdido. Tente de novo; se continuar, informe ao administrador o número deste pedido.",
            ptPT: "Nada se perdeu. Tente de novo; se continuar, indique ao administrador o número deste pedido.",
            en: "Nothing was lost. Try again; if it keeps happening, give the administrator this request's number."
        )
    )

    static let unavailable = Problem(
        .serviceUnavailable,
        "unavailable",
        LocalizedText(
            "Serviço indisponível no momento",
            ptPT: "Serviço indisponível de momento",
            en: "Unavailable right now"
        ),
        detail: LocalizedText(
            "O banco de dados não aceita gravações agora. Tente de novo em alguns segundos.",
            ptPT: "A base de dados não aceita gravações agora. Tente de novo dentro de segundos.",
            en: "The database takes no writes now. Try again in a few seconds."
        ),
        headers: [.retryAfter: "5"]
    )

    static func tooLarge(limit: Int) -> Problem {
        let size = limit >= 1_048_576 ? "\(limit / 1_048_576) MiB" : "\(limit / 1024) KiB"
        return Problem(
            .contentTooLarge,
            "too-large",
            LocalizedText("Conteúdo grande demais", ptPT: "Conteúdo demasiado grande", en: "Content too large"),
            detail: LocalizedText("O limite é \(size).", ptPT: "O limite é \(size).", en: "The limit is \(size).")
        )
    }

    static let tooSlow = Problem(
        .requestTimeout,
        "too-slow",
        LocalizedText("O envio demorou demais", ptPT: "O envio demorou demasiado", en: "Sending took too long"),
        detail: LocalizedText(
            "Nada foi alterado. Envie de novo por uma conexão mais rápida.",
            ptPT: "Nada foi alterado. Envie de novo por uma ligação mais rápida.",
            en: "Nothing was changed. Send it again over a faster connection."
        )
    )

    static func wrongMediaType(_ expected: String) -> Problem {
        Problem(
            .unsupportedMediaType,
            "wrong-media-type",
            LocalizedText(
                "Tipo de conteúdo não aceito",
                ptPT: "Tipo de conteúdo não aceite",
                en: "Media type not taken"
            ),
            detail: LocalizedText(
                "Envie com Content-Type: \(expected).",
                ptPT: "Envie com Content-Type: \(expected).",
                en: "Send it with Content-Type: \(expected)."
            )
        )
    }

    static func malformed(_ what: LocalizedText) -> Problem {
        Problem(
            .badRequest,
            "malformed",
            LocalizedText(
                "O pedido não pôde ser lido",
                ptPT: "O pedido não pôde ser lido",
                en: "The request cannot be read"
            ),
            detail: what
        )
    }

    /// The body ended before its end, or its chunks are none (RFC 9112 §7.1); the connection cannot go on after it.
    static let brokenBody: Problem = {
        var problem = Problem.malformed(
            LocalizedText(
                "O corpo do pedido chegou danificado ou incompleto.",
                ptPT: "O corpo do pedido chegou danificado ou incompleto.",
                en: "The request's body arrived damaged or incomplete."
            )
        )
        problem.headers = [.connection: "close"]
        return problem
    }()

    static func invalid(_ errors: [FieldFault]) -> Problem {
        Problem(
            .unprocessableContent,
            "invalid",
            LocalizedText(
                "Confira os campos indicados",
                ptPT: "Confirme os campos indicados",
                en: "Check the fields named"
            ),
            errors: errors
        )
    }

    static func invalid(_ field: String, _ message: LocalizedText) -> Problem { invalid([FieldFault(field, message)]) }

    static func tooMany(retryAfter seconds: Int) -> Problem {
        Problem(
            .tooManyRequests,
            "too-many-requests",
            LocalizedText("Pedidos demais", ptPT: "Demasiados pedidos", en: "Too many requests"),
            detail: LocalizedText(
                "Espere \(seconds) s e tente de novo.",
                ptPT: "Espere \(seconds) s e tente de novo.",
                en: "Wait \(seconds) s and try again."
            ),
            headers: [.retryAfter: String(seconds)]
        )
    }
}
