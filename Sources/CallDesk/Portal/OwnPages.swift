import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The four tabs of what is one's own: data, telephones, password, preferences (A1–A4, B2).
struct OwnPages: Sendable {
    let app: App
    let pages: PortalPages
    let lookup: PostalLookup
    /// Something to send is due at once.
    let wake: @Sendable () -> Void
    /// Codes cost an SMS each, and passwords are hashed.
    let throttle: AddressThrottle

    init(app: App, pages: PortalPages, lookup: PostalLookup, wake: @escaping @Sendable () -> Void) {
        self.app = app
        self.pages = pages
        self.lookup = lookup
        self.wake = wake
        throttle = AddressThrottle(burst: 20, perMinute: 10, clock: app.clock)
    }

    func addPages(to routes: PortalRoutes) {
        routes.ownPage("/dados") { visit, customer in try await data(visit, customer) }
        routes.ownForm("/dados") { form, customer in try await saveData(form, customer) }
        routes.ownForm("/dados/codigo", page: "/dados") { form, customer in try await join(form, customer) }
        routes.ownPage("/dados/arquivo") { visit, customer in try await OwnFile(app: app).response(visit, customer) }
        routes.ownPage("/telefones") { visit, customer in try await phones(visit, customer) }
        routes.ownForm("/telefones") { form, customer in try await addPhone(form, customer) }
        routes.ownForm("/telefones/remover", page: "/telefones") { form, customer in
            try await removePhone(form, customer)
        }
        routes.ownPage("/senha") { visit, customer in password(visit, customer) }
        routes.ownForm("/senha") { form, customer in try await changePassword(form, customer) }
        routes.ownPage("/preferencias") { visit, customer in preferences(visit, customer) }
        routes.ownForm("/preferencias") { form, customer in try await savePreferences(form, customer) }
        routes.ownPage("/preferencias/foto") { _, customer in try photo(customer) }
        routes.ownForm("/preferencias/foto", page: "/preferencias") { form, customer in
            try await savePhoto(form, customer)
        }
        routes.page("/email/:token") { visit in try await emailPage(visit) }
        routes.form("/email/:token") { form in try await confirmEmail(form) }
    }

    static let places = ["dados", "telefones", "senha", "preferencias"]

    func tabs(_ place: String, _ words: Words) -> [PortalTab] {
        Self.places.map { PortalTab(href: "/\($0)", label: words("portal.own.\($0)"), isCurrent: $0 == place) }
    }

    // MARK: - Data (A1)

    struct DataPage: Page {
        static let template = "dados"

        struct Record: PagePart {
            var contactID: Int64
            var heading: String
            var document: String?
            var fields: [PortalField]
        }

        var tabs: [PortalTab]
        var done: String?
        var message: String?
        var fields: [PortalField]
        var records: [Record]
        /// Whether a postal code finds its street.
        var canLookUp: Bool
        /// A registration may have met a customer the desk knows: it joins it by the code that went there.
        var mayJoin: Bool
        /// Where they ask for what is kept of them to be erased; nil in a catalogue without such a topic.
        var erasure: String?
    }

    func data(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        message: String? = nil,
        typed: PortalForm? = nil,
        found: [Int64: String] = [:],
        fault: PersonError? = nil
    ) async throws -> Response {
        let words = pages[visit.language]
        func said(_ field: PersonError.Field) -> String? {
            fault?.field == field ? fault?.message(in: visit.language) : nil
        }
        let person = try await app.persons.find(customer.person.id) ?? customer.person
        let claim = try await app.persons.claim(of: person.id)
        var records: [DataPage.Record] = []
        let canLookUp = await lookup.isOffered()
        for contact in customer.contacts {
            guard let record = try await app.customers.find(contact.customerID) else { continue }
            records.append(
                DataPage.Record(
                    contactID: contact.contactID,
                    heading: record.name,
                    document: record.document?.formatted
                        ?? (claim?.contactID == contact.contactID ? claim?.document : nil),
                    fields: (canLookUp
                        ? [
                            PortalField(
                                "cep-\(contact.contactID)",
                                words("portal.field.cep"),
                                value: typed?["cep-\(contact.contactID)"] ?? "",
                                isRequired: false,
                                autocomplete: "postal-code",
                                inputmode: "numeric",
                                maxlength: 20,
                                hint: words("portal.own.cepHint")
                            )
                        ] : []) + [
                            PortalField(
                                "address-\(contact.contactID)",
                                words("portal.field.address"),
                                value: found[contact.contactID] ?? typed?["address-\(contact.contactID)"] ?? record
                                    .address ?? "",
                                isRequired: record.kind == .person,
                                autocomplete: "street-address",
                                maxlength: TextLimits.address
                            )
                        ]
                )
            )
        }
        var fields = [
            PortalField(
                "name",
                words("portal.field.name"),
                value: typed?["name"] ?? person.name,
                autocomplete: "name",
                fault: said(.name)
            )
        ]
        if person.domain == nil {
            fields.append(
                PortalField(
                    "email",
                    words("portal.field.email"),
                    value: typed?["email"] ?? person.email ?? "",
                    isRequired: person.email != nil,
                    autocomplete: "email",
                    inputmode: "email",
                    maxlength: 400,
                    hint: words("portal.own.emailHint"),
                    fault: said(.email)
                )
            )
        }
        let page = DataPage(
            tabs: tabs("dados", words),
            done: done,
            message: message ?? (fault?.field == nil ? fault?.message(in: visit.language) : nil),
            fields: fields,
            records: records,
            canLookUp: canLookUp,
            mayJoin: claim != nil,
            erasure: app.catalogue.current.topic(Catalogue.ownData).map { "/abrir/\(PercentEncoding.encode($0.id))" }
        )
        return pages.response(
            visit,
            title: words("portal.own.dados"),
            page,
            status: fault == nil && message == nil ? .ok : .unprocessableContent
        )
    }

