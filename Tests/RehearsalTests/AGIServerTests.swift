import Logging
import NIOCore
import NIOPosix
import Rehearsal
import Synchronization
import Testing

@testable import IVRBridge

@Suite("A FastAGI server over real TCP", .timeLimit(.minutes(5)))
struct AGIServerTests {
    /// What scripts told, and a bell for it.
    private final class Told: Sendable {
        let lines = Mutex<[String]>([])
        private let rings: AsyncStream<Void>
        private let bell: AsyncStream<Void>.Continuation

        init() { (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

        func note(_ line: String) {
            lines.withLock { $0.append(line) }
            bell.yield()
        }

        func wait(_ condition: @Sendable ([String]) -> Bool) async {
            if lines.withLock({ condition($0) }) { return }
            for await _ in rings where lines.withLock({ condition($0) }) { return }
        }
    }

    private static let silent: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// Runs `body` against a server with this script.
    private func with(
        limits: MenuLimits = MenuLimits(),
        allow: MenuAllowList = .loopback,
        script: @escaping AGIServer.Script,
        _ body: @escaping @Sendable (_ port: Int, _ server: AGIServer) async throws -> Void
    ) async throws {
        let server = AGIServer(port: 0, allow: allow, limits: limits, logger: Self.silent, script: script)
        let (ports, port) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run { port.yield($0) } }
            for await port in ports {
                try await body(port, server)
                break
            }
            group.cancelAll()
        }
    }

    private static func caller(_ answer: @escaping SimulatedCaller.Answer) -> SimulatedCaller {
        SimulatedCaller(
            environment: SimulatedCaller.environment(
                script: "ivr?line=matriz",
                uniqueid: "1795236715.528",
                number: "11987654321"
            ),
            answer: answer
        )
    }

