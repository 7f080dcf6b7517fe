import Foundation
import IVRBridge
import Logging
import NIOCore
import NIOPosix
import Rehearsal

/// FastAGI dialogues of ten commands from two hundred callers at a time: sessions and commands a second, CPU a command.
enum AGIBenchmark {
    private static let commands = 10
    private static let atOnce = 200
    private static let rounds = 60_000

    /// Serves dialogues from a second process until it ends, and prints what they cost this one.
    static func run() async throws {
        var quiet = Logger(label: "bench")
        quiet.logLevel = .critical
        let server = AGIServer(port: 0, logger: quiet) { call in
            try await call.answer()
            for step in 1..<commands { try await call.set("STEP", to: String(step)) }
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run { port.yield($0) } }
            for await port in ports {
                let (begun, cpu) = (ContinuousClock.now, cpuSeconds())
                try await callers(inAnotherProcess: port)
                let seconds = Double((ContinuousClock.now - begun) / .milliseconds(1)) / 1_000
                let figures = server.figures
                print(
                    "agi at_once=\(atOnce) served=\(figures.served) sessions/s=\(Int(Double(figures.served) / seconds)) "
                        + "commands/s=\(Int(Double(figures.commands) / seconds)) cpu_us_each="
                        + String(format: "%.1f", (cpuSeconds() - cpu) * 1e6 / Double(max(1, figures.commands)))
                        + " peak_MB=\(peakMegabytes()) refused=\(figures.refused)"
                )
                break
            }
            group.cancelAll()
        }
    }

    private static func callers(inAnotherProcess port: Int) async throws {
        let callers = Process()
        callers.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        callers.arguments = ["agi-callers", String(port)]
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            callers.terminationHandler = { _ in done.resume() }
            do { try callers.run() } catch { done.resume(throwing: error) }
        }
    }

    /// The other process: calls one after another on each of two hundred places.
    static func callers(port: Int) async throws {
        let environment = SimulatedCaller.environment(script: "ivr", uniqueid: "1.1", number: "11987654321")
        try await withThrowingDiscardingTaskGroup { group in
            for _ in 0..<atOnce {
                group.addTask {
                    for _ in 0..<(rounds / atOnce) {
                        _ = try await SimulatedCaller(environment: environment) { _ in "200 result=1\n" }
                            .call(port: port)
                    }
                }
            }
        }
    }

    /// Processor time of this process on all its threads.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory this process has had (proc(5), `VmHWM`).
    private static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1_024
    }
}
