import Testing

@testable import IVRBridge

@Suite("Pauses between a line's connections")
struct LinePauseTests {
    private func pace(jitter: Double) -> LinePace {
        var pace = LinePace()
        pace.jitter = { jitter }
        return pace
    }

    @Test("after a refused login the PBX is left alone for five seconds at the least, whatever chance says")
    func refused() {
        let pace = pace(jitter: 0)
        let end = LineEnd(trouble: "refused", pause: pace.refusedPause)
        var pauses = LinePauses(pace)
        for _ in 0..<20 { #expect(pauses.next(after: end, lasted: .milliseconds(20)) == .seconds(5)) }
    }

    @Test("refused again and again, it comes back ever more rarely, up to half a minute apart")
    func refusedForLong() {
        let pace = pace(jitter: 1)
        let end = LineEnd(trouble: "refused", pause: pace.refusedPause)
        var pauses = LinePauses(pace)
        let spans = (0..<5).map { _ in pauses.next(after: end, lasted: .zero) }
        #expect(spans == [5, 10, 20, 30, 30].map { Duration.seconds($0) })
    }

    @Test("a refusal by address is kept whole", arguments: [0, 0.5, 1])
    func rejected(jitter: Double) {
        let pace = pace(jitter: jitter)
        let end = LineEnd(trouble: "rejected", pause: pace.rejectedPause)
        var pauses = LinePauses(pace)
        for _ in 0..<3 { #expect(pauses.next(after: end, lasted: .zero) == .seconds(300)) }
    }

    @Test("a PBX that is away is tried after a tenth of a second, then with pauses that grow to half a minute")
    func away() {
        let end = LineEnd(trouble: "away")
        var whole = LinePauses(pace(jitter: 1))
        let spans = (0..<11).map { _ in whole.next(after: end, lasted: .zero) }
        #expect(Array(spans[..<4]) == [100, 200, 400, 800].map { Duration.milliseconds($0) })
        #expect(spans.last == .seconds(30))
        var none = LinePauses(pace(jitter: 0))
        for _ in 0..<11 { #expect(none.next(after: end, lasted: .zero) == .milliseconds(100)) }
        #expect(whole.next(after: end, lasted: .seconds(61)) == .milliseconds(100), "it had been well")
    }
}
