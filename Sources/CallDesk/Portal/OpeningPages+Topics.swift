import Codecs
import DeskCore
import Hummingbird

/// `/abrir`: what can be asked for, section by section or found by words, and what was begun and not sent.
extension OpeningPages {
    struct TopicsPage: Page {
        static let template = "open"

        struct Card: PagePart {
            var title: String
            var href: String
            /// Where it lies, for what a search found.
            var path: String?
        }

        struct Draft: PagePart {
            var title: String
            var href: String
            var saved: String
        }

        var crumbs: [Card]
        var title: String
        var words: String
        var para: String
        var ref: String?
        /// The ticket asked for, whoever it is for: it stays asked for when another customer is chosen.
        var asked: String?
        /// Said where that one is another customer's.
        var foreign: String?
        var sections: [Card]
        var topics: [Card]
        var isEmpty: Bool
        var empty: String
        var drafts: [Draft]
        var hasDrafts: Bool
        var people: [PortalChoice]
        var isForSeveral: Bool
    }

    func catalogue(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        let (words, language) = (pages[visit.language], visit.language)
        let catalogue = app.catalogue.current
        let earlier = try await reference(visit.query("ref"), customer)
        let asker = try await asker(visit.query("para"), earlier, customer)
        let ref = earlier.flatMap { $0.customerID == asker.contact.customerID ? $0 : nil }
        let asked = String((visit.query("busca") ?? "").prefix(TextLimits.query))
        let section = visit.query("secao").flatMap { catalogue.section($0) }
        let para = customer.contacts.count > 1 ? String(asker.contact.contactID) : ""
        func path(_ place: String, _ more: [(String, String)] = []) -> String {
            QueryText.path(place, more + [("para", para), ("ref", ref?.number ?? "")])
        }
        func card(_ topic: Topic, isFound: Bool) -> TopicsPage.Card {
            .init(
                title: topic.title[language],
                href: path("/abrir/\(PercentEncoding.encode(topic.id))"),
                path: isFound ? catalogue.pathTitles(of: topic, in: language).joined(separator: " › ") : nil
            )
        }
        var sections: [TopicsPage.Card] = []
        var topics: [TopicsPage.Card] = []
        if asked.contains(where: { !$0.isWhitespace }) {
            topics = catalogue.search(asked, sections: asker.sections).map { card($0.topic, isFound: true) }
        } else {
            for node in catalogue.children(of: section?.id) {
                switch node {
                case .topic(let id):
                    guard let topic = catalogue.topic(id), catalogue.allows(topic, sections: asker.sections) else {
                        continue
                    }
                    topics.append(card(topic, isFound: false))
                case .section(let id):
                    guard let one = catalogue.section(id), catalogue.leads(one, sections: asker.sections) else {
                        continue
                    }
                    sections.append(.init(title: one.title[language], href: path("/abrir", [("secao", id)]), path: nil))
                }
            }
        }
        let crumbs = ((section?.path ?? []) + [section?.id].compactMap(\.self)).compactMap { id in
            catalogue.section(id).map {
                TopicsPage.Card(title: $0.title[language], href: path("/abrir", [("secao", id)]), path: nil)
            }
        }
        let drafts = try await app.drafts.list(contacts: customer.contacts.map(\.contactID)).map { kept($0, visit) }
        let names = try await app.customers.names(customer.contacts.map(\.customerID))
        let page = TopicsPage(
            crumbs: crumbs.dropLast().map(\.self),
            title: section?.title[language] ?? words("open.title"),
            words: asked,
            para: para,
            ref: ref?.number,
            asked: earlier?.number,
            foreign: ref == nil ? earlier.map { words("open.refersNot", ["ticket": $0.number]) } : nil,
            sections: sections,
            topics: topics,
            isEmpty: sections.isEmpty && topics.isEmpty,
            empty: asker.sections?.isEmpty == true
                ? words("open.noContract") : asked.isEmpty ? words("open.nothing") : words("open.notFound"),
            drafts: section == nil && asked.isEmpty ? drafts : [],
            hasDrafts: section == nil && asked.isEmpty && !drafts.isEmpty,
            people: customer.contacts.map {
                PortalChoice(
                    value: String($0.contactID),
                    label: names[$0.customerID] ?? "",
                    isChosen: $0.contactID == asker.contact.contactID
                )
            },
            isForSeveral: customer.contacts.count > 1
        )
        return pages.response(visit, title: words("open.title"), page)
    }

    func kept(_ draft: StoredDraft, _ visit: PortalVisit) -> TopicsPage.Draft {
        let time = DeskTime(timeZone: app.timeZone, language: visit.language)
        return TopicsPage.Draft(
            title: draft.title,
            href: "/abrir/rascunho/\(draft.attendanceID)",
            saved: pages[visit.language]("open.draft.saved", ["date": time.dateAndTime(draft.updatedAt)])
        )
    }
}

extension Catalogue {
    /// Whether a section holds, at any depth, a topic that may be asked for.
    func leads(_ section: Section, sections: Set<String>?) -> Bool {
        topics.contains { $0.path.contains(section.id) && allows($0, sections: sections) }
    }
}
