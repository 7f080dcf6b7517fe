import Testing

@testable import DeskCore

@Suite("Cache of numbers read")
struct PhoneCacheTests {
    private func key(_ digits: String) -> PhoneCache.Key {
        PhoneCache.Key(raw: digits, region: .brazil)
    }

    @Test("a number is read once, a text that is none as well")
    func once() {
        let cache = PhoneCache(capacity: 8)
        var reads = 0
        for _ in 0..<3 {
            let value = cache.value(for: key("1001")) {
                reads += 1
                return nil
            }
            #expect(value == nil)
        }
        #expect(reads == 1)
    }

    @Test("the cache never holds more than it may, and keeps what is asked for")
    func bounded() {
        let cache = PhoneCache(capacity: 100)
        let kept = key("190")
        var reads = 0
        for number in 0..<10_000 {
            _ = cache.value(for: key(String(100_000 + number))) { nil }
            _ = cache.value(for: kept) {
                reads += 1
                return nil
            }
            #expect(cache.count <= 100)
        }
        #expect(reads == 1)
    }
}
