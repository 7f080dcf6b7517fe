import DeskCore

/// One page of questions of a request.
struct OpeningPage: Page {
    static let template = "open-form"

    struct Line: PagePart {
        var label: String
        var text: String
    }

    var topic: String
    var path: String
    var action: String
    var step: String
    var para: String
    var ref: String?
    /// The form's name, by which it begins one request; nil but on the first page.
    var once: String?
    /// The draft it is made of; nil on the first page.
    var revision: String?
    /// Requests of the same kind that wait to be gone on with.
    var drafts: [OpeningPages.TopicsPage.Draft]
    var hasDrafts: Bool
    var steps: [OpeningPlace]
    /// Where the confirmation goes.
    var reachedAt: String?
    var guides: [GuideLink]
    var hasGuides: Bool
    /// What to have at hand, before the first question.
    var atHand: [Line]
    var hasAtHand: Bool
    var isFirst: Bool
    var questions: [OpeningQuestion]
    var message: String?
    var hasFaults: Bool
    /// What is to become of a password in a text; asked where one is noticed.
    var passwords: [TicketDeed.Choice]
    var hasPasswords: Bool
    var isBackOffered: Bool
    /// Whether a postal code on the page finds its street.
    var canLookUp: Bool
}

extension OpeningPage {
    init(
        _ interview: Interview,
        _ step: OpeningStep,
        _ answers: OpeningAnswers,
        words: Words,
        action: String,
        para: String,
        ref: String,
        once: String,
        revision: String,
        drafts: [OpeningPages.TopicsPage.Draft],
        canLookUp: Bool,
        catalogue: Catalogue
    ) {
        let language = interview.draft.language
        let topic = interview.topic
        self.topic = topic?.title[language] ?? ""
        path = catalogue.path(of: topic, in: language)
        self.action = action
        self.step = step.rawValue
        self.para = para
        self.ref = ref.isEmpty ? nil : ref
        self.once = once.isEmpty ? nil : once
        self.revision = revision.isEmpty ? nil : revision
        self.drafts = drafts
        hasDrafts = !drafts.isEmpty
        let isNew = !once.isEmpty
        steps = OpeningPlace.all(of: interview, at: step, words)
        reachedAt = interview.customer?.email.map { words("open.reachedAt", ["address": $0]) }
        isFirst = isNew
        guides = isNew ? topic.map { topic in topic.guides.map { GuideLink($0, topic, language) } } ?? [] : []
        hasGuides = !guides.isEmpty
        let prompts = interview.prompts(of: step)
        atHand = isNew ? prompts.compactMap { prompt in prompt.hint.map { Line(label: prompt.label, text: $0) } } : []
        hasAtHand = !atHand.isEmpty
        // Files last: of a form with too many of them the words before are known.
        let all = prompts.map { OpeningQuestion($0, answers, words) }
        questions = all.filter { !$0.isFile } + all.filter(\.isFile)
        message = answers.message
        hasFaults = !answers.faults.isEmpty && answers.message == nil
        passwords = answers.asksAboutPassword ? PasswordChoice.all(words) : []
        hasPasswords = !passwords.isEmpty
        self.canLookUp = canLookUp && questions.contains(where: \.isAddress)
        isBackOffered = !isNew && step != OpeningStep.first(of: interview)
    }
}

extension Catalogue {
    /// Where a topic lies, in words.
    func path(of topic: Topic?, in language: Language) -> String {
        topic.map { pathTitles(of: $0, in: language).joined(separator: " › ") } ?? ""
    }
}
