import IVRBridge

/// Webhooks in and out, as the settings write them.
extension SettingsReader {
    /// 22 letters and digits are some 128 bits; a token of fewer than 16 can be guessed.
    private static let shortestToken = 16

    func hooks() -> Settings.Hooks {
        var result = Settings.Hooks()
        result.url = url(["hooks", "url"])
        result.allowPrivate = list(["hooks", "allow_private"])
        for (place, entry) in result.allowPrivate.enumerated() where !Self.isNetworkOrName(entry) {
            tree.fault(
                ["hooks", "allow_private", String(place)],
                "write a network such as 10.0.0.0/8, or a host's name"
            )
        }
        return result
    }

    /// The token of a webhook line, and what such a line needs besides.
    func hookToken(_ path: [String], of kind: PBXKind) -> String? {
        let token = secret(path + ["token"])
        guard let hook = kind.hook else {
            if token != nil { tree.fault(path + ["token"], "only a line of kind hook-… has a token") }
            return nil
        }
        guard let token else {
            tree.fault(
                path + ["token"],
                "a webhook line needs a token: at least 16 letters and digits, as 'openssl rand -hex 16' makes"
            )
            return nil
        }
        let isPlain = token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        if !isPlain || token.count < Self.shortestToken || token.count > 128 {
            tree.fault(path + ["token"], "use 16 to 128 letters, digits, '-' and '_'")
        }
        if hook.isSigned, secret(path + ["secret"]) == nil {
            tree.fault(path + ["secret"], "\(hook.title) signs its requests; write the secret they are signed with")
        }
        return token
    }

    /// Addresses and networks.
    func networks(_ path: [String]) -> [String] {
        let entries = list(path)
        for (place, entry) in entries.enumerated() where NetworkRange(entry) == nil {
            tree.fault(path + [String(place)], "write an address such as 192.0.2.10, or a network such as 192.0.2.0/24")
        }
        return entries
    }

    private static func isNetworkOrName(_ entry: String) -> Bool {
        if NetworkRange(entry) != nil { return true }
        return (1...253).contains(entry.count)
            && entry.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) }
            && entry.contains(where: \.isLetter)
    }
}
