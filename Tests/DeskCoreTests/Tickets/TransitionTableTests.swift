import Foundation
import Testing

@testable import DeskCore

@Suite("The table of moves")
struct TransitionTableTests {
    private static let now = Moment(milliseconds: 1_795_236_570_000)
    private static let terms = TicketTerms()

    private static func standing(_ state: TicketState, closedHours: Int = 30) -> TicketStanding {
        TicketStanding(
            state,
            askedFrom: state == .waiting ? .inProgress : nil,
            solvedAt: [.solved, .closed].contains(state) ? now.adding(.seconds(-40 * 3_600)) : nil,
            closedAt: state == .closed ? now.adding(.seconds(-closedHours * 3_600)) : nil
        )
    }

    /// What life.md says, written once more and by hand: move, states it is made from, roles that make it, where it leads.
    static let lines: [(TicketMove, Set<TicketState>, Set<TicketRole>, [TicketState: TicketState])] = [
        (
            .take, [.triage, .inProgress, .waiting], [.technician, .supervisor],
            [.triage: .inProgress, .inProgress: .inProgress, .waiting: .waiting]
        ),
        (
            .assign, [.triage, .inProgress, .waiting], [.technician, .supervisor, .program],
            [.triage: .inProgress, .inProgress: .inProgress, .waiting: .waiting]
        ),
        (
            .move, [.triage, .inProgress, .waiting], [.technician, .supervisor, .program],
            [.triage: .triage, .inProgress: .triage, .waiting: .waiting]
        ),
        (
            .ask, [.triage, .inProgress], [.technician, .supervisor, .program],
            [.triage: .waiting, .inProgress: .waiting]
        ),
        (
            .reply, [.triage, .inProgress, .waiting, .solved], [.technician, .supervisor, .program],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .waiting, .solved: .solved]
        ),
        (
            .note, [.triage, .inProgress, .waiting, .solved], [.technician, .supervisor, .program],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .waiting, .solved: .solved]
        ),
        (
            .reply, [.triage, .inProgress, .waiting, .solved], [.customer],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .inProgress, .solved: .solved]
        ),
        (
            .change, [.triage, .inProgress, .waiting], [.technician, .supervisor, .program],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .waiting]
        ),
        (
            .split, [.triage, .inProgress, .waiting, .solved], [.technician, .supervisor, .program],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .waiting, .solved: .solved]
        ),
        (
            .link, [.triage, .inProgress, .waiting, .solved], [.customer],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .inProgress, .solved: .solved]
        ),
        (
            .link, [.triage, .inProgress, .waiting, .solved], [.technician, .supervisor, .program],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .waiting, .solved: .solved]
        ),
        (
            .merge, [.triage, .inProgress, .waiting, .solved, .closed, .cancelled],
            [.technician, .supervisor, .program],
            [
                .triage: .merged, .inProgress: .merged, .waiting: .merged, .solved: .merged, .closed: .merged,
                .cancelled: .merged,
            ]
        ),
        (
            .solve, [.triage, .inProgress, .waiting], [.technician, .supervisor, .program],
            [.triage: .solved, .inProgress: .solved, .waiting: .solved]
        ),
        (.confirm, [.solved], [.customer], [.solved: .closed]),
        (
            .cancel, [.triage, .inProgress, .waiting], [.customer, .supervisor],
            [.triage: .cancelled, .inProgress: .cancelled, .waiting: .cancelled]
        ),
        (.restart, [.solved, .closed], [.customer], [.solved: .triage, .closed: .triage]),
        (.reopen, [.closed], [.customer], [.closed: .inProgress]),
        (
            .reiterate, [.triage, .inProgress, .waiting], [.customer],
            [.triage: .triage, .inProgress: .inProgress, .waiting: .waiting]
        ),
        (.remind, [.waiting], [.clock], [.waiting: .waiting]), (.giveUp, [.waiting], [.clock], [.waiting: .solved]),
        (.close, [.solved], [.clock], [.solved: .closed]),
        (.escalate, [.triage, .inProgress], [.clock], [.triage: .triage, .inProgress: .triage]),
    ]

    @Test(
        "every move, role and state: made exactly where the table says, and to where it says",
        arguments: TicketMove.allCases
    )
    func exhaustive(move: TicketMove) {
        for role in TicketRole.allCases {
            for state in TicketState.allCases {
                let wanted = Self.lines.first { $0.0 == move && $0.1.contains(state) && $0.2.contains(role) }
                // A ticket that closed thirty hours ago is restarted; four hours ago it is reopened.
                let standing = Self.standing(state, closedHours: move == .reopen ? 4 : 30)
                let row = try? TicketRules.decide(move, on: standing, by: role, terms: Self.terms, at: Self.now)
                #expect((row != nil) == (wanted != nil), "\(move) by \(role) from \(state)")
                guard let row, let wanted else { continue }
                let to = TicketRules.state(after: row, standing, elsewhere: true, solverIsThere: true)
                #expect(to == wanted.3[state], "\(move) by \(role) from \(state)")
            }
        }
    }

    @Test("no state, role and move meet in two lines")
    func oneLine() {
        for move in TicketMove.allCases {
            for role in TicketRole.allCases {
                for state in TicketState.allCases {
                    let found = TransitionTable.rows.filter {
                        $0.move == move && $0.by.contains(role) && $0.from.contains(state)
                    }
                    #expect(found.count <= 1, "\(move) by \(role) from \(state)")
                }
            }
        }
    }

    @Test("what the customer may do, the desk may within a contact of theirs, also from another department")
    func inContact() throws {
        for move in [TicketMove.reiterate, .confirm, .restart, .reopen, .cancel] {
            let state: TicketState =
                move == .confirm ? .solved : move == .reopen || move == .restart ? .closed : .triage
            let standing = Self.standing(state, closedHours: move == .reopen ? 4 : 30)
            for role in [TicketRole.technician, .colleague, .program] {
                #expect(throws: TicketRefusal.self) {
                    try TicketRules.decide(move, on: standing, by: role, terms: Self.terms, at: Self.now)
                }
                let row = try TicketRules.decide(
                    move,
                    on: standing,
                    by: role,
                    inContact: true,
                    terms: Self.terms,
                    at: Self.now
                )
                #expect(row.by.contains(.customer))
            }
            // The clock acts for nobody.
            #expect(throws: TicketRefusal.self) {
                try TicketRules.decide(move, on: standing, by: .clock, inContact: true, terms: Self.terms, at: Self.now)
            }
        }
        #expect(throws: TicketRefusal.notAllowed(.take)) {
            try TicketRules.decide(
                .take,
                on: Self.standing(.triage),
                by: .colleague,
                inContact: true,
                terms: Self.terms,
                at: Self.now
            )
        }
    }

    @Test(
        "reopen up to its hour, restart from it on and while solved: one of the two at a time",
        arguments: [(0, true), (23, true), (24, false), (25, false), (10_000, false)]
    )
    func oneAtATime(hours: Int, reopens: Bool) {
        let standing = Self.standing(.closed, closedHours: hours)
        let moves = TicketRules.offers(on: standing, to: .customer, terms: Self.terms, at: Self.now).map(\.move)
        #expect(moves == (reopens ? [.reopen] : [.restart]))
        let solved = TicketRules.offers(on: Self.standing(.solved), to: .customer, terms: Self.terms, at: Self.now)
        #expect(solved.map(\.move) == [.reply, .confirm, .restart, .link])
    }

    @Test("restarting ends with its days, and the refusal says what else to do")
    func restartDays() {
        var terms = TicketTerms()
        terms.restartDays = 2
        let late = Self.standing(.closed, closedHours: 49)
        #expect(throws: TicketRefusal.tooLate(.restart)) {
            try TicketRules.decide(.restart, on: late, by: .customer, terms: terms, at: Self.now)
        }
        #expect(throws: TicketRefusal.reopenInstead(until: Self.now.adding(.seconds(20 * 3_600)))) {
            try TicketRules.decide(
                .restart,
                on: Self.standing(.closed, closedHours: 4),
                by: .customer,
                terms: terms,
                at: Self.now
            )
        }
    }

    @Test("an offer says until when, and what is offered is accepted", arguments: TicketState.allCases)
    func offers(state: TicketState) throws {
        for role in TicketRole.allCases {
            let standing = Self.standing(state, closedHours: 4)
            for offer in TicketRules.offers(on: standing, to: role, terms: Self.terms, at: Self.now) {
                _ = try TicketRules.decide(
                    offer.move,
                    on: standing,
                    by: role,
                    inContact: offer.forCustomer,
                    terms: Self.terms,
                    at: Self.now
                )
                if offer.move == .reopen { #expect(offer.until == Self.now.adding(.seconds(20 * 3_600))) }
            }
        }
    }

    @Test("an ended ticket refuses entries by saying that it has ended", arguments: [TicketState.closed, .cancelled])
    func ended(state: TicketState) {
        for (move, role) in [(TicketMove.reply, TicketRole.customer), (.note, .technician), (.reply, .supervisor)] {
            #expect(throws: TicketRefusal.over(state)) {
                try TicketRules.decide(move, on: Self.standing(state), by: role, terms: Self.terms, at: Self.now)
            }
        }
    }
}