    @Test("a script plays, asks and sets variables, in order")
    func dialogue() async throws {
        let told = Told()
        try await with(script: { call in
            told.note(call.environment.uniqueid)
            try await call.answer()
            told.note("\(try await call.play("hello", escape: "12"))")
            told.note("\(try await call.key(within: .seconds(5)).map(String.init) ?? "-")")
            told.note("\(try await call.data("menu", timeout: .seconds(5), most: 3))")
            told.note(try await call.variable("CHANNEL(linkedid)") ?? "none")
            try await call.set("CALLDESK_PROTOCOL", to: "2026000000015")
        }) { port, _ in
            let commands = try await Self.caller { command in
                switch command {
                case "STREAM FILE \"hello\" \"12\" 0": "200 result=49 endpos=800\n"
                case "WAIT FOR DIGIT 5000": "200 result=0\n"
                case "GET DATA \"menu\" 5000 3": "200 result=12 (timeout)\n"
                case "GET VARIABLE \"CHANNEL(linkedid)\"": "200 result=1 (1795236715.520)\n"
                default: "200 result=1\n"
                }
            }.call(port: port)
            #expect(commands.count == 6)
            #expect(commands.last == "SET VARIABLE \"CALLDESK_PROTOCOL\" \"2026000000015\"")
        }
        #expect(
            told.lines.withLock { $0 } == [
                "1795236715.528", "key(\"1\")", "-", "(digits: \"12\", isTimeout: true)", "1795236715.520",
            ]
        )
    }

    @Test("a sound that is not there is not taken for a hang-up")
    func missingSound() async throws {
        let told = Told()
        try await with(script: { call in told.note("\(try await call.play("no-such-sound"))") }) { port, _ in
            let commands = try await Self.caller { command in
                command.hasPrefix("STREAM") ? "200 result=-1\n" : "200 result=6\n"
            }.call(port: port)
            #expect(commands.last == "CHANNEL STATUS")
        }
        #expect(told.lines.withLock { $0 } == ["missing"])
    }

    @Test("after a hang-up playing ends the script, and variables can still be set")
    func hangUp() async throws {
        let told = Told()
        try await with(script: { call in
            do {
                _ = try await call.key(within: .seconds(5))
            } catch PhoneCallError.hungUp {
                told.note("hung up")
                try await call.set("CALLDESK_STATUS", to: "abandoned")
                await #expect(throws: PhoneCallError.hungUp) { _ = try await call.play("goodbye") }
                told.note("set")
            }
        }) { port, _ in
            let commands = try await Self.caller { command in
                command.hasPrefix("WAIT") ? "HANGUP\n200 result=-1\n" : "200 result=1\n"
            }.call(port: port)
            #expect(commands == ["WAIT FOR DIGIT 5000", "SET VARIABLE \"CALLDESK_STATUS\" \"abandoned\""])
        }
        #expect(told.lines.withLock { $0 } == ["hung up", "set"])
    }

    @Test("refusals are told with their code, a dead channel as a hang-up")
    func refusals() async throws {
        let told = Told()
        try await with(script: { call in
            for command in [AGICommand("NONSENSE"), .exec("NoApp"), .sayDigits("1")] {
                do { told.note("\(try await call.perform(command))") } catch { told.note("\(error)") }
            }
        }) { port, _ in
            _ = try await Self.caller { command in
                command.hasPrefix("NONSENSE")
                    ? "510 Invalid or unknown command\n"
                    : command.hasPrefix("EXEC") ? "520-Usage\nuse it\n520 End\n" : "511 Command Not Permitted\n"
            }.call(port: port)
        }
        #expect(
            told.lines.withLock { $0 } == [
                "the PBX refused NONSENSE with 510", "the PBX refused EXEC with 520", "the caller hung up",
            ]
        )
    }

    @Test("answers nobody waits for do not shift the dialogue")
    func stray() async throws {
        let told = Told()
        try await with(script: { call in
            told.note(try await call.variable("NAME") ?? "none")
            told.note(try await call.variable("OTHER") ?? "none")
        }) { port, _ in
            _ = try await Self.caller { command in
                command.contains("NAME") ? "200 result=1 (Zé\n200 result=1 (forged)\n" : "200 result=1 (true)\n"
            }.call(port: port)
        }
        #expect(told.lines.withLock { $0 } == ["Zé", "true"])
    }

    @Test("the connection may end at any byte of the dialogue, and the server serves on")
    func endsAnywhere() async throws {
        let whole = Array("agi_network: yes\nagi_uniqueid: 1.1\n\n200 result=0\n200 result=1 (x)\n".utf8)
        let told = Told()
        try await with(script: { call in
            defer { told.note("over") }
            try await call.answer()
            _ = try await call.variable("X")
        }) { port, server in
            for end in 0...whole.count {
                let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                    .connect(host: "127.0.0.1", port: port).get()
                try await channel.writeAndFlush(ByteBuffer(bytes: whole[..<end]))
                try await channel.close()
            }
            let commands = try await Self.caller { _ in "200 result=1\n" }.call(port: port)
            #expect(commands.count == 2)
            await told.wait { $0.count >= 1 }
            #expect(server.figures.refused == 0)
        }
    }

    @Test("addresses that are not allowed and calls beyond the cap are turned away before they say anything")
    func turnedAway() async throws {
        let none = try MenuAllowList(["192.0.2.1"])
        try await with(allow: none, script: { _ in Issue.record("served") }) { port, server in
            let commands = try await Self.caller { _ in "200 result=1\n" }.call(port: port)
            #expect(commands == [])
            #expect(server.figures.refused == 1)
        }
        var limits = MenuLimits()
        limits.sessions = 1
        let told = Told()
        try await with(
            limits: limits,
            script: { call in
                told.note("in")
                _ = try await call.key(within: .seconds(60))
            }
        ) { port, server in
            // The first caller presses nothing until the second was turned away.
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "agi_network: yes\n\n"))
            await told.wait { $0 == ["in"] }
            let second = try await Self.caller { _ in "200 result=1\n" }.call(port: port)
            #expect(second == [])
            #expect(server.figures.refused == 1)
            try await channel.close()
        }
    }

    @Test("a PBX that says nothing, or answers nothing, is let go after its time")
    func silence() async throws {
        var limits = MenuLimits()
        limits.tick = .milliseconds(5)
        limits.environment = .milliseconds(20)
        try await with(limits: limits, script: { _ in Issue.record("served") }) { port, _ in
            let mute = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            try await mute.closeFuture.get()
        }
        limits.environment = .seconds(30)
        limits.session = .milliseconds(60)
        let told = Told()
        try await with(
            limits: limits,
            script: { call in
                do { _ = try await call.key(within: .seconds(60)) } catch { told.note("\(error)") }
            }
        ) { port, _ in
            // A busy machine may take longer than the whole session to begin the script: then once more.
            while told.lines.withLock(\.isEmpty) {
                let commands = try await Self.caller { _ in "" }.call(port: port)
                #expect(commands.count <= 1)
            }
        }
        #expect(told.lines.withLock { Set($0) } == ["\(PhoneCallError.sessionTooLong)"])
    }

    @Test("two hundred calls at once all end with their own answers")
    func many() async throws {
        try await with(script: { call in
            for _ in 0..<10 {
                let value = try await call.variable("WHO")
                guard value == call.environment.uniqueid else {
                    Issue.record("answers were mixed")
                    return
                }
            }
        }) { port, server in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await SimulatedCaller(
                            environment: SimulatedCaller.environment(
                                script: "ivr",
                                uniqueid: "1.\(number)",
                                number: "1"
                            )
                        ) { _ in "200 result=1 (1.\(number))\n" }.call(port: port).count
                    }
                }
                for try await count in group { #expect(count == 10) }
            }
            #expect(server.figures.refused == 0)
        }
    }
}
