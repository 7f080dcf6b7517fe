import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The tab of data (A1): name, e-mail, addresses, and joining the customer a registration met.
extension OwnPages {
    struct DataPage: Page {
        static let template = "dados"

        struct Record: PagePart {
            var contactID: Int64
            var heading: String
            var document: String?
            /// Where it is not this person's to change.
            var address: String?
            var fields: [PortalField]
        }

        /// What a field showed, sent along with what is typed in it.
        struct Shown: PagePart {
            var name: String
            var value: String
        }

        var tabs: [PortalTab]
        var done: String?
        var message: String?
        var shown: [Shown]
        var fields: [PortalField]
        var records: [Record]
        /// Whether a postal code finds its street.
        var canLookUp: Bool
        /// A registration may have met a customer the desk knows: it joins it by the code that went there.
        var mayJoin: Bool
        /// Where they ask for what is kept of them to be erased; nil in a catalogue without such a topic.
        var erasure: String?
    }

    /// The page, as it is or as it comes back.
    ///
    /// `found`: addresses that were looked up, by contact. `faults`: what is wrong, by the field's name. `moved`: values that
    /// have changed since the page was shown, which is told beside them.
    func data(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        message: String? = nil,
        typed: PortalForm? = nil,
        found: [Int64: String] = [:],
        faults: [String: String] = [:],
        moved: [OwnValue] = [],
        fault: PersonError? = nil
    ) async throws -> Response {
        let words = pages[visit.language]
        let hasMoved = Set(moved.map(\.field))
        func said(_ name: String, _ field: PersonError.Field) -> String? {
            fault?.field == field ? fault?.message(in: visit.language) : wrong(name)
        }
        func wrong(_ name: String) -> String? {
            faults[name]
                ?? moved.first { $0.field == name }.map {
                    words("portal.own.moved", ["value": $0.kept.isEmpty ? "—" : $0.kept])
                }
        }
        var shown: [DataPage.Shown] = []
        /// What a field shows, and keeps for when it comes back: once it was told what is there now, that.
        func value(_ name: String, _ kept: String) -> String {
            let before = hasMoved.contains(name) ? nil : typed.flatMap { OwnValue.shown(name, in: $0) }
            shown.append(DataPage.Shown(name: OwnValue.shownName(name), value: before ?? kept))
            return typed.flatMap { $0.has(name) ? $0[name] : nil } ?? kept
        }
        let person = try await app.persons.find(customer.person.id) ?? customer.person
        let claim = try await app.persons.claim(of: person.id)
        let canLookUp = await lookup.isOffered()
        var fields = [
            PortalField(
                "name",
                words("portal.field.name"),
                value: value("name", OwnValue.kept(person.name)),
                autocomplete: "name",
                fault: said("name", .name)
            )
        ]
        if person.domain == nil {
            fields.append(
                PortalField(
                    "email",
                    words("portal.field.email"),
                    value: value("email", person.email ?? ""),
                    isRequired: person.email != nil,
                    autocomplete: "email",
                    inputmode: "email",
                    maxlength: 400,
                    hint: words("portal.own.emailHint"),
                    fault: said("email", .email)
                )
            )
        }
        var records: [DataPage.Record] = []
        for contact in customer.contacts {
            guard let record = try await app.customers.find(contact.customerID) else { continue }
            let (cep, address) = ("cep-\(contact.contactID)", "address-\(contact.contactID)")
            var parts: [PortalField] = []
            if contact.isWhole {
                if canLookUp {
                    parts.append(
                        PortalField(
                            cep,
                            words("portal.field.cep"),
                            value: typed?[cep] ?? "",
                            isRequired: false,
                            autocomplete: "postal-code",
                            inputmode: "numeric",
                            maxlength: 20,
                            hint: words("portal.own.cepHint"),
                            fault: wrong(cep)
                        )
                    )
                }
                let line = value(address, OwnValue.kept(record.address))
                parts.append(
                    PortalField(
                        address,
                        words("portal.field.address"),
                        value: found[contact.contactID] ?? line,
                        isRequired: record.kind == .person,
                        autocomplete: "street-address",
                        maxlength: TextLimits.address,
                        fault: wrong(address)
                    )
                )
            }
            records.append(
                DataPage.Record(
                    contactID: contact.contactID,
                    heading: record.name,
                    document: record.document?.formatted
                        ?? (claim?.contactID == contact.contactID ? claim?.document : nil),
                    address: contact.isWhole ? nil : record.address,
                    fields: parts
                )
            )
        }
        let page = DataPage(
            tabs: tabs("dados", words),
            done: done,
            message: message ?? (fault?.field == nil ? fault?.message(in: visit.language) : nil),
            shown: shown,
            fields: fields,
            records: records,
            canLookUp: canLookUp && customer.contacts.contains(where: \.isWhole),
            mayJoin: claim != nil,
            erasure: app.catalogue.current.topic(Catalogue.ownData).map { "/abrir/\(PercentEncoding.encode($0.id))" }
        )
        let isFaulty = fault != nil || message != nil || !faults.isEmpty || !moved.isEmpty
        return pages.response(
            visit,
            title: words("portal.own.dados"),
            page,
            status: isFaulty ? .unprocessableContent : .ok
        )
    }

    /// That a new e-mail was confirmed, for who comes from there.
    func confirmed(_ visit: PortalVisit, _ customer: Caller.Customer) -> String? {
        guard visit.query("feito") == "email", let email = customer.person.email else { return nil }
        return pages[visit.language]("portal.own.emailDone", ["address": email])
    }

