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

    /// Counts an event whose name has this hash; a collision counts under another name, which harms nobody.
    mutating func count(_ hash: UInt64, _ name: UnsafeBufferPointer<UInt8>) {
        total += 1
        if hash != lastHash {
            lastHash = hash
            lastPlace = place(hash, name)
        }
        counts[lastPlace] += 1
    }

    /// Counts an event that comes without a hash (FNV-1a is made of its name).
    mutating func count(_ name: UnsafeBufferPointer<UInt8>) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        count(hash, name)
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
