import HTTPTypes
import Testing

@testable import CallDesk

@Suite("Ranges of a file's bytes")
struct ByteRangeTests {
    @Test(
        "one range is read as RFC 9110 writes it",
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=2-4", 2..<5), ("bytes=8-", 8..<10), ("bytes=-3", 7..<10),
            ("bytes=-99", 0..<10), ("bytes=5-99", 5..<10), ("BYTES= 1 - 2 ", 1..<3),
            ("bytes=9-9223372036854775807", 9..<10), ("bytes=0-99999999999999999999", 0..<10),
        ]
    )
    func part(header: String, bytes: Range<Int>) { #expect(ByteRange(header, size: 10) == .part(bytes)) }

    @Test(
        "what begins behind the end is told so, with the size",
        arguments: ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999-"]
    )
    func outside(header: String) throws {
        #expect(ByteRange(header, size: 10) == .outside)
        let problem = #expect(throws: Problem.self) { try ByteRange.outside.answer(size: 10) }
        #expect(problem?.status == .rangeNotSatisfiable)
        #expect(problem?.headers[.contentRange] == "bytes */10")
    }

    @Test(
        "several ranges, another unit and what cannot be read get the whole",
        arguments: [
            "bytes=0-1,4-5", "lines=0-1", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=4-2", "bytes=1-2-3",
            "bytes=+1-2", "bytes=-+1", "=0-1", "", "bytes=٠-١", "bytes=0-" + String(repeating: "9", count: 99),
        ]
    )
    func whole(header: String) { #expect(ByteRange(header, size: 10) == .whole) }

    @Test("nothing of an empty file can be had in parts")
    func empty() {
        #expect(ByteRange("bytes=0-", size: 0) == .outside)
        #expect(ByteRange("bytes=-1", size: 0) == .outside)
        #expect(ByteRange(nil, size: 0) == .whole)
    }
}
