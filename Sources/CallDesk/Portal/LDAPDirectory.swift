import CLDAP
import Codecs
import DeskCore
import Dispatch
import Foundation
import Logging

/// Where a directory is and how people are found in it.
struct LDAPRoute: Sendable {
    enum TLS: String, Sendable, CaseIterable { case required, off }

    /// `ldaps://host`, or `ldap://host` with StartTLS unless `tls` is off.
    var url: String
    var tls = TLS.required
    /// Trust this certificate authority file instead of the system's.
    var authority: String?
    /// Who searches; nil does so without a name.
    var user: String?
    var password: String?
    /// Below what people are.
    var base: String
    /// How somebody is found, with `{login}` in it.
    var filter = "(|(uid={login})(mail={login}))"
    /// The attributes that name somebody for good, and their name and e-mail.
    var id = "entryUUID"
    var name = "cn"
    var mail = "mail"
    /// To connect, and for each answer: a person waits.
    var connectTimeout = Duration.seconds(3)
    var timeout = Duration.seconds(5)

    /// A whole conversation: encryption, a search and two sign-ins, each of which has its own time but the first.
    var longest: Duration { connectTimeout + timeout * 3 }
}

/// Why a directory could not be asked, and what to do; no name and no password.
struct LDAPFault: Error, Equatable, CustomStringConvertible {
    var what: String
    var remedy: String
    var description: String { "\(what); \(remedy)" }
}

/// Ends a conversation with a directory that takes longer than it may.
// SAFETY: the pointer never changes, what it points to is read and written atomically, and it lives as long as this value.
private final class LDAPWatch: @unchecked Sendable {
    private let watch: UnsafeMutablePointer<cldap_watch>

    init?(_ handle: OpaquePointer, limit: Duration) {
        guard let made = cldap_watch_new(handle) else { return nil }
        watch = made
        let (seconds, rest) = limit.components
        let nanoseconds = Int(min(seconds, 600)) * 1_000_000_000 + Int(rest / 1_000_000_000)
        // Who is done before is kept until then, some hundred bytes, and holds no connection.
        DispatchQueue.global().asyncAfter(deadline: .now() + .nanoseconds(nanoseconds)) { self.end() }
    }

    deinit { cldap_watch_free(watch) }

    /// From any thread, as often as one likes.
    func end() { cldap_watch_end(watch) }
}

/// One conversation with a directory: a libldap handle, used by one thread.
///
/// What `ldap.conf` says counts for nothing but the system's certificates: every option that matters is set here.
final class LDAPConnection {
    /// Two of a name are one too many already.
    private static let mostEntries: Int32 = 2
    /// The certificates of Debian's own authorities.
    private static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

    private let handle: OpaquePointer
    private let route: LDAPRoute
    private let watch: LDAPWatch

    /// - Throws: `LDAPFault` when the address is none, or encryption that is asked for cannot be had.
    init(_ route: LDAPRoute) throws(LDAPFault) {
        self.route = route
        var made: OpaquePointer?
        guard ldap_initialize(&made, route.url) == LDAP_SUCCESS, let made else {
            throw LDAPFault(what: "the address \(route.url) is none", remedy: "write ldaps://host or ldap://host")
        }
        handle = made
        guard let watch = LDAPWatch(made, limit: route.longest) else {
            ldap_unbind_ext_s(made, nil, nil)
            throw LDAPFault(what: "out of memory", remedy: "try again in some minutes")
        }
        self.watch = watch
        try configure()
        guard route.tls == .required, !route.url.hasPrefix("ldaps:") else { return }
        let code = ldap_start_tls_s(handle, nil, nil)
        guard code == LDAP_SUCCESS else { throw fault(code) }
    }

    deinit {
        ldap_unbind_ext_s(handle, nil, nil)
        watch.end()
    }

