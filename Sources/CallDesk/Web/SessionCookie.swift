import HTTPTypes
import Hummingbird

/// Each side's cookies, named for the way the service is reached.
struct SessionCookies: Sendable {
    private let isSecure: Bool

    /// `url`: the address people reach the service by.
    init(url: String) { isSecure = url.hasPrefix("https:") }

    subscript(_ side: Side) -> SessionCookie { SessionCookie(side, isSecure: isSecure) }
}

/// The cookies of a side: the session's, and the sign-in form's.
struct SessionCookie: Sendable {
    /// Over https the name's prefix makes browsers refuse it from anywhere but this host (RFC 6265bis §4.1.3).
    let name: String
    private let isSecure: Bool
    /// What this side's other cookies begin with.
    private let base: String

    init(_ side: Side, isSecure: Bool) {
        self.isSecure = isSecure
        let word =
            switch side {
            case .staff: "calldesk"
            case .customer: "calldesk_portal"
            }
        base = isSecure ? "__Host-\(word)" : word
        name = isSecure ? base : "\(word)_session"
    }

    /// The session's token as a browser sends it; the session desk looks at its shape.
    func token(of request: Request) -> String? { request.cookies[name]?.value }

    /// A header that gives a browser its session; it ends with the browser, the session's own end is in the database.
    func giving(_ token: String) -> String { line(name, token, attributes: "; HttpOnly; SameSite=Lax") }

    /// A header that takes the session's cookie away.
    func taking() -> String { line(name, "", attributes: "; HttpOnly; SameSite=Lax; Max-Age=0") }

    // MARK: - The browser that is known

    var deviceName: String { "\(base)_device" }

    func deviceToken(of request: Request) -> String? { request.cookies[deviceName]?.value }

    /// Half a year, as long as the desk remembers it unused.
    func givingDevice(_ token: String) -> String {
        line(deviceName, token, attributes: "; HttpOnly; SameSite=Lax; Max-Age=15552000")
    }

    // MARK: - The sign-in form

    /// Pairs the form with the browser that was given it, before there is a session (double submit).
    var formName: String { "\(base)_form" }

    func formToken(of request: Request) -> String? { request.cookies[formName]?.value }

    func givingForm(_ token: String) -> String { line(formName, token, attributes: "; HttpOnly; SameSite=Strict") }

    private func line(_ name: String, _ value: String, attributes: String) -> String {
        "\(name)=\(value); Path=/\(attributes)\(isSecure ? "; Secure" : "")"
    }
}

/// The colours a browser asked for, kept in a cookie that scripts write, so that pages come in them from the first byte.
enum ThemeCookie {
    static let name = "calldesk_theme"

    /// `light` or `dark`; nil follows the system.
    static func theme(of request: Request) -> String? {
        guard let value = request.cookies[name]?.value, value == "light" || value == "dark" else { return nil }
        return value
    }
}
