import DeskCore
import Hummingbird

/// The file of postal codes: what is known, another one, or none.
struct PostalFilePages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/admin/postal-codes") { _, context, frame in
            try context.need(.supervisor)
            let words = pages[context.language]
            frame.title = words("postal.title")
            frame.place = "admin"
            frame.script = "postal"
            let file = try await PostalCodes(database: app.database, clock: app.clock).file()
            let time = DeskTime(timeZone: app.timeZone, language: context.language)
            return .page(
                PostalFilePage(
                    hasFile: file != nil,
                    codes: file.map { words.counted("postal.codes", $0.codes) } ?? "",
                    importedAt: file?.at.map(time.dateAndTime),
                    about: words("postal.about", ["size": ByteCount.text(Int64(AttachmentStore.largest))])
                )
            )
        }
    }
}

/// The postal codes that are known, and the form for another file.
struct PostalFilePage: Page {
    static let template = "postal-codes"

    var hasFile: Bool
    var codes: String
    var importedAt: String?
    var about: String
}
