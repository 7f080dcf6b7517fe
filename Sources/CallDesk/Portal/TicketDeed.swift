import DeskCore

/// One thing the customer can do with a ticket now, as a form of its page.
struct TicketDeed: PagePart {
    struct Choice: PagePart {
        var name: String
        var value: String
        var label: String
        var isChosen: Bool
    }

    /// The word the form is sent with.
    var deed: String
    var title: String
    /// What it means, and until when.
    var about: String?
    var button: String
    /// The label of what is to be written; nil when nothing is.
    var textLabel: String?
    var typedText: String?
    var needsText: Bool
    var longest: Int
    /// A question with marks or kinds to choose from; none is chosen in advance.
    var question: String?
    var choices: [Choice]
    /// What has to be ticked: a robot that sends every form ticks nothing.
    var assent: String?
    var takesFiles: Bool
    /// What files are taken, for the field that chooses them.
    var fileKinds: String
    /// Files that are here already, from a try that was refused.
    var kept: [KeptFile]
    var isUnfolded: Bool
    var wrong: String?
    /// What is to become of a password in the text; none where there is none.
    var passwords: [Choice] = []

    struct KeptFile: PagePart {
        var id: Int64
        var fileName: String
    }
}

extension TicketDeed {
    /// The form with the question what becomes of a password; as it is where there is none.
    fileprivate func asking(_ words: Words?) -> TicketDeed {
        guard let words else { return self }
        var deed = self
        // A solved ticket has nobody who works by what is said of it.
        let isKept = TicketMove(rawValue: deed.deed) != nil
        deed.passwords = PasswordChoice.all(words, seal: isKept ? "request.password.seal" : "request.password.cover")
        return deed
    }
}

/// What a customer says is to become of a password in their text; nothing is chosen in advance.
enum PasswordChoice {
    /// `seal`: the word that says where a password goes that is taken out.
    static func all(_ words: Words, seal: String = "request.password.seal") -> [TicketDeed.Choice] {
        [
            TicketDeed.Choice(name: "passwords", value: "seal", label: words(seal), isChosen: false),
            TicketDeed.Choice(name: "passwords", value: "keep", label: words("request.password.keep"), isChosen: false),
        ]
    }
}

/// What came with a form that was not taken, to stand in it again.
struct TypedDeed: Sendable {
    var deed: String
    var text = ""
    var choice = ""
    var files: [Attachment] = []
    var fault: String
    /// A password seems to be in the text: what is to become of it is asked.
    var asksAboutPassword = false
}

/// What somebody on the customer's side may do with a ticket now, by the table of moves, and what not any more.
struct TicketDoings {
    private let dossier: TicketDossier
    private let words: Words
    private let time: DeskTime
    private let own: Set<Int64>
    private let app: App

    init(_ dossier: TicketDossier, for reader: TicketReader, app: App) {
        self.dossier = dossier
        (words, time, own) = (reader.words, reader.time, reader.own ?? [])
        self.app = app
    }

    /// The moves a customer makes by a form of this page, in the order they are shown.
    static let moves: [TicketMove] = [.reply, .confirm, .reopen, .restart, .reiterate, .cancel]

    func deeds(_ typed: TypedDeed?) -> [TicketDeed] {
        var deeds = Self.moves.compactMap { move in
            dossier.offers.first { $0.move == move }.map { deed($0, typed) }
        }
        if app.surveys.window(of: dossier.ticket).isOpen {
            deeds.append(survey(typed))
            deeds.append(opinion(typed))
        }
        return deeds
    }

    private func deed(_ offer: TicketOffer, _ typed: TypedDeed?) -> TicketDeed {
        let isReply = offer.move == .reply
        let isSolved = dossier.ticket.state == .solved
        var deed = make(
            offer.move.rawValue,
            title: title(offer.move, isSolved),
            about: about(offer),
            button: button(offer.move),
            typed
        )
        if offer.move == .confirm {
            deed.assent = words("request.confirm.assent")
        } else {
            deed.textLabel = words(
                isReply ? "request.reply.text" : offer.move == .reiterate ? "request.reiterate.text" : "request.reason"
            )
            deed.needsText = !isReply
            deed.longest = isReply ? MoveLimits.longestText : MoveLimits.longestReason
            deed.takesFiles = isReply
        }
        deed.isUnfolded = deed.isUnfolded || isReply && !isSolved || offer.move == .confirm
        return deed
    }

    private func title(_ move: TicketMove, _ isSolved: Bool) -> String {
        switch move {
        case .reply: dossier.ticket.state == .waiting ? words("request.reply.answer") : words("request.reply.title")
        case .confirm: words("request.confirm.title")
        case .reopen: words("request.reopen.title")
        case .restart: words("request.restart.title")
        case .reiterate: words("request.reiterate.title")
        default: words("request.cancel.title")
        }
    }

    private func button(_ move: TicketMove) -> String {
        switch move {
        case .reply: words("request.reply.send")
        case .confirm: words("request.confirm.send")
        case .reopen: words("request.reopen.send")
        case .restart: words("request.restart.send")
        case .reiterate: words("request.save")
        default: words("request.cancel.send")
        }
    }