    private func configure() throws(LDAPFault) {
        var isSet = cldap_follow_no_referrals(handle) == 0
        func set(_ option: Int32, _ value: Int32) {
            var value = value
            isSet = ldap_set_option(handle, option, &value) == 0 && isSet
        }
        func set(_ option: Int32, _ duration: Duration) {
            isSet = cldap_set_seconds(handle, option, Int(duration.components.seconds)) == 0 && isSet
        }
        set(LDAP_OPT_PROTOCOL_VERSION, LDAP_VERSION3)
        set(LDAP_OPT_DEREF, LDAP_DEREF_NEVER)
        set(LDAP_OPT_SIZELIMIT, Self.mostEntries)
        set(LDAP_OPT_TIMELIMIT, Int32(route.timeout.components.seconds))
        set(LDAP_OPT_NETWORK_TIMEOUT, route.connectTimeout)
        set(LDAP_OPT_TIMEOUT, route.timeout)
        if route.tls == .required || route.url.hasPrefix("ldaps:") {
            set(LDAP_OPT_X_TLS_REQUIRE_CERT, LDAP_OPT_X_TLS_DEMAND)
            isSet =
                ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, route.authority ?? Self.systemAuthorities) == 0
                && isSet
            // What was set holds for this handle only once its context is made anew.
            set(LDAP_OPT_X_TLS_NEWCTX, 0)
        }
        if isSet { return }
        throw LDAPFault(
            what: "the connection's options cannot be set",
            remedy: "check that the file of 'tls_authority' can be read"
        )
    }

    /// Signs in; nil: without a name.
    ///
    /// - Returns: what libldap says of it.
    private func bind(_ name: String?, _ password: String) -> Int32 {
        var bytes = Array(password.utf8CString)
        let count = bytes.count - 1
        return bytes.withUnsafeMutableBufferPointer { buffer in
            var credentials = berval(bv_len: ber_len_t(count), bv_val: buffer.baseAddress)
            return ldap_sasl_bind_s(handle, name, nil, &credentials, nil, nil, nil)
        }
    }

    /// Signs in as the one who searches.
    func bindSearcher() throws(LDAPFault) {
        let code = bind(route.user, route.user == nil ? "" : route.password ?? "")
        guard code != LDAP_SUCCESS else { return }
        if code == LDAP_INVALID_CREDENTIALS {
            throw LDAPFault(
                what: "\(route.url) does not know the desk's own user or password",
                remedy: "check 'user' and 'password' of the domain"
            )
        }
        throw fault(code)
    }

    /// Somebody a search found.
    struct Entry {
        var dn: String
        var person: DirectoryPerson
    }

    /// Everybody a login fits, two at the most.
    func search(_ login: String) throws(LDAPFault) -> [Entry] {
        let filter = route.filter.replacing("{login}", with: Self.escaped(login))
        return try search(filter, below: route.base, scope: LDAP_SCOPE_SUBTREE, [route.id, route.name, route.mail])
    }

    /// Whether people can be looked for where they are said to be.
    func checkBase() throws(LDAPFault) {
        _ = try search("(objectClass=*)", below: route.base, scope: LDAP_SCOPE_BASE, ["1.1"])
    }

    private func search(
        _ filter: String,
        below base: String,
        scope: Int32,
        _ attributes: [String]
    ) throws(LDAPFault) -> [Entry] {
        var result: OpaquePointer?
        var names: [UnsafeMutablePointer<CChar>?] = attributes.map { strdup($0) } + [nil]
        defer { for name in names { free(name) } }
        let code = ldap_search_ext_s(
            handle,
            base,
            scope,
            filter,
            &names,
            0,
            nil,
            nil,
            nil,
            Self.mostEntries,
            &result
        )
        defer { if let result { ldap_msgfree(result) } }
        // More than two are two here: whoever they are, the name is not one person's.
        guard code == LDAP_SUCCESS || code == LDAP_SIZELIMIT_EXCEEDED else {
            if code == LDAP_NO_SUCH_OBJECT {
                throw LDAPFault(what: "\(route.url) has no \(base)", remedy: "check 'base' of the domain")
            }
            throw fault(code)
        }
        var entries: [Entry] = []
        var next = ldap_first_entry(handle, result)
        while let entry = next, entries.count < Self.mostEntries {
            if let dn = ldap_get_dn(handle, entry) {
                let text = String(cString: dn)
                ldap_memfree(dn)
                let person = DirectoryPerson(
                    id: value(route.id, of: entry) ?? text,
                    name: value(route.name, of: entry) ?? "",
                    email: value(route.mail, of: entry) ?? ""
                )
                entries.append(Entry(dn: text, person: person))
            }
            next = ldap_next_entry(handle, entry)
        }
        return entries
    }

    /// The first value of an attribute, as text; one that is no text (a directory's own numbers) in hexadecimal.
    private func value(_ attribute: String, of entry: OpaquePointer) -> String? {
        guard let values = ldap_get_values_len(handle, entry, attribute) else { return nil }
        defer { ldap_value_free_len(values) }
        guard let first = values[0]?.pointee, let start = first.bv_val, first.bv_len > 0 else { return nil }
        // A name or an address: what is longer is none.
        let bytes = UnsafeRawBufferPointer(start: start, count: min(Int(first.bv_len), 1_000))
        if let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) { return text }
        return Hexadecimal.text(bytes)
    }

    /// Whether a password is somebody's.
    func accepts(_ dn: String, _ password: String) throws(LDAPFault) -> Bool {
        let code = bind(dn, password)
        switch code {
        case LDAP_SUCCESS: return true
        // A closed or locked entry, one without a password, one that is gone: to us all are a wrong password.
        case LDAP_INVALID_CREDENTIALS, LDAP_UNWILLING_TO_PERFORM, LDAP_INSUFFICIENT_ACCESS, LDAP_CONSTRAINT_VIOLATION,
            LDAP_INAPPROPRIATE_AUTH, LDAP_NO_SUCH_OBJECT, LDAP_INVALID_DN_SYNTAX:
            return false
        default: throw fault(code)
        }
    }

    private func fault(_ code: Int32) -> LDAPFault {
        let said = ldap_err2string(code).map { String(cString: $0) } ?? "error \(code)"
        return switch code {
        case LDAP_SERVER_DOWN, LDAP_CONNECT_ERROR:
            LDAPFault(
                what: "\(route.url) does not answer, or its certificate does not hold",
                remedy:
                    "check that it runs and that no firewall is between, and 'tls' and 'tls_authority' of the domain"
            )
        case LDAP_TIMEOUT, LDAP_TIMELIMIT_EXCEEDED:
            LDAPFault(what: "\(route.url) takes too long", remedy: "look at the directory's load and its indexes")
        default: LDAPFault(what: "\(route.url) says: \(said)", remedy: "check the domain's settings")
        }
    }

    /// A value as a search filter takes it (RFC 4515, 3): what means something there is written as its bytes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "*": result += "\\2a"
            case "(": result += "\\28"
            case ")": result += "\\29"
            case "\\": result += "\\5c"
            case "\0": result += "\\00"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// A directory that is asked for passwords: finds the one entry of a login, then signs in as it.
