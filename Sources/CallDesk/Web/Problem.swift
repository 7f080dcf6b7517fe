import DeskCore
import HTTPTypes

/// What went wrong with a request, as the asker is told it (RFC 9457): what happened, where, and what to do.
///
/// Thrown by handlers and rendered by `ErrorMiddleware`: a problem document for programs, a page for people.
struct Problem: Error, Sendable {
    var status: HTTPResponse.Status
    /// A short stable name programs can switch on; the last part of the document's `type`.
    var code: String
    var title: LocalizedText
    /// What to do about it; nil where the title says all.
    var detail: LocalizedText?
    var errors: [FieldFault] = []
    var headers: HTTPFields = [:]
    /// More members of the document, as JSON written already (the current state of a conflict, say).
    var members: [(name: String, json: [UInt8])] = []

    init(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ title: LocalizedText,
        detail: LocalizedText? = nil,
        errors: [FieldFault] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }
}

extension Problem {
    /// What is said of it where one sentence is: the field's own where a field is wrong.
    var sentence: LocalizedText { errors.first?.message ?? detail ?? title }
}

/// One wrong field of a request.
struct FieldFault: Sendable, Equatable {
    /// The path in the body (`answers.modulo`, `phones[0].number`), or the name of a parameter or header.
    var field: String
    var message: LocalizedText

    init(_ field: String, _ message: LocalizedText) {
        self.field = field
        self.message = message
    }
}

/// An error that knows what to tell the asker.
protocol ProblemDescribing: Error {
    var problem: Problem { get }
}

extension Problem {
    /// The document's JSON in `language`; `request` is the id that stands in the log.
    func document(in language: Language, request: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.field("type", "/problems/\(code)")
            json.field("title", title[language])
            json.field("status", Int(status.code))
            if let detail { json.field("detail", detail[language]) }
            if !errors.isEmpty {
                json.key("errors")
                json.array(errors) { json, fault in
                    json.object { json in
                        json.field("field", fault.field)
                        json.field("message", fault.message[language])
                    }
                }
            }
            json.field("request_id", request)
            for member in members {
                json.key(member.name)
                json.raw(member.json)
            }
        }
        return json.bytes
    }
}
