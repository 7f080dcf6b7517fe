import DeskCore
import HTTPTypes
import Hummingbird
import Rehearsal

/// Lets one of the demonstration's calls ring when somebody asks for it, at `POST /demo/calls`.
struct DemoCallRoutes: RouteSet {
    /// A form of four short fields.
    private static let longestBody = 4_096
    /// Calls that one visitor may have under way; more would only be noise.
    private static let perMinute = 120

    let calls: DemoCalls
    let origin: OwnOrigin
    private let throttle: AddressThrottle

    init(calls: DemoCalls, url: String, clock: DeskClock) {
        self.calls = calls
        origin = OwnOrigin(url: url)
        throttle = AddressThrottle(burst: 60, perMinute: Self.perMinute, clock: clock)
    }

    func addRoutes(to router: DeskRouter) {
        router.post("/demo/calls") { request, context -> Response in
            guard origin.accepts(request) else { throw Problem.crossSite }
            try throttle.admit(context.peer)
            let fields = FormFields.parse(String(buffer: try await request.bytes(upTo: Self.longestBody)))
            func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
            let kind = field("kind") ?? (field("caller") == nil ? "" : DemoCalls.kinds[0].key)
            guard DemoCalls.kinds.contains(where: { $0.key == kind }) else { throw Problem.notFound }
            let chosen = DemoSeed.kindsOfCaller.first { $0.key == field("caller") } ?? DemoSeed.kindsOfCaller[0]
            let caller = (number: chosen.number, name: chosen.name)
            let digits = (field("number") ?? caller.number).filter { $0.isASCII && $0.isNumber }
            // Who withholds the number sends a word instead of one.
            let number = digits.isEmpty ? caller.number : digits
            // A line break would end the manager's line; names are single lines.
            let name = (field("name") ?? caller.name).filter { !$0.isNewline && $0 != "\0" }
            let seconds = min(600, max(1, field("seconds").flatMap(Int.init) ?? 60))
            let call = SimulatedCall(number: String(number.prefix(20)), name: String(name.prefix(60)))
            let calls = calls
            // Rings on after the answer is given: a call outlasts the request that began it.
            Task { try? await calls.ring(kind, as: call, talk: .seconds(seconds), seed: UInt64(seconds)) }
            return Response(status: .seeOther, headers: [.location: "/demo/messages", .cacheControl: "no-store"])
        }
    }
}
