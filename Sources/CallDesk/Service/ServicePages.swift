import DeskCore
import Foundation
import Hummingbird

/// The desk's calendars and promises, changed in the browser.
struct ServicePages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/service") { _, context, frame in
            try context.need(.supervisor)
            frame.title = pages[context.language]("service.title")
            frame.place = "admin"
            frame.script = "service"
            return .page(ServicePage(known: String(decoding: known(context.language), as: UTF8.self)))
        }
    }

    /// What the page's choices are made of, as JSON.
    private func known(_ language: Language) -> [UInt8] {
        let catalogue = app.catalogue.current
        var json = JSONWriter()
        func named(_ json: inout JSONWriter, _ id: String, _ name: String) {
            json.object { json in
                json.field("id", id)
                json.field("name", name)
            }
        }
        json.object { json in
            json.field("zone", app.timeZone.identifier)
            json.key("departments")
            json.array(catalogue.departments) { named(&$0, $1.id, $1.name[language]) }
            json.key("topics")
            json.array(catalogue.topics) { json, topic in
                let path = catalogue.pathTitles(of: topic, in: language)
                named(&json, topic.id, (path + [topic.title[language]]).joined(separator: " › "))
            }
            json.key("priorities")
            json.array(TopicPriority.allCases) { named(&$0, $1.rawValue, $1.title[language]) }
            json.key("listeners")
            json.array(TicketListener.allCases) { json, listener in
                named(&json, listener.rawValue, pages[language]("service.listener.\(listener.rawValue)"))
            }
            json.key("facultative")
            json.object { json in
                for country in HolidayCountry.allCases {
                    json.key(country.rawValue)
                    json.array(country.holidays.filter { $0.kind == .facultative }) { json, day in
                        json.object { json in
                            json.field("id", day.id)
                            json.field("name", day.name?[language] ?? day.id)
                            json.field("law", day.law)
                        }
                    }
                }
            }
        }
        return json.bytes
    }
}

/// The page that the script fills.
struct ServicePage: Page {
    static let template = "service"

    var known: String
}