    func saveData(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (visit, id) = (form.visit, customer.person.id)
        let words = pages[visit.language]
        if form.has("buscar") {
            try throttle.admit(visit.peer)
            var codes: [(contactID: Int64, code: CEP)] = []
            for contact in customer.contacts {
                guard let code = CEP(form["cep-\(contact.contactID)"]) else { continue }
                codes.append((contact.contactID, code))
            }
            let known = await lookup.find(codes.map(\.code))
            let found = Dictionary(codes.compactMap { asked in known[asked.code].map { (asked.contactID, $0.line) } }) {
                first,
                _ in first
            }
            return try await data(visit, customer, typed: form, found: found)
        }
        var message = CustomerSuccess.customerSaved.message(in: visit.language)
        do throws(PersonError) {
            if form["name"] != customer.person.name { try await app.entry.rename(id, to: form["name"]) }
            let email = WrittenAddress(form["email"])?.address.canonical ?? form["email"]
            // A directory's e-mail is changed in the directory, whose password it goes with.
            if customer.person.domain == nil, email != customer.person.email ?? "" {
                do throws(Problem) { try throttle.admit(visit.peer) } catch { throw .busy }
                try await app.entry.changeEmail(of: id, to: form["email"])
                wake()
                message = words("portal.own.emailSent", ["address": email])
            }
        } catch {
            if case .store(let error) = error { throw error }
            return try await data(visit, customer, typed: form, fault: error)
        }
        for contact in customer.contacts {
            let field = "address-\(contact.contactID)"
            guard form.has(field), let record = try await app.customers.find(contact.customerID) else { continue }
            let typed = form[field]
            guard typed != record.address ?? "" else { continue }
            if typed.allSatisfy(\.isWhitespace), record.kind == .person {
                return try await data(visit, customer, message: words("portal.own.addressMissing"), typed: form)
            }
            do throws(CustomerError) {
                _ = try await app.customers.update(contact.customerID, by: .person(id)) { $0.address = typed }
            } catch {
                guard let fault = error.faults.first else { throw error }
                return try await data(visit, customer, message: fault.message(in: visit.language), typed: form)
            }
        }
        return try await data(visit, try await again(customer), done: message)
    }

    /// The customer as they are after a change.
    func again(_ customer: Caller.Customer) async throws -> Caller.Customer {
        guard let signedIn = try await app.known.person(customer.session, within: .zero) else {
            throw Problem.signedOut
        }
        return Caller.Customer(signedIn: signedIn, session: customer.session)
    }

    func join(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (visit, id) = (form.visit, customer.person.id)
        let words = pages[visit.language]
        try throttle.admit(visit.peer)
        if form.has("outro") {
            guard try await app.entry.askAgain(id) else {
                return try await data(visit, customer, message: words("portal.codes.limit"))
            }
            wake()
            return try await data(visit, customer, done: words("portal.own.codeAgain"))
        }
        switch try await app.entry.claim(id, code: form["code"]) {
        case .right: return try await data(visit, try await again(customer), done: words("portal.own.joined"))
        case .wrong: return try await data(visit, customer, message: words("portal.own.codeWrong"))
        case .tooMany: return try await data(visit, customer, message: words("portal.codes.limit"))
        }
    }
}

/// One of the four tabs.
struct PortalTab: PagePart {
    var href: String
    var label: String
    var isCurrent: Bool
}
