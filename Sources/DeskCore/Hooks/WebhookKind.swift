/// One thing that happened, as subscribers outside are told it: the members of the live event of the same name
/// (docs/api.md, “Events”) that hold at the moment of the deed.
public enum WebhookKind: String, Sendable, CaseIterable, Codable {
    case call, attendance, ticket, entry, notice
    /// Asked for by a person, to see whether a subscriber hears.
    case test

    /// What a subscriber may ask for.
    public static let offered: [WebhookKind] = [.call, .attendance, .ticket, .entry, .notice]
}
