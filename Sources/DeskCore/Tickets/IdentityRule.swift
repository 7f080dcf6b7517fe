/// What a level of identity allows: what is said to a caller, and what is done for them.
public enum IdentityRule {
    /// Whether what lies under a topic may be spoken of, or done, with somebody of this level.
    public static func allows(_ needed: IdentityLevel, at level: IdentityLevel) -> Bool { level >= needed }

    /// Whether the customer's own data may be read out: addresses, numbers, whatever would prove who somebody is.
    public static func opensRecord(_ level: IdentityLevel) -> Bool { level >= .verified }
}
