import DeskCore
import Hummingbird
import NIOCore
import Synchronization

/// Reads uploaded files, bounded by the memory that all of them hold and by a share for each person.
///
/// What counts is what has come in, not what was announced: who sends slowly takes little from the others.
final class UploadGate: Sendable {
    /// 200 MiB lie in memory at the very most: eight of the largest files at once.
    static let memory = 8 * AttachmentStore.largest
    /// Uploads under way in all.
    static let atOnce = 64
    /// Of one person or program: a browser sends one file after the other, a program two or three.
    static let each = 4

    private struct State {
        var held = 0
        var running: [AuditActor: Int] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// The body of a raw upload (`PUT`), read as it comes.
    ///
    /// - Throws: `Problem` 413 for a body over `AttachmentStore.largest`, 429 when too many are under way.
    func read(_ request: Request, by person: AuditActor) async throws -> [UInt8] {
        let tooLarge = Problem.tooLarge(limit: AttachmentStore.largest)
        guard Self.announced(request) <= AttachmentStore.largest else { throw tooLarge }
        do { return try await read(request, by: person, upTo: AttachmentStore.largest, after: []) } catch is Overlong {
            throw tooLarge
        }
    }

    /// A form that a page sent, with files (`multipart/form-data`) or without (`application/x-www-form-urlencoded`).
    ///
    /// - Throws: `FormTooLarge` for more than `HTTPLimits.formBody`, `Problem` 415 for another type, 429 when too many are
    ///   under way; `MultipartFault`.
    func form(_ request: Request, by person: AuditActor) async throws -> MultipartForm {
        let type = request.headers[.contentType] ?? ""
        if FormFields.isTheirs(type) {
            let body = try await request.bytes(upTo: HTTPLimits.jsonBody)
            return MultipartForm(fields: FormFields.parse(String(buffer: body)))
        }
        let reader = try MultipartReader(contentType: type)
        do {
            return try reader.read(
                await read(request, by: person, upTo: HTTPLimits.formBody, after: reader.head)
            )
        } catch let overlong as Overlong {
            throw FormTooLarge(words: MultipartForm(fields: reader.words(of: overlong.beginning)))
        }
    }

    /// The form as far as it was read, and why that is not all of it.
    ///
    /// - Throws: as `form`, but for what is too large.
    func taken(_ request: Request, by person: AuditActor) async throws -> (form: MultipartForm, fault: Problem?) {
        do { return (try await form(request, by: person), nil) } catch let long as FormTooLarge {
            return (long.words, long.problem)
        }
    }

    /// A body over its limit, with its beginning.
    private struct Overlong: Error {
        var beginning: [UInt8]
    }

    private static func announced(_ request: Request) -> Int {
        request.headers[.contentLength].flatMap { Int($0) } ?? 0
    }

    /// - Returns: `head`, and the body after it.
    /// - Throws: `Overlong`, `Problem` 408, 429.
    private func read(
        _ request: Request,
        by person: AuditActor,
        upTo limit: Int,
        after head: [UInt8]
    ) async throws -> [UInt8] {
        // Of what says that it is too long no more is read than the words, which our forms have before their files.
        let most = Self.announced(request) > limit ? HTTPLimits.jsonBody : limit
        guard enter(person) else { throw Problem.tooMany(retryAfter: 2) }
        var bytes = head
        defer { leave(person, bytes.count - head.count) }
        try await request.read(upTo: .max) { chunk in
            guard hold(chunk.readableBytes) else { throw Problem.tooMany(retryAfter: 5) }
            bytes.append(contentsOf: chunk.readableBytesView)
            guard bytes.count - head.count <= most else {
                throw Overlong(beginning: Array(bytes.prefix(head.count + HTTPLimits.jsonBody)))
            }
        }
        return bytes
    }

    private func enter(_ person: AuditActor) -> Bool {
        state.withLock { state in
            let mine = state.running[person] ?? 0
            guard mine < Self.each, state.running.values.reduce(0, +) < Self.atOnce else { return false }
            state.running[person] = mine + 1
            return true
        }
    }

    private func hold(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.held + bytes <= Self.memory else { return false }
            state.held += bytes
            return true
        }
    }

    private func leave(_ person: AuditActor, _ bytes: Int) {
        state.withLock { state in
            state.held -= bytes
            let left = (state.running[person] ?? 1) - 1
            state.running[person] = left > 0 ? left : nil
        }
    }
}
