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
/// `dial 11987654321 from 1002`; its far end is called `outside`. The whole language is in docs/telephony.md.
package struct Scenario: Sendable, Equatable {
    package enum Deed: Sendable, Equatable {
        /// The caller waits in a queue.
        case queue(String)
        /// The caller goes through the telephone menu and presses these keys.
        case menu(keys: String)
        /// A phone rings; its owner's name where it is given.
        case ring(String, name: String?)
        case answer(String)
        /// A phone is engaged, or its owner declines.
        case busy(String)
        /// A phone has rung long enough.
        case silence(String)
        case hold
        case resume
        /// Whoever talks sends the caller on, to a phone that rings next.
        case transfer(to: String)
        case hangUp(String)
        /// The PBX restarts: every call and every connection ends.
        case restart
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

    /// What is wrong with a scenario's file: its name, the line where there is one, and what may stand there.
    package struct FileFault: Error, Equatable, CustomStringConvertible {
        package var path: String
        package var line: Int?
        package var why: String
        package var description: String { "\(path):\(line.map { "\($0):" } ?? "") \(why)" }
    }

    /// A scenario is some lines; a larger file is something else.
    private static let longestFile = 65_536

    /// Reads the scenario in a file.
    package static func read(_ path: String) throws(FileFault) -> Scenario {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw FileFault(path: path, why: "it cannot be read; check its name and owner")
        }
        guard bytes.count <= longestFile, let text = String(data: bytes, encoding: .utf8) else {
            throw FileFault(path: path, why: "it is no scenario, which is a short text in UTF-8")
        }
        do { return try Scenario(text) } catch { throw FileFault(path: path, line: error.line, why: error.why) }
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
            guard head != nil else {
                switch words.count {
                case 5 where first == "call" && words[3] == "to": head = (words[1], words[2], words[4], nil)
                case 4 where first == "dial" && words[2] == "from": head = (words[1], "", nil, words[3])
                default: throw fault("begin with 'call NUMBER \"NAME\" to EXTENSION' or 'dial NUMBER from PHONE'")
                }
                continue
            }
            guard let at = Self.time(first) else { throw fault("'\(first)' is no time, such as 3 or 3..6") }
            if let last = steps.last, at.lowerBound < last.at.upperBound {
                throw fault("steps stand in the order of their times")
            }
            let deed = try Self.deed(Array(words.dropFirst()), fault)
            if let stranger = Self.stranger(in: deed, after: steps, from: head?.phone) {
                throw fault("'\(stranger)' has not rung yet: a phone rings before it does anything else")
            }
            steps.append(Step(at: at, deed: deed))
        }
        guard let head else { throw Fault(line: lines.count, why: "it is empty") }
        (number, name, dialled, phone) = head
        self.steps = steps
    }

    /// A phone that does something before it rang; what is told of it would be of no channel.
    private static func stranger(in deed: Deed, after steps: [Step], from phone: String?) -> String? {
        let who: String
        switch deed {
        case .answer(let phone), .busy(let phone), .silence(let phone), .hangUp(let phone): who = phone
        default: return nil
        }
        let hasRung = steps.contains { if case .ring(who, _) = $0.deed { true } else { false } }
        return hasRung || who == phone || (who == caller && phone == nil) ? nil : who
    }

    private static func deed(_ words: [String], _ fault: (String) -> Fault) throws(Fault) -> Deed {
        switch (words.first, words.count) {
        case ("queue", 2): return .queue(words[1])
        case ("menu", 1): return .menu(keys: "")
        case ("menu", 2) where words[1].allSatisfy(isKey): return .menu(keys: words[1])
        case ("busy", 2): return .busy(words[1])
        case ("silence", 2): return .silence(words[1])
        case ("restart", 1): return .restart
        case ("ring", 2): return .ring(words[1], name: nil)
        case ("ring", 3): return .ring(words[1], name: words[2])
        case ("answer", 2): return .answer(words[1])
        case ("hold", 1): return .hold
        case ("resume", 1): return .resume
        case ("transfer", 3) where words[1] == "to": return .transfer(to: words[2])
        case ("hang-up", 2): return .hangUp(words[1])
        default:
            throw fault(
                "say queue NAME, menu KEYS, ring PHONE, answer PHONE, busy PHONE, silence PHONE, hold, resume, "
                    + "transfer to PHONE, hang-up WHO or restart"
            )
        }
    }

    private static func isKey(_ key: Character) -> Bool { "0123456789*#-".contains(key) }

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
            case .busy(let phone): scenario.steps[place].deed = .busy(other(phone))
            case .silence(let phone): scenario.steps[place].deed = .silence(other(phone))
            case .transfer(let phone): scenario.steps[place].deed = .transfer(to: other(phone))
            case .hangUp(let who): scenario.steps[place].deed = .hangUp(other(who))
            case .queue, .menu, .hold, .resume, .restart: break
            }
        }
        return scenario
    }

    /// The same with more time before somebody hangs up at its end.
    package func lasting(_ talk: Duration) -> Scenario {
        var scenario = self
        let more = Double(talk.components.seconds)
        guard let last = steps.last, case .hangUp = last.deed else { return self }
        scenario.steps[steps.count - 1].at = (last.at.lowerBound + more)...(last.at.upperBound + more)
        return scenario
    }

    /// The same while some of the queue's phones are paused: another answers, or nobody does.
    package func sparing(_ paused: Set<String>) -> Scenario {
        guard !paused.isEmpty, steps.contains(where: { if case .queue = $0.deed { true } else { false } }) else {
            return self
        }
        let rung = steps.compactMap { if case .ring(let phone, _) = $0.deed { phone } else { nil } }
        var scenario = self
        if let free = rung.first(where: { !paused.contains($0) }) {
            for case .answer(let phone) in steps.map(\.deed) where paused.contains(phone) {
                scenario = scenario.played(as: SimulatedCall(phones: [phone: free, free: phone]))
            }
        }
        scenario.steps.removeAll { step in
            switch step.deed {
            case .ring(let phone, _), .answer(let phone), .busy(let phone), .silence(let phone): paused.contains(phone)
            default: false
            }
        }
        // Nobody is left who could hang up but the caller.
        if let last = scenario.steps.last, case .hangUp(let who) = last.deed, paused.contains(who) {
            scenario.steps[scenario.steps.count - 1].deed = .hangUp(Self.caller)
        }
        return scenario
    }

    /// When each step happens, in seconds since the call began.
    func times(seed: UInt64) -> [Double] {
        var chance = seed
        return steps.map { step in
            step.at.lowerBound + (step.at.upperBound - step.at.lowerBound) * Self.share(&chance)
        }
    }

    /// SplitMix64: the same seed, the same call.
    private static func share(_ state: inout UInt64) -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ (z >> 31)) >> 11) / Double(1 << 53)
    }
}