@Suite("Entries as sentences")
struct EntrySentenceTests {
    @Test("a customer's entry cannot be made of an internal one, and a move's reason stays inside")
    func publicOnly() {
        for kind in EntryKind.allCases {
            var entry = Self.entry(kind)
            entry.body = "canario-interno"
            let shown = PublicEntry(entry)
            #expect((shown != nil) == kind.isPublic)
            if [.moved, .split, .dueSet].contains(kind) { #expect(shown?.body.isEmpty == true) }
        }
        #expect(PublicEntry(Self.entry(.note)) == nil)
        #expect(PublicEntry(Self.entry(.reply))?.authorName == "Ana")
    }

    @Test("every kind that is no plain text has a sentence in every language", arguments: Language.allCases)
    func sentences(language: Language) {
        let sentence = EntrySentence(time: DeskTime(timeZone: .gmt, language: language))
        for kind in EntryKind.allCases where kind != .reply && kind != .note {
            var entry = Self.entry(kind)
            entry.facts.priority = .init("normal", "high")
            #expect(sentence.text(entry)?.isEmpty == false, "\(kind)")
        }
        #expect(sentence.text(Self.entry(.reply)) == nil)
    }

    @Test("what was done for the customer says so")
    func onBehalf() {
        var entry = Self.entry(.reiterated)
        entry.facts.count = 2
        entry.facts.onBehalf = "Ana Souza"
        entry.facts.within = "2026000000017"
        let text = EntrySentence(time: DeskTime(timeZone: .gmt, language: .ptBR)).text(entry) ?? ""
        #expect(text.contains("2ª vez"))
        #expect(text.contains("Ana Souza"))
    }

    static func entry(_ kind: EntryKind) -> Entry {
        let values: [SQLValue] = [
            .integer(1), .integer(1), .text(kind.rawValue), .text("technician"), .integer(1), .text("Ana Souza"),
            .text(""), .text("{}"), .integer(0),
        ]
        guard let entry = try? Entry(row: SQLRow(values: values)) else { fatalError("a row of the test's own") }
        return entry
    }
}
