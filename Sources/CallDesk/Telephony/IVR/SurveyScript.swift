import DeskCore

/// The question after a call: one mark from 1 to 5, asked twice at the most.
struct SurveyScript: Sendable {
    enum Step: Sendable, Equatable {
        case ask([Utterance])
        case keep(mark: Int)
        case leave([Utterance])
    }

    private var asked = 0

    mutating func start() -> Step { ask([]) }

    /// Takes the caller's key, nil for silence.
    mutating func next(_ key: String?) -> Step {
        if let key, let mark = Int(key), SatisfactionDesk.marks.contains(mark) { return .keep(mark: mark) }
        // Who presses nothing has given an answer too.
        guard key != nil, asked < 2 else { return .leave([.sentence(.goodbye)]) }
        return ask([.sentence(.notAnOption)])
    }

    func kept() -> Step { .leave([.sentence(.thanks), .sentence(.goodbye)]) }

    private mutating func ask(_ before: [Utterance]) -> Step {
        asked += 1
        return .ask(before + [.sentence(.survey)])
    }
}
