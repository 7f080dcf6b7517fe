import IVRBridge

/// What a check call found of the menu's sounds, as it goes through the dialplan's variable to `calldesk doctor`.
struct PhoneCheck: Sendable, Equatable {
    static let variable = "CALLDESK_CHECK"

    /// How many sounds the menu has.
    var sounds: Int
    /// How many of them the PBX does not find.
    var missing: Int
    var first: String?

    init(sounds: Int, missing: Int, first: String?) {
        (self.sounds, self.missing, self.first) = (sounds, missing, first)
    }

    /// Reads what `text` wrote; nil for anything else.
    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 2).map(String.init)
        guard words.count >= 2, let sounds = Int(words[0]), let missing = Int(words[1]) else { return nil }
        self.init(sounds: sounds, missing: missing, first: words.count > 2 ? words[2] : nil)
    }

    var text: String { ["\(sounds)", "\(missing)", first].compactMap(\.self).joined(separator: " ") }

    /// What is wrong with a check call and what to do; nil when nothing is.
    ///
    /// `agi`: where the desk listens, for the sentence.
    static func trouble(_ told: LineCheckResult?, agi: String) -> String? {
        guard let told else {
            return "the check call was not heard of; see 'user' in 'read' of manager.conf and the console of the PBX"
        }
        // A sound that is not found makes a FAILURE of the whole AGI(), though everything was done (res_agi.c): what the desk left
        // says that it was reached.
        guard let check = PhoneCheck(told.result) else {
            if told.status == "SUCCESS" { return "the desk did not answer the check call; see the service's log" }
            return
                "the PBX does not reach the menu (AGISTATUS \(told.status.isEmpty ? "empty" : told.status)); look at the address "
                + "in AGI() of extensions-calldesk.conf, at fastagi.host (\(agi)), at fastagi.allow and at firewalls"
        }
        guard check.missing > 0 else { return nil }
        let first = check.first.map { ", \($0) first" } ?? ""
        return
            "the PBX does not find \(check.missing) of the menu's \(check.sounds) sounds\(first); \(MissingSounds.remedy)"
    }
}
