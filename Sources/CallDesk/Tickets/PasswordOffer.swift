import DeskCore
import HTTPTypes

/// A password in what somebody writes: noticed before it is stored, and put into the vault when they say so.
struct PasswordOffer: Sendable {
    let vault: SecretVault

    /// A text as it may be stored, with the vault's references of what was taken out of it.
    struct Taken: Sendable {
        var text: String
        var references: [String] = []
    }

    /// Whether `text` holds what looks like a password and nobody has said yet what to do about it.
    static func isOpen(_ text: String, _ wish: PasswordSpotter.Wish?) -> Bool {
        wish == nil && !PasswordSpotter.spot(in: text).isEmpty
    }

    /// `ticketID`: the ticket it is written to; nil while there is none, the contact's ticket gets it then.
    ///
    /// - Throws: `Problem` 409 `password-noticed` while nobody has said what to do about it; `VaultError`.
    func take(_ text: String, wish: PasswordSpotter.Wish?, attendanceID: Int64, ticketID: Int64?) async throws -> Taken
    {
        if wish == .keep { return Taken(text: text) }
        let found = PasswordSpotter.spot(in: text)
        guard !found.isEmpty else { return Taken(text: text) }
        guard wish == .seal else { throw Self.problem }
        var taken = Taken(text: PasswordSpotter.covered(text, found))
        for range in found {
            taken.references.append(
                try await vault.seal(
                    String(text[range]),
                    field: "entry",
                    attendanceID: attendanceID,
                    ticketID: ticketID
                )
            )
        }
        return taken
    }

    /// A text that nobody works by, such as praise, with dots for its passwords: nothing of them is kept.
    ///
    /// - Throws: `Problem` 409 `password-noticed` while nobody has said what to do about it.
    static func covered(_ text: String, wish: PasswordSpotter.Wish?) throws(Problem) -> String {
        if wish == .keep { return text }
        let found = PasswordSpotter.spot(in: text)
        guard !found.isEmpty else { return text }
        guard wish == .seal else { throw coverable }
        // Any number of them: with the tenth covered the eleventh is found.
        return PasswordSpotter.covered(text, PasswordSpotter.spot(in: text, most: .max))
    }

    /// A text as it is recorded once its passwords have been taken out or let stand.
    static func recorded(_ text: String, _ wish: PasswordSpotter.Wish?, most: Int = PasswordSpotter.usual) -> String {
        wish == .seal ? PasswordSpotter.covered(text, PasswordSpotter.spot(in: text, most: most)) : text
    }

    /// Nothing came of what was written: what was sealed for it is destroyed.
    func discard(_ taken: Taken) async throws {
        for reference in taken.references { try await vault.discard(reference) }
    }

    static let problem = Problem(.conflict, "password-noticed", noticed, detail: remedy)

    private static let coverable = Problem(.conflict, "password-noticed", noticed, detail: cover)

    static let noticed = LocalizedText(
        "Parece haver uma senha no texto",
        ptPT: "Parece haver uma palavra-passe no texto",
        en: "There seems to be a password in the text"
    )
    private static let cover = LocalizedText(
        "Cubra-a com pontos (passwords: seal), sem que nada dela fique, ou envie o texto como está (passwords: keep).",
        en: "Cover it with dots (passwords: seal); nothing of it is kept. Or send the text as it is (passwords: keep)."
    )
    private static let remedy = LocalizedText(
        "Guarde-a no cofre (passwords: seal), de onde se apaga sozinha, ou envie o texto como está (passwords: keep).",
        ptPT:
            "Guarde-a no cofre (passwords: seal), de onde se apaga sozinha, ou envie o texto como está (passwords: keep).",
        en:
            "Put it into the vault (passwords: seal), which erases it by itself, or send the text as it is (passwords: keep)."
    )
}
