import DeskCore
import HTTPTypes
import Hummingbird

/// The client's name for one wish, so that repeating a lost request does no harm.
struct IdempotencyKey: Sendable, Hashable {
    /// A UUID has 36 characters; room for a program's own scheme.
    static let longest = 200

    let text: String

    init(text: String) { self.text = text }

    /// The header's key; nil when there is none.
    ///
    /// - Throws: `Problem` 422 for an empty or overlong one, or one with other than visible ASCII characters.
    init?(_ request: Request) throws(Problem) {
        guard let text = request.headers[.idempotencyKey] else { return nil }
        guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalid("Idempotency-Key", FieldText.expected("1–\(Self.longest) ASCII"))
        }
        self.text = text
    }

    /// The problem of a key that comes again with another body.
    static let reused = Problem(
        .unprocessableContent,
        "idempotency-key-reused",
        LocalizedText(
            "Esta chave já foi usada com outro conteúdo",
            ptPT: "Esta chave já foi usada com outro conteúdo",
            en: "This key was used with another body"
        ),
        detail: LocalizedText(
            "Use uma chave nova para cada pedido novo; repita a mesma só com o mesmo corpo.",
            ptPT: "Use uma chave nova para cada pedido novo; repita a mesma só com o mesmo corpo.",
            en: "Use a new key for each new request; repeat one only with the same body."
        ),
        errors: [FieldFault("Idempotency-Key", FieldText.oneOf(["new key", "same body"]))]
    )
}
