import Testing

@testable import CallDesk

@Suite("Open files")
struct OpenFilesTests {
    @Test("the soft limit is raised to the hard one, and what is open counts")
    func limit() {
        let limit = OpenFiles.raise()
        #expect(limit == OpenFiles.limit && limit > 0)
        #expect(OpenFiles.open.map { $0 > 2 && $0 < limit } == true)
    }

    @Test("too few left is told with what to do; a low limit is doctor's matter")
    func telling() {
        #expect(OpenFiles.report(open: 800, limit: 1_024).remedy != nil)
        #expect(OpenFiles.report(open: 800, limit: 65_536) == .ready("64736 of 65536 left"))
        #expect(OpenFiles.report(open: nil, limit: 65_536).ok)
        #expect(OpenFiles.trouble(limit: 4_096) != nil)
        #expect(OpenFiles.trouble(limit: 8_192) == nil)
    }
}
