import DeskCore
import Hummingbird
import IVRBridge

/// A call's own page: what it was, and each step with what it changed.
struct CallStoryPages: Sendable {
    let app: App
    let pages: DeskPages

    func addPages(to routes: PageRoutes) {
        routes.get("/desk/calls/:id") { _, context, frame in
            try context.need(.supervisor)
            guard let id = context.parameters.get("id").flatMap({ Int64($0) }), let call = try await app.calls.find(id)
            else { throw Problem.notFound }
            let whole = try await app.stories.whole(call)
            // What became part of another call is looked back at there.
            guard whole.id == call.id else { return .redirect("/desk/calls/\(whole.id)") }
            let words = pages[context.language]
            frame.title = words("call.title")
            frame.place = "calls"
            let time = DeskTime(timeZone: app.timeZone, language: context.language)
            let book = await app.phones.current()
            var contact: Attendance?
            if let id = call.attendanceID { contact = try await app.attendances.find(id) }
            let view = try await RecordViews(app.attendances, for: context.caller).of(contact?.customerID)
            let number = call.withheld ? nil : view.display(of: call, region: app.region)
            let outcome = call.endedAt == nil ? "ongoing" : call.wasMissed ? "missed" : call.outcome.rawValue
            var page = CallStoryPage(
                started: time.dateAndTime(call.startedAt),
                length: DeskTime.length(call.duration(now: app.clock.now)),
                direction: words("calls.direction.\(call.direction.rawValue)"),
                number: number ?? words("calls.withheld"),
                name: view.name(of: call),
                line: call.line,
                key: call.key,
                outcome: words("calls.outcome.\(outcome)"),
                tone: CallPages.tone(outcome),
                attendanceID: call.attendanceID
            )
            do {
                let story = try await app.stories.story(of: call)
                var told = CallStepWords.ofDesk(app, book, line: call.line, context.language)
                told.isCovered = view.covers(call)
                page.steps = story.steps.map { step in
                    CallStoryPage.Step(
                        at: step.at.map { time.exactTime(Moment(microseconds: $0)) },
                        event: step.event,
                        channel: step.channel,
                        part: step.part,
                        changes: step.changes.map { told.sentence($0) }
                    )
                }
                page.hasSteps = true
                page.hasGaps = story.hasGaps
                page.isCut = story.isCut
                if context.account.role >= .administrator {
                    page.masked = "/api/v1/calls/\(call.id)/bytes"
                    if !told.isCovered { page.whole = "/api/v1/calls/\(call.id)/bytes?masked=false" }
                }
            } catch let absence as CallStories.Absence {
                page.absence = absence.text[context.language]
            }
            return .page(page)
        }
    }
}

/// One call, step by step.
struct CallStoryPage: Page {
    static let template = "call"

    struct Step: PagePart {
        var at: String?
        var event: String
        var channel: String?
        /// The call it happened to, which became part of this one.
        var part: String?
        var changes: [String]
    }

    var started: String
    var length: String
    var direction: String
    var number: String
    var name: String?
    var line: String
    /// The PBX's own name of the call.
    var key: String
    var outcome: String
    var tone: String
    /// Of its contact.
    var attendanceID: Int64?
    var steps: [Step] = []
    var hasSteps = false
    var hasGaps = false
    var isCut = false
    /// Why no steps are told.
    var absence: String?
    /// Where the line's bytes are, for administrators.
    var masked: String?
    var whole: String?
}
