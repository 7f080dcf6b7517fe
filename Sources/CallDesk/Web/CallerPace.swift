import DeskCore
import HTTPTypes

/// How many requests each token and each session may make; what is beyond is refused, and told when to come back.
///
/// A minute's requests may come at once, and as many a minute go on after that: a program that catches up is not slowed,
/// one that turns in circles is. A token's limit holds over all nodes where there can be several; a session's browser is
/// one person's, and counted by each node.
struct CallerPace: Sendable {
    private enum Programs: Sendable {
        case ours(AddressThrottle)
        case shared(SharedThrottle)
    }

    private let programs: Programs?
    private let sessions: AddressThrottle?

    init(_ settings: Settings.HTTP, database: any Database, clock: DeskClock) {
        func throttle(_ rate: Int) -> AddressThrottle? {
            rate > 0 ? AddressThrottle(burst: rate, perMinute: rate, clock: clock) : nil
        }
        programs = throttle(settings.tokenRate).map { ours in
            switch database.engine {
            case .sqlite: .ours(ours)
            case .postgres:
                .shared(
                    SharedThrottle(
                        limit: settings.tokenRate,
                        levels: RateLevels(database: database),
                        alone: ours,
                        clock: clock
                    )
                )
            }
        }
        sessions = throttle(settings.sessionRate)
    }

    /// Counts a request.
    ///
    /// - Returns: the headers that tell how many are left; none where the settings know no limit.
    /// - Throws: `Problem` 429 with the seconds to wait.
    func admit(_ caller: Caller) async throws(Problem) -> HTTPFields {
        let room: AddressThrottle.Room?
        switch caller {
        case .program(let program):
            switch programs {
            case nil: room = nil
            case .ours(let throttle): room = throttle.take(Array("\(program.token.id)".utf8))
            case .shared(let throttle): room = await throttle.take(program.token.id)
            }
        case .staff(let staff): room = sessions?.take(Array(staff.session.utf8))
        case .customer(let customer): room = sessions?.take(Array(customer.session.utf8))
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
