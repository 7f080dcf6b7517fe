/// How much an interview may hold, each bound with its reason.
public enum InterviewLimits {
    /// Candidates kept: nobody reads out more than this to a waiting caller.
    public static let candidates = 20
    /// People of one company offered by name; beyond that the technician types the name.
    public static let people = 50
    /// Characters of a short answer: one line on any screen, and the e-mail's subject.
    public static let line = 200
    /// Characters of a long answer: a pasted log of some 250 lines.
    public static let prose = CatalogueLimits.longestText
    /// Characters of a secret; the longest key file people hand over has 4 kB.
    public static let secret = 4_096
    /// Files of one request: more belong into an archive.
    public static let files = 20
    /// Topics shown for a search: a list to choose from at a glance.
    public static let topicHits = 12
    /// Bytes of a snapshot read back: every answer at its longest would still fit many times over.
    public static let draftBytes = 4 << 20
    /// Reasons to end “other”: one sentence.
    public static let reason = 500
    /// Bytes of raw text looked at for one answer; more is refused before any work is done on it.
    public static let rawBytes = 200_000
}
