import DeskCore
import HTTPTypes
import Hummingbird

/// Customers' accounts as the desk makes and keeps them: invited, seen, given a reach, kept out (E5, B1).
struct PersonOperations: OperationSet {
    let app: App
    /// Something to send is due at once.
    let wake: @Sendable () -> Void

    static var schemas: [(String, Schema)] {
        [
            (
                "Person",
                .object([
                    .init("id", .id), .init("name", .string(maximum: 200)),
                    .init("state", .words(Person.State.allCases.map(\.rawValue))),
                    .nullable("login", .string(maximum: 254)), .nullable("email", .string(maximum: 254)),
                    .nullable("activated_at", .time),
                    .init("contacts", .array(.reference("PersonContact"))),
                ])
            ),
            (
                "PersonContact",
                .object([
                    .init("contact_id", .id), .init("customer_id", .id), .init("reach", .words(Self.reaches)),
                    .init("departments", .array(.string(maximum: 80))),
                ])
            ),
            (
                "PersonChange",
                .object([
                    .optional("reach", .words(Self.reaches)),
                    .optional("departments", .array(.string(maximum: 80))),
                    .optional("blocked", .boolean),
                ])
            ),
            (
                "PersonInvitation",
                .object([
                    .optional("reach", .words(Self.reaches)),
                    .optional("departments", .array(.string(maximum: 80))),
                ])
            ),
            (
                "PersonJoin",
                .object([
                    .init("person_id", .id, "Whose account it is: `id` of getContactAccount."),
                    .optional("reach", .words(Self.reaches)),
                    .optional("departments", .array(.string(maximum: 80))),
                ])
            ),
        ]
    }

    private static let reaches = ["own", "departments", "all"]

    var operations: [Operation] { [show, invite, join, change] }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/contacts/{id}/account",
            id: "getContactAccount",
            tag: "customers",
            summary: "The portal account of a contact.",
            who: [.program(.customersRead), .staff(.technician)],
            answer: .one("Person"),
            problems: [.notFound]
        ) { ask in
            guard let person = try await app.persons.find(contactID: ask.id()) else { throw Problem.notFound }
            return try await answer(person, ask)
        }
    }

    private var invite: Operation {
        Operation(
            method: .post,
            path: "/contacts/{id}/account",
            id: "inviteContact",
            tag: "customers",
            summary:
                "Makes a contact's portal account and sends its owner the link to activate it; again, sends it again.",
            who: [.program(.customersWrite), .staff(.technician)],
            body: .optionalJSON("PersonInvitation"),
            status: .created,
            answer: .one("Person"),
            problems: [.notFound]
        ) { ask in
            let fields = try ask.fields()
            let reach = Self.reach(fields)
            try fields.finish()
            let invited = try await app.entry.invite(contactID: ask.id(), reach: reach, by: ask.actor)
            wake()
            return try await answer(invited.person, ask, .created)
        }
    }

    private var join: Operation {
        Operation(
            method: .post,
            path: "/contacts/{id}/account/join",
            id: "joinContactAccount",
            tag: "customers",
            summary: "Makes a contact one more of a person with an account: accountants speak for several customers.",
            who: [.program(.customersWrite), .staff(.supervisor)],
            body: .json("PersonJoin"),
            answer: .one("Person"),
            problems: [.notFound, .conflict]
        ) { ask in
            let fields = try ask.fields()
            let (reach, personID) = (Self.reach(fields), fields.id("person_id"))
            if personID == nil { fields.fault("person_id", FieldText.missing) }
            try fields.finish()
            guard let personID else { throw Problem.invalid("person_id", FieldText.missing) }
            let id = try ask.id()
            if let owner = try await app.persons.find(contactID: id), owner.id != personID, !owner.isUnanswered {
                throw Problem(.conflict, "has-account", Self.hasAccount)
            }
            try await app.persons.join(personID, contactID: id, reach: reach, by: ask.actor)
            guard let person = try await app.persons.find(personID) else { throw Problem.notFound }
            return try await answer(person, ask)
        }
    }

    private static let hasAccount = LocalizedText(
        "Este contato já tem a sua própria conta",
        ptPT: "Este contacto já tem a sua própria conta",
        en: "This contact has an account of its own"
    )

    private var change: Operation {
        Operation(
            method: .patch,
            path: "/contacts/{id}/account",
            id: "changeContactAccount",
            tag: "customers",
            summary: "Sets how far the contact sees, or keeps its person out of the portal.",
            who: [.program(.customersWrite), .staff(.technician)],
            body: .json("PersonChange"),
            answer: .one("Person"),
            problems: [.notFound]
        ) { ask in
            let fields = try ask.fields()
            let (reach, isBlocked) = (Self.reach(fields), fields.bool("blocked"))
            try fields.finish()
            let id = try ask.id()
            let person = try await app.persons.set(reach: reach, isBlocked: isBlocked, contactID: id, by: ask.actor)
            return try await answer(person, ask)
        }
    }

    /// How far somebody is to see; a word that is none, and departments without theirs, are faults and not left out.
    private static func reach(_ fields: FieldReader) -> Reach? {
        let names = fields.texts("departments", most: Reach.mostDepartments, maximum: 80)
        let word = fields.text("reach", maximum: 20)
        let reach = word.flatMap { Reach($0, departments: names ?? []) }
        if word != nil, reach == nil { fields.fault("reach", FieldText.oneOf(reaches)) }
        if word == "departments" {
            if names == nil { fields.fault("departments", FieldText.missing) }
        } else if names?.isEmpty == false {
            fields.fault("departments", onlyDepartments)
        }
        return reach
    }

    private static let onlyDepartments = LocalizedText(
        "Só com reach: \"departments\".",
        ptPT: "Só com reach: \"departments\".",
        en: "Only with reach: \"departments\"."
    )

    private func answer(_ person: Person, _ ask: Ask, _ status: HTTPResponse.Status = .ok) async throws -> Response {
        let contacts = try await app.persons.contacts(of: person.id)
        let views = try await RecordViews(app.attendances, for: ask.caller)
        // Who speaks for several customers is covered while one of them is.
        let view = contacts.map { views.of($0.customerID) }.first { !$0.isOpen } ?? .whole
        return .one(status) { json in
            json.object { json in
                json.field("id", person.id)
                json.field("name", person.name)
                json.field("state", person.state.rawValue)
                json.field("login", view.login(person.login))
                json.field("email", view.email(person.email))
                json.field("activated_at", person.activatedAt)
                json.key("contacts")
                json.array(contacts) { json, contact in
                    json.object { json in
                        json.field("contact_id", contact.contactID)
                        json.field("customer_id", contact.customerID)
                        json.field("reach", contact.reach.word)
                        json.field("departments", contact.reach.departments)
                    }
                }
            }
        }
    }
}

extension PersonError: ProblemDescribing {
    var problem: Problem {
        switch self {
        case .store(let error): ProblemTranslation.problem(for: error)
        case .notFound: .notFound
        case .busy: .tooMany(retryAfter: 5)
        case .invalid, .password, .wrongPassword: .invalid(field?.rawValue ?? "", text)
        }
    }
}
