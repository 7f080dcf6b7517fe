import DeskCore

/// What the telephone menu does next: a value that takes what happened and says what to play, ask or do.
///
/// The questions are the interview's own; this decides how they sound, how often they are repeated, and when the caller
/// goes on to a person. Nothing here waits, so that every way through can be written down as a test.
struct PhoneScript: Sendable {
    /// What is known before the first word.
    struct Facts: Sendable, Equatable {
        var language = Language.ptBR
        /// Hour of the day at the desk.
        var hour = 9
        var isOpen = true
        var isHoliday = false
        var isRecorded = false
        var protocolNumber: String
        /// A number that can be called back.
        var hasNumber = true
        /// From how many waiting callers on a call-back is offered; 0 never.
        var callBackAfter = 0
        /// Minutes east of UTC, for the day a ticket was opened.
        var offsetMinutes = 0
    }

    /// Something to say, and the keys to wait for.
    struct Question: Sendable, Equatable {
        var say: [Utterance]
        /// The most keys of one answer; the first one ends it where it is 1.
        var most = 1
        /// How long a caller may think before the first key.
        var patience = Duration.seconds(6)
    }

    /// What happened.
    enum Input: Sendable {
        /// `isCutShort`: whether only silence ended them, so that there may have been more to come.
        case keys(String, isCutShort: Bool = false)
        case silence
        /// The interview as it stands after what was asked of it.
        case interview(Interview)
        /// The customer's open tickets, newest first.
        case tickets([Ticket])
        /// Whether an SMS is on its way.
        case notified(Bool)
        /// That the caller asked to be called back is stored.
        case noted
        /// Callers who wait in the queue; nil when the PBX does not say.
        case waiting(Int?)
        /// The desk cannot do what was asked for, as while its database is away.
        case failed
    }

    /// What to do; each but `leave` brings an `Input`.
    enum Step: Sendable, Equatable {
        case ask(Question)
        case begin
        case answer(Answer, to: PromptID, revision: Int)
        case link(Int64)
        case findTickets(customerID: Int64)
        case notify
        /// The caller asked to be called back: to be stored before anything else, as they may hang up now.
        case noteWish
        case countWaiting(department: String?)
        case leave(Ending)
    }

    /// How the menu ends; the dialplan goes on from here.
    struct Ending: Sendable, Equatable {
        enum Status: String, Sendable {
            /// Through the menu: identified or not, with a topic or not.
            case ok
            /// The caller asked for a person.
            case person
            case closed
            case callBack = "callback"
            /// Something failed; the queue takes over.
            case error
        }

        var say: [Utterance] = []
        var status: Status
    }

    /// Tries at each question before the menu goes on without an answer (the caller is never held up).
    static let tries = 3
    /// After the protocol number: enough to press the key that was just named, and no wait for who wants the queue.
    static let pauseAfterProtocol = Duration.seconds(2)
    /// Records of one number that are offered; a longer list is not listened to.
    static let mostRecords = 5

    private enum Place: Sendable, Equatable {
        case closedOffer, interview, tickets, asking(PromptID), aboutTicket(Int64), linking, protocolNumber
        case notifying, counting, callBackOffer, noting
    }

    /// A question by what is asked and how: other ways to answer are another question.
    private struct Asked: Equatable {
        var id: PromptID
        var kind: PromptKind
    }

    let facts: Facts
    private(set) var interview: Interview?
    private var place = Place.interview
    /// What is said before the next question.
    private var before: [Utterance] = []
    /// Tries of the question that was asked last.
    private var misses = 0
    private var asked: Asked?
    /// Numbers keyed to say who is calling; each may find somebody else, and be answered with no.
    private var searches = 0
    private var repeats = 0
    private var hasLookedForTickets = false
    private var wantsPerson = false
    private var wantsCallBack = false
    private var isClosed = false
    private var sentSMS = false
    private var current = Question(say: [])
    private var hasGivenUp: Set<PromptID> = []

    init(facts: Facts) { self.facts = facts }

    /// The topic chosen so far, and who handles it.
    var topic: Topic? { interview?.topic }
    var customer: Candidate? { interview?.customer }
    /// Whether the caller proved to be the customer.
    var isVerified: Bool { interview?.draft.identified?.level == .verified }
    private(set) var linkedTicket: Ticket?
    private var tickets: [Ticket] = []

