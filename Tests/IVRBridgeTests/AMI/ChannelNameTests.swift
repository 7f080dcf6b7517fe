import Testing

@testable import IVRBridge

@Suite("Parties are channels without their instance")
struct ChannelNameTests {
    private func party(_ name: String) -> String {
        var name = name
        return name.withUTF8 { bytes in
            bytes.baseAddress.map { AMIChannelName.party(of: AMIText(start: $0, count: bytes.count)) } ?? ""
        }
    }

    @Test(
        "every driver's way of counting its channels is cut",
        arguments: [
            ("PJSIP/1001-0000002a", "PJSIP/1001"), ("PJSIP/sala-2-0000002A", "PJSIP/sala-2"),
            ("SIP/filial-12345678-0000000b", "SIP/filial-12345678"), ("SIP/10.0.0.5-b7a01c90", "SIP/10.0.0.5"),
            ("IAX2/1010-4711", "IAX2/1010"), ("IAX2/matriz-filial-7", "IAX2/matriz-filial"),
            ("DAHDI/2-1", "DAHDI/2"), ("DAHDI/i1/33334444-1f", "DAHDI/i1"), ("DAHDI/i1/-3", "DAHDI/i1"),
            ("DAHDI/i12/+5511987654321-a", "DAHDI/i12"), ("DAHDI/i2/1001-5", "DAHDI/i2/1001"),
            ("Zap/i1/11987654321:0-2", "Zap/i1"),
            ("Zap/12-1", "Zap/12"), ("Dongle/dongle0-0100000001", "Dongle/dongle0"),
            ("Quectel/modem-a-010000002f", "Quectel/modem-a"), ("Khomp/B0C12-0.0", "Khomp/B0C12"),
            ("Khomp/B1C3-1234.5", "Khomp/B1C3"), ("SCCP/1010-0000000A", "SCCP/1010"),
            ("Skinny/100@mesa-12", "Skinny/100@mesa"), ("MGCP/aaln/1@gw-1", "MGCP/aaln/1@gw"),
            ("USTM/100@mesa-0x55d0c8a0", "USTM/100@mesa"), ("Motif/ana@desk-4f2a", "Motif/ana@desk"),
            ("Mobile/nokia-1a2b", "Mobile/nokia"), ("mISDN/1-u12", "mISDN/1"),
            ("CAPI/ISDN1/5551234-a3", "CAPI/ISDN1"),
            ("OOH323/gate-17", "OOH323/gate"), ("Console/dsp", "Console/dsp"), ("ALSA/default", "ALSA/default"),
            ("Local/1002@phones-00000000;1", "Local/1002@phones"), ("Local/s@a-b-1a2b;2", "Local/s@a-b"),
            ("AsyncGoto/PJSIP/trunk-00000001", "PJSIP/trunk"), ("PJSIP/1001-00000001<ZOMBIE>", "PJSIP/1001"),
            ("PJSIP/sala-cafe", "PJSIP/sala-cafe"), ("PJSIP/1001", "PJSIP/1001"), ("X", "X"), ("-", "-"), ("/", "/"),
        ]
    )
    func cut(name: String, expected: String) { #expect(party(name) == expected) }
}
