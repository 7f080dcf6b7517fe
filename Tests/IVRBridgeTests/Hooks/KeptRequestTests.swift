import CallModel
import Crypto
import Foundation
import TestSupport
import Testing

@testable import IVRBridge

@Suite("What a webhook reported is kept, told step by step, and given away without its people")
struct KeptRequestTests {
    private static let normalise: @Sendable (String) -> String? = { $0.hasPrefix("+") && $0.count > 9 ? $0 : nil }
    private static let secret = "0123456789abcdef0123456789abcdef"
    private static let token = "0123456789abcdef0123"

    /// One call of a kind, as its sender reports it.
    private static func requests(_ kind: HookKind) -> [HookRequest] {
        HookSample(kind: kind, number: "+5531992710322", phone: "1001", key: "a-1").requests(
            url: "https://desk.test/hooks/\(kind.rawValue)/loja/\(token)",
            secret: secret,
            from: 1_795_236_570_000_000
        )
    }

    private static func kept(_ requests: [HookRequest], _ kind: HookKind) -> [UInt8] {
        requests.flatMap { KeptRequest.bytes(of: $0, kind: kind, line: "loja") }
    }

    private static func told(_ bytes: [UInt8], _ telling: Replay.Telling = .everything) -> [ReplayedCall] {
        var replay = Replay(telling: telling, normalise: normalise)
        replay.feed(bytes)
        return replay.finish()
    }

