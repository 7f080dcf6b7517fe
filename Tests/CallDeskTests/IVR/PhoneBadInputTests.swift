import DeskCore
import Foundation
import IVRBridge
import Rehearsal
import TestSupport
import Testing

@testable import CallDesk

@Suite("Bad luck and bad intent in the telephone menu", .timeLimit(.minutes(2)))
struct PhoneBadInputTests {
    @Test("a hang-up at any command leaves one attendance, and the next caller is served")
    func hangUpAnywhere() async throws {
        try await PhoneUnderTest.with { phone in
            let whole = try await phone.call(["#", "7", "1"], key: "1.0")
            for end in 1...whole.commands {
                _ = try await phone.call(["#", "7", "1"], key: "2.\(end)", hangUpAt: end)
            }
            // Who hangs up before the desk knew the call's key made no contact; all others made one each.
            let attendances = try await phone.attendances()
            #expect((whole.commands - 2...whole.commands + 1).contains(attendances.count))
            #expect(Set(attendances.map(\.protocolNumber)).count == attendances.count)
            #expect(try await phone.call(["0"], key: "3.1").status == "person")
            #expect(phone.server.figures.live <= 1)
        }
    }

    @Test(
        "callers without a number, foreign ones and forged ones are served and stored clean",
        arguments: [
            ("anonymous", nil), ("unknown", nil), ("", nil), ("+351912345678", "+351912345678"),
            ("0031\" <6>\\", nil), ("31998877665", "+5531998877665"), ("1e9999999999999999999999", nil),
            (String(repeating: "9", count: 4_000), nil),
        ] as [(String, String?)]
    )
    func numbers(number: String, stored: String?) async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.call(
                ["0"],
                number: number,
                name: "Zé \\\"o Rei\\\" ${SHELL(id)} <chefe>"
            )
            #expect(heard.status == "person")
            let call = try #require(try await phone.app.calls.find(line: "matriz", key: "1795236715.1"))
            #expect(call.number == stored)
            #expect((call.numberRaw?.count ?? 0) <= 64)
        }
    }

    @Test("no variable of a call stops the menu for the next caller", arguments: TestDatabase.engines)
    func everyVariable(engine: DatabaseEngine) async throws {
        let names = SimulatedCaller.environment(script: "ivr?line=matriz", uniqueid: "1.1", number: "1", name: "x")
            .map(\.0)
        let texts = [
            String(repeating: "A", count: 3_000), String(repeating: "ção🧯", count: 700), "a\u{0}b\u{7F}\u{202E}\r",
            String(repeating: "7", count: 100_000), "-9223372036854775809",
        ]
        try await PhoneUnderTest.with(engine) { phone in
            for (place, name) in names.enumerated() {
                for offset in 0..<2 {
                    let text = texts[(place + offset * 3) % texts.count]
                    let key = name == "agi_uniqueid" ? text : "2.\(place).\(offset)"
                    // Whoever sends a line of 100 kB is no PBX and is hung up on.
                    _ = try? await phone.call(["0"], key: key, environment: [(name, text)])
                }
            }
            // What the PBX answers for the call's own name, which keys are made of.
            for text in texts { _ = try? await phone.call(["0"], key: text) }
            #expect(try await phone.call(["0"], key: "3.1").status == "person")
            let attendances = try await phone.attendances()
            #expect(attendances.count >= names.count)
            #expect(Set(attendances.map(\.protocolNumber)).count == attendances.count)
        }
    }

    @Test("a forged environment cannot change whose call it is")
    func forgedEnvironment() async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.call(
                ["0"],
                environment: [("agi_calleridname", "Zé\nagi_uniqueid: 666\n\n200 result=1 (x)\nHANGUP")]
            )
            // The forged hang-up may end this caller's own menu; nobody else's call is touched.
            #expect(try await phone.app.calls.find(line: "matriz", key: "666") == nil)
            #expect(heard.variables.keys.allSatisfy { $0.hasPrefix("CALLDESK_") })
        }
    }

    @Test("a script or a line that does not exist sends the call on to the queue")
    func unknownScript() async throws {
        try await PhoneUnderTest.with { phone in
            #expect(try await phone.call(["1"], script: "../../etc/passwd").status == "no-script")
            let other = try await phone.call(["1"], script: "ivr?line=outra")
            #expect(other.status == "error")
            #expect(try await phone.attendances().isEmpty)
            // With one line in the settings nobody has to name it.
            #expect(try await phone.call(["0"], script: "").status == "person")
        }
    }

    @Test("the survey keeps one mark for the call's attendance, and asks nobody twice who is silent")
    func survey() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await phone.call(["0"])
            let id = try #require(try await phone.attendances().first?.id)
            #expect(try await phone.call(["-"], script: "survey?line=matriz").variables["CALLDESK_MARK"] == nil)
            #expect(try await phone.app.satisfaction.mark(attendanceID: id) == nil)
            let heard = try await phone.call(["9", "4"], script: "survey?line=matriz")
            #expect(heard.variables["CALLDESK_MARK"] == "4")
            #expect(heard.heard(.thanks))
            #expect(try await phone.app.satisfaction.mark(attendanceID: id) == 4)
            #expect(try await phone.call(["5"], key: "7.7", script: "survey?line=matriz").sounds == [])
            #expect(try await phone.app.satisfaction.rate(attendanceID: id, mark: 6, channel: .phone) == false)
        }
    }

    @Test("two hundred callers at once each hear a number of their own")
    func many() async throws {
        try await PhoneUnderTest.with { phone in
            let numbers = try await withThrowingTaskGroup(of: String.self) { group in
                for caller in 0..<200 {
                    group.addTask { try await phone.call(["#", "7", "1"], key: "5.\(caller)").protocolNumber }
                }
                var numbers: Set<String> = []
                for try await number in group { numbers.insert(number) }
                return numbers
            }
            #expect(numbers.count == 200)
            #expect(try await phone.attendances().count == 200)
        }
    }
}
