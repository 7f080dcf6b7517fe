import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The tab of telephones (A2, A3): seen, added by a code, taken away.
extension OwnPages {
    struct PhonesPage: Page {
        static let template = "telefones"

        struct Record: PagePart {
            var contactID: Int64
            var heading: String
            var service: String
            var phones: [Row]
            var isEmpty: Bool
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

    func phones(
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
            let phones = try await app.customers.phones(of: record.id).filter { contact.covers($0, of: record.kind) }
            records.append(
                PhonesPage.Record(
                    contactID: contact.contactID,
                    heading: record.name,
                    service: words("portal.phones.sms.\(service.rawValue)"),
                    phones: phones.map { phone in
                        let claim = phone.isConfirmed ? nil : words("portal.phones.unconfirmed")
                        let label = [phone.label, claim].compactMap(\.self).joined(separator: " · ")
                        return PhonesPage.Row(
                            id: phone.id,
                            display: phone.display(region: app.region),
                            label: label.isEmpty ? nil : label
                        )
                    },
                    isEmpty: phones.isEmpty
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

    /// The number that was typed when the session had ended.
    func unsentPhone(_ form: PortalForm) -> [UnsentText] {
        [UnsentText(pages[form.visit.language]("portal.phones.new"), form["number"])].compactMap(\.self)
    }

    func contact(_ form: PortalForm, _ customer: Caller.Customer) throws -> PersonContact {
        guard let contact = customer.contacts.first(where: { String($0.contactID) == form["contact"] }) else {
            throw Problem.notFound
        }
        return contact
    }

    func addPhone(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
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
                let answer = try await app.entry.confirmPhone(number, code: form["code"], contact: contact, of: id)
                guard answer != .right else {
                    return try await shown { () async throws in try await phones(visit, customer, done: added) }
                }
                let fault = answer == .tooMany ? "portal.codes.limit" : "portal.own.codeWrong"
                return try await shown { () async throws in
                    try await phones(visit, customer, waiting: waiting(pages[visit.language](fault)))
                }
            }
            let isAdmitted = (try? throttle.admit(visit.peer)) != nil
            guard isAdmitted else { throw .refused([CustomerFault(.phone, .tooMany)]) }
            switch try await app.entry.addPhone(number, contact: contact, of: id) {
            case .added: return try await shown { () async throws in try await phones(visit, customer, done: added) }
            case .codeSent:
                wake()
                return try await shown { () async throws in try await phones(visit, customer, waiting: waiting()) }
            case .tooMany:
                let fault = pages[visit.language]("portal.codes.limit")
                return try await shown { () async throws in
                    try await phones(visit, customer, waiting: waiting(fault))
                }
            }
        } catch {
            guard let fault = error.faults.first else { throw error }
            return try await phones(visit, customer, number: number, fault: fault.message(in: visit.language))
        }
    }

    /// A page shown from where only a customer's errors pass.
    func shown(_ page: () async throws -> Response) async throws(CustomerError) -> Response {
        do { return try await page() } catch let error as StoreError { throw .store(error) } catch {
            throw .refused([CustomerFault(.customer, .notFound)])
        }
    }

    func removePhone(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let contact = try contact(form, customer)
        guard let id = Int64(form["phone"]) else { throw Problem.notFound }
        try await app.entry.removePhone(id, contact: contact.contactID, of: customer.person.id)
        return try await phones(
            form.visit,
            customer,
            done: CustomerSuccess.phoneRemoved.message(in: form.visit.language)
        )
    }
}
