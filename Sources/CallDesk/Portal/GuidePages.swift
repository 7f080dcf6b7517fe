import Codecs
import DeskCore
import HTTPTypes
import Hummingbird

/// `/guias` and `/estados`: what may answer before a request is made (E1), and what each state means.
struct GuidePages: Sendable {
    /// A desk has some dozens of guides; more a reader looks for by words.
    private static let mostShown = 200

    let app: App
    let pages: PortalPages

    func addPages(to routes: PortalRoutes) {
        routes.page("/guias") { visit in try list(visit) }
        routes.page("/guias/:topic/:guide") { visit in try await show(visit) }
        routes.page("/estados") { visit in
            let words = pages[visit.language]
            let states = TicketState.allCases.filter { $0 != .merged }.map { state in
                State(
                    title: state.title(visit.language, toCustomer: true),
                    tone: TicketWords.tone(state),
                    meaning: words("states.\(Self.key(state))")
                )
            }
            return pages.response(visit, title: words("states.title"), StatesPage(states: states))
        }
    }

    struct State: PagePart {
        var title: String
        var tone: String
        var meaning: String
    }

    struct StatesPage: Page {
        static let template = "states"

        var states: [State]
    }

    /// The name of a state in the locale files.
    static func key(_ state: TicketState) -> String { state == .inProgress ? "progress" : state.rawValue }

    // MARK: - Guides

    struct Group: PagePart {
        var kind: String
        var guides: [GuideLink]
    }

    struct GuideListPage: Page {
        static let template = "guides"

        var words: String
        var groups: [Group]
        var hasGroups: Bool
        /// Said where there is none.
        var none: String
    }

    struct GuidePage: Page {
        static let template = "guide"

        var kind: String
        var text: String?
        var url: String?
        var topic: String
        var open: String?
        /// Said where it cannot be asked for.
        var closed: String?
    }

    private func list(_ visit: PortalVisit) throws -> Response {
        let words = pages[visit.language]
        let asked = String((visit.query("busca") ?? "").prefix(TextLimits.query))
        let folded = TextFolding.words(asked)
        var shown = 0
        var groups: [Guide.Kind: [GuideLink]] = [:]
        for topic in app.catalogue.current.topics {
            for guide in topic.guides where shown < Self.mostShown {
                let text = [
                    guide.title[visit.language], guide.text?[visit.language] ?? "", topic.title[visit.language],
                ]
                let has = TextFolding.words(text.joined(separator: " "))
                guard folded.allSatisfy({ word in has.contains { $0.hasPrefix(word) } }) else { continue }
                let link = GuideLink(guide, topic, visit.language)
                guard groups[guide.kind]?.contains(where: { $0.title == link.title }) != true else { continue }
                groups[guide.kind, default: []].append(link)
                shown += 1
            }
        }
        let list = GuideListPage(
            words: asked,
            groups: Guide.Kind.allCases.compactMap { kind in
                groups[kind].map { Group(kind: words("guides.kind.\(kind.rawValue)"), guides: $0) }
            },
            hasGroups: !groups.isEmpty,
            none: folded.isEmpty ? words("guides.empty") : words("guides.none")
        )
        return pages.response(visit, title: words("guides.title"), list)
    }

    private func show(_ visit: PortalVisit) async throws -> Response {
        let words = pages[visit.language]
        guard let topic = app.catalogue.current.topic(try visit.text("topic")),
            let id = Int(exactly: try visit.id("guide")), let guide = topic.guides.first(where: { $0.id == id })
        else { throw Problem.notFound }
        let open = try await opening(topic, visit)
        return pages.response(
            visit,
            title: guide.title[visit.language],
            GuidePage(
                kind: words("guides.kind.\(guide.kind.rawValue)"),
                text: guide.text?[visit.language],
                url: guide.url,
                topic: topic.title[visit.language],
                open: open,
                closed: open == nil ? Problem.notInContract.sentence[visit.language] : nil
            )
        )
    }

    /// Where a topic is asked for; nil where no contract of the reader's has it.
    ///
    /// A visitor's contract is not known yet.
    private func opening(_ topic: Topic, _ visit: PortalVisit) async throws -> String? {
        let path = "/abrir/\(PercentEncoding.encode(topic.id))"
        guard let customer = visit.customer else { return path }
        for contact in customer.contacts {
            guard let asker = try await Asker(contact, app: app),
                app.catalogue.current.allows(topic, sections: asker.sections)
            else { continue }
            return QueryText.path(path, customer.contacts.count > 1 ? [("para", String(contact.contactID))] : [])
        }
        return nil
    }
}

/// A guide as a line that leads to it.
struct GuideLink: PagePart {
    var title: String
    var href: String
}

extension GuideLink {
    init(_ guide: Guide, _ topic: Topic, _ language: Language) {
        title = guide.title[language]
        href = "/guias/\(PercentEncoding.encode(topic.id))/\(guide.id)"
    }
}
