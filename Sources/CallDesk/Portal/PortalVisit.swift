import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// One visit to a page of the portal: who, in which language, and the token its forms carry.
struct PortalVisit: Sendable {
    let request: Request
    let requestID: String
    let logger: Logger
    let peer: PeerAddress
    let path: PathParameters
    var language: Language
    /// Nil for a visitor who has not signed in.
    var customer: Caller.Customer?
    /// What forms of the page carry as `csrf`: the session's token, or the visitor's (double submit).
    let csrf: String
    /// The visitor's token, to be given to a browser that had none.
    let newFormToken: String?

    /// How many tickets of the customer have something unread.
    var news = 0

    typealias PathParameters = Hummingbird.Parameters

    init(_ request: Request, _ context: DeskRequestContext, cookie: SessionCookie, random: RandomSource) {
        self.request = request
        requestID = context.requestID
        logger = context.logger
        peer = context.peer
        path = context.parameters
        language = context.language
        customer = context.customer
        if let customer = context.customer {
            csrf = Side.customer.csrf(customer.signedIn.csrf)
            newFormToken = nil
        } else if let token = FormToken.shaped(cookie.formToken(of: request)) {
            csrf = token
            newFormToken = nil
        } else {
            csrf = FormToken.make(random)
            newFormToken = csrf
        }
    }

    /// One value of the query, decoded; nil when it is not there.
    func query(_ name: String) -> String? { request.query(name) }

    /// A text in the path, decoded.
    ///
    /// - Throws: `Problem` 404 for what is none.
    func text(_ name: String) throws(Problem) -> String {
        guard let raw = path.get(name), let text = PercentEncoding.decode(raw), !text.isEmpty else { throw .notFound }
        return text
    }

    /// A number in the path.
    ///
    /// - Throws: `Problem` 404 for what is none.
    func id(_ name: String = "id") throws(Problem) -> Int64 {
        guard let text = path.get(name), let id = Int64(text), id > 0 else { throw .notFound }
        return id
    }

    /// Whence the request comes, as sign-ins are counted.
    var address: String { peer.subject.map { String($0) }.joined(separator: ".") }
}

/// What a form sent, its token against cross-site requests checked.
struct PortalForm: Sendable {
    var visit: PortalVisit
    let fields: [(name: String, value: String)]
    var files: [MultipartForm.File] = []
    /// Why only its first words are here; nil for a form that came whole.
    var fault: Problem?

    /// The first value of a field; empty when it was not sent.
    subscript(_ name: String) -> String { fields.first { $0.name == name }?.value ?? "" }

    /// Every value of a field, such as ticked boxes.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Whether a box was ticked.
    func has(_ name: String) -> Bool { fields.contains { $0.name == name } }
}

/// The token that pairs a form with the browser it was given to, before there is a session.
enum FormToken {
    static func make(_ random: RandomSource) -> String { Hexadecimal.text(random.bytes(16)) }

    /// A token of ours as it came back; whatever else a browser sends is not put into a page.
    static func shaped(_ text: String?) -> String? {
        guard let text, text.utf8.count == 32,
            text.utf8.allSatisfy({ ($0 > 0x2F && $0 < 0x3A) || ($0 > 0x60 && $0 < 0x67) })
        else { return nil }
        return text
    }
}
