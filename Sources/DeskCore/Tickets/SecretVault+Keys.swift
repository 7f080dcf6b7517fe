import Foundation

extension SecretVault {
    /// Rows tried before a key counts as the wrong one: a damaged row or two do not condemn it.
    private static let tried = 50

    /// The key for what is sealed now: made by whoever is first today, the same for all.
    func currentKey(at moment: Moment) async throws -> VaultKeys.Key {
        let name = VaultKeys.name(at: moment)
        let registered = try await database.read { session in
            try session.row("SELECT mark FROM vault_key WHERE name = $1", [.text(name)])?.text(0)
        }
        // A key others have made already and that is not here must not be made again.
        if let registered {
            guard let key = try keys.find(name) else { throw VaultError.keyMissing(name) }
            guard registered == key.mark else { throw VaultError.keyNotShared(name) }
            return key
        }
        let key = try keys.make(name)
        let mark = try await database.write { session in
            try session.execute(
                "INSERT INTO vault_key (name, mark, made_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
                [.text(name), .text(key.mark), .moment(moment)]
            )
            return try session.row("SELECT mark FROM vault_key WHERE name = $1", [.text(name)])?.text(0)
        }
        guard mark == key.mark else { throw VaultError.keyNotShared(name) }
        return key
    }

    /// Looks at the start whether what is sealed can be opened, and whether something can be sealed.
    ///
    /// - Throws: `VaultError` with what to do; the service must not start then, or passwords are lost.
    public func check() async throws {
        try await look()
        try await forgetUnusedKeys()
        _ = try await currentKey(at: clock.now)
    }

    /// Looks whether what is sealed can be opened, and changes nothing.
    ///
    /// - Throws: `VaultError` with what to do.
    public func look() async throws {
        for name in try await neededKeys() {
            switch try await state(of: name) {
            case .opens: break
            case .missing: throw VaultError.keyMissing(name)
            case .wrong: throw VaultError.keyWrong(name)
            }
        }
    }

    /// Gives up the passwords whose key, or own half of it, is not there, or whose key opens none of them, and answers how many
    /// there were.
    ///
    /// A key that cannot be read is an error, not a key that is lost.
    public func forgetLost(by actor: AuditActor) async throws -> Int {
        var count = try await forgetHalves(by: actor)
        for name in try await neededKeys() {
            guard try await state(of: name) != .opens else { continue }
            let now = clock.now
            count += try await database.write { session in
                let lost = try session.execute(
                    "UPDATE secret SET sealed = NULL WHERE sealed IS NOT NULL AND COALESCE(key_name, $1) = $2",
                    [.text(VaultKeys.former), .text(name)]
                )
                try AuditTrail.record("secret.forget", subject: "key:\(name)", by: actor, at: now, in: session)
                return lost
            }
        }
        try await forgetUnusedKeys()
        return count
    }

    /// Gives up the passwords whose own half is gone: they were erased after the copy of the database was made.
    private func forgetHalves(by actor: AuditActor) async throws -> Int {
        let kept = try await database.read { session in
            try session.rows("SELECT id, half FROM secret WHERE sealed IS NOT NULL AND half IS NOT NULL")
                .map { (id: $0.integer(0), half: $0.text(1) ?? "") }
        }
        let lost = try kept.filter { try keys.findHalf($0.half) == nil }
        guard !lost.isEmpty else { return 0 }
        let now = clock.now
        try await database.write { session in
            for (id, half) in lost {
                try session.execute("UPDATE secret SET sealed = NULL, half = NULL WHERE id = $1", [.integer(id)])
                try AuditTrail.record("secret.forget", subject: "key:\(half)", by: actor, at: now, in: session)
            }
        }
        return lost.count
    }

    /// Destroys the halves of passwords that were erased: from then on no copy of the database opens them, though others of
    /// their day live on.
    private func destroyHalves() async throws {
        let erased = try await database.read { session in
            try session.rows(
                "SELECT id, half FROM secret WHERE sealed IS NULL AND half IS NOT NULL",
                [],
                limit: Self.destroyedAtOnce
            ).map { (id: $0.integer(0), half: $0.text(1) ?? "") }
        }
        guard !erased.isEmpty else { return }
        for (_, half) in erased { try keys.destroyHalf(half) }
        try await database.write { session in
            for (id, _) in erased { try session.execute("UPDATE secret SET half = NULL WHERE id = $1", [.integer(id)]) }
        }
    }