    private func about(_ offer: TicketOffer) -> String? {
        let until = offer.until.map { words("request.until", ["date": time.dateAndTime($0)]) }
        switch offer.move {
        case .reply: return dossier.ticket.state == .solved ? words("request.reply.solved") : nil
        case .confirm: return words("request.confirm.about")
        case .reopen: return [words("request.reopen.about"), until].compactMap(\.self).joined(separator: " ")
        case .restart: return [words("request.restart.about"), until].compactMap(\.self).joined(separator: " ")
        case .reiterate: return words("request.reiterate.about")
        default: return words("request.cancel.about")
        }
    }

    private func survey(_ typed: TypedDeed?) -> TicketDeed {
        let given = dossier.survey?.mark
        let until = app.surveys.window(of: dossier.ticket).until
        let about = [
            given.map { words("request.survey.given", ["mark": String($0)]) },
            until.map { words("request.until", ["date": time.dateAndTime($0)]) },
        ].compactMap(\.self).joined(separator: " ")
        var deed = make(
            "survey",
            title: words("request.survey.title"),
            about: about.isEmpty ? nil : about,
            button: words("request.survey.send"),
            typed
        )
        deed.question = words("request.survey.question")
        // What the reader said before stands in it, to be changed. Else no mark is chosen in advance: who opens the page,
        // or a robot, has said nothing yet.
        let said = dossier.survey.flatMap { survey in
            guard let contact = survey.contactID, own.contains(contact) else { return TicketSurvey?.none }
            return survey.isOfSolution(of: dossier.ticket) ? survey : nil
        }
        let isTyped = typed?.deed == "survey"
        if !isTyped { deed.typedText = said?.words }
        deed.choices = SurveyDesk.marks.map { mark in
            TicketDeed.Choice(
                name: "mark",
                value: String(mark),
                label: words("request.survey.mark.\(Self.markNames[mark - 1])", ["mark": String(mark)]),
                isChosen: isTyped ? typed?.choice == String(mark) : said?.mark == mark
            )
        }
        deed.textLabel = words("request.survey.text")
        deed.longest = SurveyDesk.longestWords
        return deed
    }

    /// The words of the marks 1 to 5.
    static let markNames = ["one", "two", "three", "four", "five"]

    private func opinion(_ typed: TypedDeed?) -> TicketDeed {
        var deed = make(
            "opinion",
            title: words("request.opinion.title"),
            about: words("request.opinion.about"),
            button: words("request.opinion.send"),
            typed
        )
        deed.question = words("request.opinion.question")
        deed.choices = Opinion.allCases.map { opinion in
            TicketDeed.Choice(
                name: "kind",
                value: opinion.rawValue,
                label: opinion == .praise ? words("request.opinion.praise") : words("request.opinion.complaint"),
                isChosen: typed?.deed == "opinion" && typed?.choice == opinion.rawValue
            )
        }
        deed.textLabel = words("request.opinion.text")
        deed.needsText = true
        deed.longest = SurveyDesk.longestWords
        return deed
    }

    private func make(
        _ name: String,
        title: String,
        about: String?,
        button: String,
        _ typed: TypedDeed?
    ) -> TicketDeed {
        let own = typed.flatMap { $0.deed == name ? $0 : nil }
        return TicketDeed(
            deed: name,
            title: title,
            about: about,
            button: button,
            textLabel: nil,
            typedText: own?.text,
            needsText: false,
            longest: 0,
            question: nil,
            choices: [],
            assent: nil,
            takesFiles: false,
            fileKinds: AttachmentStore.accepted,
            kept: own?.files.map { TicketDeed.KeptFile(id: $0.id, fileName: $0.name) } ?? [],
            isUnfolded: own != nil,
            wrong: own?.fault
        ).asking(own?.asksAboutPassword == true ? words : nil)
    }

    // MARK: - What is over

    /// What is not shown as a dead button but as a sentence with the reason and the day.
    var refusals: [String] {
        let ticket = dossier.ticket
        var sentences: [String] = []
        func said(_ key: String, _ moment: Moment?) {
            if let moment { sentences.append(words(key, ["date": time.dateAndTime(moment)])) }
        }
        switch ticket.state {
        case .closed:
            sentences.append(words("request.over.reply"))
            let now = app.clock.now
            if let until = app.terms.reopenUntil(ticket.standing), now >= until {
                said("request.over.reopen", until)
                if let last = app.terms.restartUntil(ticket.standing), now >= last {
                    said("request.over.restart", last)
                }
            }
            if let until = app.terms.surveyUntil(ticket.standing), now >= until { said("request.over.survey", until) }
            if let mark = dossier.survey?.mark, !app.surveys.window(of: ticket).isOpen {
                sentences.append(words("request.survey.given", ["mark": String(mark)]))
            }
        case .cancelled:
            said("request.over.cancelled", ticket.cancelledAt)
        case .triage, .inProgress, .waiting, .solved, .merged:
            break
        }
        return sentences
    }
}
