import DeskCore
import HTTPTypes
import Hummingbird

/// One's own account: what a call does on the screen, the language, the password.
struct ProfilePages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/desk/profile") { _, context, frame in
            let words = pages[context.language]
            frame.title = words("profile.title")
            let account = context.account
            let extensions = try await app.accounts.extensions(of: account.id)
            let wishes = try await app.wishes.wishes(of: account.id)
            let departments = account.departments.map { id in
                app.catalogue.current.department(id)?.name[context.language] ?? id
            }
            return .page(
                ProfilePage(
                    name: account.name,
                    login: account.login,
                    pops: Account.Pop.allCases.map { pop in
                        ProfilePage.Pop(
                            value: pop.rawValue,
                            label: pop.title(in: context.language),
                            about: words("profile.pop.\(pop.rawValue)"),
                            isChosen: pop == account.pop
                        )
                    },
                    languages: PageChoice.all(
                        Language.self,
                        chosen: account.language ?? context.language,
                        label: Self.name(of:)
                    ),
                    extensions: extensions.map { $0.line.isEmpty ? $0.party : "\($0.party) (\($0.line))" }
                        .joined(separator: ", "),
                    queues: account.queues.joined(separator: ", "),
                    departments: departments.joined(separator: ", "),
                    wishes: StaffHappening.allCases.map { happening in
                        ProfilePage.Wish(
                            value: happening.rawValue,
                            label: happening.title(context.language),
                            hasMail: happening != .call,
                            mail: wishes.mail.contains(happening),
                            desktop: wishes.desktop.contains(happening),
                            sound: wishes.sound.contains(happening)
                        )
                    },
                    hasNoMail: account.email == nil
                )
            )
        }
    }

    /// A language's name in itself: whoever looks for it need not read the page's.
    static func name(of language: Language) -> String {
        switch language {
        case .ptBR: "Português (Brasil)"
        case .ptPT: "Português (Portugal)"
        case .en: "English"
        }
    }
}

/// One's own account.
struct ProfilePage: Page {
    static let template = "profile"

    struct Pop: PagePart {
        var value: String
        var label: String
        var about: String
        var isChosen: Bool
    }

    struct Wish: PagePart {
        var value: String
        var label: String
        /// A call is over before a mail is read.
        var hasMail: Bool
        var mail: Bool
        var desktop: Bool
        var sound: Bool
    }

    var name: String
    var login: String
    var pops: [Pop]
    var languages: [PageChoice]
    /// Each in one text, as it is read: empty for none.
    var extensions: String
    var queues: String
    var departments: String
    var wishes: [Wish]
    /// No e-mail address is known, so that none goes out.
    var hasNoMail: Bool
}

extension AccountError: ProblemDescribing {
    var problem: Problem {
        let text = LocalizedText { message(in: $0) }
        return switch self {
        case .invalid(let field, .taken):
            Problem(.conflict, "taken", text, errors: [FieldFault(field.rawValue, text)])
        case .invalid(let field, _): .invalid(field.rawValue, text)
        case .password(let fault): .invalid(fault == .different ? "repeated" : "password", text)
        case .wrongPassword: .invalid("current_password", text)
        case .notFound: .notFound
        case .stale: StaleCopy.problem(sent: .null, current: [])
        case .unattended:
            Problem(
                .conflict,
                "leaves-nobody",
                text,
                detail: LocalizedText(
                    "Ponha antes outra pessoa ali, ou confirme que fica sem ninguém (leave_unattended): o que chegar aparece a quem vê todos os departamentos.",
                    ptPT:
                        "Ponha antes outra pessoa ali, ou confirme que fica sem ninguém (leave_unattended): o que chegar aparece a quem vê todos os departamentos.",
                    en:
                        "Put somebody else there first, or confirm that it stays without anybody (leave_unattended): what comes is seen by those who see all departments."
                )
            )
        case .lastAdministrator: Problem(.conflict, "last-administrator", text)
        case .busy: .tooMany(retryAfter: 5)
        case .store(let error): ProblemTranslation.problem(for: error)
        }
    }
}
