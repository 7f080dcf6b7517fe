/// How much a catalogue may hold, each bound with its reason.
///
/// The largest real desk seen offers about 300 topics; the bounds leave room for ten times that and still let a
/// hostile file be refused within milliseconds.
public enum CatalogueLimits {
    /// 2 MiB: ten times the shipped catalogue with all its languages.
    public static let bytes = 2 << 20
    /// Elements in the file; bounds memory, at about 1 kB each in libxml2's tree.
    public static let elements = 50_000
    /// Nesting of elements: sixteen levels of section hold any menu a person can find their way in.
    public static let depth = 24
    /// Attributes of one element: twice what the richest element has.
    public static let attributes = 40
    /// Faults reported at once: more than a person mends in one sitting.
    public static let faults = 200
    /// Characters of a title, label or sentence; a minute of speech is about 900.
    public static let wording = 1_000
    /// Characters of a guide's text or a hint.
    public static let prose = 4_000
    /// Characters of one XPath expression; the longest useful one seen has 180.
    public static let expression = 1_000
    /// Open brackets in one expression; libxml2 recurses for each.
    public static let expressionDepth = 40
    /// Steps libxml2 may take for one expression; a usual one takes under 50.
    public static let expressionOperations: UInt = 20_000
    /// Questions in one form: a call is over before a tenth of them is asked.
    public static let fields = 100
    /// Options of one choice (the states of Brazil are 27, the banks about 300).
    public static let options = 500
    /// Characters of the longest answer a field may take: a pasted log of some 250 lines.
    public static let longestText = 20_000
    /// Characters of an identifier; it travels in URLs, prompts' file names and channel variables.
    public static let identifier = 64
}