    /// What is done with a caller who has no protocol number, as the desk cannot store the call.
    static func withoutNumber(isOpen: Bool, isHoliday: Bool) -> Ending {
        // After hours nobody works the queue.
        isOpen
            ? Ending(say: [.sentence(.trouble)], status: .error)
            : Ending(say: [.sentence(isHoliday ? .holiday : .closed), .sentence(.goodbye)], status: .closed)
    }

    // MARK: - Beginning

    mutating func start() -> Step {
        before = [.sentence(greeting), .sentence(.welcome)]
        if facts.isRecorded { before.append(.sentence(.mayBeRecorded)) }
        guard facts.isOpen else {
            isClosed = true
            before.append(.sentence(facts.isHoliday ? .holiday : .closed))
            guard facts.hasNumber else { return sayProtocol() }
            return ask([.sentence(.offerCallBackClosed)], at: .closedOffer)
        }
        before.append(.sentence(.zeroForPerson))
        place = .interview
        return .begin
    }

    private var greeting: PhoneSentence {
        switch facts.hour {
        case 5..<12: .goodMorning
        case 12..<18: .goodAfternoon
        default: .goodEvening
        }
    }

    // MARK: - Going on

    mutating func next(_ input: Input) -> Step {
        switch input {
        case .failed: return failed()
        case .interview(let interview):
            self.interview = interview
            return goOn()
        case .tickets(let found):
            tickets = found
            return offerTicket()
        case .notified(let isSent):
            sentSMS = isSent
            return speakProtocol()
        case .noted:
            wantsCallBack = true
            return isClosed ? sayProtocol() : promiseCallBack()
        case .waiting(let count): return tellWaiting(count)
        // After hours there is nobody to go to: it is a key like the others.
        case .keys("0", _) where !isClosed:
            wantsPerson = true
            // Nothing more is asked, played or stored before the queue.
            return leave()
        case .keys(let keys, let isCutShort): return receive(keys, isCutShort: isCutShort)
        case .silence: return receive(nil)
        }
    }

    /// Goes on without what the desk could not do.
    private mutating func failed() -> Step {
        switch place {
        // The number stands; only the SMS does not go.
        case .notifying: return speakProtocol()
        // Nothing is promised that is not stored; whoever called in vain is called back all the same.
        case .noting where isClosed: return sayProtocol()
        // Nobody works the queue.
        case _ where isClosed:
            return .leave(Ending(say: before + [.sentence(.goodbye)], status: wantsCallBack ? .callBack : .closed))
        default: return .leave(Ending(say: before + [.sentence(.trouble)], status: .error))
        }
    }

    private mutating func noteWish() -> Step {
        place = .noting
        return .noteWish
    }

    private mutating func receive(_ keys: String?, isCutShort: Bool = false) -> Step {
        switch place {
        case .closedOffer: return keys == "1" ? noteWish() : sayProtocol()
        case .asking(let id): return answer(keys, isCutShort: isCutShort, to: id)
        case .aboutTicket(let id):
            switch keys {
            case "1":
                linkedTicket = tickets.first { $0.id == id }
                place = .linking
                return .link(id)
            case "2":
                misses = 0
                return goOn()
            default: return missed(keys) ?? goOn()
            }
        case .protocolNumber:
            if keys == "1", repeats < Self.tries {
                repeats += 1
                return speakProtocol()
            }
            return afterProtocol()
        case .callBackOffer:
            return keys == "1" ? noteWish() : leave()
        case .interview, .tickets, .linking, .notifying, .counting, .noting: return goOn()
        }
    }

    // MARK: - The interview's questions

    /// The interview's next question as the telephone asks it.
    private mutating func goOn() -> Step {
        guard let interview else { return .begin }
        if interview.draft.linkTo != nil { return sayProtocol() }
        if let customer = interview.customer, !hasLookedForTickets {
            hasLookedForTickets = true
            misses = 0
            place = .tickets
            return .findTickets(customerID: customer.customerID)
        }
        let prompt = interview.prompt
        let question = Asked(id: prompt.id, kind: prompt.kind)
        if question != asked { misses = 0 }
        asked = question
        switch prompt.id {
        case .identify: return askWho(prompt)
        case .topic: return askTopic(prompt)
        case .verify: return askTyped([.sentence(.verify)], prompt)
        case .handOver, .done, .review: return sayProtocol()
        default: return askField(prompt)
        }
    }

