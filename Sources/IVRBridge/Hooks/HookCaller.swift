/// Numbers as these senders write them.
public enum HookCaller {
    /// What is written for a number that is not shown.
    ///
    /// Twilio writes numbers: ANONYMOUS and RESTRICTED on a keypad.
    private static let withheld: Set<String> = [
        "anonymous", "unknown", "restricted", "withheld", "private", "unavailable", "blocked", "+266696687",
        "+7378742833",
    ]

    /// A caller: the number in E.164 where it can be one, as it was sent, and whether it is not shown.
    public static func read(
        _ from: String?,
        _ normalise: (String) -> String?
    ) -> (number: String?, raw: String?, isWithheld: Bool) {
        guard let from else { return (nil, nil, false) }
        guard !withheld.contains(from.lowercased()) else { return (nil, nil, true) }
        return (number(from, normalise), from, false)
    }

    /// `493055571600` is a whole number without its plus sign, as these senders write it.
    public static func number(_ text: String, _ normalise: (String) -> String?) -> String? {
        if let number = normalise(text) { return number }
        let isLong = text.count >= 10 && text.allSatisfy { $0.isASCII && $0.isNumber } && !text.hasPrefix("0")
        return isLong ? normalise("+" + text) : nil
    }
}
