import Codecs
import Foundation

/// Fields of a form (`application/x-www-form-urlencoded`) or of a query, in the order they were sent.
enum FormFields {
    /// More than any form of ours or of a gateway's has.
    static let most = 300

    /// Whether a `Content-Type` is theirs, whatever its parameters.
    static func isTheirs(_ contentType: String) -> Bool {
        contentType.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } == "application/x-www-form-urlencoded"
    }

    static func parse(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&", maxSplits: most, omittingEmptySubsequences: true).prefix(most).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts.first ?? ""), parts.count > 1 ? decoded(parts[1]) : "")
        }
    }

    /// Fields as a form writes them.
    static func text(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
    }

    /// `+` is a blank, `%C3%A9` an é; what is not valid stays as it was sent.
    private static func decoded(_ text: Substring) -> String { PercentEncoding.field(text) }
}
