import Foundation

/// A call as a small text tells it: who calls, which phones ring, who does what when.
///
/// ```
/// # Quem liga espera na fila; a Ana atende.
/// call 11987654321 "Maria Silva" to 5000
/// 0     queue suporte
/// 1     ring 1002 "Ana Souza"
/// 3..6  answer 1002
/// 60    hang-up caller
/// ```
/// Times are seconds since the call began; of a range the seed chooses. A call from the desk begins with
/// `dial 11987654321 from 1002`; its far end is called `outside`.
package struct Scenario: Sendable, Equatable {
    package enum Deed: Sendable, Equatable {
        /// The caller waits in a queue.
        case queue(String)
        /// A phone rings; its owner's name where it is given.
        case ring(String, name: String?)
        case answer(String)
        case hold
        case resume
        /// Whoever talks sends the caller on, to a phone that rings next.
        case transfer(to: String)
        case hangUp(String)
    }

    package struct Step: Sendable, Equatable {
        package var at: ClosedRange<Double>
        package var deed: Deed
    }

    /// Whoever is outside: the caller, or who is called.
    package static let caller = "caller"
    package static let outside = "outside"

    /// A scenario is some lines; more is another file.
    private static let mostLines = 200
    /// Nobody waits longer in a rehearsal.
    private static let longest = 3_600.0

    /// The number outside and its name, empty without one.
    package var number: String
    package var name: String
    /// What was dialled by a caller; nil for a call from the desk.
    package var dialled: String?
    /// The phone a call from the desk is made from.
    package var phone: String?
    package var steps: [Step]

    /// What is wrong with a scenario's text, and in which line.
    package struct Fault: Error, Equatable, CustomStringConvertible {
        package var line: Int
        package var why: String
        package var description: String { "line \(line): \(why)" }
    }

    /// Reads the text of a scenario.
    package init(_ text: String) throws(Fault) {
        var head: (number: String, name: String, dialled: String?, phone: String?)?
        var steps: [Step] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count <= Self.mostLines else { throw Fault(line: Self.mostLines, why: "too long") }
        for (place, line) in lines.enumerated() {
            let words = Self.words(line)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            func fault(_ why: String) -> Fault { Fault(line: place + 1, why: why) }
            guard let begun = head else {
                switch words.count {
                case 5 where first == "call" && words[3] == "to": head = (words[1], words[2], words[4], nil)
                case 4 where first == "dial" && words[2] == "from": head = (words[1], "", nil, words[3])
                default: throw fault("begin with 'call NUMBER \"NAME\" to EXTENSION' or 'dial NUMBER from PHONE'")
                }
                continue
            }
            _ = begun
            guard let at = Self.time(first) else { throw fault("'\(first)' is no time, such as 3 or 3..6") }
            if let last = steps.last, at.lowerBound < last.at.upperBound {
                throw fault("steps stand in the order of their times")
            }
            steps.append(Step(at: at, deed: try Self.deed(Array(words.dropFirst()), fault)))
        }
        guard let head else { throw Fault(line: lines.count, why: "it is empty") }
        (number, name, dialled, phone) = head
        self.steps = steps
    }

    private static func deed(_ words: [String], _ fault: (String) -> Fault) throws(Fault) -> Deed {
        switch (words.first, words.count) {
        case ("queue", 2): return .queue(words[1])
        case ("ring", 2): return .ring(words[1], name: nil)
        case ("ring", 3): return .ring(words[1], name: words[2])
        case ("answer", 2): return .answer(words[1])
        case ("hold", 1): return .hold
        case ("resume", 1): return .resume
        case ("transfer", 3) where words[1] == "to": return .transfer(to: words[2])
        case ("hang-up", 2): return .hangUp(words[1])
        default:
            throw fault("say queue NAME, ring PHONE, answer PHONE, hold, resume, transfer to PHONE or hang-up WHO")
        }
    }

    private static func time(_ word: String) -> ClosedRange<Double>? {
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        let ends = parts.count == 3 && parts[1].isEmpty ? [parts[0], parts[2]] : [Substring(word)]
        let times = ends.compactMap { Double($0) }
        guard times.count == ends.count, let from = times.first, let to = times.last,
            from >= 0, to >= from, to <= longest
        else { return nil }
        return from...to
    }

    /// Words apart by blanks; several within quotes are one.
    private static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        for (place, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if place % 2 == 1 {
                words.append(String(part))
            } else {
                words += part.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
            }
        }
        return words
    }
}

extension Scenario {
    /// The same with other people in it.
    package func played(as call: SimulatedCall) -> Scenario {
        var scenario = self
        if let number = call.number { scenario.number = number }
        if let name = call.name { scenario.name = name }
        guard !call.phones.isEmpty else { return scenario }
        func other(_ phone: String) -> String { call.phones[phone] ?? phone }
        scenario.phone = phone.map(other)
        for place in scenario.steps.indices {
            switch scenario.steps[place].deed {
            case .ring(let phone, let name): scenario.steps[place].deed = .ring(other(phone), name: name)
            case .answer(let phone): scenario.steps[place].deed = .answer(other(phone))
            case .transfer(let phone): scenario.steps[place].deed = .transfer(to: other(phone))
            case .hangUp(let who): scenario.steps[place].deed = .hangUp(other(who))
            case .queue, .hold, .resume: break
            }
        }
        return scenario
    }
}
