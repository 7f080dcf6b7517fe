/// How much belongs to one customer, each bound with its reason.
public enum CustomerLimits {
    /// Each gets a text message for each ticket: more are a mailing list.
    public static let phones = 20
    /// The staff of a large customer; the list is searched, not read.
    public static let contacts = 500
    public static let contracts = 200
    /// Sections or products of one contract: the largest catalogues have some hundred sections.
    public static let contractList = 200
    /// A contract or product number on paper.
    public static let number = 60
    /// What a search shows: nobody reads out more to a waiting caller.
    public static let hits = 50
    /// Records of one kind that move in a merge; beyond it two large customers were mixed up.
    public static let merge = 5_000
    /// Words of a name looked for; more never narrow a search down further.
    public static let searchWords = 6
}
