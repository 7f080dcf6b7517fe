import DeskCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("Who is asking")
struct PeerAddressTests {
    @Test(
        "addresses are read in every usual form",
        arguments: [
            ("192.0.2.1", [192, 0, 2, 1]), (" 192.0.2.1:443 ", [192, 0, 2, 1]), ("::ffff:192.0.2.1", [192, 0, 2, 1]),
            ("[2001:db8::1]:80", [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ] as [(String, [UInt8])]
    )
    func read(text: String, bytes: [UInt8]) { #expect(PeerAddress(text: text)?.bytes == bytes) }

    @Test(
        "what is no address is none",
        arguments: ["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "host.example", "1.2.3.4\r\nX: y"]
    )
    func refused(text: String) { #expect(PeerAddress(text: text) == nil) }

    @Test("networks hold what is in them")
    func networks() throws {
        let ten = try #require(NetworkRange("10.1.0.0/15"))
        #expect(ten.contains(try #require(PeerAddress(text: "10.1.255.255"))))
        #expect(!ten.contains(try #require(PeerAddress(text: "10.2.0.0"))))
        let six = try #require(NetworkRange("2001:db8::/33"))
        #expect(six.contains(try #require(PeerAddress(text: "2001:db8:7fff::1"))))
        #expect(!six.contains(try #require(PeerAddress(text: "2001:db8:8000::1"))))
        #expect(try #require(NetworkRange("0.0.0.0/0")).contains(try #require(PeerAddress(text: "8.8.8.8"))))
        for wrong in ["10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "x/8"] { #expect(NetworkRange(wrong) == nil) }
    }

    @Test("only a trusted proxy's word counts, and only up to the last untrusted hop")
    func proxies() throws {
        let proxies = TrustedProxies(
            ranges: try [#require(NetworkRange("127.0.0.1")), #require(NetworkRange("10.0.0.0/8"))]
        )
        let near = try #require(PeerAddress(text: "127.0.0.1"))
        let far = try #require(PeerAddress(text: "203.0.113.9"))
        #expect(proxies.peer(connection: far, forwarded: "1.1.1.1") == far)
        #expect(proxies.peer(connection: near, forwarded: nil) == near)
        #expect(proxies.peer(connection: near, forwarded: "203.0.113.9") == far)
        #expect(
            proxies.peer(connection: near, forwarded: "6.6.6.6, 203.0.113.9, 10.0.0.7") == far,
            "6.6.6.6 is the client's claim"
        )
        #expect(proxies.peer(connection: near, forwarded: "203.0.113.9, nonsense") == near)
        #expect(TrustedProxies(ranges: []).peer(connection: near, forwarded: "1.1.1.1") == near)
    }

    @Test("an IPv6 subscriber is throttled as one, whatever address of theirs they use")
    func throttle() throws {
        let clock = TestClock()
        let throttle = AddressThrottle(burst: 3, perMinute: 60, clock: clock.clock)
        for host in 1...3 { try throttle.admit(try #require(PeerAddress(text: "2001:db8::\(host)"))) }
        let next = try #require(PeerAddress(text: "2001:db8::4"))
        #expect(throws: Problem.self) { try throttle.admit(next) }
        try throttle.admit(try #require(PeerAddress(text: "2001:db8:0:1::4")))
        clock.advance(by: .seconds(1))
        try throttle.admit(next)
        #expect(throws: Problem.self) { try throttle.check(next) }
    }

    @Test("who was throttled while the clock stood a day ahead may come in once it is right")
    func ahead() throws {
        let clock = TestClock()
        let throttle = AddressThrottle(burst: 2, perMinute: 60, clock: clock.clock)
        let peer = try #require(PeerAddress(text: "192.0.2.1"))
        clock.advance(by: .seconds(86_400))
        for _ in 1...2 { try throttle.admit(peer) }
        #expect(throws: Problem.self) { try throttle.admit(peer) }
        // A step of seconds, as a clock that is kept in time takes, gives nothing away.
        clock.advance(by: .seconds(-30))
        #expect(throws: Problem.self) { try throttle.admit(peer) }
        clock.advance(by: .seconds(-86_370))
        for _ in 1...2 { try throttle.admit(peer) }
        #expect(throws: Problem.self) { try throttle.admit(peer) }
    }
}

@Suite("The language of an answer")
struct LanguageNegotiationTests {
    @Test(
        "is the best of ours that the header names",
        arguments: [
            ("en-US,en;q=0.9,pt;q=0.8", Language.en), ("pt", .ptBR), ("pt-PT", .ptPT),
            ("PT-pt;q=0.5, pt-BR;q=0.4", .ptPT),
            ("fr, de;q=0.9, pt-AO;q=0.1", .ptBR), ("en;q=0, pt-PT;q=0.1", .ptPT), ("en;q=0.8;x=y", .en),
        ]
    )
    func negotiated(header: String, language: Language) { #expect(Language.negotiated(header) == language) }

    @Test(
        "is nobody's when none is ours",
        arguments: ["", "*", "fr", "en;q=0", "q=1", ";;;,,,", String(repeating: "en,", count: 600)]
    )
    func none(header: String) { #expect(Language.negotiated(header) == nil) }
}