    /// Two syncs each; the next turn goes on.
    private static let destroyedAtOnce = 500

    /// Destroys the keys of which nothing sealed is left and nothing will be sealed with any more, and the halves of passwords
    /// that were erased.
    ///
    /// - Returns: how many keys there were.
    @discardableResult
    public func destroyKeys() async throws -> Int {
        try await destroyHalves()
        let now = clock.now
        let resting = VaultKeys.resting(at: now)
        let names = try await database.read { session in
            try session.rows(
                """
                SELECT name FROM vault_key WHERE name < $1
                    AND NOT EXISTS (SELECT 1 FROM secret WHERE key_name = vault_key.name AND sealed IS NOT NULL)
                """,
                [.text(resting)]
            ).compactMap { $0.text(0) }
        }
        for name in names {
            try keys.destroy(name)
            try await database.write { session in
                try session.execute("DELETE FROM vault_key WHERE name = $1", [.text(name)])
            }
        }
        return try await names.count + (destroyFormer(at: now) ? 1 : 0)
    }

    /// The one key of releases before goes as well, once no node of such a release can be sealing with it.
    private func destroyFormer(at now: Moment) async throws -> Bool {
        guard try keys.find(VaultKeys.former) != nil else { return false }
        let since = now.adding(.zero - term).adding(.seconds(-VaultKeys.rest * 86_400))
        let isOver = try await database.read { session in
            let isUsed =
                try session.row("SELECT 1 FROM secret WHERE key_name IS NULL AND sealed IS NOT NULL LIMIT 1") != nil
            let upgraded = try session.row("SELECT applied_at FROM schema_step WHERE name = '0040-safety'")?.moment(0)
            return !isUsed && upgraded.map { $0 < since } == true
        }
        if isOver { try keys.destroy(VaultKeys.former) }
        return isOver
    }

    private enum KeyState { case opens, missing, wrong }

    /// The keys of passwords whose term is not over.
    private func neededKeys() async throws(StoreError) -> [String] {
        let now = clock.now
        return try await database.read { session in
            try session.rows(
                """
                SELECT DISTINCT COALESCE(key_name, $1) FROM secret WHERE sealed IS NOT NULL AND expires_at > $2 ORDER BY 1
                """,
                [.text(VaultKeys.former), .moment(now)]
            ).compactMap { $0.text(0) }
        }
    }

    private func state(of name: String) async throws -> KeyState {
        guard let key = try keys.find(name) else { return .missing }
        let now = clock.now
        let rows = try await database.read { session in
            try session.rows(
                """
                SELECT sealed, field, half FROM secret
                WHERE sealed IS NOT NULL AND expires_at > $1 AND COALESCE(key_name, $2) = $3 ORDER BY id DESC
                """,
                [.moment(now), .text(VaultKeys.former), .text(name)],
                limit: Self.tried
            )
        }
        var lacking = 0
        let opens = try rows.contains { row in
            guard let sealed = row.blob(0), let field = row.text(1) else { return false }
            var half: [UInt8]?
            if let name = row.text(2) {
                half = try keys.findHalf(name)
                guard half != nil else {
                    lacking += 1
                    return false
                }
            }
            return Self.open(sealed, field: field, with: key, half) != nil
        }
        if opens || rows.isEmpty { return .opens }
        return lacking == rows.count ? .missing : .wrong
    }

    /// Names of keys that are gone and sealed nothing that is left stand in the way of new ones.
    private func forgetUnusedKeys() async throws {
        let names = try await database.read { session in
            try session.rows(
                """
                SELECT name, mark FROM vault_key
                WHERE NOT EXISTS (SELECT 1 FROM secret WHERE key_name = vault_key.name AND sealed IS NOT NULL)
                """
            ).map { (name: $0.text(0) ?? "", mark: $0.text(1) ?? "") }
        }
        for (name, mark) in names where try keys.find(name)?.mark != mark {
            try await database.write { session in
                try session.execute(
                    "DELETE FROM vault_key WHERE name = $1 AND mark = $2",
                    [.text(name), .text(mark)]
                )
            }
        }
    }
}
