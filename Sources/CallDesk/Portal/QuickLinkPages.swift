import DeskCore

/// The page of a ticket by its link.
struct LinkedTicketPage: Page {
    static let template = "link"

    var sheet: TicketSheet
    /// Where its forms are sent.
    var address: String
    /// The forms' name: each is done once.
    var once: String
    /// What has just been done.
    var done: String?
    var expires: String
    var renewal: String
    /// Why no new link was sent.
    var renewalFault: String?
}

/// The page of a link that opens nothing.
struct ClosedLinkPage: Page {
    static let template = "link-closed"

    var heading: String
    var text: String
    var address: String
    var once: String
    var message: String?
    /// What was written in a form that came when it had ended.
    var typed: [UnsentPage.Typed] = []
    var hasTyped = false
    /// Said where files were chosen.
    var files: String?
    /// Whether its holder may ask for a new one.
    var isRenewable: Bool
}

extension ClosedLinkPage {
    init(_ refusal: QuickLinkRefusal, words: Words, address: String, once: String, message: String?) {
        switch refusal {
        case .unknown: (heading, text) = (words("link.unknown.title"), words("link.unknown.text"))
        case .expired: (heading, text) = (words("link.expired.title"), words("link.expired.text"))
        case .revoked: (heading, text) = (words("link.revoked.title"), words("link.revoked.text"))
        }
        isRenewable = refusal == .expired
        self.address = address
        self.once = once
        self.message = message
    }
}
