import DeskCore
import Foundation
import IVRBridge
import Rehearsal
import Synchronization
import Testing

@testable import CallDesk

/// Dialogues recorded between a real Asterisk and the desk (Tests/EndToEnd/test_phone_menu.py keeps them), held again.
@Suite("Recorded dialogues of the telephone menu", .timeLimit(.minutes(5)))
struct PhoneTranscriptTests {
    private struct Dialogue {
        var environment: [(String, String)] = []
        var turns: [(command: String, answer: String)] = []
    }

    /// Every dialogue of a recording: the menu, then the survey.
    private func dialogues(_ version: Int) throws -> [Dialogue] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/agi/\(version)-menu.txt")
        var found: [Dialogue] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let text = String(line.dropFirst(2))
            if line.hasPrefix("> ") {
                found[found.count - 1].turns.append((text, ""))
            } else if text.hasPrefix("agi_request:") {
                found.append(Dialogue())
                found[found.count - 1].environment.append(("agi_request", String(text.dropFirst(13))))
            } else if text.hasPrefix("agi_"), let colon = text.firstIndex(of: ":") {
                let value = text[text.index(after: colon)...].drop { $0 == " " }
                found[found.count - 1].environment.append((String(text[..<colon]), String(value)))
            } else if !text.isEmpty, let last = found.indices.last, let turn = found[last].turns.indices.last {
                found[last].turns[turn].answer += text + "\n"
            }
        }
        return found
    }

    @Test("the desk says again what it said to Asterisk, word for word", arguments: [16, 22])
    func again(version: Int) async throws {
        let recorded = try dialogues(version)
        #expect(recorded.count == 2)
        try await PhoneUnderTest.with { phone in
            let maria = try await phone.app.customers.register(
                CustomerRegistration(
                    customer: CustomerDraft(kind: .person, name: "Maria Silva", document: "529.982.247-25"),
                    contact: ContactDraft(name: "Maria Silva", email: "maria.silva@exemplo.com.br"),
                    phones: ["(31) 98765-4321"]
                ),
                by: .system("test")
            )
            _ = try await phone.app.customers.addContract(
                ContractDraft(number: "C-1", title: "Suporte", hasSMS: true),
                to: maria.customer.id,
                by: .system("test")
            )
            for dialogue in recorded {
                let turn = Mutex(0)
                let turns = dialogue.turns
                let commands = try await SimulatedCaller(environment: dialogue.environment) { _ in
                    let place = turn.withLock { turn in
                        defer { turn += 1 }
                        return turn
                    }
                    return turns.indices.contains(place) ? turns[place].answer : nil
                }.call(port: phone.port)
                #expect(commands == turns.map(\.command))
            }
            let attendance = try #require(try await phone.attendances().first)
            #expect(attendance.topic == "erro-sistema")
            #expect(attendance.customerID == maria.customer.id)
            #expect(try await phone.app.satisfaction.mark(attendanceID: attendance.id) == 5)
        }
    }
}
