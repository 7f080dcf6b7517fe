import Foundation
import IVRBridge

/// Recorded streams through decoder and tracker, as fast as one core takes them.
enum LineBenchmark {
    /// A read of a busy socket.
    private static let readSize = 65_536

    /// Repeats every recording below `captures` up to `targetBytes` and prints events a second of one core, and memory.
    static func run(captures: URL, targetBytes: Int) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: captures.path).filter { $0.hasSuffix(".txt") }
            .sorted()
        // Greatest first: the load recording is measured for itself as well, being what a busy line looks like.
        let streams = try names.map { ($0, [UInt8](try Data(contentsOf: captures.appending(path: $0)))) }
        guard streams.contains(where: { !$0.1.isEmpty }) else { return }
        measure("line all recordings", streams.map(\.1), targetBytes)
        for (name, bytes) in streams where bytes.count > 1_000_000 { measure("line \(name)", [bytes], targetBytes) }
    }

    /// Each stream is a connection of its own and is read as a socket is; what changed is taken after each read.
    private static func measure(_ label: String, _ streams: [[UInt8]], _ targetBytes: Int) {
        var follower = AMILineFollower(line: "bench") { $0.isEmpty ? nil : "+55" + $0 }
        var played = streams.map { (bytes: $0, epochs: epochs(in: $0)) }
        var (bytes, changes, round) = (0, 0, 0)
        var seconds = 0.0
        while bytes < targetBytes {
            round += 1
            for index in played.indices {
                // Every round is other calls; written outside the measured time.
                for place in played[index].epochs { write(round, into: &played[index].bytes, at: place) }
                let stream = played[index].bytes
                let begun = cpuSeconds()
                follower.beginConnection()
                for start in stride(from: 0, to: stream.count, by: readSize) {
                    follower.feed(stream[start..<min(start + readSize, stream.count)])
                    changes += follower.takeChanges().count
                }
                seconds += cpuSeconds() - begun
                bytes += stream.count
            }
        }
        let rate = Int(Double(follower.events) / seconds)
        print(
            "\(label) events=\(follower.events) changes=\(changes) events/s=\(rate) "
                + "MB/s=\(Int(Double(bytes) / seconds / 1_000_000)) peak_MB=\(peakMegabytes())"
        )
    }

    /// Where Uniqueids and Linkedids begin: ten digits, a dot, a digit.
    private static func epochs(in stream: [UInt8]) -> [Int] {
        var found: [Int] = []
        var digits = 0
        for (index, byte) in stream.enumerated() {
            if (0x30...0x39).contains(byte) {
                digits += 1
            } else {
                if byte == UInt8(ascii: "."), digits == 10 { found.append(index - 10) }
                digits = 0
            }
        }
        return found
    }

    /// Puts the round's number over the first five digits.
    private static func write(_ round: Int, into stream: inout [UInt8], at place: Int) {
        var rest = 10_000 + round % 90_000
        for digit in (0..<5).reversed() {
            stream[place + digit] = UInt8(0x30 + rest % 10)
            rest /= 10
        }
    }

    /// Processor time of this process, which works on one core here.
    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory this process has had, as Linux keeps it (proc(5), `VmHWM`); the recordings are part of it.
    private static func peakMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1024
    }
}
