import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import CallDesk

/// What a client's bytes and an operator's file meet first, each as libFuzzer drives it.
///
/// A trap, a hang, memory without bound or a broken promise stops the run and leaves the input as a file.
enum Requests: String, CaseIterable {
    case json, settings, head, form, multipart

    /// The one this run is about.
    static let chosen = Requests(rawValue: ProcessInfo.processInfo.environment["CALLDESK_TEST_FUZZ"] ?? "") ?? .json

    func take(_ bytes: [UInt8]) {
        switch self {
        case .json: Self.json(bytes)
        case .settings: Self.settings(String(decoding: bytes, as: UTF8.self))
        case .head: Self.head(bytes)
        case .form:
            let fields = FormFields.parse(String(decoding: bytes, as: UTF8.self))
            let again = FormFields.parse(FormFields.text(fields))
            // A name without a value, and one that is empty, are written alike.
            precondition(again.elementsEqual(fields) { $0 == $1 }, "a form that is not itself")
        case .multipart: Self.multipart(bytes)
        }
    }

    private static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONParser.parse(bytes) else { return }
        precondition((try? JSONParser.parse(bytes)) == value, "JSON that reads otherwise the second time")
        guard let fields = try? FieldReader(value) else { return }
        for name in (value.object ?? [:]).keys {
            _ = fields.text(name, maximum: 10)
            _ = fields.integer(name)
            _ = fields.number(name)
            _ = fields.ids(name, most: 3)
            _ = fields.bool(name)
            _ = fields.time(name)
            _ = fields.texts(name, most: 3)
            _ = fields.lists(name, most: 3)
            _ = fields.files(name)
            _ = fields.object(name)?.text(name)
            _ = fields.objects(name, most: 3)
            _ = fields.open(name)
        }
        try? fields.finish()
    }

    private static func settings(_ text: String) {
        do throws(SettingsError) {
            _ = try SettingsReader.read(text: text, file: "x", environment: [:])
        } catch {
            precondition(!error.faults.isEmpty, "settings refused without a fault")
        }
    }

    /// The heads and bodies in `pieces`, as the service's own connection hands them on.
    private static func requests(_ pieces: [[UInt8]]) -> (heads: [HTTPRequestHead], bodies: [UInt8], isRefused: Bool) {
        let channel = EmbeddedChannel()
        let guarded = ConnectionGuard()
        let shares = ConnectionShares(proxies: TrustedProxies(ranges: []))
        var (heads, bodies, isRefused): ([HTTPRequestHead], [UInt8], Bool) = ([], [], false)
        do {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(ByteGuard(guarded, shares))
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
            try pipeline.addHandler(guarded)
            for piece in pieces { try channel.writeInbound(ByteBuffer(bytes: piece)) }
        } catch {
            isRefused = true
        }
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): heads.append(head)
            case .body(let bytes): bodies += Array(bytes.readableBytesView)
            case .end: break
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return (heads, bodies, isRefused)
    }

    private static func head(_ bytes: [UInt8]) {
        let (heads, bodies, _) = requests([bytes])
        // The cut is the input's own, so that the same file fails again.
        let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % (bytes.count + 1)
        let parts = requests([Array(bytes[..<cut]), Array(bytes[cut...])])
        precondition(parts.heads == heads && parts.bodies == bodies, "cut at \(cut)")
        for head in heads {
            var fields = HTTPFields()
            for header in head.headers {
                guard let name = HTTPField.Name(header.name) else { continue }
                fields.append(HTTPField(name: name, value: header.value))
                let value = header.value
                _ = Language.negotiated(value)
                _ = BearerToken.secret(value)
                _ = PeerAddress(text: value)
                let proxies = TrustedProxies(ranges: ["10.0.0.0/8", "::1"].compactMap(NetworkRange.init))
                _ = proxies.peer(connection: PeerAddress(bytes: [10, 0, 0, 1]), forwarded: value)
                _ = FormFields.isTheirs(value)
                _ = try? MultipartReader(contentType: value)
            }
            let request = Request(
                head: HTTPRequest(
                    method: HTTPRequest.Method(head.method.rawValue) ?? .get,
                    scheme: "http",
                    authority: head.headers.first(name: "host"),
                    path: head.uri,
                    headerFields: fields
                ),
                body: .init(buffer: ByteBuffer(bytes: bodies))
            )
            _ = request.query("q")
            _ = request.uri.path
            for side in [Side.staff, .customer] { _ = SessionCookie(side, isSecure: true).token(of: request) }
            _ = ThemeCookie.theme(of: request)
            _ = OwnOrigin(url: "https://desk.test").accepts(request)
            _ = try? IdempotencyKey(request)
            _ = try? FieldReader(JSONParser.parse(bodies)).finish()
        }
    }

    private static func multipart(_ bytes: [UInt8]) {
        // The first line is the type, the rest the body.
        let line = bytes.prefix { $0 != 0x0A }
        guard let reader = try? MultipartReader(contentType: String(decoding: line, as: UTF8.self)) else { return }
        guard let form = try? reader.read(reader.head + bytes.dropFirst(line.count + 1)) else { return }
        precondition(form.fields.count + form.files.count <= MultipartReader.mostParts, "more parts than may be")
    }

    /// What each is begun with.
    var seeds: [String] {
        let multipart =
            "multipart/form-data; boundary=x\n--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n"
        switch self {
        case .json:
            return [
                #"{"topic": "erro-sistema", "customer_id": 7, "answers": {"quando": "2026-11-20", "parado": true}}"#,
                #"{"a": [1, 2.5e3, -0, true, null, "\u00e7\ud83d\ude00"], "b": {"c": {}}, "d": "2026-11-21T04:23:11Z"}"#,
                #"[[], {}, "", 0]"#, #"{"files": [{"id": 1, "name": "a.txt"}], "week": [["08:00-12:00"]]}"#,
            ]
        case .settings:
            return [
                """
                desk: {name: Suporte, url: 'https://desk.example.com'}
                http: {host: 127.0.0.1, port: 8080, trusted_proxies: [10.0.0.0/8]}
                database: sqlite:var/x.sqlite
                pbx:
                  - {line: matriz, host: 127.0.0.1, user: a, secret: b}
                mail: {url: 'smtp://127.0.0.1:25', from: a@ex.br}
                hours: {days: [mon, tue], from: '08:00', to: '18:00'}
                retention: {calls: 365}
                """
            ]
        case .head:
            return [
                "GET /desk?q=a%20b&x HTTP/1.1\r\nHost: desk.test\r\nCookie: calldesk_session=abc; theme=dark\r\n"
                    + "Accept-Language: pt-BR,en;q=0.5\r\nX-Forwarded-For: 192.0.2.1, 10.0.0.2\r\n\r\n",
                "POST /api/v1/tickets HTTP/1.1\r\nHost: desk.test\r\nContent-Type: application/json\r\n"
                    + "Authorization: Bearer x\r\nIdempotency-Key: k\r\nContent-Length: 2\r\n\r\n{}",
                "PUT /api/v1/tickets/1/attachments/a.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                    + "If-Match: \"1\"\r\nOrigin: https://desk.test\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n",
            ]
        case .form: return ["a=b&c=%C3%A9+x&d&=e&%=1&f=%zz"]
        case .multipart:
            return [
                multipart + "--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n"
                    + "Content-Type: text/plain\r\n\r\nabc\r\n--x--\r\n"
            ]
        }
    }
}

/// Writes the seeds into the folder that the environment names, and ends; else lets libFuzzer go on.
@_cdecl("LLVMFuzzerInitialize")
public func begin(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["CALLDESK_TEST_SEEDS"] else { return 0 }
    for (number, seed) in Requests.chosen.seeds.enumerated() {
        guard FileManager.default.createFile(atPath: "\(folder)/seed-\(number)", contents: Data(seed.utf8)) else {
            exit(1)
        }
    }
    exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func takeOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    Requests.chosen.take(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