    private mutating func askWho(_ prompt: Prompt) -> Step {
        switch prompt.kind {
        case .confirmCandidate:
            // Who has just keyed the whole document or contract has said who it is.
            if let candidate = prompt.candidates.first, isProven(candidate) {
                return .answer(.confirm, to: .identify, revision: prompt.revision)
            }
            let isByKeys = interview?.draft.results != nil
            return ask([.sentence(isByKeys ? .knownRecord : .knownNumber)], at: .asking(.identify))
        case .chooseCandidate:
            let offered = prompt.candidates.prefix(Self.mostRecords)
            var say: [Utterance] = [.sentence(.severalRecords)]
            for (place, candidate) in offered.enumerated() {
                let digits = (candidate.documentMasked ?? "").filter { $0.isASCII && $0.isNumber }
                say +=
                    digits.isEmpty
                    ? [.sentence(.otherRecord), .number(place + 1)]
                    : [.sentence(.recordWithDigits), .spelled(digits)]
                say += [.sentence(.press), .spelled(String(place + 1))]
            }
            return ask(say + [.sentence(.noneOfThese)], at: .asking(.identify))
        default:
            if let fault = prompt.fault { before.append(.sentence(PhoneSentence(of: fault))) }
            let isEnough = [misses, searches, prompt.misses].contains { $0 >= Self.tries }
            if isEnough { return skipIdentity(prompt) }
            return ask([.sentence(.identify)], at: .asking(.identify), most: 20)
        }
    }

    private func isProven(_ candidate: Candidate) -> Bool {
        candidate.reasons.contains { [.document, .contract, .protocolNumber].contains($0) }
    }

    private mutating func skipIdentity(_ prompt: Prompt) -> Step {
        misses = 0
        before.append(.sentence(.goOnUnidentified))
        return .answer(.skip, to: .identify, revision: prompt.revision)
    }

    private mutating func askTopic(_ prompt: Prompt) -> Step {
        let offered = prompt.options.filter { $0.digit != nil && ($0.role == .topic || $0.role == .section) }
        // Nothing below has a key: a person finds the topic.
        guard !offered.isEmpty else { return sayProtocol() }
        var say: [Utterance] = interview?.draft.section == nil ? [.sentence(.chooseTopic)] : []
        say += offered.map { option in
            .catalogue(PromptBook.node(option.role == .topic ? .topic(option.id) : .section(option.id)))
        }
        if interview?.draft.section != nil { say.append(.sentence(.starGoesBack)) }
        return ask(say, at: .asking(.topic))
    }

    private mutating func askField(_ prompt: Prompt) -> Step {
        guard let topic, let fieldID = prompt.id.fieldID, let keypad = prompt.keypad else { return sayProtocol() }
        let question = Utterance.catalogue(PromptBook.field(topic.id, fieldID))
        guard keypad.choices.isEmpty else {
            let options: [Utterance] =
                prompt.kind.fieldKind?.traits.keypad == .yesNo
                ? [.sentence(.yesOrNo)]
                : prompt.options.filter { $0.digit != nil }.map {
                    .catalogue(PromptBook.option(topic.id, fieldID, $0.id))
                }
            return ask([question] + options, at: .asking(prompt.id))
        }
        let how = PhoneSentence(keyed: prompt.kind.fieldKind?.traits.keypad)
        return askTyped([question, .sentence(how)], prompt, most: keypad.maximum)
    }

    private mutating func askTyped(_ say: [Utterance], _ prompt: Prompt, most: Int = 20) -> Step {
        // The question stays open for the technician; the caller is not asked a fourth time.
        if prompt.misses >= Self.tries || hasGivenUp.contains(prompt.id) { return sayProtocol() }
        if let fault = prompt.fault { before.append(.sentence(PhoneSentence(of: fault))) }
        return ask(say, at: .asking(prompt.id), most: most)
    }

