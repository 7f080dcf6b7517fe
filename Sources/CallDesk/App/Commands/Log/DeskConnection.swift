import AsyncHTTPClient
import Codecs
import DeskCore
import Foundation
import NIOCore
import NIOHTTP1

/// The running service as the terminal reaches it.
struct DeskConnection: Sendable {
    /// Larger than any interview; a service that sends more is not ours.
    private static let largest = 4 * 1_048_576

    let url: String
    let token: String
    let account: String?
    let language: String

    struct LiveCall: Decodable, Sendable {
        var id: Int64
        var number_display: String?
        var caller_name: String?
        var withheld: Bool
        var state: String
        var queue: String?
        var last_party: String?
        var answered_by: String?
        var attendance_id: Int64?
    }

    struct Fate: Decodable, Sendable {
        var id: Int64
        var channel: String
        var state: String
        /// What became of it, in the terminal's language.
        var sentence: String?
        var recipient: String?
    }

    private struct Items<Item: Decodable>: Decodable { var items: [Item] }

    struct Trouble: Error, CustomStringConvertible {
        var status: UInt
        var text: String
        var current: InterviewReply?
        /// The last part of the problem's type, such as `password-noticed`.
        var code: String?
        var description: String { text }
    }

    private struct ProblemBody: Decodable {
        struct Field: Decodable { var field: String?, message: String? }
        var type: String?
        var title: String?
        var detail: String?
        var errors: [Field]?
        var current: InterviewReply?
    }

    func liveCalls() async throws -> [LiveCall] {
        try await send("GET", "/api/v1/calls/live", as: Items<LiveCall>.self).items
    }

    func fates(attendance: Int64) async throws -> [Fate] {
        try await send("GET", "/api/v1/attendances/\(attendance)/notices", as: Items<Fate>.self).items
    }

    func begin(attendance: Int64?) async throws -> InterviewReply {
        struct Body: Encodable {
            var attendance_id: Int64?
            var walk_in: Bool?
            var language: String
        }
        let body = Body(attendance_id: attendance, walk_in: attendance == nil ? true : nil, language: language)
        return try await send("POST", "/api/v1/interviews", body, as: InterviewReply.self)
    }

    /// `passwords`: what is to become of a password that the answer seems to hold; nil has the desk ask.
    func answer(
        _ answer: InterviewAnswerBody,
        to reply: InterviewReply,
        passwords: PasswordSpotter.Wish? = nil
    ) async throws -> InterviewReply {
        struct Body: Encodable {
            var revision: Int
            var prompt: String
            var answer: InterviewAnswerBody
            var passwords: String?
        }
        let body = Body(
            revision: reply.revision,
            prompt: reply.prompt.id,
            answer: answer,
            passwords: passwords?.rawValue
        )
        return try await send("POST", path(reply, "answers"), body, as: InterviewReply.self)
    }

    func back(_ reply: InterviewReply) async throws -> InterviewReply {
        try await send("POST", path(reply, "back"), [String: String](), as: InterviewReply.self)
    }

    func goTo(_ prompt: String, _ reply: InterviewReply) async throws -> InterviewReply {
        try await send("POST", path(reply, "goto"), ["prompt": prompt], as: InterviewReply.self)
    }

    func end(_ reason: String, text: String, _ reply: InterviewReply) async throws -> InterviewReply {
        try await send("POST", path(reply, "end"), ["reason": reason, "text": text], as: InterviewReply.self)
    }

    /// Gives a file to the contact and returns it as an answer names it.
    func attach(_ path: String, to attendance: Int64) async throws -> InterviewAnswerBody.File {
        struct Stored: Decodable {
            var id: Int64
            var name: String
            var size: Int64
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Trouble(status: 0, text: "\(path): não pode ser lido", current: nil)
        }
        let name = (path as NSString).lastPathComponent
        let escaped = PercentEncoding.encode(name)
        let stored = try await send(
            "PUT",
            "/api/v1/attendances/\(attendance)/attachments/\(escaped)",
            bytes: ByteBuffer(bytes: data),
            type: "application/octet-stream",
            as: Stored.self
        )
        return .init(id: stored.id, name: stored.name, size: stored.size)
    }

    private func path(_ reply: InterviewReply, _ verb: String) -> String {
        "/api/v1/interviews/\(reply.attendance.id)/\(verb)"
    }

    private func send<Value: Decodable>(
        _ method: String,
        _ path: String,
        _ body: some Encodable = [String: String](),
        as type: Value.Type
    ) async throws -> Value {
        let bytes = method == "GET" ? nil : ByteBuffer(bytes: try JSONCoding.data(body))
        return try await send(method, path, bytes: bytes, type: "application/json", as: type)
    }

    private func send<Value: Decodable>(
        _ method: String,
        _ path: String,
        bytes: ByteBuffer?,
        type contentType: String,
        as type: Value.Type
    ) async throws -> Value {
        var request = HTTPClientRequest(url: url + path)
        request.method = .RAW(value: method)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Accept-Language", value: language)
        if let account { request.headers.add(name: "CallDesk-Account", value: account) }
        if let bytes {
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .bytes(bytes)
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let data = Data((try await response.body.collect(upTo: Self.largest)).readableBytesView)
        guard (200..<300).contains(response.status.code) else {
            throw Self.trouble(response.status.code, data)
        }
        return try JSONCoding.value(type, from: data)
    }

    /// What a refusal says, whatever its body is.
    static func trouble(_ status: UInt, _ data: Data) -> Trouble {
        let problem = try? JSONCoding.value(ProblemBody.self, from: data)
        let fields = problem?.errors?.compactMap(\.message).joined(separator: " ")
        let text = [problem?.title, problem?.detail, fields].compactMap { $0 }.joined(separator: ". ")
        return Trouble(
            status: status,
            text: text.isEmpty ? "HTTP \(status)" : text,
            current: problem?.current,
            code: problem?.type?.split(separator: "/").last.map(String.init)
        )
    }
}
