/// One fact that speaks for a customer being the caller.
public struct Evidence: Sendable, Hashable {
    /// The customer, with the facts to show; its own reasons and score are ignored.
    public var candidate: Candidate
    public var reason: CandidateReason

    public init(_ candidate: Candidate, _ reason: CandidateReason) {
        self.candidate = candidate
        self.reason = reason
    }
}

/// Weighs evidence into a ranked list and says whether anyone stands out.
///
/// It never picks: people confirm.
public enum CandidateRanking {
    /// How the list stands.
    public enum Standing: Sendable, Hashable {
        case nobody
        /// One is ahead by a clear margin; the caller still confirms.
        case leader(Candidate)
        /// Two or more are as likely: the technician asks and chooses.
        case tie
    }

    /// A leader is ahead by this much: more than a call yesterday is worth, less than a phone of one's own.
    public static let margin = 20
    /// A leader has at least this much: a shared line alone does not name anybody.
    public static let enough = 45

    /// Candidates by score, best first; equal scores by latest call, then name, then identifier, so the order is stable.
    ///
    /// Evidence for the same customer adds up once per reason. A customer known both as a whole and by one contact is
    /// listed once, as that contact; with several contacts each is listed.
    public static func rank(_ evidence: [Evidence]) -> [Candidate] {
        var byID: [String: Candidate] = [:]
        var order: [String] = []
        let contactsOfCustomer = Dictionary(grouping: evidence.filter { $0.candidate.contactID != nil }) {
            $0.candidate.customerID
        }.mapValues { Set($0.map(\.candidate.id)) }
        for item in evidence {
            // What speaks for the customer speaks for each of its contacts.
            let targets =
                item.candidate.contactID == nil
                ? contactsOfCustomer[item.candidate.customerID]?.sorted() ?? [item.candidate.id] : [item.candidate.id]
            for target in targets {
                if byID[target] == nil {
                    let seed = evidence.first { $0.candidate.id == target }?.candidate ?? item.candidate
                    var candidate = seed
                    candidate.reasons = []
                    byID[target] = candidate
                    order.append(target)
                }
                if byID[target]?.reasons.contains(item.reason) == false { byID[target]?.reasons.append(item.reason) }
            }
        }
        let scored = order.compactMap { byID[$0] }.map { candidate in
            var scored = candidate
            scored.reasons.sort { ($0.points, $1.text(in: .en)) > ($1.points, $0.text(in: .en)) }
            scored.score = scored.reasons.reduce(0) { $0 + $1.points }
            return scored
        }
        return Array(scored.sorted(by: precedes).prefix(InterviewLimits.candidates))
    }

    /// Whether one of `candidates`, ranked, stands out.
    public static func standing(of candidates: [Candidate]) -> Standing {
        guard let first = candidates.first else { return .nobody }
        let lead = candidates.count > 1 ? first.score - candidates[1].score : first.score
        return first.score >= enough && lead >= margin ? .leader(first) : .tie
    }

    private static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
        if left.score != right.score { return left.score > right.score }
        let calls = (left.lastCallAt?.milliseconds ?? .min, right.lastCallAt?.milliseconds ?? .min)
        if calls.0 != calls.1 { return calls.0 > calls.1 }
        if left.name != right.name { return left.name < right.name }
        return left.id < right.id
    }
}
