import DeskCore
import Hummingbird

/// Where prepared texts are kept: one's own, and for supervisors those of a department and everybody's.
struct CannedReplyPages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/desk/replies") { request, context, frame in
            try await page(request, context, &frame)
        }
    }

    private func page(
        _ request: Request,
        _ context: SignedInContext,
        _ frame: inout PageFrame
    ) async throws -> PageContent {
        let words = pages[context.language]
        frame.title = words("replies.title")
        frame.place = context.account.role >= .supervisor ? "admin" : "tickets"
        let account = context.account
        let asked = String((request.query("q") ?? "").prefix(200))
        var edited: CannedReply?
        if let id = request.query("id").flatMap(Int64.init) {
            edited = try await app.cannedReplies.find(id, for: account).flatMap {
                CannedReplies.mayChange($0, account) ? $0 : nil
            }
        }
        let departments = app.catalogue.current.departments
        func place(_ reply: CannedReply) -> String {
            if reply.accountID != nil { return words("replies.mine") }
            guard let id = reply.department else { return words("replies.everybody") }
            return departments.first { $0.id == id }?.name[context.language] ?? id
        }
        let isShared = edited.map { $0.accountID == nil } ?? false
        let replies = try await app.cannedReplies.list(for: account, words: asked, limit: CannedReplies.most)
        return .page(
            CannedReplyPage(
                asked: asked,
                replies: replies.map {
                    CannedReplyPage.Reply(
                        id: $0.id,
                        name: $0.title,
                        text: $0.body,
                        whose: place($0),
                        mayChange: CannedReplies.mayChange($0, account)
                    )
                },
                hasReplies: !replies.isEmpty,
                name: edited?.title ?? "",
                text: edited?.body ?? "",
                isEdited: edited != nil,
                revision: edited?.revision,
                method: edited == nil ? "POST" : "PUT",
                url: "/api/v1/canned-replies" + (edited.map { "/\($0.id)" } ?? ""),
                maySupervise: account.role >= .supervisor,
                isMine: !isShared,
                isShared: isShared,
                departments: departments.filter { account.role >= .administrator || account.works(in: $0.id) }.map {
                    PageChoice(
                        value: $0.id,
                        label: $0.name[context.language],
                        isChosen: isShared && edited?.department == $0.id
                    )
                },
                variables: CannedReply.variables.map {
                    CannedReplyPage.Variable(name: "{{\($0.rawValue)}}", about: $0.title(context.language))
                }.sorted { $0.name < $1.name }
            )
        )
    }
}

/// Prepared texts, and a form for one of them.
struct CannedReplyPage: Page {
    static let template = "replies"

    struct Reply: PagePart {
        var id: Int64
        var name: String
        var text: String
        var whose: String
        var mayChange: Bool
    }

    struct Variable: PagePart {
        var name: String
        var about: String
    }

    /// What was looked for.
    var asked: String
    var replies: [Reply]
    var hasReplies: Bool
    var name: String
    var text: String
    var isEdited: Bool
    /// That of the text that is edited.
    var revision: Int64?
    var method: String
    var url: String
    var maySupervise: Bool
    var isMine: Bool
    var isShared: Bool
    var departments: [PageChoice]
    var variables: [Variable]
}
