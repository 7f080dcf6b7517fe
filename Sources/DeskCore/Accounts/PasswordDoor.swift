/// One side's sign-in: whose passwords and browsers, and what its failures are counted under.
struct SignInSide: Sendable {
    /// The table that keeps the passwords, by which the audit trail names its rows.
    let table: String
    let devices: KnownDevices
    /// Stands before a login where failures are counted, so that the same login of two sides is two.
    let prefix: String
    let actor: @Sendable (Int64) -> AuditActor

    static let accounts = SignInSide(table: "account", devices: .accounts, prefix: "", actor: { .account($0) })
    static let persons = SignInSide(table: "person", devices: .persons, prefix: "person\0", actor: { .person($0) })
}

/// Checks passwords: the one rule of tries, lock-outs, known browsers and equal work, for every side.
struct PasswordDoor: Sendable {
    /// Whoever a login belongs to, as far as the door has to know.
    struct Candidate<Holder: Sendable>: Sendable {
        var holder: Holder
        var id: Int64
        /// The stored hash; nil without a password.
        var password: String?
        /// Whether the holder may sign in at all.
        var isOpen: Bool
    }

    enum Outcome<Holder: Sendable>: Sendable {
        case accepted(Holder)
        case refused
        case busy
    }

    /// What somebody else said of a password.
    enum Proof<Holder: Sendable>: Sendable {
        case right(Candidate<Holder>)
        /// It is right, and opens nothing here: told as it is, and nobody signs in.
        case apart(Holder)
        case wrong
        /// They could not be asked; which is no wrong password.
        case untold
    }

    private struct Look<Holder: Sendable>: Sendable {
        var candidate: Candidate<Holder>?
        var isKnown: Bool
        var lock: SignInSubjects.Lock?

        var asker: PasswordMill.Asker { isKnown ? .known : .stranger }
    }

    let side: SignInSide
    let database: any Database
    let clock: DeskClock
    let random: RandomSource
    let cost: PasswordCost
    let mill: PasswordMill

    /// Checks a login and a password.
    ///
    /// Unknown, locked and closed logins cost the same work as known ones and get the same answer; only an address, or a
    /// known browser, that failed too often is refused without work, which tells about itself alone.
    ///
    /// `asker`: known for whoever is signed in and shows the password once more; else the browser says it.
    func verify<Holder: Sendable>(
        login: String,
        password: String,
        address: String,
        device: String?,
        asker: PasswordMill.Asker? = nil,
        find: @escaping @Sendable (any SQLSession) throws(StoreError) -> Candidate<Holder>?
    ) async throws(StoreError) -> Outcome<Holder> {
        let subjects = SignInSubjects(login: side.prefix + login, address: address, device: device)
        let look = try await look(subjects, device, find)
        let (candidate, lock) = (look.candidate, look.lock)
        if lock == .address || (lock != nil && look.isKnown) { return .refused }
        let isLongEnoughToRead = password.utf8.count <= 4 * PasswordRule.longest
        let hash = candidate?.password.flatMap { PasswordHash($0) }
        let (cost, decoy) = (cost, decoySalt)
        let matches = await mill.run(for: asker ?? look.asker) { () -> Bool in
            if let hash, isLongEnoughToRead { return hash.matches(password) }
            // Nobody's password, but the same work.
            _ = PasswordHash(isLongEnoughToRead ? password : "", cost: cost, salt: decoy)
            return false
        }
        guard let matches else { return .busy }
        // Neither right nor wrong counts while it is locked: trying on prolongs nothing.
        guard lock == nil else { return .refused }
        guard matches, let candidate, candidate.isOpen else {
            try await note(subjects.counted(isKnown: look.isKnown), of: candidate?.id)
            return .refused
        }
        try await accept(candidate.id, subjects, renewed: await renewed(password, hash))
        return .accepted(candidate.holder)
    }

