import DeskCore
import HTTPTypes
import Hummingbird

/// One's own account: what a call does on the screen, the language, the password.
struct ProfileRoutes: Sendable {
    let app: App
    let pages: DeskPages
    let cookie: SessionCookie

    func addPages(to routes: PageRoutes) {
        routes.get("/desk/profile") { _, context, frame in
            let words = pages[context.language]
            frame.title = words("profile.title")
            let account = context.account
            let extensions = try await app.accounts.extensions(of: account.id)
            let departments = account.departments.map { id in
                app.catalogue.current.department(id)?.name[context.language] ?? id
            }
            return PageContent(
                "profile",
                [
                    "name": account.name, "login": account.login,
                    "pops": Account.Pop.allCases.map { pop -> [String: Any] in
                        [
                            "value": pop.rawValue, "label": pop.title(in: context.language),
                            "about": words("profile.pop.\(pop.rawValue)"), "isChosen": pop == account.pop,
                        ]
                    },
                    "languages": Language.allCases.map { language -> [String: Any] in
                        [
                            "value": language.rawValue, "label": Self.name(of: language),
                            "isChosen": language == account.language ?? context.language,
                        ]
                    },
                    "extensions": extensions.map { $0.line.isEmpty ? $0.party : "\($0.party) (\($0.line))" }
                        .joined(separator: ", "),
                    "queues": account.queues.joined(separator: ", "),
                    "departments": departments.joined(separator: ", "),
                ]
            )
        }
    }

    func addRoutes(to group: RouterGroup<SignedInContext>) {
        group.patch("/desk/api/me") { request, context -> Response in try await change(request, context) }
        group.put("/desk/api/me/password") { request, context -> Response in try await password(request, context) }
    }

    /// A language's name in itself: whoever looks for it need not read the page's.
    static func name(of language: Language) -> String {
        switch language {
        case .ptBR: "Português (Brasil)"
        case .ptPT: "Português (Portugal)"
        case .en: "English"
        }
    }

    private func change(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let pop = body.choice("pop", Account.Pop.self)
        let language = body.choice("language", Language.self)
        try body.finish()
        // Only what was chosen: who the person is and what they may is not written from this session's copy.
        let changed = try await app.accounts.prefer(
            context.account.id,
            language: language,
            pop: pop,
            by: context.actor
        )
        return .one { json in
            json.object { json in
                json.field("pop", changed.pop.rawValue)
                json.field("language", changed.language?.rawValue)
            }
        }
    }

    private func password(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let body = try FieldReader(await request.json())
        let longest = PasswordRule.longest * 4
        let current = body.text("current_password", maximum: longest) ?? ""
        let new = body.text("password", maximum: longest) ?? ""
        let repeated = body.text("repeated", maximum: longest) ?? ""
        try body.finish()
        let token = cookie.token(of: request)
        try await app.accounts.changePassword(
            of: context.account.id,
            current: current,
            new: new,
            repeated: repeated,
            keeping: token
        )
        var response = Response.one { json in json.object { $0.field("changed", true) } }
        // What somebody may have copied of the old session is worth nothing any more.
        if let token, let session = try await app.sessions.rotate(token) {
            response.headers.append(HTTPField(name: .setCookie, value: cookie.giving(session.token)))
        }
        return response
    }
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
        case .busy: .tooMany(retryAfter: 5)
        case .store(let error): ProblemTranslation.problem(for: error)
        }
    }
}
