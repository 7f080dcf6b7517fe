/// What a new password must be (C1): eight characters or more, a digit among them, and nothing anybody would try first.
public enum PasswordRule {
    public static let shortest = 8
    /// Longer ones are refused, not cut: hashing a megabyte is a way to keep the desk busy.
    public static let longest = 128

    public enum Fault: String, Error, Sendable, Hashable, CaseIterable {
        case missing
        case tooShort = "too_short"
        case tooLong = "too_long"
        case needsDigit = "needs_digit"
        case tooCommon = "too_common"
        /// The two spellings differ.
        case different

        public func message(in language: Language) -> String {
            switch self {
            case .missing:
                LocalizedText("Digite a senha.", ptPT: "Escreva a palavra-passe.", en: "Type the password.")[language]
            case .tooShort:
                LocalizedText(
                    "A senha precisa de pelo menos 8 caracteres.",
                    ptPT: "A palavra-passe precisa de pelo menos 8 caracteres.",
                    en: "The password needs 8 characters or more."
                )[language]
            case .tooLong:
                LocalizedText(
                    "A senha pode ter no máximo 128 caracteres.",
                    ptPT: "A palavra-passe pode ter no máximo 128 caracteres.",
                    en: "The password may have 128 characters at most."
                )[language]
            case .needsDigit:
                LocalizedText(
                    "A senha precisa de pelo menos um número.",
                    ptPT: "A palavra-passe precisa de pelo menos um algarismo.",
                    en: "The password needs at least one digit."
                )[language]
            case .tooCommon:
                LocalizedText(
                    "Esta senha é fácil demais de adivinhar. Escolha outra.",
                    ptPT: "Esta palavra-passe é demasiado fácil de adivinhar. Escolha outra.",
                    en: "This password is too easy to guess. Choose another."
                )[language]
            case .different:
                LocalizedText(
                    "As duas senhas são diferentes. Digite a mesma nos dois campos.",
                    ptPT: "As duas palavras-passe são diferentes. Escreva a mesma nos dois campos.",
                    en: "The two passwords differ. Type the same in both fields."
                )[language]
            }
        }
    }

    /// The first thing wrong with a new password, nil when it will do.
    public static func fault(of password: String, login: String, repeated: String? = nil) -> Fault? {
        if password.isEmpty { return .missing }
        guard password.utf8.count <= 4 * longest, password.unicodeScalars.count <= longest else { return .tooLong }
        if password.count < shortest { return .tooShort }
        if !password.contains(where: \.isNumber) { return .needsDigit }
        if isCommon(password, login: login) { return .tooCommon }
        if let repeated, repeated != password { return .different }
        return nil
    }

    /// The login with digits behind it, a well-known word with digits behind it, a run or a repetition.
    private static func isCommon(_ password: String, login: String) -> Bool {
        let folded = TextFolding.fold(password)
        let letters = folded.filter(\.isLetter)
        if letters == login.filter(\.isLetter), !letters.isEmpty { return true }
        if common.contains(letters) { return true }
        let values = Array(folded.utf8)
        let steps = Set(zip(values.dropFirst(), values).map { Int($0) - Int($1) })
        return steps.count == 1 && steps.isSubset(of: [-1, 0, 1])
    }

    private static let common: Set<String> = [
        "abc", "abcd", "admin", "administrador", "atendimento", "brasil", "calldesk", "changeme", "flamengo",
        "iloveyou",
        "letmein", "mudar", "mudarsenha", "password", "palavrapasse", "portugal", "qwerty", "qwertyuiop", "senha",
        "suporte", "teste", "test", "trocar", "welcome", "benfica", "corinthians", "futebol", "palmeiras",
    ]
}
