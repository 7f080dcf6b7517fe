import DeskCore
import HTTPTypes
import Hummingbird

/// Changing one's own account: what a call does on the screen, the language, the password.
struct ProfileOperations: OperationSet {
    let app: App

    var operations: [Operation] {
        [
            Operation(
                method: .patch,
                path: "/me",
                id: "updateProfile",
                tag: "users",
                summary: "Changes what a call does on one's own screen, and its language; what is not named stays.",
                who: [.staff(.technician)],
                body: .json("ProfileChange"),
                answer: .one("Profile")
            ) { ask in try await change(ask) },
            Operation(
                method: .put,
                path: "/me/password",
                id: "changePassword",
                tag: "users",
                summary: "Changes one's own password and ends one's other sessions.",
                who: [.staff(.technician)],
                body: .json("PasswordChange"),
                answer: .one("Changed")
            ) { ask in try await password(ask) },
            Operation(
                method: .get,
                path: "/me/wishes",
                id: "getWishes",
                tag: "users",
                summary: "By which ways the person is told of what, besides the bell.",
                who: [.staff(.technician)],
                answer: .one("StaffWishes")
            ) { ask in
                let wishes = try await app.wishes.wishes(of: try ask.person().id)
                return .one { $0.write(wishes) }
            },
            Operation(
                method: .put,
                path: "/me/wishes",
                id: "saveWishes",
                tag: "users",
                summary: "Says by which ways the person wants to be told of what.",
                who: [.staff(.technician)],
                body: .json("StaffWishes"),
                answer: .one("StaffWishes")
            ) { ask in
                let fields = try ask.fields()
                var wishes = StaffWishes()
                wishes.mail = Self.happenings("mail", fields)
                wishes.desktop = Self.happenings("desktop", fields)
                wishes.sound = Self.happenings("sound", fields)
                try fields.finish()
                try await app.wishes.save(wishes, of: try ask.person().id)
                return .one { [wishes] in $0.write(wishes) }
            },
        ]
    }

    private static func happenings(_ name: String, _ fields: FieldReader) -> Set<StaffHappening> {
        let words = fields.texts(name, most: StaffHappening.allCases.count) ?? []
        let known = words.compactMap(StaffHappening.init(rawValue:))
        // A call is over before a mail of it is read.
        let isMisplaced = name == "mail" && known.contains(.call)
        if known.count != words.count || isMisplaced {
            let allowed = StaffHappening.allCases.filter { name != "mail" || $0 != .call }
            fields.fault(name, FieldText.oneOf(allowed.map(\.rawValue)))
        }
        return Set(known)
    }

    private func change(_ ask: Ask) async throws -> Response {
        let body = try ask.fields()
        let pop = body.choice("pop", Account.Pop.self)
        let language = body.choice("language", Language.self)
        try body.finish()
        // Only what was chosen: who the person is and what they may is not written from this session's copy.
        let changed = try await app.accounts.prefer(
            ask.person().id,
            language: language,
            pop: pop,
            by: ask.actor
        )
        return .one { json in
            json.object { json in
                json.field("pop", changed.pop.rawValue)
                json.field("language", changed.language?.rawValue)
            }
        }
    }

    private func password(_ ask: Ask) async throws -> Response {
        let body = try ask.fields()
        let longest = PasswordRule.longest * 4
        let current = body.text("current_password", maximum: longest) ?? ""
        let new = body.text("password", maximum: longest) ?? ""
        let repeated = body.text("repeated", maximum: longest) ?? ""
        try body.finish()
        guard case .staff(let staff) = ask.caller else { throw Problem.forbidden }
        try await app.accounts.changePassword(
            of: staff.account.id,
            current: current,
            new: new,
            repeated: repeated,
            keeping: staff.session
        )
        var response = Response.one { json in json.object { $0.field("changed", true) } }
        // What somebody may have copied of the old session is worth nothing any more.
        if let session = try await app.sessions.rotate(staff.session) {
            let cookie = SessionCookies(url: app.settings.desk.url)[.staff]
            response.headers.append(HTTPField(name: .setCookie, value: cookie.giving(session.token)))
        }
        return response
    }
}

extension JSONWriter {
    mutating func write(_ wishes: StaffWishes) {
        object { json in
            json.field("mail", wishes.mail.map(\.rawValue).sorted())
            json.field("desktop", wishes.desktop.map(\.rawValue).sorted())
            json.field("sound", wishes.sound.map(\.rawValue).sorted())
        }
    }
}
