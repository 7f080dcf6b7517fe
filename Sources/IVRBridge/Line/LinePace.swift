import Foundation

/// The times a line keeps, and the chance in its pauses.
public struct LinePace: Sendable {
    /// Silence is normal for a PBX, so it is asked; Asterisk itself never asks.
    public var ping = Duration.seconds(15)
    /// How long login, ping or action may go unanswered.
    public var answer = Duration.seconds(10)
    /// How long a call from the desk is waited for to be refused: its phone rings far longer, and that it does is told in events.
    public var refusal = Duration.seconds(2)
    public var firstPause = Duration.milliseconds(100)
    public var longestPause = Duration.seconds(30)
    /// After a refused login: the PBX logs each try, and tools that watch its log lock out who tries too often.
    public var refusedPause = Duration.seconds(5)
    /// After a refusal by address: FreeSWITCH never frees such a connection, and only its administrator can change it.
    public var rejectedPause = Duration.seconds(300)
    /// A connection that lasted this long was a good one: the next break begins with a short pause again.
    public var healthy = Duration.seconds(60)
    /// How often the PBX is asked for its channels, so that a call whose end was lost does not stay for ever.
    public var comparison = Duration.seconds(300)
    /// How soon it is asked again while it is starting and cannot say yet.
    public var startingUp = Duration.seconds(1)
    /// How often the above are looked at.
    public var tick = Duration.milliseconds(250)
    /// The service's clock, microseconds since 1970.
    public var now: @Sendable () -> Int64 = { Int64(Date.now.timeIntervalSince1970 * 1_000_000) }
    /// A share of a pause: with full jitter many desks do not come back in step.
    public var jitter: @Sendable () -> Double = { Double.random(in: 0...1) }

    public init() {}
}
