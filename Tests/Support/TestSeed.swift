import Foundation

/// The seeds of this run's property tests.
public enum TestSeed {
    /// The seed in `CALLDESK_TEST_SEED`, or a new one.
    public static func next() -> UInt64 {
        ProcessInfo.processInfo.environment["CALLDESK_TEST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...(.max))
    }
}
