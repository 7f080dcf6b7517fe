import DeskCore
import IVRBridge
import Logging
import Testing

@testable import CallDesk

@Suite("The keys of an answer in the telephone menu", .timeLimit(.minutes(2)))
struct PhoneLineTests {
    private func line(_ caller: TypingCaller) -> PhoneLine {
        PhoneLine(
            call: caller,
            folder: "calldesk/pt-BR",
            missing: MissingSounds(),
            line: "matriz",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Asks as the menu asks for a field of so many keys.
    private func question(most: Int) -> PhoneScript.Question {
        PhoneScript.Question(say: [.sentence(.keyDigits)], most: most)
    }

    @Test("the # after the last key is taken with the answer: the number that follows is heard to its end")
    func hashAfterLast() async throws {
        guard case .digits(_, let most, _) = FieldKind.nif.traits.keypad else {
            Issue.record("a NIF is not keyed")
            return
        }
        let caller = TypingCaller(["key-digits": "123456789#"])
        let line = line(caller)
        let keyed = try await line.ask(question(most: most))
        #expect(keyed == .init(keys: "123456789", isCutShort: false, ahead: nil))
        let number: [Utterance] = [
            .sentence(.yourProtocol), .spelled(SpokenDigits.grouped("2026000000011")), .sentence(.repeatWithOne),
        ]
        #expect(try await line.play(number) == nil)
        #expect(
            caller.heard
                == ["key-digits", "your-protocol"] + "2026000000011".map { "digit-\($0)" } + ["repeat-with-one"]
        )
    }

    @Test(
        "an answer ends by #, by the most keys there are, or by silence, which may have cut it short",
        arguments: [
            ("12#", 9, .init(keys: "12", isCutShort: false, ahead: nil)),
            ("12", 9, .init(keys: "12", isCutShort: true, ahead: nil)),
            ("1234", 4, .init(keys: "1234", isCutShort: false, ahead: nil)),
            ("#", 9, .init(keys: "#", isCutShort: false, ahead: nil)),
            ("0", 9, .init(keys: "0", isCutShort: true, ahead: nil)),
            ("1", 1, .init(keys: "1", isCutShort: false, ahead: nil)),
        ] as [(String, Int, PhoneLine.Keyed)]
    )
    func ends(keys: String, most: Int, expected: PhoneLine.Keyed) async throws {
        #expect(try await line(TypingCaller(["key-digits": keys])).ask(question(most: most)) == expected)
    }

    @Test("a key typed ahead is the first of the next answer, and no key is nobody's answer")
    func ahead() async throws {
        let caller = TypingCaller(["key-digits": "14302"])
        let line = line(caller)
        let time = try await line.ask(question(most: 4))
        #expect(time == .init(keys: "1430", isCutShort: false, ahead: "2"))
        let next = try await line.ask(PhoneScript.Question(say: [.sentence(.yesOrNo)]), ahead: time?.ahead)
        #expect(next?.keys == "2")
        #expect(caller.heard == ["key-digits"])
        #expect(try await line.ask(question(most: 9)) == nil)
    }

    @Test("a time ended by the key that was asked for does not answer the next question; nonsense is said to be that")
    func wholeForm() async throws {
        try await PhoneUnderTest.with { phone in
            let caller = TypingCaller([
                "identify": "#", "choose-topic": "1", "star-goes-back": "3", "option-sistema-fora-situacao-cai": "3",
                "key-time": "9999#", "not-valid": "1430#", "key-number": "12#",
            ])
            try await phone.desk.run(caller)
            #expect(caller.heard.filter { $0 == "not-valid" }.count == 1)
            #expect(!caller.heard.contains("not-found") && !caller.heard.contains("not-an-option"))
            #expect(caller.variables["CALLDESK_TOPIC"] == "sistema-fora")
            let id = try #require(try await phone.attendances().first?.id)
            let state = try await phone.app.interviews.begin(attendanceID: id, by: nil, language: .ptBR)
            #expect(state.interview.prompt(for: .field("hora"))?.current == "14:30")
            #expect(state.interview.prompt(for: .field("pessoas"))?.current == "12")
        }
    }
}
