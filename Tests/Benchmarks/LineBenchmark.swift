import Foundation
import IVRBridge

/// Recorded streams through decoder and tracker, as fast as one core takes them.
enum LineBenchmark {
    /// Repeats every recording below `captures` up to `targetBytes` and prints events a second of one core, and memory.
    static func run(captures: URL, targetBytes: Int) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: captures.path).filter { $0.hasSuffix(".txt") }
            .sorted()
        let streams = try names.map { [UInt8](try Data(contentsOf: captures.appending(path: $0))) }
        let round = streams.map(\.count).reduce(0, +)
        guard round > 0 else { return }
        var decoder = AMIFrameDecoder()
        var tracker = AMICallTracker(line: "bench") { _ in nil }
        var (bytes, events, calls) = (0, 0, 0)
        let begun = cpuSeconds()
        while bytes < targetBytes {
            for stream in streams {
                for start in stride(from: 0, to: stream.count, by: 65_536) {
                    decoder.feed(
                        stream[start..<min(start + 65_536, stream.count)],
                        packet: { packet in
                            events += 1
                            calls += tracker.receive(packet).count
                        },
                        fault: { _ in }
                    )
                }
                _ = tracker.lose()
                tracker.forgetEnded()
                bytes += stream.count
            }
        }
        let seconds = cpuSeconds() - begun
        let rate = Int(Double(events) / seconds)
        print(
            "line: \(events) events, \(bytes / 1_000_000) MB, \(calls) changes: \(rate) events per core-second, peak \(peakMegabytes()) MB"
        )
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return Double(usage.ru_utime.tv_sec) + Double(usage.ru_utime.tv_usec) / 1e6
            + Double(usage.ru_stime.tv_sec) + Double(usage.ru_stime.tv_usec) / 1e6
    }

    private static func peakMegabytes() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF, &usage)
        return usage.ru_maxrss / 1024
    }
}