    /// Checks a password that somebody else knows, by the same rule of tries, lock-outs and known browsers.
    ///
    /// `find`: whoever has signed in by this name before, for the browsers they are known by. `prove` asks the one who knows;
    /// nobody is asked while the name is locked, since they may count tries as well.
    func verify<Holder: Sendable>(
        login: String,
        address: String,
        device: String?,
        find: @escaping @Sendable (any SQLSession) throws(StoreError) -> Candidate<Holder>?,
        prove: @Sendable (PasswordMill.Asker) async throws(StoreError) -> Proof<Holder>
    ) async throws(StoreError) -> Outcome<Holder> {
        let subjects = SignInSubjects(login: side.prefix + login, address: address, device: device)
        let look = try await look(subjects, device, find)
        guard look.lock == nil else { return .refused }
        switch try await prove(look.asker) {
        case .right(let candidate) where candidate.isOpen:
            try await accept(candidate.id, subjects, renewed: nil)
            return .accepted(candidate.holder)
        case .right(let candidate):
            try await note(subjects.counted(isKnown: look.isKnown), of: candidate.id)
            return .refused
        case .wrong:
            try await note(subjects.counted(isKnown: look.isKnown), of: look.candidate?.id)
            return .refused
        case .apart(let holder): return .accepted(holder)
        case .untold: return .busy
        }
    }

    private func look<Holder: Sendable>(
        _ subjects: SignInSubjects,
        _ device: String?,
        _ find: @escaping @Sendable (any SQLSession) throws(StoreError) -> Candidate<Holder>?
    ) async throws(StoreError) -> Look<Holder> {
        let (now, devices) = (clock.now, side.devices)
        return try await database.read { session in
            let candidate = try find(session)
            let isKnown = try candidate.map { try devices.knows(device, of: $0.id, at: now, in: session) } ?? false
            return Look(
                candidate: candidate,
                isKnown: isKnown,
                lock: try subjects.lock(isKnown: isKnown, at: now, in: session)
            )
        }
    }

    /// A salt for the work done on unknown logins; which does not matter.
    private var decoySalt: [UInt8] { [UInt8](repeating: 0x5A, count: PasswordHash.saltBytes) }

    private func note(
        _ subjects: [(subject: String, throttle: SignInThrottle)],
        of id: Int64?
    ) async throws(StoreError) {
        let (now, table) = (clock.now, side.table)
        try await database.write { session in
            for (subject, throttle) in subjects {
                try SignInFailures.add(subject, throttle, at: now, in: session)
            }
            // One failure in 64 tidies up: often enough, and a flood of them does not go through the table each time.
            if now.milliseconds % 64 == 0 {
                try SignInFailures.forget(before: now.adding(.zero - SignInThrottle.login.memory), in: session)
            }
            guard let id else { return }
            try AuditTrail.record(
                "\(table).sign_in_refused",
                subject: "\(table):\(id)",
                by: .system("sign-in"),
                at: now,
                in: session
            )
        }
    }

    /// Forgives the login its failures from here (the address keeps its own) and takes up a new cost of hashing.
    private func accept(_ id: Int64, _ subjects: SignInSubjects, renewed: String?) async throws(StoreError) {
        let (now, side) = (clock.now, side)
        try await database.write { session in
            for subject in [subjects.pair, subjects.device].compactMap(\.self) {
                try session.execute("DELETE FROM sign_in_failure WHERE subject = $1", [.text(subject)])
            }
            if let renewed {
                try session.execute(
                    "UPDATE \(side.table) SET password = $1 WHERE id = $2",
                    [.text(renewed), .integer(id)]
                )
            }
            try AuditTrail.record(
                "\(side.table).sign_in",
                subject: "\(side.table):\(id)",
                by: side.actor(id),
                at: now,
                in: session
            )
        }
    }

    /// The hash at today's cost; nil when it has that already.
    private func renewed(_ password: String, _ hash: PasswordHash?) async -> String? {
        guard let hash, hash.cost != cost else { return nil }
        let (cost, salt) = (cost, random.bytes(PasswordHash.saltBytes))
        // Whoever has shown the right password is no stranger.
        return await mill.run(for: .known) { PasswordHash(password, cost: cost, salt: salt)?.text } ?? nil
    }
}
