import DeskCore
import Dispatch
import HTTPTypes
import Hummingbird
import IVRBridge
import Logging
import NIOCore

/// `/hooks/{kind}/{line}/{token}`: where PBXs report their calls.
///
/// The order is: the token, the address, the pace, the size, the signature, the event. Nothing of a request is believed
/// before, and its own words about where it was sent (`Host`, `X-Forwarded-…`) never are.
struct CallHooks: RouteSet {
    let hooks: [String: CallHook]
    let log: HookLog
    let rules: CallerRuleBook
    let clock: DeskClock
    let e164: @Sendable (String) -> String?
    /// Who a number may be, for look-ups.
    let callers: @Sendable (String) async -> [HookContact]
    let deskName: String
    private let strangers: AddressThrottle

    init(
        hooks: [CallHook],
        log: HookLog,
        rules: CallerRuleBook,
        clock: DeskClock,
        deskName: String,
        e164: @escaping @Sendable (String) -> String?,
        callers: @escaping @Sendable (String) async -> [HookContact]
    ) {
        self.hooks = Dictionary(hooks.map { ($0.line.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.log = log
        self.rules = rules
        self.clock = clock
        self.deskName = deskName
        self.e164 = e164
        self.callers = callers
        // A PBX whose token was changed rings on for a while; a guesser needs 2^64 tries at the very least.
        strangers = AddressThrottle(burst: 300, perMinute: 300, clock: clock)
    }

    func addRoutes(to router: DeskRouter) {
        let path: RouterPath = "/hooks/:kind/:line/:token"
        router.get(path) { request, context in try await take(request, context) }
        router.post(path) { request, context in try await take(request, context) }
        router.get("/hooks/:kind/:line/:token/:part") { request, context in try await ask(request, context) }
        router.post("/hooks/:kind/:line/:token/:part") { request, context in try await ask(request, context) }
    }

    /// The hook a request is for; nil for whoever does not know its token.
    private func hook(_ context: DeskRequestContext) throws(Problem) -> CallHook? {
        try strangers.check(context.peer)
        let parts = context.parameters
        guard let hook = hooks[parts.get("line") ?? ""], hook.line.kind.rawValue == parts.get("kind"),
            hook.knows(parts.get("token") ?? "")
        else {
            strangers.note(context.peer)
            context.logger.warning("a webhook with a token that is not known was refused")
            return nil
        }
        return hook
    }

    private func take(_ request: Request, _ context: DeskRequestContext) async throws -> Response {
        guard let hook = try hook(context) else { return HookDecoder(kind: .cti).stranger.response }
        var entry = HookLog.Entry(request, context, at: clock.now)
        guard hook.allows(context.peer) else {
            return refuse(entry, hook, .init(status: 403, contentType: "text/plain", body: ""), Self.notAllowed)
        }
        try hook.admit()
        let body: [UInt8]
        do {
            body = try await Self.body(request, upTo: hook.line.kind.longestBody)
        } catch let problem as Problem {
            let status = problem.status.code
            _ = refuse(entry, hook, HookAnswer(status: status), "\(status): too large or too slow")
            throw problem
        }
        let readAt = DispatchTime.now().uptimeNanoseconds
        (entry.size, entry.body) = (body.count, HookLog.excerpt(body))
        let hookRequest = HookRequest(
            url: hook.base + (request.head.path ?? ""),
            method: request.method.rawValue,
            contentType: entry.contentType,
            signature: hook.line.kind.signatureHeader.flatMap { HTTPField.Name($0) }.flatMap { request.headers[$0] },
            body: body,
            arrivedAt: clock.now.milliseconds * 1_000
        )
        do throws(HookError) {
            let event = try hook.decoder.read(hookRequest)
            let (decision, use) = hook.decide(event, rules.current, e164)
            if use != .none {
                hook.line.receive(event, of: hookRequest, readAt: readAt, isRefused: use == .ifAnswered)
            }
            let answer = hook.decoder.answer(to: event, decision, url: hook.url)
            (entry.status, entry.answer) = (answer.status, String(answer.body.prefix(HookLog.longest)))
            log.note(entry, of: hook.line.name)
            return answer.response
        } catch {
            if case .forged(let forgery) = error {
                entry.forgery = forgery
                context.logger.warning(
                    "a webhook with a signature that does not hold was refused",
                    metadata: ["line": "\(hook.line.name)"]
                )
            }
            return refuse(entry, hook, hook.decoder.answer(to: error), error.description)
        }
    }

    private static let notAllowed = "the address it came from is not in the line's 'allow'"

    private func refuse(_ entry: HookLog.Entry, _ hook: CallHook, _ answer: HookAnswer, _ why: String) -> Response {
        var entry = entry
        (entry.status, entry.answer, entry.fault) = (answer.status, answer.body, why)
        log.note(entry, of: hook.line.name)
        hook.line.refused("the last request was refused: \(why); see the webhooks' page")
        return answer.response
    }

    /// A form with parts becomes a plain one: what the fields say is the same.
    private static func body(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        let bytes = Array(try await request.bytes(upTo: limit).readableBytesView)
        guard let type = request.headers[.contentType], type.lowercased().hasPrefix("multipart/form-data"),
            bytes.starts(with: Array("--".utf8))
        else { return bytes }
        let reader = try MultipartReader(contentType: type)
        let form = try reader.read(reader.head + bytes)
        return Array(FormFields.text(form.fields).utf8)
    }

    // MARK: - What a PBX asks

    private func ask(_ request: Request, _ context: DeskRequestContext) async throws -> Response {
        guard let hook = try hook(context) else { return HookDecoder(kind: .cti).stranger.response }
        guard hook.allows(context.peer) else { throw Problem.forbidden }
        try hook.admit()
        switch context.parameters.get("part") ?? "" {
        case "lookup": return await lookUp(request)
        case "template.xml" where hook.line.kind == .threeCX:
            let answer = HookAnswer(
                contentType: "application/xml",
                body: ThreeCXTemplate.xml(name: deskName, url: hook.url)
            )
            return answer.response
        case "dialplan" where hook.line.kind == .freeswitch:
            let body = try await Self.body(request, upTo: hook.line.kind.longestBody)
            return await dialplan(HookRequest(url: hook.url, body: body, arrivedAt: 0)).response
        default: throw Problem.notFound
        }
    }

    /// Who calls, in the members the 3CX template names; `{}` for a number nobody has.
    private func lookUp(_ request: Request) async -> Response {
        let number = request.query("number") ?? ""
        let found = number.isEmpty || number.utf8.count > 64 ? [] : await callers(e164(number) ?? number)
        var json = JSONWriter()
        json.object { json in
            guard let first = found.first else { return }
            let words = first.name.split(separator: " ", maxSplits: 1)
            json.field("id", first.id)
            json.field("name", first.name)
            json.field("first_name", words.first.map(String.init))
            json.field("last_name", words.count > 1 ? String(words[1]) : nil)
            json.field("company", first.company)
            json.field("number", number)
            json.field("url", first.url)
            json.field("more", found.count > 1)
        }
        return .json(.ok, json)
    }

    /// The caller's name before any phone rings.
    private func dialplan(_ request: HookRequest) async -> HookAnswer {
        guard SwitchDirectory.isDialplan(request) else { return SwitchDirectory.notFound }
        let (number, raw, isWithheld) = HookCaller.read(SwitchDirectory.caller(request), e164)
        let isBlocked = rules.current.isBlocked(number: number, raw: raw, isWithheld: isWithheld)
        var name: String?
        if !isBlocked, let number = number ?? raw {
            // One name or none: of two it is not known which.
            let found = await callers(number)
            name = found.count == 1 ? found[0].name : nil
        }
        return SwitchDirectory.answer(request, name: name, isBlocked: isBlocked)
    }
}

/// A customer as a PBX shows them.
struct HookContact: Sendable {
    var id: Int64
    var name: String
    var company: String?
    /// Where the desk shows them.
    var url: String
}

extension HookLog.Entry {
    fileprivate init(_ request: Request, _ context: DeskRequestContext, at moment: Moment) {
        self.init(
            at: moment,
            peer: context.peer.text,
            method: request.method.rawValue,
            contentType: request.headers[.contentType].map { String($0.prefix(120)) },
            size: 0,
            body: "",
            status: 0,
            answer: ""
        )
    }
}

extension HookAnswer {
    var response: Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        if let contentType { headers[.contentType] = contentType }
        return Response(
            status: .init(code: status),
            headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: body))
        )
    }
}
