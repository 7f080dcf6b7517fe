import Testing

@testable import DeskCore

@Suite("Cache of numbers read")
struct PhoneCacheTests {
    private func key(_ digits: String) throws -> PhoneCache.Key {
        PhoneCache.Key(dialled: try #require(DialledText(digits)), region: .brazil)
    }

    @Test("a number is read once, a text that is none as well")
    func once() throws {
        let cache = PhoneCache(capacity: 8)
        var reads = 0
        for _ in 0..<3 {
            let value = cache.value(for: try key("1001")) {
                reads += 1
                return nil
            }
            #expect(value == nil)
        }
        #expect(reads == 1)
    }

    @Test("the cache never holds more than it may, and keeps what is asked for")
    func bounded() throws {
        let cache = PhoneCache(capacity: 100)
        let kept = try key("190")
        var reads = 0
        for number in 0..<10_000 {
            _ = cache.value(for: try key(String(100_000 + number))) { nil }
            _ = cache.value(for: kept) {
                reads += 1
                return nil
            }
            #expect(cache.count <= 100)
        }
        #expect(reads == 1)
    }
}
