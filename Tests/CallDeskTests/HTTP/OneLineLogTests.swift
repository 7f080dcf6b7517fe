import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization
import TestSupport
import Testing

@testable import CallDesk

@Suite("The log", .timeLimit(.minutes(1)))
struct OneLineLogTests {
    /// Keeps what it is told.
    private final class Kept: LogHandler {
        let lines = Mutex<[String]>([])
        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }
        func log(event: LogEvent) {
            let told = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            lines.withLock { $0.append("\(event.level) \(event.message) \(told)") }
        }
    }

    @Test(
        "no value forges a line or moves a terminal's cursor",
        arguments: [
            ("a\nerror: forged", "a{a}error: forged"), ("a\r\nb", "a{d}{a}b"), ("\u{1B}[2J", "{1b}[2J"),
            ("\u{2028}x\u{2029}\u{85}", "{2028}x{2029}{85}"), ("\u{202E}abc", "{202e}abc"), ("\u{0}", "{0}"),
            ("ção 🧯 José", "ção 🧯 José"), ("👩‍👩‍👧", "👩‍👩‍👧"),
        ]
    )
    func plain(given: String, told: String) {
        let kept = Kept()
        let logger = Logger(label: "x") { _ in OneLineLog(kept) }
        logger.error(
            "\(given)",
            metadata: ["a": "\(given)", "b": [.string(given)], "c": ["d": .stringConvertible(given)]]
        )
        let line = kept.lines.withLock { $0.first } ?? ""
        #expect(line.hasPrefix("error \(told) a=\(told)"))
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test("who signs in, who is refused and who asks for what is not theirs stands in it, without login or password")
    func signIns() async throws {
        let kept = Kept()
        let logger = Logger(label: "x") { _ in OneLineLog(kept) }
        logger.signIn(.staff, .opened(7), from: PeerAddress(bytes: [192, 0, 2, 1]))
        logger.signIn(.customer, .refused, from: PeerAddress(bytes: [192, 0, 2, 1]))
        logger.signIn(.staff, .ended(7), from: PeerAddress(bytes: [192, 0, 2, 1]))
        let lines = kept.lines.withLock { $0 }
        #expect(
            lines == [
                "notice signed in account=7 address=192.0.2.1 side=staff",
                "notice sign-in refused address=192.0.2.1 side=customer",
                "notice signed out account=7 address=192.0.2.1 side=staff",
            ]
        )
    }
}
