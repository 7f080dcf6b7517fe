/// The bounds of a menu's server.
public struct MenuLimits: Sendable {
    /// Calls in their scripts at one time; a larger PBX has several desks.
    public var sessions = 2_000
    /// How long a PBX may take to say what the call is; it has it ready.
    public var environment = Duration.seconds(10)
    /// The longest anybody stays in a menu.
    public var session = Duration.seconds(1_800)
    /// How often waiting ones are looked at.
    public var tick = Duration.milliseconds(500)

    public init() {}
}

/// What a server counts, for the metrics.
public struct MenuFigures: Sendable, Equatable {
    public var live = 0
    public var served = 0
    /// Turned away: full, or from an address that is not allowed.
    public var refused = 0
    public var commands = 0
}