    /// Writes what somebody has changed on the page, and nothing that they only saw.
    func saveData(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let (visit, id) = (form.visit, customer.person.id)
        let words = pages[visit.language]
        if form.has("buscar") { return try await lookUp(form, customer) }
        let person = try await app.persons.find(id) ?? customer.person
        let name = OwnValue("name", form, kept: OwnValue.kept(person.name))
        var email = OwnValue("email", form, kept: person.email ?? "")
        email.typed = WrittenAddress(email.typed)?.address.canonical ?? email.typed
        // A directory's e-mail is changed in the directory, whose password it goes with.
        let changesEmail = person.domain == nil && email.isChanged
        var addresses: [(record: Customer, value: OwnValue)] = []
        for contact in customer.contacts where contact.isWhole {
            let field = "address-\(contact.contactID)"
            guard form.has(field), let record = try await app.customers.find(contact.customerID) else { continue }
            addresses.append((record, OwnValue(field, form, kept: OwnValue.kept(record.address))))
        }
        let moved = ([name] + (changesEmail ? [email] : []) + addresses.map(\.value)).filter(\.hasMoved)
        if !moved.isEmpty { return try await data(visit, customer, typed: form, moved: moved) }
        var message = CustomerSuccess.customerSaved.message(in: visit.language)
        do throws(PersonError) {
            if name.isChanged { try await app.entry.rename(id, to: name.typed) }
            if changesEmail {
                do throws(Problem) { try throttle.admit(visit.peer) } catch { throw .busy }
                try await app.entry.changeEmail(of: id, to: form["email"])
                wake()
                message = words("portal.own.emailSent", ["address": email.typed])
            }
        } catch {
            if case .store(let error) = error { throw error }
            return try await data(visit, customer, typed: form, fault: error)
        }
        for (record, value) in addresses where value.isChanged {
            if value.typed.allSatisfy(\.isWhitespace), record.kind == .person {
                return try await data(visit, customer, message: words("portal.own.addressMissing"), typed: form)
            }
            do throws(CustomerError) {
                _ = try await app.customers.update(record.id, revision: record.revision, by: .person(id)) {
                    $0.address = value.typed
                }
            } catch {
                if case .stale = error { return try await overtaken(value, record.id, form, customer) }
                guard let fault = error.faults.first else { throw error }
                return try await data(visit, customer, message: fault.message(in: visit.language), typed: form)
            }
        }
        return try await data(visit, try await again(customer), done: message)
    }

    /// The desk was faster by a moment.
    private func overtaken(
        _ value: OwnValue,
        _ customerID: Int64,
        _ form: PortalForm,
        _ customer: Caller.Customer
    ) async throws -> Response {
        var value = value
        value.kept = OwnValue.kept(try await app.customers.find(customerID)?.address)
        return try await data(form.visit, customer, typed: form, moved: [value])
    }

    /// Fills the addresses of the codes that were typed, and says of each other what became of it.
    private func lookUp(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let words = pages[form.visit.language]
        try throttle.admit(form.visit.peer)
        var codes: [(contactID: Int64, code: CEP)] = []
        var faults: [String: String] = [:]
        let fields = customer.contacts.filter(\.isWhole).map { ($0.contactID, "cep-\($0.contactID)") }
        for (contactID, field) in fields where !form[field].allSatisfy(\.isWhitespace) {
            if let code = CEP(form[field]) {
                codes.append((contactID, code))
            } else {
                faults[field] = Registration.badCEP[form.visit.language]
            }
        }
        if codes.isEmpty, faults.isEmpty, let field = fields.first?.1 { faults[field] = words("portal.cep.missing") }
        let known = await lookup.look(codes.map(\.code))
        var found: [Int64: String] = [:]
        for (contactID, code) in codes {
            let finding = known[code] ?? .unanswered
            found[contactID] = finding.address?.line
            faults["cep-\(contactID)"] = finding.fault.map { words($0) }
        }
        return try await data(form.visit, customer, typed: form, found: found, faults: faults)
    }

    /// What was changed on a page whose session had ended.
    func unsentData(_ form: PortalForm) -> [UnsentText] {
        let words = pages[form.visit.language]
        func label(_ name: String) -> String? {
            if name == "name" { return words("portal.field.name") }
            if name == "email" { return words("portal.field.email") }
            return name.hasPrefix("address-") ? words("portal.field.address") : nil
        }
        return form.fields.prefix(FormFields.most).compactMap { field in
            guard let label = label(field.name), OwnValue.shown(field.name, in: form) != field.value else { return nil }
            return UnsentText(label, field.value)
        }
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

/// One value of the page: as it was shown, as it came back, as it is kept by now.
struct OwnValue {
    var field: String
    /// Nil in a form that does not say.
    var shown: String?
    var typed: String
    var kept: String

    init(_ field: String, _ form: PortalForm, kept: String) {
        (self.field, self.kept) = (field, kept)
        shown = Self.shown(field, in: form)
        typed = form[field]
    }

    /// Whether somebody wrote something else than they saw, and than there is.
    var isChanged: Bool { typed != shown ?? kept && typed != kept }

    /// Whether what they would write over is not what they saw.
    var hasMoved: Bool { isChanged && shown != nil && shown != kept }

    static func shownName(_ field: String) -> String { "shown-\(field)" }

    static func shown(_ field: String, in form: PortalForm) -> String? {
        let name = shownName(field)
        return form.has(name) ? form[name] : nil
    }

    /// A value as a field of one line shows it.
    static func kept(_ text: String?) -> String {
        let lines = (text ?? "").split(whereSeparator: \.isNewline).joined(separator: ", ")
        return CleanText.shortened(lines, to: TextLimits.address)
    }
}
