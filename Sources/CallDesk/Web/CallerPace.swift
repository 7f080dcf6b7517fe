import DeskCore
import HTTPTypes

/// How many requests each token and each session may make; what is beyond is refused, and told when to come back.
///
/// A minute's requests may come at once, and as many a minute go on after that: a program that catches up is not slowed,
/// one that turns in circles is. A limit holds over all nodes where there can be several.
struct CallerPace: Sendable {
    private enum Count: Sendable {
        case ours(AddressThrottle)
        case shared(SharedThrottle)

        func take(_ holder: RateHolder) async -> AddressThrottle.Room {
            switch self {
            case .ours(let throttle): throttle.take(holder.bytes)
            case .shared(let throttle): await throttle.take(holder)
            }
        }
    }

    private let programs: Count?
    private let sessions: Count?

    init(_ settings: Settings.HTTP, database: any Database, clock: DeskClock) {
        func count(_ rate: Int) -> Count? {
            guard rate > 0 else { return nil }
            let ours = AddressThrottle(burst: rate, perMinute: rate, clock: clock)
            switch database.engine {
            case .sqlite: return .ours(ours)
            case .postgres:
                let levels = RateLevels(database: database)
                return .shared(SharedThrottle(limit: rate, levels: levels, alone: ours, clock: clock))
            }
        }
        programs = count(settings.tokenRate)
        sessions = count(settings.sessionRate)
    }

    /// Counts a request.
    ///
    /// - Returns: the headers that tell how many are left; none where the settings know no limit.
    /// - Throws: `Problem` 429 with the seconds to wait.
    func admit(_ caller: Caller) async throws(Problem) -> HTTPFields {
        let room =
            switch caller {
            case .program(let program): await programs?.take(RateHolder(token: program.token.id))
            case .staff(let staff): await sessions?.take(RateHolder(session: staff.session))
            case .customer(let customer): await sessions?.take(RateHolder(session: customer.session))
            }
        guard let room else { return [:] }
        let headers: HTTPFields = [
            .rateLimit: String(room.limit), .rateRemaining: String(room.left), .rateReset: String(room.reset),
        ]
        guard let wait = room.wait else { return headers }
        var problem = Problem.tooMany(retryAfter: wait)
        for header in headers { problem.headers[header.name] = header.value }
        throw problem
    }
}
