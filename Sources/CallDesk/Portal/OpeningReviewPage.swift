import DeskCore

/// The last page of a request: everything that was said, to be looked over and sent.
struct OpeningReviewPage: Page {
    static let template = "open-review"

    struct Line: PagePart {
        var label: String
        var text: String
        /// Where it can be changed; nil when it cannot.
        var href: String?
    }

    var topic: String
    var path: String
    var action: String
    /// The draft that is looked over.
    var revision: String?
    var steps: [OpeningPlace]
    var message: String?
    var lines: [Line]
    var recipients: [String]
    var warnings: [String]
}

extension OpeningReviewPage {
    init(_ interview: Interview, message: String?, words: Words, action: String, revision: String, catalogue: Catalogue)
    {
        let language = interview.draft.language
        topic = interview.topic?.title[language] ?? ""
        path = catalogue.path(of: interview.topic, in: language)
        self.action = action
        self.revision = revision
        steps = OpeningPlace.all(of: interview, at: .review, words)
        self.message = message
        lines = interview.reviewed.map { line in
            let step = OpeningStep.allCases.first { $0.asks(line.stage) }
            return Line(
                label: line.label,
                text: line.display.isEmpty ? "—" : line.display,
                href: line.canChange && line.id != .topic
                    ? "\(action)?passo=\(step?.rawValue ?? "")#\(line.id.rawValue)" : nil
            )
        }
        let told = interview.told
        recipients = told.recipients
        warnings = told.warnings
    }
}
