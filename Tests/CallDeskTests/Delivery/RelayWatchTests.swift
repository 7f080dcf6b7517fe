import Testing

@testable import CallDesk

@Suite("Whose refusal it is: the mail server's or one receiver's")
struct RelayWatchTests {
    @Test("a server that stops relaying is found out by the third domain, and no mail before is given up")
    func server() {
        var watch = RelayWatch()
        watch.accepted("a.example")
        #expect(watch.refused("b.example") == .undecided)
        #expect(watch.refused("b.example") == .undecided)
        #expect(watch.refused("c.example") == .undecided)
        #expect(watch.refused("d.example") == .server)
        // One that is tried meanwhile tells the same.
        #expect(watch.refused("b.example") == .server)
        watch.accepted("b.example")
        // It was the server: nobody is barred from now on for it.
        for domain in ["c.example", "d.example"] { #expect(watch.refused(domain) == .undecided) }
    }

    @Test("several domains of one provider stop the mail of others once, and are found out then")
    func provider() {
        var watch = RelayWatch()
        let family = ["hot.example", "live.example", "out.example"]
        let first = family.map { watch.refused($0) }
        #expect(first == [.undecided, .undecided, .server])
        watch.accepted("a.example")
        // In a row once more, as at a quiet hour.
        for domain in family { #expect(watch.refused(domain) == .undecided) }
        watch.accepted("a.example")
        for domain in family { #expect(watch.refused(domain) == .receiver) }
        // A server that stops relaying after that is found out by others.
        for domain in ["b.example", "c.example"] { #expect(watch.refused(domain) == .undecided) }
        #expect(watch.refused("d.example") == .server)
    }

    @Test("one receiver that bars us is found out by another's mail, and stops nobody")
    func receiver() {
        var watch = RelayWatch()
        for _ in 0..<5 {
            watch.accepted("a.example")
            let verdict = watch.refused("bars.example")
            #expect(verdict != .server)
        }
        #expect(watch.refused("bars.example") == .receiver)
        watch.accepted("c.example")
        #expect(watch.refused("bars.example") == .receiver)
        // They take our mail again.
        watch.accepted("bars.example")
        #expect(watch.refused("bars.example") == .undecided)
    }

    @Test(
        "a reply's status is read where it stands, and nothing else for one",
        arguments: [
            ("554 5.7.1 Relay access denied", 554, "5.7.1"), ("550-5.7.26 not signed", 550, "5.7.26"),
            ("554-5.7.1 <x@y.z>: no\r\n", 554, "5.7.1"), ("554 5.7.1", 554, "5.7.1"), ("550 5.1.1 none", 550, "5.1.1"),
            ("550 relay not permitted", 550, nil), ("550 5.7.1 no", 554, nil), ("554 4.7.1 no", 554, nil),
            ("554 5.7 no", 554, nil), ("554 5.7.1000 no", 554, nil), ("554 5..1 no", 554, nil), ("", 554, nil),
            ("554", 554, nil), ("554 5.7.-9223372036854775808", 554, nil),
        ] as [(String, Int, String?)]
    )
    func statuses(line: String, reply: Int, status: String?) {
        #expect(EnhancedStatus(line: Array(line.utf8), reply: reply)?.text == status)
    }
}
