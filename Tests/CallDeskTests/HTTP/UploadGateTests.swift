import DeskCore
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Testing

@testable import CallDesk

@Suite("Uploads share the memory there is", .timeLimit(.minutes(1)))
struct UploadGateTests {
    /// An upload that has begun and whose bytes the test sends.
    private struct Upload {
        let source: RequestBody.Source
        let read: Task<[UInt8], any Error>

        init(_ gate: UploadGate, _ person: AuditActor) {
            let (body, source) = RequestBody.makeStream()
            self.source = source
            let request = Request(
                head: HTTPRequest(method: .put, scheme: nil, authority: nil, path: "/"),
                body: body
            )
            read = Task { try await gate.read(request, by: person) }
        }

        /// Sends a piece, and returns when the gate has taken it in.
        func send(_ piece: ByteBuffer) async {
            await source.yield(piece)
            // A stream takes four pieces before anybody reads them; the sixth waits until the first is read.
            for _ in 0..<5 { await source.yield(ByteBuffer()) }
        }
    }

    /// The status of a refusal; nil when there is none.
    private func refusal(_ upload: Upload) async -> Int? {
        do {
            _ = try await upload.read.value
            return nil
        } catch {
            return (error as? Problem)?.status.code
        }
    }

    @Test("slow uploads of one person leave room for the others'")
    func share() async throws {
        let gate = UploadGate()
        let slow = (0..<UploadGate.each).map { _ in Upload(gate, .account(1)) }
        for upload in slow { await upload.send(ByteBuffer(string: "x")) }
        let more = Upload(gate, .account(1))
        more.source.finish()
        #expect(await refusal(more) == 429)
        let other = Upload(gate, .account(2))
        await other.source.yield(ByteBuffer(string: "file"))
        other.source.finish()
        #expect(try await other.read.value == Array("file".utf8))
        for upload in slow { upload.source.finish() }
        for upload in slow { #expect(try await upload.read.value == Array("x".utf8)) }
        let again = Upload(gate, .account(1))
        again.source.finish()
        #expect(await refusal(again) == nil)
    }

    @Test("what lies in memory is bounded in all")
    func memory() async throws {
        let gate = UploadGate()
        let whole = ByteBuffer(repeating: 0x41, count: AttachmentStore.largest)
        let uploads = (0..<(UploadGate.memory / AttachmentStore.largest)).map { Upload(gate, .account(Int64($0))) }
        for upload in uploads { await upload.send(whole) }
        let last = Upload(gate, .account(100))
        await last.source.yield(ByteBuffer(string: "x"))
        last.source.finish()
        #expect(await refusal(last) == 429)
        for upload in uploads { upload.source.finish() }
        for upload in uploads { #expect(try await upload.read.value.count == AttachmentStore.largest) }
    }
}
