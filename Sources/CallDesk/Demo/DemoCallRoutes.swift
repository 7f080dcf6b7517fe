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

    let pbx: SimulatedPBX
    let recordings: [Recording]
    let origin: OwnOrigin
    private let throttle: AddressThrottle

    init(pbx: SimulatedPBX, recordings: [Recording], url: String, clock: DeskClock) {
        self.pbx = pbx
        self.recordings = recordings
        origin = OwnOrigin(url: url)
        throttle = AddressThrottle(burst: 60, perMinute: Self.perMinute, clock: clock)
    }

    func addRoutes(to router: DeskRouter) {
        router.post("/demo/calls") { request, context -> Response in
            guard origin.accepts(request) else { throw Problem.crossSite }
            try throttle.admit(context.peer)
            let fields = FormFields.parse(String(buffer: try await request.bytes(upTo: Self.longestBody)))
            func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
            guard let index = DemoCalls.kinds.firstIndex(of: field("kind") ?? ""), recordings.indices.contains(index)
            else {
                throw Problem.notFound
            }
            let caller = DemoSeed.callers[0]
            let number = (field("number") ?? caller.number).filter { $0.isASCII && $0.isNumber }
            // A line break would end the manager's line; names are single lines.
            let name = (field("name") ?? caller.name).filter { !$0.isNewline && $0 != "\0" }
            let seconds = min(600, max(1, field("seconds").flatMap(Int.init) ?? 60))
            let call = SimulatedCall(
                number: String(number.prefix(20)),
                name: String(name.prefix(60)),
                talk: .seconds(seconds)
            )
            // Rings on after the answer is given: a call outlasts the request that began it.
            Task { await pbx.play(recordings[index], as: call) }
            return Response(status: .seeOther, headers: [.location: "/demo/messages", .cacheControl: "no-store"])
        }
    }
}