    private mutating func answer(_ keys: String?, isCutShort: Bool, to id: PromptID) -> Step {
        guard let prompt = interview?.prompt, prompt.id == id else { return goOn() }
        guard let keys, !keys.isEmpty else { return missed(nil) ?? giveUp(prompt) }
        if id == .identify {
            switch prompt.kind {
            case .chooseCandidate:
                let offered = prompt.candidates.prefix(Self.mostRecords)
                if keys == "9" { return given(.option("no"), prompt) }
                guard let place = Int(keys), offered.indices.contains(place - 1) else {
                    return missed(keys) ?? giveUp(prompt)
                }
                return given(.option(offered[place - 1].id), prompt)
            case .confirmCandidate:
                guard keys == "1" || keys == "2" else { return missed(keys) ?? giveUp(prompt) }
                return given(.option(keys == "1" ? "yes" : "no"), prompt)
            default:
                if keys == "#" { return skipIdentity(prompt) }
                misses += 1
                searches += 1
                return .answer(isCutShort ? .keysCutShort(keys) : .keys(keys), to: id, revision: prompt.revision)
            }
        }
        if let choices = prompt.keypad?.choices, !choices.isEmpty, keys != "*", choices[keys] == nil {
            return missed(keys) ?? giveUp(prompt)
        }
        return given(.keys(keys), prompt)
    }

    private mutating func given(_ answer: Answer, _ prompt: Prompt) -> Step {
        misses = 0
        return .answer(answer, to: prompt.id, revision: prompt.revision)
    }

    /// The same question again, nil after the last try.
    private mutating func missed(_ keys: String?) -> Step? {
        misses += 1
        guard misses < Self.tries else { return nil }
        let why = Utterance.sentence(keys == nil ? .nothingHeard : .notAnOption)
        return .ask(Question(say: [why] + current.say.filter { !isGreeting($0) }, most: current.most))
    }

    private func isGreeting(_ utterance: Utterance) -> Bool {
        guard case .sentence(let sentence) = utterance else { return false }
        return [.goodMorning, .goodAfternoon, .goodEvening, .welcome, .mayBeRecorded].contains(sentence)
    }

    /// After the last try: identification is skipped, anything else is a person's to ask.
    private mutating func giveUp(_ prompt: Prompt) -> Step {
        if prompt.id == .identify { return skipIdentity(prompt) }
        hasGivenUp.insert(prompt.id)
        return sayProtocol()
    }

    // MARK: - Open tickets

    private mutating func offerTicket() -> Step {
        guard let latest = tickets.first else { return goOn() }
        var say: [Utterance] = [
            .sentence(tickets.count == 1 ? .openTicket : .openTickets), .spelled(latest.number),
        ]
        if let day = CalendarDay(latest.createdAt, offsetMinutes: facts.offsetMinutes) {
            say += [.sentence(.openedOn), .date(day)]
        }
        return ask(say + [.sentence(.aboutIt)], at: .aboutTicket(latest.id))
    }

    // MARK: - The protocol number, and on

    private mutating func sayProtocol() -> Step {
        misses = 0
        place = .notifying
        return .notify
    }

    private mutating func speakProtocol() -> Step {
        var say: [Utterance] = [
            .sentence(.yourProtocol), .spelled(SpokenDigits.grouped(facts.protocolNumber)),
        ]
        if sentSMS { say.append(.sentence(.sentBySMS)) }
        if repeats < Self.tries { say.append(.sentence(.repeatWithOne)) }
        return ask(say, at: .protocolNumber, patience: Self.pauseAfterProtocol)
    }

    private mutating func afterProtocol() -> Step {
        if wantsCallBack { return promiseCallBack() }
        if isClosed { return .leave(Ending(say: [.sentence(.goodbye)], status: .closed)) }
        place = .counting
        return .countWaiting(department: linkedTicket?.department ?? topic?.department)
    }

    private mutating func tellWaiting(_ count: Int?) -> Step {
        guard let count, count > 0 else { return leave() }
        before = count == 1 ? [.sentence(.personAhead)] : [.sentence(.peopleAhead), .number(count)]
        guard facts.callBackAfter > 0, count >= facts.callBackAfter, facts.hasNumber else { return leave() }
        return ask([.sentence(.offerCallBack)], at: .callBackOffer)
    }

    private mutating func promiseCallBack() -> Step {
        .leave(Ending(say: [.sentence(.willCallBack), .sentence(.goodbye)], status: .callBack))
    }

    private mutating func leave() -> Step {
        wantsPerson
            ? .leave(Ending(status: .person)) : .leave(Ending(say: before + [.sentence(.pleaseHold)], status: .ok))
    }

    private mutating func ask(
        _ say: [Utterance],
        at place: Place,
        most: Int = 1,
        patience: Duration = .seconds(6)
    ) -> Step {
        self.place = place
        current = Question(say: before + say, most: most, patience: patience)
        before = []
        return .ask(current)
    }
}
