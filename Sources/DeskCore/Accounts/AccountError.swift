/// Why something about an account was not done.
public enum AccountError: Error, Sendable {
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case login
        case name
        case email
        case password
        case currentPassword = "current_password"
        case extensionParty = "extension"
        case departments
        case queues
    }

    public enum Code: String, Sendable, Hashable, CaseIterable {
        case missing
        case tooLong = "too_long"
        case invalid
        case taken
        case tooMany = "too_many"
    }

    case invalid(Field, Code)
    case password(PasswordRule.Fault)
    /// The present password, given to change it, is wrong.
    case wrongPassword
    case notFound
    /// Somebody changed the account since it was read.
    case stale
    /// Departments would be left to nobody while customers write there.
    case unattended([UnattendedDepartment])
    /// Nobody would be left who may give anybody anything.
    case lastAdministrator
    /// Too many passwords are being checked at once; the same call may succeed in some seconds.
    case busy
    case store(StoreError)

    init(_ error: StoreError) {
        switch error {
        case .refused(let inner as AccountError): self = inner
        case .notUnique(let constraint) where constraint.contains("login"): self = .invalid(.login, .taken)
        case .notUnique(let constraint) where constraint.contains("extension"): self = .invalid(.extensionParty, .taken)
        default: self = .store(error)
        }
    }

    /// What is thrown out of a transaction: the engine must see its own errors, to repeat what it can.
    var passage: any Error {
        if case .store(let error) = self { error } else { self }
    }

    /// What happened and what to do.
    public func message(in language: Language) -> String {
        switch self {
        case .invalid(let field, let code): Self.message(field, code)[language]
        case .password(let fault): fault.message(in: language)
        case .wrongPassword:
            LocalizedText(
                "A senha atual não confere.",
                ptPT: "A palavra-passe atual não confere.",
                en: "The current password is not right."
            )[language]
        case .notFound:
            LocalizedText("Esta conta não existe.", en: "There is no such account.")[language]
        case .stale:
            LocalizedText(
                "Alguém mudou esta conta depois que você a abriu. Confira e salve de novo.",
                ptPT: "Alguém mudou esta conta depois de a abrir. Confira e guarde de novo.",
                en: "Somebody changed this account since you opened it. Check it and save again."
            )[language]
        case .unattended(let departments): Self.left(departments.map { $0.text(in: language) })[language]
        case .lastAdministrator:
            LocalizedText(
                "Ninguém mais administraria a central. Dê antes este papel a outra pessoa.",
                ptPT: "Mais ninguém administraria o serviço. Dê antes este papel a outra pessoa.",
                en: "Nobody would be left to administer the desk. Give somebody else that role first."
            )[language]
        case .busy:
            LocalizedText(
                "Muitos acessos ao mesmo tempo. Tente de novo em alguns segundos.",
                ptPT: "Demasiados acessos ao mesmo tempo. Tente novamente dentro de segundos.",
                en: "Too many sign-ins at once. Try again in some seconds."
            )[language]
        case .store:
            LocalizedText(
                "O banco de dados não respondeu. Nada foi alterado: tente de novo.",
                ptPT: "A base de dados não respondeu. Nada foi alterado: tente novamente.",
                en: "The database did not answer. Nothing was changed: try again."
            )[language]
        }
    }

    private static func left(_ departments: [String]) -> LocalizedText {
        let list = departments.joined(separator: "; ")
        return LocalizedText(
            "Ninguém mais atenderia: \(list).",
            ptPT: "Mais ninguém atenderia: \(list).",
            en: "Nobody would be left for: \(list)."
        )
    }

    private static func message(_ field: Field, _ code: Code) -> LocalizedText {
        switch (field, code) {
        case (.login, .taken): AccountWords.loginTaken
        case (.login, _):
            LocalizedText(
                "Login: de 2 a 40 letras minúsculas, números, ponto, hífen ou sublinhado.",
                ptPT: "Utilizador: de 2 a 40 letras minúsculas, algarismos, ponto, hífen ou sublinhado.",
                en: "A login has 2 to 40 lower-case letters, digits, dots, dashes or underscores."
            )
        case (.extensionParty, .taken):
            LocalizedText(
                "Este ramal já é de outra conta.",
                ptPT: "Esta extensão já é de outra conta.",
                en: "This extension belongs to another account."
            )
        case (.extensionParty, _):
            LocalizedText(
                "Ramal inválido. Escreva como PJSIP/1001 ou 1001.",
                ptPT: "Extensão inválida. Escreva como PJSIP/1001 ou 1001.",
                en: "Not an extension. Write it as PJSIP/1001 or 1001."
            )
        case (.email, _):
            LocalizedText("E-mail inválido.", en: "Not an e-mail address.")
        case (_, .missing): AccountWords.missing
        case (_, .tooLong): AccountWords.tooLong
        default: AccountWords.check
        }
    }
}

extension AccountError: CustomStringConvertible {
    /// For logs and the console: no login, no name.
    public var description: String {
        switch self {
        case .invalid(let field, let code): "account refused: \(field.rawValue) \(code.rawValue)"
        case .password(let fault): "password refused: \(fault.rawValue)"
        case .wrongPassword: "the present password is wrong"
        case .notFound: "no such account"
        case .stale: "the account was changed since it was read; read it again"
        case .unattended(let departments):
            "nobody would be left for: \(departments.map(\.id).joined(separator: ", "))"
        case .lastAdministrator: "nobody would be left to administer the desk; give somebody else that role first"
        case .busy: "too many passwords are being checked; try again in some seconds"
        case .store(let error): error.description
        }
    }
}
