/// Why something about a customer's account was not done.
public enum PersonError: Error, Sendable {
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case login
        case name
        case email
        case password
        case currentPassword = "current_password"
        case departments
    }

    public enum Code: String, Sendable, Hashable, CaseIterable {
        case missing
        case tooLong = "too_long"
        case invalid
        case taken
        case tooMany = "too_many"
        /// A department's address, not a person's (E6).
        case departmental
    }

    case invalid(Field, Code)
    case password(PasswordRule.Fault)
    /// The present password, given to change it, is wrong.
    case wrongPassword
    case notFound
    /// Too many passwords are being checked at once; the same call may succeed in some seconds.
    case busy
    case store(StoreError)

    init(_ error: StoreError) {
        switch error {
        case .refused(let inner as PersonError): self = inner
        case .notUnique(let constraint) where constraint.contains("login"): self = .invalid(.login, .taken)
        case .notUnique(let constraint) where constraint.contains("email"): self = .invalid(.email, .taken)
        default: self = .store(error)
        }
    }

    init(_ error: AccountError) {
        switch error {
        case .password(let fault): self = .password(fault)
        case .busy: self = .busy
        case .wrongPassword: self = .wrongPassword
        case .notFound: self = .notFound
        case .store(let error): self = .store(error)
        // Nothing else comes of hashing a password, which is all accounts do for persons.
        case .invalid, .stale, .unattended, .lastAdministrator: self = .notFound
        }
    }

    /// What a customer's directory said: its first fault, by the field of the account it touches.
    init(_ error: CustomerError) {
        switch error {
        case .store(let error): self = PersonError(error)
        default: self = .invalid(.email, .taken)
        }
    }

    /// An account that is there already; whose is not told.
    static func taken(_: Person) -> PersonError { .invalid(.email, .taken) }

    static func storing<Value>(_ body: () throws(StoreError) -> Value) throws(PersonError) -> Value {
        do throws(StoreError) { return try body() } catch { throw PersonError(error) }
    }

    /// What is thrown out of a transaction: the engine must see its own errors, to repeat what it can.
    var passage: any Error {
        if case .store(let error) = self { error } else { self }
    }

    /// The field a form marks; nil when it is not one field's fault.
    public var field: Field? {
        switch self {
        case .invalid(let field, _): field
        case .password: .password
        case .wrongPassword: .currentPassword
        case .notFound, .busy, .store: nil
        }
    }

    /// What happened and what to do.
    public func message(in language: Language) -> String { text[language] }

    public var text: LocalizedText {
        switch self {
        case .invalid(let field, let code): Self.message(field, code)
        case .password(let fault):
            LocalizedText(
                fault.message(in: .ptBR),
                ptPT: fault.message(in: .ptPT),
                en: fault.message(in: .en)
            )
        case .wrongPassword: Self.said(AccountError.wrongPassword)
        case .notFound: Self.said(AccountError.notFound)
        case .busy: Self.said(AccountError.busy)
        case .store(let error): Self.said(AccountError.store(error))
        }
    }

    private static func said(_ error: AccountError) -> LocalizedText {
        LocalizedText(error.message(in: .ptBR), ptPT: error.message(in: .ptPT), en: error.message(in: .en))
    }

    private static func message(_ field: Field, _ code: Code) -> LocalizedText {
        switch (field, code) {
        case (.login, .taken): AccountWords.loginTaken
        case (.login, _):
            LocalizedText(
                "Use de 2 a 40 letras minúsculas, números, ponto, hífen ou sublinhado, ou o seu próprio e-mail.",
                ptPT:
                    "Use de 2 a 40 letras minúsculas, algarismos, ponto, hífen ou sublinhado, ou o seu próprio e-mail.",
                en: "Use 2 to 40 lower-case letters, digits, dots, dashes or underscores, or your own e-mail."
            )
        case (.email, .departmental):
            LocalizedText(
                "Este endereço parece ser de um setor. Cada conta é de uma pessoa: use o seu próprio e-mail.",
                ptPT:
                    "Este endereço parece ser de um departamento. Cada conta é de uma pessoa: use o seu próprio e-mail.",
                en: "This looks like a department's address. Each account is one person's: use your own e-mail."
            )
        case (.email, .taken):
            LocalizedText(
                "Este e-mail já é de outra conta.",
                ptPT: "Este e-mail já é de outra conta.",
                en: "This e-mail belongs to another account."
            )
        case (.email, _):
            LocalizedText(
                "Confira o e-mail: nome@exemplo.com.br.",
                ptPT: "Verifique o e-mail: nome@exemplo.pt.",
                en: "Check the e-mail: name@example.com."
            )
        case (_, .missing): AccountWords.missing
        case (_, .tooLong): AccountWords.tooLong
        default: AccountWords.check
        }
    }
}

extension PersonError: CustomStringConvertible {
    /// For logs and the console: no login, no name.
    public var description: String {
        switch self {
        case .invalid(let field, let code): "customer's account refused: \(field.rawValue) \(code.rawValue)"
        case .password(let fault): "password refused: \(fault.rawValue)"
        case .wrongPassword: "the present password is wrong"
        case .notFound: "no such account"
        case .busy: "too many passwords are being checked; try again in some seconds"
        case .store(let error): error.description
        }
    }
}
