import ArgumentParser
import DeskCore
import Foundation

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Looks after the accounts of those who work at the desk.",
        subcommands: [Add.self, List.self, Disable.self, Password.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds an account; the password is read from the terminal or from standard input."
        )

        @OptionGroup var settings: SettingsOption
        @Argument(help: "The name to sign in with.")
        var login: String
        @Option(help: "The person's name.")
        var name: String
        @Option(help: "technician, supervisor or administrator.")
        var role = "technician"
        @Option(help: "An e-mail address.")
        var email: String?
        @Option(
            name: .customLong("extension"),
            help: "A phone as the PBX names it, PJSIP/1001, or LINE:PJSIP/1001. May repeat."
        )
        var extensions: [String] = []
        @Option(help: "A department of the catalogue. May repeat; none means all.")
        var department: [String] = []
        @Flag(help: "Without a password the account cannot sign in until it gets one.")
        var noPassword = false

        func run() async throws {
            guard let role = Account.Role(rawValue: role) else {
                throw ValidationError("--role is technician, supervisor or administrator")
            }
            let parties = extensions.map { text in
                let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
                return parts.count == 2
                    ? AccountExtension(line: parts[0], party: parts[1]) : AccountExtension(party: text)
            }
            let draft = AccountDraft(
                login: login,
                name: name,
                email: email,
                role: role,
                departments: department,
                extensions: parties
            )
            let password = noPassword ? nil : try Terminal.password("Senha de \(login): ")
            try await Administration.accounts(settings) { accounts in
                do throws(AccountError) {
                    let account = try await accounts.add(draft, password: password, by: .system("console"))
                    print("\(account.id)\t\(account.login)")
                } catch {
                    throw Administration.failed(error.message(in: .ptBR))
                }
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the accounts.")

        @OptionGroup var settings: SettingsOption

        func run() async throws {
            try await Administration.look(settings) { accounts in
                var after = ""
                while true {
                    let page = try await accounts.list(after: after)
                    for account in page {
                        let phones = try await accounts.extensions(of: account.id).map(\.party).joined(separator: ",")
                        let state = account.isDisabled ? "desativada" : "ativa"
                        print(
                            [account.login, account.role.rawValue, state, phones, account.name].joined(separator: "\t")
                        )
                    }
                    guard let last = page.last, page.count == 200 else { break }
                    after = last.login
                }
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes an account's access away, or gives it back.")

        @OptionGroup var settings: SettingsOption
        @Argument var login: String
        @Flag(help: "Give the access back.")
        var undo = false
        @Flag(
            help:
                "Take it away at once, although they have open tickets, are a department's last or the last administrator; tickets stay in the department's list."
        )
        var atOnce = false

        func run() async throws {
            let file = try settings.read(environment: ProcessInfo.processInfo.environment)
            let (login, undo, atOnce) = (login, undo, atOnce)
            try await OpenDatabase.with(file.database, mustExist: true) { database in
                // Whoever is shut out at once is shut out whatever the catalogue's file looks like.
                let catalogue = undo || atOnce ? nil : try CatalogueFile.shelf(file.catalogue).current
                try await Self.apply(login, undo: undo, atOnce: atOnce, of: catalogue, to: database)
            }
        }

        /// - Throws: what the command says of somebody who has open tickets, or is a department's last; nothing is changed then.
        static func apply(
            _ login: String,
            undo: Bool = false,
            atOnce: Bool = false,
            of catalogue: Catalogue?,
            to database: any Database
        ) async throws {
            let accounts = AccountDesk(database: database, clock: .system, changes: AccessChanges(over: database))
            let account = try await Administration.account(login, in: accounts)
            let mayHold = undo || atOnce
            let held = mayHold ? 0 : try await TicketDirectory(database: database).held(by: account.id).count
            guard held == 0 else { throw Administration.failed(UserCommand.holds(held)) }
            let work = mayHold ? nil : catalogue.map(DepartmentWork.init)
            do throws(AccountError) {
                try await accounts.disable(
                    account.id,
                    !undo,
                    keeping: work,
                    anyhow: atOnce,
                    by: .system("console")
                )
            } catch {
                switch error {
                case .unattended:
                    throw Administration.failed(
                        "\(error.message(in: .ptBR)) Ponha antes outra pessoa ali, em Usuários, ou repita com --at-once"
                    )
                case .lastAdministrator:
                    throw Administration.failed("\(error.message(in: .ptBR)) Ou repita com --at-once")
                default: throw error
                }
            }
        }
    }

    /// Why somebody who has open tickets keeps the access, and what to do.
    static func holds(_ count: Int) -> String {
        let number = count < TicketDesk.mostAtOnce ? "\(count)" : "\(count)+"
        return
            "tem chamados abertos (\(number)): desative a conta em Usuários, que pergunta quem fica com eles, ou repita com --at-once"
    }

    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Sets an account's password.")

        @OptionGroup var settings: SettingsOption
        @Argument var login: String

        func run() async throws {
            let login = login
            try await Administration.accounts(settings, mustExist: true) { accounts in
                let account = try await Administration.account(login, in: accounts)
                let password = try Terminal.password("Nova senha de \(login): ")
                do throws(AccountError) {
                    try await accounts.setPassword(password, of: account.id, by: .system("console"))
                } catch {
                    throw Administration.failed(error.message(in: .ptBR))
                }
            }
        }
    }
}

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Looks after programs' access to the API.",
        subcommands: [Add.self, List.self, Revoke.self]
    )

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Makes a token; it is shown once.")

        @OptionGroup var settings: SettingsOption
        @Argument(help: "What it is for.")
        var name: String
        @Option(help: "What it may do. May repeat: \(TokenScope.allCases.map(\.rawValue).joined(separator: ", ")).")
        var scope: [String] = []
        @Option(help: "Days until it expires; without it, never.")
        var days: Int?

        /// A century: whoever means longer leaves it out.
        private static let mostDays = 36_500

        func validate() throws {
            if let days, !(1...Self.mostDays).contains(days) {
                throw ValidationError("--days is a whole number from 1 to \(Self.mostDays)")
            }
        }

        func run() async throws {
            let scopes = try scope.map { text in
                guard let scope = TokenScope(rawValue: text) else {
                    throw ValidationError("'\(text)' is no scope; see --help")
                }
                return scope
            }
            guard !scopes.isEmpty else { throw ValidationError("give at least one --scope") }
            let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
            let expires = days.map { DeskClock.system.now.adding(.seconds($0 * 86_400)) }
            let made = try await OpenDatabase.with(settings.database, mustExist: true) { database in
                try await TokenDesk(database: database, clock: .system)
                    .add(name: name, scopes: Set(scopes), expiresAt: expires, by: .system("console"))
            }
            print(made.secret)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens, without their secrets.")

        @OptionGroup var settings: SettingsOption

        func run() async throws {
            let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
            let tokens = try await Administration.looking(settings.database) { database in
                try await TokenDesk(database: database, clock: .system).list()
            }
            for token in tokens {
                let state = token.isValid(at: DeskClock.system.now) ? "válido" : "inválido"
                print("\(token.id)\t\(state)\t\(token.scopes.map(\.rawValue).joined(separator: ","))\t\(token.name)")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a token's access away for good.")

        @OptionGroup var settings: SettingsOption
        @Argument(help: "Its number, from 'calldesk token list'.")
        var id: Int64

        func run() async throws {
            let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
            try await OpenDatabase.with(settings.database, mustExist: true) { database in
                let desk = TokenDesk(database: database, clock: .system, changes: AccessChanges(over: database))
                guard try await desk.revoke(id, by: .system("console")) else {
                    throw Administration.failed("não há token válido com esse número; veja 'calldesk token list'")
                }
            }
        }
    }
}

/// What the administration commands share.
enum Administration {
    /// `mustExist`: for all but what makes the first account, so that a mistyped path makes no database.
    static func accounts(
        _ option: SettingsOption,
        mustExist: Bool = false,
        _ body: (AccountDesk) async throws -> Void
    ) async throws {
        let settings = try option.read(environment: ProcessInfo.processInfo.environment)
        try await OpenDatabase.with(settings.database, mustExist: mustExist) { database in
            try await body(AccountDesk(database: database, clock: .system, changes: AccessChanges(over: database)))
        }
    }

    /// The account that signs in as `login`.
    static func account(_ login: String, in accounts: AccountDesk) async throws -> Account {
        guard let account = try await accounts.find(login: login) else {
            throw failed("não há conta com esse login; veja 'calldesk user list'")
        }
        return account
    }

    /// Says what is wrong and ends the command with 1.
    static func failed(_ text: String) -> ExitCode {
        Terminal.complain(text)
        return ExitCode(1)
    }
}
