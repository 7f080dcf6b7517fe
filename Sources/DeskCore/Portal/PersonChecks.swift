/// What a customer's login may be.
enum PersonChecks {
    /// A login as it is stored: letters, digits and `._-` as for the desk's people, or the person's own e-mail.
    ///
    /// Another's e-mail is no login: whoever took it would stand in its owner's way.
    static func login(_ raw: String, email: String?) -> String? {
        if raw.contains("@") {
            guard let address = WrittenAddress(raw)?.address.canonical, address == email else { return nil }
            return address
        }
        return AccountChecks.login(raw)
    }

    /// What somebody types to sign in: an e-mail or a login, in the form they are stored.
    static func signInName(_ raw: String) -> String? {
        raw.contains("@") ? WrittenAddress(raw)?.address.canonical : AccountChecks.login(raw)
    }
}
