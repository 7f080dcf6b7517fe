import DeskCore
import HTTPTypes

/// For whom a request is made: a contact of the customer it is for, and what that customer's contracts open.
struct Asker: Sendable {
    var contact: PersonContact
    var candidate: Candidate

    /// Nil when the customer is no more.
    init?(_ contact: PersonContact, app: App) async throws(StoreError) {
        guard
            let candidate = try await app.customers.signedIn(
                customerID: contact.customerID,
                contactID: contact.contactID
            )
        else { return nil }
        (self.contact, self.candidate) = (contact, candidate)
    }

    var sections: Set<String>? { candidate.allowedSections.map(Set.init) }
}

extension Problem {
    /// A person who is nobody's contact any more.
    static let noContact = Problem(
        .notFound,
        "no-contact",
        LocalizedText(
            "Sua conta não está ligada a nenhum cliente",
            ptPT: "A sua conta não está ligada a nenhum cliente",
            en: "Your account belongs to no customer"
        ),
        detail: LocalizedText(
            "Para abrir um chamado, ligue para nós.",
            ptPT: "Para abrir um pedido, ligue-nos.",
            en: "To open a ticket, call us."
        )
    )
    static let notInContract = Problem(
        .notFound,
        "not-in-contract",
        LocalizedText("Fora do seu contrato", en: "Not in your contract"),
        detail: LocalizedText(
            "Este assunto não está no seu contrato. Escolha outro, ou ligue para nós.",
            ptPT: "Este assunto não está no seu contrato. Escolha outro, ou ligue-nos.",
            en: "This topic is not in your contract. Choose another, or call us."
        )
    )
}
