/// Tells a mail server that relays our mail to nobody from a receiver who does not want it.
///
/// Both refuse the recipient with the same words (`554 5.7.1`, RFC 3463 §3.8): a server whose operator took our leave to send
/// away refuses all, and each of those mails would be given up and its customer's address blamed; one domain that bars us
/// refuses its own, and must not stop the mail of all others. Only what becomes of other mails tells them apart:
///
/// - Several domains in a row, and no mail taken between: it is the server. All mail waits, and its operator is asked.
/// - One that is refused again after another mail was taken: it is that receiver, for good.
/// - Before either is known the mail is tried again, as after a refusal for now: nothing is lost by a wait of seconds.
/// - Domains of one provider may be refused in a row as well: those that were once taken for the server's trouble count
///   for it no more, and are that receiver's once another mail was taken between two more refusals.
struct RelayWatch: Sendable, Equatable {
    enum Verdict: Sendable, Equatable {
        case server, receiver
        /// Nothing else was sent since.
        case undecided
    }

    /// So many domains do not bar us within minutes by chance; two can be one provider's.
    static let enough = 3
    /// Receivers remembered; a desk whose mail more than these bar has another trouble.
    private static let most = 200

    /// Domains refused since a mail was taken.
    private var row: Set<String> = []
    /// Domains that were refused in a row with others, before mail was taken again.
    private var suspected: Set<String> = []
    /// Those of them that were refused again since a mail was taken.
    private var again: Set<String> = []
    /// Domains that were refused, and after which another's mail was taken.
    private var barring: Set<String> = []

    private var isServer: Bool { row.count >= Self.enough }

    mutating func accepted(_ domain: String) {
        if isServer {
            suspected.formUnion(row)
        } else {
            barring.formUnion(row.union(again))
        }
        if barring.count > Self.most { barring = row.union(again) }
        if suspected.count > Self.most { suspected = row }
        (row, again) = ([], [])
        barring.remove(domain)
        suspected.remove(domain)
    }

    mutating func refused(_ domain: String) -> Verdict {
        if suspected.contains(domain) {
            again.insert(domain)
        } else if !barring.contains(domain), !isServer {
            // More than are enough say no more.
            row.insert(domain)
        }
        if isServer { return .server }
        return barring.contains(domain) ? .receiver : .undecided
    }
}
