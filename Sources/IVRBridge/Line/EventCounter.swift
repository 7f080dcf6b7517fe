/// Counts a line's events by name without making a string of each.
struct EventCounter: Sendable {
    /// A PBX has some 180 events; names of users and modules cannot grow the list.
    private static let mostNames = 250
    private static let longestName = 64

    private var places: [UInt64: Int] = [:]
    private var names: [String] = ["other"]
    private var counts: [Int] = [0]
    private(set) var total = 0
    /// The last name counted: events come in runs.
    private var lastHash: UInt64 = 0
    private var lastPlace = 0

    /// Counts an event; a collision counts under another name, which harms nobody.
    mutating func count(_ name: UnsafeBufferPointer<UInt8>) {
        total += 1
        let hash = Self.hash(name)
        if hash != lastHash {
            lastHash = hash
            lastPlace = place(hash, name)
        }
        counts[lastPlace] += 1
    }

    /// Every byte of a name counts, eight at a time: this is done for each event of a busy line.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let bytes = UnsafeRawBufferPointer(name)
        var hash = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var place = 0
        while bytes.count - place >= 8 {
            hash = mix(hash, bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            place += 8
        }
        var rest: UInt64 = 0
        while place < bytes.count {
            rest = rest << 8 | UInt64(bytes[place])
            place += 1
        }
        return mix(hash, rest)
    }

    private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
        let mixed = (hash ^ word) &* 0xBF58_476D_1CE4_E5B9
        return mixed ^ mixed >> 29
    }

    private mutating func place(_ hash: UInt64, _ name: UnsafeBufferPointer<UInt8>) -> Int {
        if let known = places[hash] { return known }
        guard names.count < Self.mostNames, name.count <= Self.longestName else { return 0 }
        names.append(String(decoding: name, as: UTF8.self))
        counts.append(0)
        places[hash] = names.count - 1
        return names.count - 1
    }

    /// Hands out the counts and begins anew.
    mutating func take(_ body: (_ event: String, _ count: Int) -> Void) {
        for place in counts.indices where counts[place] > 0 {
            body(names[place], counts[place])
            counts[place] = 0
        }
    }
}
