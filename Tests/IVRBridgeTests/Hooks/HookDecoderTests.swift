import Foundation
import TestSupport
import Testing

@testable import IVRBridge

/// A request as a sender makes it.
func hookRequest(
    _ body: String,
    url: String = "https://desk.test/hooks/x/matriz/t",
    method: String = "POST",
    signature: String? = nil,
    at time: Int64 = 1_000_000
) -> HookRequest {
    HookRequest(url: url, method: method, signature: signature, body: Array(body.utf8), arrivedAt: time)
}

@Suite("Webhooks of calls are read as their senders document them")
struct HookDecoderTests {
    private func step(_ kind: HookKind, _ body: String, secret: String = "") throws -> HookStep? {
        if case .step(let step) = try HookDecoder(kind: kind, secret: secret).read(hookRequest(body)) {
            step
        } else {
            nil
        }
    }

    @Test("the generic CTI comes as a form or as JSON, with user or caller, as one name or as a list")
    func cti() throws {
        let form =
            "event=newCall&from=5531987654321&to=553132710322&direction=in&callId=307fa962&user%5B%5D=Ana&user[]=Bia"
        let json = """
            {"event":"newCall","from":"5531987654321","to":"553132710322","direction":"in","callId":"307fa962",
             "user":["Ana","Bia"]}
            """
        let one = try #require(try step(.cti, form))
        #expect(try step(.cti, json) == one)
        #expect(one.kind == .ring && one.direction == .inbound && one.people == ["Ana", "Bia"])
        let answer = try #require(
            try step(.cti, "event=answer&from=1&to=suporte&direction=in&callId=c&caller=Ana&answeringNumber=42")
        )
        #expect(answer.answeredBy == "42" && answer.queue == "suporte" && answer.people == ["Ana"])
        // Who answers stands in the one spelling or the other.
        #expect(try step(.cti, "event=answer&from=1&to=2&direction=in&callId=c&caller[]=Ana")?.answeredBy == "Ana")
        #expect(try step(.cti, "event=answer&from=1&to=2&direction=in&callId=c&user=Ana")?.answeredBy == "Ana")
    }

    @Test(
        "every cause of the documentation has its meaning, and another is an end all the same",
        arguments: [
            ("normalClearing", HookStep.End.normal), ("busy", .busy), ("cancel", .cancelled), ("noAnswer", .noAnswer),
            ("congestion", .failed), ("notFound", .failed), ("forwarded", .forwarded), ("userBusy", .normal),
        ]
    )
    func causes(cause: String, end: HookStep.End) throws {
        #expect(try step(.cti, "event=hangup&from=1&to=2&direction=in&callId=c&cause=\(cause)")?.end == end)
    }

    @Test("a blocked caller is refused, an outgoing call gets its number, everything else an empty object")
    func answers() throws {
        let decoder = HookDecoder(kind: .cti)
        let ring = try decoder.read(hookRequest("event=newCall&from=1&to=2&direction=in&callId=c"))
        #expect(decoder.answer(to: ring, .take, url: "").body == "{}")
        #expect(decoder.answer(to: ring, .reject, url: "").body == #"{"action":"reject","reason":"busy"}"#)
        let out = try decoder.read(hookRequest("event=newCall&from=1&to=5511987654321&direction=out&callId=c"))
        #expect(
            decoder.answer(to: out, .callerID("+553132710322"), url: "").body
                == #"{"action":"dial","caller_id":"+553132710322","callerId":"+553132710322","number":"5511987654321"}"#
        )
        let end = try decoder.read(hookRequest("event=hangup&from=1&to=2&direction=in&callId=c&cause=busy"))
        #expect(decoder.answer(to: end, .reject, url: "").body == "{}")
    }

    @Test("what cannot be read is refused with its name, and with no word of what came")
    func faults() {
        let cases: [(HookKind, String, HookError)] = [
            (.cti, "event=newCall&from=1&to=2&direction=up&callId=c", .invalidDirection),
            (.cti, "event=ringing&from=1&to=2&direction=in&callId=c", .unknownEvent),
            (.cti, "event=newCall&from=1&to=2&direction=in", .missing(field: "callId")),
            (.cti, "event=hangup&from=1&to=2&direction=in&callId=c", .missing(field: "cause")),
            (.cti, "{\"event\":", .unreadable("JSON object")), (.cti, "", .missing(field: "event")),
            (.cti, String(repeating: "a", count: 70_000), .tooLarge(limit: 65_536)),
            (.placetel, "event=IncomingCall", .unsigned(header: "X-PLACETEL-SIGNATURE")),
            (.twilio, "CallSid=1", .unsigned(header: "X-Twilio-Signature")),
            (.freeswitch, "5531987654321", .unreadable("CDR")), (.freeswitch, "<html/>", .unreadable("CDR in XML")),
            (.freeswitch, "<!DOCTYPE cdr [<!ENTITY a 'b'>]><cdr>&a;</cdr>", .unreadable("CDR in XML")),
            (.freeswitch, "{}", .missing(field: "variables.uuid")),
        ]
        for (kind, body, fault) in cases {
            let decoder = HookDecoder(kind: kind, secret: "12345")
            #expect(throws: fault, "\(kind) \(body.prefix(60))") { try decoder.read(hookRequest(body)) }
            #expect(!fault.description.contains("5531987654321"))
        }
        #expect(HookDecoder(kind: .cti).answer(to: .invalidDirection).body == #"{"error":"Invalid direction!"}"#)
        #expect(HookDecoder(kind: .cti).answer(to: .invalidDirection).status == 422)
    }

    @Test("sipgate's push is answered in XML that names where the rest is reported")
    func sipgate() throws {
        let decoder = HookDecoder(kind: .sipgate)
        let event = try decoder.read(
            hookRequest(
                "event=newCall&from=492111234567&to=4915791234567&direction=in&callId=12345678&user[]=Alice&user[]=Bob&userId[]=w0&fullUserId[]=1234567w0"
            )
        )
        guard case .step(let ring) = event else { return #expect(Bool(false)) }
        #expect(ring.people == ["1234567w0"])
        #expect(
            decoder.answer(to: event, .take, url: "https://desk.test/h?a=1&b=2").body
                == #"<?xml version="1.0" encoding="UTF-8"?><Response onAnswer="https://desk.test/h?a=1&amp;b=2" onHangup="https://desk.test/h?a=1&amp;b=2"/>"#
        )
        #expect(decoder.answer(to: event, .reject, url: "u").body.contains(#"<Reject reason="busy"/>"#))
        #expect(decoder.answer(to: event, .take, url: "u").contentType == "application/xml")
        #expect(try decoder.read(hookRequest("event=dtmf&dtmf=1&callId=12345678")) == .nothing)
    }

    @Test("Placetel's published signature holds, and an altered body or secret does not")
    func placetel() throws {
        let body =
            "call_id=4a4cbb39578170aed9a2761a7bec8c7e704a541f52291ef603d6f5f152980c3c&event=CallAccepted&from=0123456789&to=0987654321"
        let signature = "c4f823c5b8806432fe2b83b1fc2ee714422e0cdfb4b5129152a7d0bbcd7792d0"
        let decoder = HookDecoder(kind: .placetel, secret: "12345")
        guard case .step(let step) = try decoder.read(hookRequest(body, signature: signature)) else {
            return #expect(Bool(false))
        }
        #expect(step.kind == .answer && step.from == "0123456789")
        #expect(throws: HookError.self) { try decoder.read(hookRequest(body + "&x=1", signature: signature)) }
        #expect(throws: HookError.forged(HookForgery(address: nil, expected: signature, given: "00"))) {
            try decoder.read(hookRequest(body, signature: "00"))
        }
        #expect(throws: HookError.noSecret) {
            try HookDecoder(kind: .placetel).read(hookRequest(body, signature: signature))
        }
    }

    @Test(
        "Twilio's published signatures hold, with the standard port and without",
        arguments: [
            ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="), ("+14158675310", "GvWf1cFY/Q7PnoempGyD5oXAezc="),
        ]
    )
    func twilio(from: String, signature: String) throws {
        let number = from.replacing("+", with: "%2B")
        let body = "To=%2B18005551212&From=\(number)&Digits=1234&Caller=\(number)&CallSid=CA1234567890ABCDE"
        for url in ["https://mycompany.com/myapp.php?foo=1&bar=2", "https://mycompany.com:443/myapp.php?foo=1&bar=2"] {
            // The vector has no status: the signature holds when it is the status that is missed.
            #expect(throws: HookError.missing(field: "CallStatus")) {
                try HookDecoder(kind: .twilio, secret: "12345").read(
                    hookRequest(body, url: url, signature: signature)
                )
            }
        }
        let proxied = "http://10.0.0.1:8080/myapp.php?foo=1&bar=2"
        do throws(HookError) {
            _ = try HookDecoder(kind: .twilio, secret: "12345").read(
                hookRequest(body, url: proxied, signature: signature)
            )
            Issue.record("taken")
        } catch .forged(let forgery) {
            #expect(forgery.address == proxied && forgery.given == signature && forgery.expected != signature)
        } catch {
            Issue.record("\(error)")
        }
    }

    @Test("3CX's unfilled placeholders are none, and its lengths are read in every form")
    func threeCX() throws {
        let body = """
            {"number":"+5531987654321","agent":"101","callType":"Inbound","duration":"00:01:15","name":"[Name]",
             "callStartTimeUTC":"2026-11-20T12:00:00Z","queueExtension":"[QueueExtension]"}
            """
        let step = try #require(try step(.threeCX, body))
        #expect(step.callerName == nil && step.queue == nil && step.talked == 75 && step.answeredBy == "101")
        #expect(step.at == 1_795_176_075_000_000)
        #expect(ThreeCXHook.seconds("75") == 75 && ThreeCXHook.seconds("01:15") == 75)
        #expect(ThreeCXHook.seconds("x") == nil && ThreeCXHook.seconds("99999999999999") == nil)
    }

    @Test("an RFC 2822 time is read, and nothing else is")
    func times() {
        #expect(TwilioHook.time("Fri, 20 Nov 2026 12:00:00 +0000") == 1_795_176_000_000_000)
        for text in ["", "Fri", "Fri, 99 Nov 2026 12:00:00 +0000", "Fri, 20 Nov 99999999999 12:00:00 +0000"] {
            #expect(TwilioHook.time(text) == nil)
        }
    }
}