struct LDAPDirectory: Sendable {
    let route: LDAPRoute
    let logger: Logger
    /// Four at once: a directory that hangs holds up nobody else, and is not flooded.
    private let mill = PasswordMill(threads: 4)
    /// Every answer takes a multiple of this, so that its time does not tell whether a name exists.
    private let pace: Duration

    init(_ route: LDAPRoute, logger: Logger, pace: Duration = .milliseconds(400)) {
        self.route = route
        self.logger = logger
        self.pace = pace
    }

    /// Asks; what keeps it from being asked is logged, without a name.
    func ask(_ login: String, _ password: String, _ asker: PasswordMill.Asker = .stranger) async -> DirectoryAnswer {
        let (route, mill, start) = (route, mill, ContinuousClock.now)
        // Finding the directory's address is nothing that could be ended, nor waiting for a thread.
        let answer: Result<DirectoryAnswer, LDAPFault>? = await FirstWord.wait(for: route.longest, otherwise: nil) {
            word in
            Task {
                word.tell(
                    await mill.run(for: asker) {
                        Result { () throws(LDAPFault) in try Self.answer(route, login, password) }
                    }
                )
            }
        }
        if pace > .zero {
            let steps = ((ContinuousClock.now - start) / pace).rounded(.up)
            try? await Task.sleep(until: start + pace * max(1, steps))
        }
        switch answer {
        case .success(let answer)?: return answer
        case .failure(let fault)?: logger.warning("a directory cannot be asked", metadata: ["why": "\(fault)"])
        case nil: logger.warning("a directory does not answer, or is asked by too many at once")
        }
        return .unreachable
    }

    private static func answer(
        _ route: LDAPRoute,
        _ login: String,
        _ password: String
    ) throws(LDAPFault) -> DirectoryAnswer {
        // RFC 4513, 5.1.2: a name without a password is taken as nobody, and let in.
        guard !password.isEmpty, !login.isEmpty else { return .wrong }
        let connection = try LDAPConnection(route)
        try connection.bindSearcher()
        let found = try connection.search(login)
        guard found.count == 1, let entry = found.first else { return .wrong }
        return try connection.accepts(entry.dn, password) ? .right(entry.person) : .wrong
    }

    /// What is wrong with the settings or the directory; nil when it can be asked.
    func trouble() async -> LDAPFault? {
        let route = route
        let result = await mill.run(for: .known) { () -> Result<Void, LDAPFault> in
            Result { () throws(LDAPFault) in
                let connection = try LDAPConnection(route)
                try connection.bindSearcher()
                try connection.checkBase()
            }
        }
        if case .failure(let fault)? = result { return fault }
        return nil
    }
}
