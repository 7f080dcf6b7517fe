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
        routes.ownPage("/dados") { visit, customer in
            try await data(visit, customer, done: confirmed(visit, customer))
        }
        routes.ownForm("/dados", typed: { form in unsentData(form) }) { form, customer in
            try await saveData(form, customer)
        }
        routes.ownForm("/dados/codigo", page: "/dados") { form, customer in try await join(form, customer) }
        routes.ownPage("/dados/arquivo") { visit, customer in
            try await OwnFile(app: app, words: pages[visit.language]).response(visit, customer)
        }
        routes.ownPage("/telefones") { visit, customer in try await phones(visit, customer) }
        routes.ownForm("/telefones", typed: { form in unsentPhone(form) }) { form, customer in
            try await addPhone(form, customer)
        }
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
        routes.form("/email/:token/outro") { form in try await renewEmail(form) }
    }

    static let places = ["dados", "telefones", "senha", "preferencias"]

    func tabs(_ place: String, _ words: Words) -> [PortalTab] {
        Self.places.map { PortalTab(href: "/\($0)", label: words("portal.own.\($0)"), isCurrent: $0 == place) }
    }

    /// The customer as they are after a change.
    func again(_ customer: Caller.Customer) async throws -> Caller.Customer {
        guard let signedIn = try await app.known.person(customer.session, within: .zero) else {
            throw Problem.signedOut
        }
        return Caller.Customer(signedIn: signedIn, session: customer.session)
    }
}

/// One of the four tabs.
struct PortalTab: PagePart {
    var href: String
    var label: String
    var isCurrent: Bool
}
