import DeskCore
import IVRBridge
import Rehearsal
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("The telephone menu over a FreeSWITCH's outbound socket", .timeLimit(.minutes(5)))
struct SocketMenuTests {
    private static let ways: [[String]] = [
        ["52998224725#", "1", "1", "1", "1", "12#", "1"], ["0"], ["-", "-", "-", "-"], ["#", "2", "*", "1", "1", "0"],
        ["52998224725#", "9", "1", "0"],
    ]

    private static func maria(_ phone: PhoneUnderTest) async throws {
        _ = try await phone.app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: "Maria Silva", document: "529.982.247-25"),
                contact: ContactDraft(name: "Maria Silva"),
                phones: ["(31) 98765-4321"]
            ),
            by: .system("test")
        )
    }

    @Test(
        "every way through it is the one over FastAGI: the same sounds, the same values for the dialplan",
        arguments: ways
    )
    func same(answers: [String]) async throws {
        let told = Mutex<[PhoneUnderTest.Heard]>([])
        for isSocket in [false, true] {
            try await PhoneUnderTest.with { phone in
                try await Self.maria(phone)
                let heard =
                    isSocket
                    ? try await phone.callBySocket(answers, waiting: 2) : try await phone.call(answers, waiting: 2)
                let attendances = try await phone.attendances()
                #expect(attendances.map(\.protocolNumber) == [heard.protocolNumber])
                told.withLock { $0.append(heard) }
            }
        }
        var (agi, socket) = told.withLock { ($0[0], $0[1]) }
        // What the switch is told besides: which keys end a sound.
        #expect(socket.variables.removeValue(forKey: "playback_terminators") == "any")
        (agi.commands, socket.commands) = (0, 0)
        #expect(socket == agi)
        #expect(!agi.sounds.isEmpty && agi.status != "")
    }

    @Test("a simulated switch hands its scenario's caller over, whose keys say who it is and what it is about")
    func scenario() async throws {
        try await PhoneUnderTest.with { phone in
            try await Self.maria(phone)
            let (pbx, serve) = try await SimulatedSwitch.start(
                secret: "segredo",
                menu: SimulatedMenu(host: "127.0.0.1", port: phone.socketPort, script: "ivr?line=matriz")
            )
            let calls = try [
                "call 31987654321 \"Maria Silva\" to 5000\n0 menu 171\n0 hang-up caller",
                "call anonymous \"Anonymous\" to 5000\n0 menu\n0 hang-up caller",
            ].map { try Scenario($0) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await serve() }
                for call in calls { await pbx.play(call, seed: 1) }
                await pbx.stop()
                group.cancelAll()
            }
            let attendances = try await phone.attendances().sorted { $0.id < $1.id }
            #expect(attendances.count == 2)
            let maria = try #require(try await phone.app.customers.candidates("+5531987654321").first)
            #expect(attendances.first?.customerID == maria.customerID && attendances.first?.topic != nil)
            // Who is silent reaches the queue all the same.
            #expect(attendances.last?.customerID == nil)
            #expect(phone.changes.all.withLock { $0 }.map(\.call.withheld) == [false, true])
        }
    }

    @Test("the call is the line's own, by the channel's Unique-ID")
    func oneCall() async throws {
        try await PhoneUnderTest.with { phone in
            let key = "313262e6-57e4-42ce-bed2-d84be6397ac6"
            _ = try await phone.app.callLog.record([phone.report(key)])
            let heard = try await phone.callBySocket(["0"], key: key)
            let attendances = try await phone.attendances()
            #expect(attendances.map(\.protocolNumber) == [heard.protocolNumber])
        }
    }

    @Test("a key in the middle of a sound counts, once; 0 reaches the queue with nothing more to hear")
    func keyDuringSound() async throws {
        try await PhoneUnderTest.with { phone in
            let person = try await phone.callBySocket([], during: ["welcome": "0"])
            #expect(person.status == "person" && person.sounds == ["good-morning", "welcome"])
            // A document that begins with the key that cut the question short is read whole.
            try await Self.maria(phone)
            let heard = try await phone.callBySocket(
                ["2998224725#", "1", "1", "1", "1", "12#", "1"],
                key: "2",
                during: ["identify": "5"]
            )
            #expect(heard.variables["CALLDESK_CUSTOMER"]?.isEmpty == false)
        }
    }

    @Test("sounds that the switch does not find are noticed; the menu goes on")
    func missing() async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.callBySocket(["0"], lacking: ["welcome"])
            #expect(heard.status == "person")
            #expect(phone.missing.report(line: "matriz")?.sounds == ["calldesk/pt-BR/welcome"])
        }
    }

    @Test("who hangs up at any command leaves nothing half done, and the number stays", arguments: [2, 5, 9, 14, 25])
    func hangUp(at command: Int) async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.callBySocket(["#", "1", "1"], hangUpAt: command)
            #expect(heard.commands == command)
            let attendances = try await phone.attendances()
            #expect(attendances.count <= 1)
            if let number = heard.variables["CALLDESK_PROTOCOL"] {
                #expect(attendances.map(\.protocolNumber) == [number])
            }
        }
    }

    @Test("a blocked caller is not answered")
    func blocked() async throws {
        try await PhoneUnderTest.with { phone in
            try await phone.app.callerRules.replace(
                with: CallerRules(blocks: [.init(.number, "+5531998877665")]),
                by: .system("test")
            )
            let heard = try await phone.callBySocket([])
            #expect(heard.status == "blocked" && heard.sounds.isEmpty)
            #expect(try await phone.attendances().isEmpty)
        }
    }
}
