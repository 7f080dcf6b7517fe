import Testing

@testable import IVRBridge

@Suite("The members of an Asterisk's queues")
struct QueueMembersTests {
    @Test("QueueStatus is read into members with their phones, pauses and waiting callers")
    func members() {
        func item(_ event: String, _ fields: [(String, String)]) -> AMIPacket {
            AMIPacket(headers: [.init(name: "Event", value: event)] + fields.map { .init(name: $0.0, value: $0.1) })
        }
        let items = [
            item("QueueParams", [("Queue", "suporte"), ("Calls", "2")]),
            item(
                "QueueMember",
                [
                    ("Queue", "suporte"), ("Name", "Ana Souza"), ("Location", "PJSIP/1001"),
                    ("StateInterface", "PJSIP/1001"), ("Paused", "1"), ("PausedReason", "almoço"),
                ]
            ),
            item(
                "QueueMember",
                [
                    ("Queue", "vendas"), ("Name", "Ana"), ("Location", "Local/1001@phones"),
                    ("StateInterface", "PJSIP/1001"), ("Paused", "0"), ("PausedReason", ""),
                ]
            ),
            item("QueueMember", [("Queue", "suporte"), ("Interface", "PJSIP/1002"), ("Paused", "0")]),
            item("QueueMember", [("Queue", "suporte"), ("Paused", "0")]),
            item("QueueEntry", [("Queue", "suporte"), ("Position", "1")]),
            item("QueueEntry", [("Queue", "suporte"), ("Position", "2")]),
        ]
        #expect(
            AMIClient.members(items) == [
                QueueMember(
                    queue: "suporte",
                    interface: "PJSIP/1001",
                    phone: "PJSIP/1001",
                    isPaused: true,
                    reason: "almoço",
                    waiting: 2
                ),
                QueueMember(queue: "vendas", interface: "Local/1001@phones", phone: "PJSIP/1001", isPaused: false),
                QueueMember(queue: "suporte", interface: "PJSIP/1002", isPaused: false, waiting: 2),
            ]
        )
    }

    @Test("a member that is named by the dialplan is known by its extension, behind what it is called itself")
    func dialplanMembers() {
        func parties(_ interface: String, _ phone: String?) -> [String] {
            QueueMember(queue: "q", interface: interface, phone: phone, isPaused: false).parties
        }
        // FreePBX.
        #expect(
            parties("Local/1002@from-queue/n", "hint:1002@ext-local") == [
                "hint:1002@ext-local", "Local/1002@from-queue/n", "1002", "1002",
            ]
        )
        #expect(parties("Local/1001@phones", "PJSIP/1001") == ["PJSIP/1001", "Local/1001@phones", "1001"])
        #expect(parties("PJSIP/1001", nil) == ["PJSIP/1001"])
        #expect(parties("Local/@x", "hint:") == ["hint:", "Local/@x"])
    }
}
