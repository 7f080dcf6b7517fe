import DeskCore
import TestSupport
import Testing

@Suite("Rules for callers' numbers")
struct CallerRulesTests {
    @Test("a number, a beginning and numbers not shown are blocked, and nobody else")
    func blocks() {
        let rules = CallerRules(blocks: [.init(.number, "+5531987654321"), .init(.prefix, "+4490"), .init(.withheld)])
        #expect(rules.isBlocked(number: "+5531987654321", raw: "31987654321", isWithheld: false))
        #expect(rules.isBlocked(number: "+449012345", raw: nil, isWithheld: false))
        #expect(rules.isBlocked(number: nil, raw: nil, isWithheld: true))
        #expect(!rules.isBlocked(number: "+553198765432", raw: nil, isWithheld: false))
        #expect(!rules.isBlocked(number: nil, raw: nil, isWithheld: false))
        #expect(!CallerRules().isBlocked(number: nil, raw: nil, isWithheld: true))
    }

    @Test(
        "the first pattern that matches counts, and its star may be used again",
        arguments: [
            ("0031987654321", "+31987654321"), ("9011", "011"), ("31987654321", "31987654321"), ("9", "9"), ("", ""),
        ]
    )
    func rewrites(raw: String, read: String) {
        let rules = CallerRules(incoming: [.init("00*", to: "+*"), .init("9*", to: "*"), .init("90*", to: "1")])
        #expect(rules.read(raw) == read)
    }

    @Test("a pattern of stars against a long text is over at once")
    func stars() {
        let rules = CallerRules(incoming: [.init("*1*1*2", to: "*")])
        #expect(rules.read(String(repeating: "1", count: 64)) == String(repeating: "1", count: 64))
        #expect(rules.read(String(repeating: "1", count: 5_000)).count == 5_000)
    }

    @Test("what is wrong is named by its place")
    func faults() {
        let rules = CallerRules(
            blocks: [.init(.number, "abc"), .init(.withheld, "1"), .init(.prefix, "+55")],
            incoming: [.init("", to: "1"), .init("1", to: "*"), .init("****", to: "*")],
            outgoing: [.init("*", to: "+5531*")]
        )
        #expect(
            rules.faults == [
                "blocks[0].value", "blocks[1].value", "incoming[0].pattern", "incoming[1].to", "incoming[2].pattern",
                "outgoing[0].to",
            ]
        )
        #expect(CallerRules().faults.isEmpty)
    }

    @Test("rules are kept whole, read by every node, and refused whole", arguments: TestDatabase.engines)
    func kept(engine: DatabaseEngine) async throws {
        let database = try await TestDatabase.make(engine)
        let (one, two) = (
            CallerRuleBook(database: database, clock: TestClock().clock),
            CallerRuleBook(database: database, clock: TestClock().clock)
        )
        try await two.reload()
        #expect(two.current == CallerRules())
        let rules = CallerRules(blocks: [.init(.withheld, note: "trote")], incoming: [.init("0*", to: "+55*")])
        try await one.replace(with: rules, by: .system("test"))
        try await two.reload()
        #expect(one.current == rules && two.current == rules)
        await #expect(throws: CallerRuleBook.Fault.wrong(["blocks[0].value"])) {
            try await one.replace(with: CallerRules(blocks: [.init(.number, "x")]), by: .system("test"))
        }
        #expect(one.current == rules)
    }
}
