import DeskCore
import HTTPTypes

/// How many requests each token and each session may make; what is beyond is refused, and told when to come back.
///
/// A minute's requests may come at once, and as many a minute go on after that: a program that catches up is not slowed,
/// one that turns in circles is.
struct CallerPace: Sendable {
    private let programs: AddressThrottle?
    private let sessions: AddressThrottle?

    init(_ settings: Settings.HTTP, clock: DeskClock) {
        func throttle(_ rate: Int) -> AddressThrottle? {
            rate > 0 ? AddressThrottle(burst: rate, perMinute: rate, clock: clock) : nil
        }
        programs = throttle(settings.tokenRate)
        sessions = throttle(settings.sessionRate)
    }

    /// Counts a request.
    ///
    /// - Returns: the headers that tell how many are left; none where the settings know no limit.
    /// - Throws: `Problem` 429 with the seconds to wait.
    func admit(_ caller: Caller) throws(Problem) -> HTTPFields {
        let room =
            switch caller {
            case .program(let program): programs?.take(Array("\(program.token.id)".utf8))
            case .staff(let staff): sessions?.take(Array(staff.session.utf8))
            case .customer(let customer): sessions?.take(Array(customer.session.utf8))
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
