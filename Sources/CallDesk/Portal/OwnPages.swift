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
    private let throttle: AddressThrottle

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
        routes.ownForm("/dados/codigo") { form, customer in try await join(form, customer) }
        routes.ownPage("/dados/arquivo") { visit, customer in try await OwnFile(app: app).response(visit, customer) }
        routes.ownPage("/telefones") { visit, customer in try await phones(visit, customer) }
        routes.ownForm("/telefones") { form, customer in try await addPhone(form, customer) }
        routes.ownForm("/telefones/remover") { form, customer in try await removePhone(form, customer) }
        routes.ownPage("/senha") { visit, customer in password(visit, customer) }
        routes.ownForm("/senha") { form, customer in try await changePassword(form, customer) }
        routes.ownPage("/preferencias") { visit, customer in preferences(visit, customer) }
        routes.ownForm("/preferencias") { form, customer in try await savePreferences(form, customer) }
        routes.ownPage("/preferencias/foto") { _, customer in try photo(customer) }
        routes.ownForm("/preferencias/foto") { form, customer in try await savePhoto(form, customer) }
        routes.page("/email/:token") { visit in try await emailPage(visit) }
        routes.form("/email/:token") { form in try await confirmEmail(form) }
    }

    private static let places = ["dados", "telefones", "senha", "preferencias"]

    private func tabs(_ place: String, _ words: Words) -> [PortalTab] {
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

    private func data(
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

    private func saveData(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (visit, id) = (form.visit, customer.person.id)
        let words = pages[visit.language]
        if form.has("buscar") {
            try throttle.admit(visit.peer)
            var found: [Int64: String] = [:]
            for contact in customer.contacts {
                guard let code = CEP(form["cep-\(contact.contactID)"]) else { continue }
                found[contact.contactID] = await lookup.find(code)?.line
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
    private func again(_ customer: Caller.Customer) async throws -> Caller.Customer {
        guard let signedIn = try await app.known.person(customer.session, within: .zero) else {
            throw Problem.signedOut
        }
        return Caller.Customer(signedIn: signedIn, session: customer.session)
    }

    private func join(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (visit, id) = (form.visit, customer.person.id)
        let words = pages[visit.language]
        try throttle.admit(visit.peer)
        if form.has("outro") {
            try await app.entry.claimAgain(id)
            wake()
            return try await data(visit, customer, done: words("portal.own.codeAgain"))
        }
        guard try await app.entry.join(id, code: form["code"]) else {
            return try await data(visit, customer, message: words("portal.own.codeWrong"))
        }
        return try await data(visit, try await again(customer), done: words("portal.own.joined"))
    }

    // MARK: - Telephones (A2, A3)

    struct PhonesPage: Page {
        static let template = "telefones"

        struct Record: PagePart {
            var contactID: Int64
            var heading: String
            var service: String
            var phones: [Row]
        }

        struct Row: PagePart {
            var id: Int64
            var display: String
            var label: String?
        }

        struct Waiting: PagePart {
            var contactID: Int64
            var number: String
            var display: String
            var fault: String?
        }

        var tabs: [PortalTab]
        var done: String?
        var records: [Record]
        var number: PortalField
        var choices: [PortalChoice]
        var hasChoice: Bool
        /// A number that waits for its code.
        var waiting: Waiting?
    }

    private func phones(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        number: String = "",
        fault: String? = nil,
        waiting: PhonesPage.Waiting? = nil
    ) async throws -> Response {
        let words = pages[visit.language]
        var records: [PhonesPage.Record] = []
        for contact in customer.contacts {
            guard let record = try await app.customers.find(contact.customerID) else { continue }
            let service = try await app.customers.smsState(record.id)
            records.append(
                PhonesPage.Record(
                    contactID: contact.contactID,
                    heading: record.name,
                    service: words("portal.phones.sms.\(service.rawValue)"),
                    phones: try await app.customers.phones(of: record.id).map {
                        .init(id: $0.id, display: $0.display(region: app.region), label: $0.label)
                    }
                )
            )
        }
        let page = PhonesPage(
            tabs: tabs("telefones", words),
            done: done,
            records: records,
            number: PortalField(
                "number",
                words("portal.phones.new"),
                type: "tel",
                value: number,
                autocomplete: "tel",
                maxlength: 40,
                fault: fault
            ),
            choices: records.enumerated().map {
                PortalChoice(value: String($1.contactID), label: $1.heading, isChosen: $0 == 0)
            },
            hasChoice: records.count > 1,
            waiting: waiting
        )
        return pages.response(
            visit,
            title: words("portal.own.telefones"),
            page,
            status: fault == nil && waiting?.fault == nil ? .ok : .unprocessableContent
        )
    }

    private func contact(_ form: PortalForm, _ customer: Caller.Customer) throws -> PersonContact {
        guard let contact = customer.contacts.first(where: { String($0.contactID) == form["contact"] }) else {
            throw Problem.notFound
        }
        return contact
    }

    private func addPhone(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (visit, id, number) = (form.visit, customer.person.id, form["number"])
        let contact = try contact(form, customer)
        let added = CustomerSuccess.phoneAdded.message(in: visit.language)
        func waiting(_ fault: String? = nil) -> PhonesPage.Waiting {
            .init(
                contactID: contact.contactID,
                number: CleanText.shortened(number, to: 40),
                display: PhoneNumber.parse(number, region: app.region)?.e164.map {
                    PhoneNumber.display($0, region: app.region)
                } ?? CleanText.shortened(number, to: 40),
                fault: fault
            )
        }
        do throws(CustomerError) {
            if form.has("code") {
                guard try await app.entry.confirmPhone(number, code: form["code"], contact: contact, of: id) else {
                    return try await shown { () async throws in
                        try await phones(
                            visit,
                            customer,
                            waiting: waiting(pages[visit.language]("portal.own.codeWrong"))
                        )
                    }
                }
                return try await shown { () async throws in try await phones(visit, customer, done: added) }
            }
            let label = pages[app.language]("portal.phones.unconfirmed")
            let isAdmitted = (try? throttle.admit(visit.peer)) != nil
            guard isAdmitted else { throw .refused([CustomerFault(.phone, .tooMany)]) }
            switch try await app.entry.addPhone(number, contact: contact, of: id, label: label) {
            case .added: return try await shown { () async throws in try await phones(visit, customer, done: added) }
            case .codeSent:
                wake()
                return try await shown { () async throws in try await phones(visit, customer, waiting: waiting()) }
            }
        } catch {
            guard let fault = error.faults.first else { throw error }
            return try await phones(visit, customer, number: number, fault: fault.message(in: visit.language))
        }
    }

    /// A page shown from where only a customer's errors pass.
    private func shown(_ page: () async throws -> Response) async throws(CustomerError) -> Response {
        do { return try await page() } catch let error as StoreError { throw .store(error) } catch {
            throw .refused([CustomerFault(.customer, .notFound)])
        }
    }

    private func removePhone(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let contact = try contact(form, customer)
        guard let id = Int64(form["phone"]) else { throw Problem.notFound }
        try await app.customers.removePhone(id, of: contact.customerID, by: .person(customer.person.id))
        return try await phones(
            form.visit,
            customer,
            done: CustomerSuccess.phoneRemoved.message(in: form.visit.language)
        )
    }

    // MARK: - Password (A4)

    struct TabFormPage: Page {
        static let template = "aba"

        var tabs: [PortalTab]
        var heading: String
        var done: String?
        var message: String?
        var action: String
        var fields: [PortalField]
        var button: String
    }

    private func password(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        fault: PersonError? = nil
    ) -> Response {
        let words = pages[visit.language]
        if let domain = customer.person.domain {
            let note = PortalNotePage(
                heading: words("portal.own.senha"),
                lead: words("portal.own.domainPassword", ["domain": domain]),
                link: PortalAnchor(href: "/dados", label: words("portal.own.dados"))
            )
            return pages.response(visit, title: note.heading, note)
        }
        func said(_ field: PersonError.Field) -> String? {
            fault?.field == field ? fault?.message(in: visit.language) : nil
        }
        let page = TabFormPage(
            tabs: tabs("senha", words),
            heading: words("portal.own.senha"),
            done: done,
            message: fault?.field == nil ? fault?.message(in: visit.language) : nil,
            action: "/senha",
            fields: [
                PortalField(
                    "current",
                    words("portal.password.current"),
                    type: "password",
                    autocomplete: "current-password",
                    maxlength: PasswordRule.longest,
                    fault: said(.currentPassword)
                ),
                PortalField(
                    "password",
                    words("portal.field.newPassword"),
                    type: "password",
                    autocomplete: "new-password",
                    maxlength: PasswordRule.longest,
                    hint: words("portal.field.passwordHint"),
                    fault: said(.password)
                ),
                PortalField(
                    "repeated",
                    words("portal.field.repeated"),
                    type: "password",
                    autocomplete: "new-password",
                    maxlength: PasswordRule.longest
                ),
            ],
            button: words("portal.own.save")
        )
        return pages.response(
            visit,
            title: words("portal.own.senha"),
            page,
            status: fault == nil ? .ok : .unprocessableContent
        )
    }

    private func changePassword(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        try throttle.admit(form.visit.peer)
        do throws(PersonError) {
            try await app.persons.changePassword(
                of: customer.person.id,
                current: form["current"],
                new: form["password"],
                repeated: form["repeated"],
                keeping: customer.session,
                address: form.visit.address
            )
        } catch {
            if case .store(let error) = error { throw error }
            return password(form.visit, customer, fault: error)
        }
        return password(form.visit, customer, done: AccountDesk.passwordChangedMessage(in: form.visit.language))
    }

    // MARK: - Preferences (B2)

    struct PreferencesPage: Page {
        static let template = "preferencias"

        var tabs: [PortalTab]
        var done: String?
        /// Why a photo was not taken.
        var fault: String?
        /// Where their photo is, with what makes a new one another address; nil without one.
        var photo: String?
        var languages: [PortalChoice]
        var notices: [Notice]

        struct Notice: PagePart {
            var label: String
            var boxes: [PortalChoice]
        }
    }

    private func preferences(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        fault: String? = nil
    ) -> Response {
        let words = pages[visit.language]
        let wishes = customer.person.wishes
        let page = PreferencesPage(
            tabs: tabs("preferencias", words),
            done: done,
            fault: fault,
            photo: customer.person.photo.map { "/preferencias/foto?v=\($0.prefix(12))" },
            languages: Language.allCases.map {
                PortalChoice(value: $0.rawValue, label: $0.ownName, isChosen: $0 == visit.language)
            },
            notices: NoticeWishes.Kind.allCases.map { kind in
                .init(
                    label: words("portal.notices.\(kind.rawValue)"),
                    boxes: NoticeChannel.allCases.map { channel in
                        PortalChoice(
                            value: "\(kind.rawValue).\(channel.rawValue)",
                            label: channel.title(visit.language),
                            isChosen: wishes.wants(kind, channel)
                        )
                    }
                )
            }
        )
        return pages.response(
            visit,
            title: words("portal.own.preferencias"),
            page,
            status: fault == nil ? .ok : .unprocessableContent
        )
    }

    /// Their photo as the desk made it, never as it was sent.
    private func photo(_ customer: Caller.Customer) throws -> Response {
        do {
            return Response(
                status: .ok,
                headers: [.contentType: "image/jpeg", .cacheControl: "private, max-age=86400"],
                body: .init(byteBuffer: ByteBuffer(bytes: try app.photos.photo(of: customer.person)))
            )
        } catch AttachmentError.missing, AttachmentError.lost {
            // A page shows the person's letters then; that the file is gone is told by `/ready`.
            throw Problem.notFound
        }
    }

    private func savePhoto(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let words = pages[form.visit.language]
        var (key, square): (String, [UInt8]?) = ("portal.photo.removed", nil)
        if !form.has("remover") {
            guard let file = form.files.first(where: { $0.field == "photo" }) else {
                return preferences(form.visit, customer, fault: words("portal.photo.missing"))
            }
            try throttle.admit(form.visit.peer)
            do throws(PortraitFault) {
                square = try await PortraitMaker.square(file.name, Array(file.bytes))
            } catch {
                let reason =
                    switch error {
                    case .notAPicture: "portal.photo.wrong"
                    case .unavailable: "portal.photo.unavailable"
                    case .busy: "portal.photo.busy"
                    }
                return preferences(form.visit, customer, fault: words(reason))
            }
            key = "portal.photo.saved"
        }
        try await app.photos.set(square, of: customer.person.id)
        return preferences(form.visit, try await again(customer), done: words(key))
    }

    private func savePreferences(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let wanted = Set(form.all("notice"))
        var wishes = NoticeWishes()
        for kind in NoticeWishes.Kind.allCases {
            for channel in NoticeChannel.allCases where !wanted.contains("\(kind.rawValue).\(channel.rawValue)") {
                wishes.decline(kind, channel)
            }
        }
        let language = Language(rawValue: form["language"]) ?? form.visit.language
        try await app.persons.prefer(
            customer.person.id,
            language: language,
            wishes: wishes,
            by: .person(customer.person.id)
        )
        var visit = form.visit
        visit.language = language
        return preferences(
            visit,
            try await again(customer),
            done: CustomerSuccess.customerSaved.message(in: language)
        )
    }

    // MARK: - A new e-mail

    private func emailPage(_ visit: PortalVisit, wrong: PersonError? = nil) async throws -> Response {
        let words = pages[visit.language]
        let state = try await app.entry.state(of: visit.text("token"), for: .email)
        guard case .open = state else {
            let note = PortalNotePage(
                heading: words(state == .used ? "portal.link.used" : "portal.link.unknown"),
                lead: words(state == .used ? "portal.link.usedAbout" : "portal.link.unknownAbout"),
                link: PortalAnchor(href: "/dados", label: words("portal.own.dados"))
            )
            return pages.response(visit, title: note.heading, note, status: .gone)
        }
        let page = PortalFormPage(
            heading: words("portal.confirm.title"),
            lead: words("portal.own.emailConfirm"),
            action: visit.request.uri.path,
            fields: [
                PortalField(
                    "password",
                    words("portal.field.password"),
                    type: "password",
                    autocomplete: "current-password",
                    maxlength: PasswordRule.longest,
                    fault: wrong?.message(in: visit.language)
                )
            ],
            button: words("portal.confirm.button")
        )
        var response = pages.response(
            visit,
            title: page.heading,
            page,
            status: wrong == nil ? .ok : .unprocessableContent
        )
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    private func confirmEmail(_ form: PortalForm) async throws -> Response {
        let visit = form.visit
        if form["password"].isEmpty { return try await emailPage(visit) }
        try throttle.admit(visit.peer)
        let token = try visit.text("token")
        do throws(PersonError) {
            _ = try await app.entry.confirmEmail(token, password: form["password"], address: visit.address)
        } catch {
            if case .store(let error) = error { throw error }
            return try await emailPage(visit, wrong: error)
        }
        return PortalRoutes.redirect("/dados")
    }
}

/// One of the four tabs.
struct PortalTab: PagePart {
    var href: String
    var label: String
    var isCurrent: Bool
}