    @Test("kept, a request is read as it came, however its bytes are cut", arguments: HookKind.allCases)
    func roundTrip(kind: HookKind) throws {
        var requests = Self.requests(kind)
        requests[0].contentType = "application/x-www-form-urlencoded; charset=utf-8"
        requests[0].url += "?uuid=a&x=%20y"
        let bytes = Self.kept(requests, kind)
        for size in [1, 7, 64, bytes.count] {
            var reader = KeptRequestReader()
            var read: [KeptRequest] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.feed(bytes[start..<min(start + size, bytes.count)]) { read.append($0) }
            }
            reader.finish()
            #expect(reader.takeSkipped().isEmpty)
            #expect(read.map(\.request.body) == requests.map(\.body))
            #expect(read.map(\.request.arrivedAt) == requests.map(\.arrivedAt))
            #expect(read.map(\.request.query) == ["uuid=a&x=%20y"] + requests.dropFirst().map { _ in "" })
            #expect(read.first?.request.contentType == requests[0].contentType)
            #expect(read.allSatisfy { $0.kind == kind && bytes[$0.offset...].starts(with: "POST /hooks/".utf8) })
        }
        // Who reads it can report no calls.
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains(Self.token) && !text.lowercased().contains("signature"))
    }

    @Test("each kind's call is told step by step, each request by its sender's word", arguments: HookKind.allCases)
    func steps(kind: HookKind) throws {
        let requests = Self.requests(kind)
        let bytes = Self.kept(requests, kind)
        let call = try #require(Self.told(bytes).first)
        #expect(Self.told(bytes).count == 1 && call.pbx == PBXKind.hook(kind).rawValue)
        var tracker = HookCallTracker(normalise: Self.normalise)
        var last: CallSnapshot?
        for request in requests {
            let event = try HookDecoder(kind: kind).readUnsigned(request)
            last = tracker.receive(event, at: request.arrivedAt).last ?? last
        }
        #expect(call.call == last)
        let changes = call.steps.flatMap(\.changes)
        #expect(changes.first == .began(.inbound))
        // As its sender wrote it, with the plus sign or without.
        #expect(changes.contains(.number("+5531992710322")) || changes.contains(.number("5531992710322")))
        #expect(changes.contains(.answered("1001")))
        #expect(changes.last == .ended(.answered, call.call.endedBy))
        let words: [HookKind: [String]] = [
            .cti: ["newCall", "answer", "hangup"], .sipgate: ["newCall", "answer", "hangup"],
            .placetel: ["IncomingCall", "CallAccepted", "HungUp"],
            .twilio: ["ringing", "ringing", "in-progress", "completed"], .threeCX: ["Inbound"],
            .freeswitch: ["CDR"], .yeastar: ["30011", "30011", "30012"],
        ]
        #expect(call.steps.map(\.event) == words[kind])
        #expect(call.steps.map(\.at) == requests.map(\.arrivedAt))
        #expect(Set(call.steps.map(\.offset)).count == call.steps.count)
        // A call of another key is told nothing of it.
        #expect(Self.told(bytes, .calls(["b"])).isEmpty)
        #expect(Self.told(bytes, .nothing).map(\.call) == [call.call])
    }

    @Test("what the desk knew before it started again it does not know after, as it was then")
    func restart() throws {
        let bodies = ["event=newCall&user=1001", "event=hangup&cause=cancel"].map { body in
            Array("\(body)&from=5531992710322&to=22&direction=in&callId=a".utf8)
        }
        let line = Replay.Line(name: "loja", kind: .hook(.cti), trunks: [], extensions: [])
        for isRestarted in [false, true] {
            var replay = Replay(telling: .everything, of: line, normalise: Self.normalise)
            for (place, body) in bodies.enumerated() {
                if place == 1, isRestarted { replay.beginConnection() }
                let request = HookRequest(url: "", body: body, arrivedAt: Int64(place + 1) * 1_000_000)
                replay.feed(Self.kept([request], .cti))
            }
            let call = try #require(replay.finish().first)
            #expect(call.steps.count == 2 && call.call.isEnded)
            #expect(call.call.offered == (isRestarted ? [] : ["1001"]))
        }
    }

    @Test("a call whose end never came is told to be given up, as the line gave it up")
    func silence() throws {
        let requests = Self.requests(.cti)
        let bytes = Self.kept(Array(requests[..<2]), .cti)
        let late = requests[1].arrivedAt + HookCallTracker.longestCall + 1
        // Whoever looks days later reads the moment it was given up, not the one they look at.
        for looked in [late, late + 3 * 86_400_000_000] {
            var replay = Replay(telling: .everything, normalise: Self.normalise)
            replay.feed(bytes)
            let call = try #require(replay.finish(at: looked).first)
            #expect(call.steps.last?.event == "(silence)" && call.steps.last?.at == late - 1)
            #expect(call.steps.last?.changes == [.ended(.answered, .unknown)])
        }
        var early = Replay(telling: .everything, normalise: Self.normalise)
        early.feed(bytes)
        #expect(early.finish(at: late - 1_000).first?.call.isEnded == false)
    }

    @Test("what is no request, or says nothing, is passed over with its place, and the next is read")
    func garbage() throws {
        let requests = Self.requests(.cti)
        let good = Self.kept(requests, .cti)
        let odd: [String] = [
            "garbage\nmore of it\r\n", "POST /hooks/nobody/loja HTTP/1.1\r\nContent-Length: 1\r\n\r\nx\r\n",
            "POST /hooks/cti/loja HTTP/1.1\r\nX-Arrived-At: 1\r\nContent-Length: 99999999999\r\n\r\n",
            "POST /hooks/cti/loja HTTP/1.1\r\nX-Arrived-At: -1\r\nContent-Length: 0\r\n\r\n",
            "POST /hooks/cti/loja HTTP/1.1\r\nX-Arrived-At: 1\r\nContent-Length: 3\r\n\r\na=b\r\n",
            "GET /hooks/", "POST /hooks/cti/loja HTTP/1.1\r\nX-Arrived-At: 1\r\nContent-Length: 9\r\n\r\n",
        ]
        for (place, junk) in odd.enumerated() {
            let isCutOff = place >= 5
            let bytes = isCutOff ? good + Array(junk.utf8) : Array(junk.utf8) + good
            for size in [1, 100, bytes.count] {
                let line = Replay.Line(name: "loja", kind: .hook(.cti), trunks: [], extensions: [])
                var replay = Replay(telling: .everything, of: line, normalise: Self.normalise)
                for start in stride(from: 0, to: bytes.count, by: size) {
                    replay.feed(bytes[start..<min(start + size, bytes.count)])
                }
                #expect(replay.finish().map(\.call) == Self.told(good).map(\.call), "\(junk)")
                #expect(replay.skipped == [isCutOff ? good.count : 0], "\(junk)")
            }
        }
    }

    // MARK: - Given away

    /// The same calls of other people; returns what is given away.
    private static func masked(_ bytes: [UInt8], _ place: String) -> String {
        var mask = StreamMask(key: SymmetricKey(data: Array(repeating: 7, count: 32)))
        let masked = mask.mask(bytes)
        #expect(masked.count == bytes.count, "\(place)")
        func calls(_ bytes: [UInt8]) -> [CallSnapshot] {
            told(bytes, .nothing).map(\.call).map { call in
                var call = call
                #expect(call.number == nil || call.number?.isEmpty == false)
                (call.number, call.numberRaw, call.callerName) = (nil, nil, nil)
                if (call.dialled?.count ?? 0) >= 7 { call.dialled = "outside" }
                if call.dialledNumber != nil { call.dialledNumber = "outside" }
                return call
            }
        }
        #expect(calls(masked) == calls(bytes), "\(place)")
        return String(decoding: masked, as: UTF8.self)
    }

    @Test("masked, each kind's requests tell the same calls of other people", arguments: HookKind.allCases)
    func masked(kind: HookKind) throws {
        let text = Self.masked(Self.kept(Self.requests(kind), kind), kind.rawValue)
        #expect(!text.contains("92710322") && text.contains("1001") && text.contains("a-1"), "\(text)")
    }

    @Test("masked, CDRs of a real FreeSWITCH do too, whatever they were wrapped in", arguments: SwitchCDRTests.recorded)
    func maskedCDR(name: String) throws {
        var requests = try SwitchCDRTests.requests(name)
        for place in requests.indices { requests[place].arrivedAt = Int64(place + 1) * 1_000_000 }
        let bytes = Self.kept(requests, .freeswitch)
        // Kept, it can be read by a person.
        #expect(String(decoding: bytes, as: UTF8.self).contains("11987654321"), "\(name)")
        let before = Self.told(bytes, .nothing).map(\.call)
        #expect(before.count == 1 && before[0].number != nil && before[0].callerName != nil, "\(name)")
        let text = Self.masked(bytes, name)
        #expect(!text.contains("87654321"), "\(name)")
        for word in ["Concei", "Jos%C3%A9", "José"] { #expect(!text.contains(word), "\(name): \(word)") }
    }

    @Test(
        "masked, a Yeastar's documents within documents do too",
        arguments: ["answered", "busy", "internal", "missed", "outgoing", "queue", "transferred", "voicemail"]
    )
    func maskedYeastar(name: String) throws {
        let requests = try YeastarHookTests.bodies(name).enumerated().map { place, body in
            HookRequest(url: "", body: Array(body.utf8), arrivedAt: Int64(place + 1) * 1_000_000)
        }
        let bytes = Self.kept(requests, .yeastar)
        let text = Self.masked(bytes, name)
        for call in Self.told(bytes, .nothing).map(\.call) {
            for number in [call.numberRaw, call.dialledNumber].compactMap(\.self) where number.count >= 8 {
                #expect(!text.contains(number.suffix(8)), "\(name)")
            }
        }
    }

    @Test(
        "names and numbers go from forms, JSON and what stands in JSON as text, however they are written",
        arguments: [
            "event=newCall&callId=a&direction=in&from=5531992710322&to=22&user=Jos%C3%A9+Concei%C3%A7%C3%A3o",
            "event=newCall&callId=a&direction=in&from=%2B55+31+99271-0322&to=22&user%5B%5D=Jos%c3%a9%20Concei%C3%A7%C3%A3o",
            "event=newCall&callId=a&direction=in&from=5531992710322&to=22&caller=Jos%C3%A9+Concei%C3%A7%C3%A3o",
            "event=newCall&callId=a&direction=in&from=5531992710322&to=22&user=Ana&AccessToken=Jos%C3%A9&dtmf=92710322",
            #"{"event":"newCall","callId":"a","direction":"in","from":5531992710322,"to":"22","user":["José Conceição"]}"#,
            #"{"event" : "newCall","callId" : "a","direction":"in","from" : "5531992710322","to":"22","user":"Jos\u00e9 Concei\u00e7\u00e3o"}"#,
        ]
    )
    func written(body: String) throws {
        let bytes = Self.kept([HookRequest(url: "", body: Array(body.utf8), arrivedAt: 1_000_000)], .cti)
        var mask = StreamMask(key: SymmetricKey(data: Array(repeating: 7, count: 32)))
        let masked = mask.mask(bytes)
        let text = String(decoding: masked, as: UTF8.self)
        for gone in ["José", "Jos%", "Jos\\", "Concei", "92710322", "99271"] {
            #expect(!text.contains(gone), "\(text)")
        }
        let (before, after) = (Self.told(bytes, .nothing), Self.told(masked, .nothing))
        #expect(after.count == 1 && after[0].call.key == "a" && after[0].call.dialled == "22", "\(text)")
        #expect(after[0].call.numberRaw?.utf8.count == before[0].call.numberRaw?.utf8.count, "\(text)")
        #expect(after[0].call.ringing.count == 1, "\(text)")
    }

    @Test(
        "an inner document keeps its form: escapes, quotes within quotes and a name before its number, however it is spaced",
        arguments: ["", " ", "\n  ", "\r\n\t"]
    )
    func inner(space: String) throws {
        let plain =
            #"{"call_id":"a","call_from":"José \"Zé\" \u00c9lio<5531992710322>","call_to":"Ana Souza<2002>","#
            + #""call_duration":2,"talk_duration":1,"status":"ANSWERED","type":"Inbound"}"#
        let inner = "{" + space + plain.dropFirst()
        let quoted = String(decoding: try JSONEncoder().encode(inner), as: UTF8.self)
        let body = #"{"type":30012,"sn":"3631A2092","msg":"# + quoted + "}"
        let bytes = Self.kept([HookRequest(url: "", body: Array(body.utf8), arrivedAt: 1_000_000)], .yeastar)
        let text = Self.masked(bytes, "inner")
        for gone in ["José", "Zé", "lio<", "92710322", "Souza"] { #expect(!text.contains(gone), "\(text)") }
        #expect(text.contains("3631A2092") && text.contains("<2002>"))
    }

    @Test("damaged and cut, requests are masked without harm, in the same length", arguments: HookKind.allCases)
    func damaged(kind: HookKind) throws {
        let bytes = Self.kept(Self.requests(kind), kind)
        var random = SplitMix64(seed: TestSeed.next())
        for _ in 0..<400 {
            var part = Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &random)))
            for _ in 0..<3 {
                let place = Int.random(in: part.indices, using: &random)
                part[place] = [0x5c, 0x22, 0x25, 0x26, 0x3c, 0x7b, 0x7d, 0xff].randomElement(using: &random) ?? 0
            }
            var mask = StreamMask()
            #expect(mask.mask(part).count == part.count)
        }
        for odd in ["%-1", "&#-9;", "&#99999999;", "&;", "\\", "\\u", "\\\\u00", "%C3"] {
            var mask = StreamMask()
            let request = HookRequest(url: "", body: Array("user=\(odd)&from=\(odd)".utf8), arrivedAt: 1)
            let bytes = Self.kept([request], .cti)
            #expect(mask.mask(bytes).count == bytes.count)
        }
    }
}
