import Codecs
import Crypto
import CryptoExtras
import Foundation

/// How dear a password is to try: scrypt's three numbers.
public struct PasswordCost: Sendable, Hashable {
    /// A power of two; with `blockSize` it decides the memory, 128 × rounds × blockSize bytes.
    public var rounds: Int
    public var blockSize: Int
    public var parallelism: Int

    public init(rounds: Int, blockSize: Int, parallelism: Int) {
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
    }

    /// 16 MiB and some 200 ms of one core.
    ///
    /// One of the settings of equal strength OWASP's Password Storage Cheat Sheet gives; the one with little memory,
    /// because several sign-ins run at once beside the desk's own work.
    public static let standard = PasswordCost(rounds: 1 << 14, blockSize: 8, parallelism: 5)

    /// Bounds on what a stored hash may ask for, so that a damaged row cannot take the machine: 64 MiB and 16 lanes.
    var isBearable: Bool {
        rounds >= 2 && rounds.nonzeroBitCount == 1 && rounds <= 1 << 16 && (1...8).contains(blockSize)
            && (1...16).contains(parallelism)
    }
}

/// A password as it is stored: `scrypt$16384$8$5$salt$key`, salt and key in hexadecimal.
struct PasswordHash: Sendable, Hashable {
    let cost: PasswordCost
    let salt: [UInt8]
    let key: [UInt8]

    /// 128 bits, so that no two accounts share one.
    static let saltBytes = 16
    static let keyBytes = 32

    /// Hashes a password; takes tens to hundreds of milliseconds.
    init?(_ password: String, cost: PasswordCost, salt: [UInt8]) {
        guard let key = Self.derive(password, cost: cost, salt: salt) else { return nil }
        self.cost = cost
        self.salt = salt
        self.key = key
    }

    /// Reads one back; nil when it is damaged or asks for more than is bearable.
    init?(_ stored: String) {
        let parts = stored.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let rounds = Int(parts[1]), let blockSize = Int(parts[2]),
            let parallelism = Int(parts[3]), let salt = Hexadecimal.bytes(parts[4]),
            let key = Hexadecimal.bytes(parts[5]),
            salt.count == Self.saltBytes, key.count == Self.keyBytes
        else { return nil }
        cost = PasswordCost(rounds: rounds, blockSize: blockSize, parallelism: parallelism)
        guard cost.isBearable else { return nil }
        self.salt = salt
        self.key = key
    }

    /// As it is stored.
    var text: String {
        let numbers = "\(cost.rounds)$\(cost.blockSize)$\(cost.parallelism)"
        return "scrypt$\(numbers)$\(Hexadecimal.text(salt))$\(Hexadecimal.text(key))"
    }

    /// Whether `password` is the one; compares in constant time.
    func matches(_ password: String) -> Bool {
        guard let other = Self.derive(password, cost: cost, salt: salt), other.count == key.count else { return false }
        return zip(other, key).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, cost: PasswordCost, salt: [UInt8]) -> [UInt8]? {
        guard cost.isBearable else { return nil }
        // Composed, so that an accent typed on another keyboard is the same password (RFC 8265 §4.2.2).
        let bytes = Array(password.precomposedStringWithCanonicalMapping.utf8)
        let key = try? KDF.Scrypt.deriveKey(
            from: bytes,
            salt: salt,
            outputByteCount: keyBytes,
            rounds: cost.rounds,
            blockSize: cost.blockSize,
            parallelism: cost.parallelism
        )
        return key?.withUnsafeBytes { Array($0) }
    }
}
