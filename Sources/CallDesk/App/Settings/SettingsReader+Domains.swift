import DeskCore

/// Second domains, as the settings write them.
extension SettingsReader {
    /// Companies a desk serves have a directory or two each; the choice on a page ends somewhere.
    private static let mostDomains = 20

    func domains() -> [Settings.Domain] {
        let count = tree.count(["ldap"])
        if count > Self.mostDomains { tree.fault(["ldap"], "\(Self.mostDomains) domains at the most") }
        let domains = (0..<min(count, Self.mostDomains)).compactMap { domain(["ldap", String($0)]) }
        if Set(domains.map { $0.name.lowercased() }).count != domains.count {
            tree.fault(["ldap"], "two domains have one name; each 'domain' must differ")
        }
        return domains
    }

    private func domain(_ path: [String]) -> Settings.Domain? {
        let (name, url, base) = (text(path + ["domain"]), text(path + ["url"]), text(path + ["base"]))
        if !Self.isName(name ?? "") {
            tree.fault(
                path + ["domain"],
                "a domain needs a name of letters, digits, '.' and '-', such as empresa.local"
            )
        }
        if let url, !url.hasPrefix("ldap://"), !url.hasPrefix("ldaps://") {
            tree.fault(path + ["url"], "write ldaps://host:port or ldap://host:port")
        }
        if url == nil {
            tree.fault(path + ["url"], "the directory's address is needed, such as ldaps://ldap.empresa.local")
        }
        if base == nil {
            tree.fault(path + ["base"], "where people are is needed, such as ou=people,dc=empresa,dc=local")
        }
        var route = LDAPRoute(url: url ?? "", base: base ?? "")
        route.tls =
            choice(path + ["tls"], LDAPRoute.TLS.allCases.map(\.rawValue)).flatMap(LDAPRoute.TLS.init) ?? route.tls
        route.authority = text(path + ["tls_authority"])
        route.user = text(path + ["user"])
        route.password = secret(path + ["password"])
        if (route.user == nil) != (route.password?.isEmpty ?? true) {
            tree.fault(
                path + ["user"],
                "'user' and 'password' go together; without both, people are looked for without a name"
            )
        }
        route.filter = text(path + ["filter"]) ?? route.filter
        if !route.filter.contains("{login}") || !route.filter.hasPrefix("(") || !route.filter.hasSuffix(")") {
            tree.fault(path + ["filter"], "write a filter with {login} in it, such as (uid={login})")
        }
        route.id = attribute(path + ["id"]) ?? route.id
        route.name = attribute(path + ["name"]) ?? route.name
        route.mail = attribute(path + ["mail"]) ?? route.mail
        return Settings.Domain(name: name ?? "?", route: route, newcomers: newcomers(path))
    }

    private func newcomers(_ path: [String]) -> PersonDomain.Newcomer {
        let isMade = choice(path + ["newcomers"], ["join", "make"]) == "make"
        guard let document = text(path + ["customer"]) else { return isMade ? .make(document: nil) : .join }
        if !isMade { tree.fault(path + ["customer"], "newcomers are made for a customer with 'newcomers: make' only") }
        return .make(document: document)
    }

    private func attribute(_ path: [String]) -> String? {
        guard let value = text(path) else { return nil }
        // RFC 4512, 1.4: a letter, then letters, digits and hyphens.
        let isOne = value.first?.isLetter == true && Self.isName(value) && !value.contains(".")
        if isOne { return value }
        tree.fault(path, "the name of an attribute is expected, such as mail")
        return nil
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 80
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }
    }
}
