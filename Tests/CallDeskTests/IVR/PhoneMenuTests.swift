import DeskCore
import Foundation
import IVRBridge
import Synchronization
import Testing

@testable import CallDesk

@Suite("The telephone menu, from the first sound to the queue", .timeLimit(.minutes(2)))
struct PhoneMenuTests {
    /// A customer with CPF 529.982.247-25, contract C-1 with SMS, and the phone (31) 98765-4321.
    private func maria(_ phone: PhoneUnderTest, document: String = "529.982.247-25", number: String = "(31) 98765-4321")
        async throws -> Customer
    {
        let made = try await phone.app.customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: .person, name: "Maria Silva", document: document),
                contact: ContactDraft(name: "Maria Silva", email: "m\(document.prefix(3))@exemplo.com.br"),
                phones: [number]
            ),
            by: .system("test")
        )
        _ = try await phone.app.customers.addContract(
            ContractDraft(number: "C-\(document.prefix(3))", title: "ERP", hasSMS: true),
            to: made.customer.id,
            by: .system("test")
        )
        return made.customer
    }

    @Test("a stranger keys the document and the topic, hears the number, and the technician goes on from there")
    func whole() async throws {
        try await PhoneUnderTest.with { phone in
            let maria = try await maria(phone)
            let heard = try await phone.call(["52998224725#", "1", "1", "1", "1", "12#", "1"])
            #expect(heard.status == "ok")
            #expect(heard.variables["CALLDESK_QUEUE"] == "suporte")
            #expect(heard.variables["CALLDESK_PRIORITY"] == "10")
            #expect(heard.variables["CALLDESK_CUSTOMER"] == String(maria.id))
            #expect(heard.variables["CALLDESK_TOPIC"] == "erro-sistema")
            #expect(heard.variables["CALLDESK_DEPARTMENT"] == "suporte")
            #expect(heard.sounds.prefix(3) == ["good-morning", "welcome", "zero-for-person"])
            #expect(heard.sounds.contains("section-sistema"))
            #expect(heard.sounds.contains("topic-erro-sistema"))
            #expect(heard.sounds.contains("field-erro-sistema-parado"))
            let spoken = heard.sounds.drop { $0 != "your-protocol" }.filter { $0.hasPrefix("digit-") }
            #expect(spoken.map { String($0.dropFirst(6)) }.joined().hasPrefix(heard.protocolNumber))

            let attendances = try await phone.attendances()
            #expect(attendances.map(\.protocolNumber) == [heard.protocolNumber])
            #expect(attendances.first?.customerID == maria.id)
            #expect(attendances.first?.topic == "erro-sistema")
            let id = try #require(attendances.first?.id)
            let state = try await phone.app.interviews.begin(attendanceID: id, by: nil, language: .ptBR)
            #expect(state.interview.customer?.customerID == maria.id)
            #expect(state.interview.draft.identified?.level == .verified)
            #expect(state.interview.topic?.id == "erro-sistema")
            #expect(state.interview.prompt.stage == .form)
            #expect(state.interview.prompt.id == .field("mensagem"))
            // And answers go on as a technician's, not as keys.
            let next = try await phone.app.interviews.answer(
                .text("Erro 613"),
                to: .field("mensagem"),
                revision: state.interview.prompt.revision,
                attendanceID: id,
                by: nil
            )
            #expect(next.refusal == nil)
            #expect(next.interview.prompt.stage == .form)
        }
    }

    @Test("the number goes by SMS to the caller's mobile at once, one time", arguments: [true, false])
    func sms(isAllowed: Bool) async throws {
        try await PhoneUnderTest.with { phone in
            if isAllowed { _ = try await maria(phone) }
            let heard = try await phone.call(["52998224725#", "7", "1", "1"])
            let id = try #require(try await phone.attendances().first?.id)
            let fates = try await phone.app.outbox.fates(attendanceID: id).filter { $0.channel == .sms }
            #expect(fates.count == 1)
            #expect(fates.first?.state == (isAllowed ? .queued : .withheld))
            #expect(heard.heard(.sentBySMS) == isAllowed)
        }
    }

    @Test("a known number is asked about its record without a name; yes goes on to the topic")
    func known() async throws {
        try await PhoneUnderTest.with { phone in
            let maria = try await maria(phone)
            let heard = try await phone.call(["1", "7", "1"], number: "31987654321", name: "Maria Silva")
            #expect(heard.heard(.knownNumber))
            #expect(!heard.heard(.identify))
            #expect(heard.variables["CALLDESK_CUSTOMER"] == String(maria.id))
        }
    }

    @Test("the tries of one question are not counted against the next")
    func ownTries() async throws {
        try await PhoneUnderTest.with { phone in
            let maria = try await maria(phone)
            let other = try await phone.app.attendances.begin(channel: .walkIn, accountID: nil)
            _ = try await ticket(phone, customer: maria.id, attendance: other.id)
            let heard = try await phone.call(["1", "-", "-", "-", "#", "7", "1"], number: "31987654321")
            #expect(heard.heard(.openTicket) && heard.heard(.notAnOption))
            #expect(heard.variables["CALLDESK_TOPIC"] == "cancelamento")
            // Not even where two ways to answer follow each other in the same question.
            let unsure = try await phone.call(
                ["-", "-", "2", "-", "52998224725#", "2", "7", "1"],
                number: "31987654321",
                key: "1.2"
            )
            #expect(unsure.heard(.openTicket))
            #expect(unsure.variables["CALLDESK_CUSTOMER"] == String(maria.id))
        }
    }

    @Test("what a pause ended may be the beginning of a number: its owner is asked for, and nothing is proven")
    func cutShort() async throws {
        try await PhoneUnderTest.with { phone in
            let maria = try await maria(phone)
            let other = try await self.maria(phone, document: "111.444.777-35", number: "(31) 98765-4322")
            _ = try await phone.app.customers.addContract(
                ContractDraft(number: "5299", title: "ERP"),
                to: other.id,
                by: .system("test")
            )
            func level(_ heard: PhoneUnderTest.Heard) async throws -> IdentityLevel? {
                let id = try #require(
                    try await phone.attendances().first { $0.protocolNumber == heard.protocolNumber }?.id
                )
                return try await phone.app.interviews.begin(attendanceID: id, by: nil, language: .ptBR)
                    .interview.draft.identified?.level
            }
            // Maria, who reads her CPF off a card, is not taken for whoever has that contract.
            let slow = try await phone.call(["5299", "2", "52998224725#", "7", "1"])
            #expect(slow.heard(.knownRecord))
            #expect(slow.variables["CALLDESK_CUSTOMER"] == String(maria.id))
            #expect(try await level(slow) == .verified)
            let unsure = try await phone.call(["5299", "1", "7", "1"], number: "31998877662", key: "1.2")
            #expect(unsure.variables["CALLDESK_CUSTOMER"] == String(other.id))
            #expect(try await level(unsure) == .known)
            let sure = try await phone.call(["5299#", "7", "1"], number: "31998877663", key: "1.3")
            #expect(!sure.heard(.knownRecord))
            #expect(try await level(sure) == .verified)
            // Three numbers in all, whatever each of them finds.
            let never = try await phone.call(
                ["5299", "2", "5299", "2", "5299", "2", "7", "1"],
                number: "31998877664",
                key: "1.4"
            )
            #expect(never.heard(.goOnUnidentified))
            #expect(never.variables["CALLDESK_TOPIC"] == "cancelamento")
        }
    }

    @Test("a name goes by SMS only to who proved it, or calls from the customer's own phone")
    func nameInSMS() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await maria(phone)
            func name(_ key: String) async throws -> String? {
                let call = try #require(try await phone.app.calls.find(line: "matriz", key: key))
                return try await phone.app.database.read { session in
                    try session.row(
                        "SELECT recipient_name FROM notice WHERE channel = 'sms' AND attendance_id = $1",
                        [.integer(call.attendanceID)]
                    )
                }?.text(0)
            }
            // Whoever knows somebody's number does not learn whose it is.
            let stranger = try await phone.call(["31987654321#", "1", "7", "1"], key: "1.1")
            #expect(stranger.heard(.knownRecord) && stranger.heard(.sentBySMS))
            #expect(try await name("1.1") ?? "" == "")
            _ = try await phone.call(["52998224725#", "7", "1"], number: "31998877662", key: "1.2")
            #expect(try await name("1.2") == "Maria Silva")
            _ = try await phone.call(["1", "7", "1"], number: "31987654321", key: "1.3")
            #expect(try await name("1.3") == "Maria Silva")
        }
    }

    @Test("a number with several records offers them by the digits one may hear of the document")
    func several() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await maria(phone)
            let other = try await maria(phone, document: "111.444.777-35")
            let heard = try await phone.call(["2", "7", "1"], number: "31987654321")
            #expect(heard.heard(.severalRecords))
            let chosen = try #require(heard.variables["CALLDESK_CUSTOMER"].flatMap { Int64($0) })
            let asked = heard.sounds.drop { $0 != "several-records" }.prefix { $0 != "none-of-these" }
            let digits = asked.filter { $0.hasPrefix("digit-") }.map { String($0.dropFirst(6)) }.joined()
            // Two times six shown digits and the key to press.
            #expect(digits.count == 14)
            let second = String(digits.dropFirst(7).prefix(6))
            #expect(second == (chosen == other.id ? "444777" : "982247"))
            let none = try await phone.call(["9", "#", "7", "1"], number: "31987654321", key: "1.2")
            #expect(none.variables["CALLDESK_CUSTOMER"] == "")
            #expect(none.status == "ok")
        }
    }

    @Test(
        "zero reaches a person from every question and while the number is spoken, with nothing more to hear",
        arguments: [
            ["0"], ["52998224725#", "0"], ["#", "0"], ["#", "1", "0"], ["#", "1", "1", "0"], ["-", "0"],
            ["#", "7", "1", "0"],
        ]
    )
    func zero(keys: [String]) async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await maria(phone)
            let heard = try await phone.call(keys)
            #expect(heard.status == "person")
            #expect(heard.heard(.yourProtocol) == (keys.count == 4 && keys[1] == "7"))
            #expect(!heard.heard(.pleaseHold))
            #expect(!heard.protocolNumber.isEmpty)
        }
    }

    @Test(
        "nobody has to identify: the hash key, three wrong numbers and silence go on without",
        arguments: [
            ["#", "7", "1"], ["11111111111#", "22222222222#", "33333333333#", "7", "1"], ["-", "-", "-", "7", "1"],
            ["1", "9", "99", "7", "1"],
        ]
    )
    func unidentified(keys: [String]) async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.call(keys)
            #expect(heard.heard(.goOnUnidentified))
            #expect(heard.variables["CALLDESK_CUSTOMER"] == "")
            #expect(heard.variables["CALLDESK_TOPIC"] == "cancelamento")
            #expect(heard.status == "ok")
        }
    }

    @Test("silence and nonsense end in the queue, politely", arguments: [[], ["*", "*", "*", "5#", "*", "#", "*1#"]])
    func nonsense(keys: [String]) async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.call(keys)
            #expect(heard.status == "ok")
            #expect(heard.variables["CALLDESK_QUEUE"] == "suporte")
            #expect(heard.sounds.last == "please-hold")
        }
    }

    @Test("random keys always end in the dialplan within bounds")
    func random() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await maria(phone)
            var state: UInt64 = 20_261_121
            func next(_ below: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % below
            }
            for call in 0..<60 {
                let keys = (0..<40).map { _ in
                    ["1", "2", "3", "9", "#", "*", "-", "52998224725#", "1#", "00", "77#", "*#", "20112026", "1430"][
                        next(14)
                    ]
                }
                let heard = try await phone.call(
                    keys,
                    number: next(2) == 0 ? "31987654321" : "anonymous",
                    key: "9.\(call)"
                )
                #expect(["ok", "person", "callback"].contains(heard.status), "\(keys)")
                #expect(heard.commands < 1_500)
            }
            #expect(try await phone.attendances().count == 60)
        }
    }

    @Test("menu and line make one attendance, whoever tells of the call first, and when both do at once")
    func oneAttendance() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await phone.app.callLog.record([phone.report("1.1")])
            let first = try await phone.call(["0"], key: "1.1")
            #expect(phone.changes.all.withLock { $0.isEmpty })
            let second = try await phone.call(["0"], key: "1.2")
            #expect(phone.changes.all.withLock { $0.count } == 1)
            _ = try await phone.app.callLog.record([phone.report("1.2", state: .queued)])
            async let third = phone.call(["0"], key: "1.3")
            for _ in 0..<20 { _ = try await phone.app.callLog.record([phone.report("1.3")]) }
            let numbers = [first, second, try await third].map(\.protocolNumber)
            #expect(try await phone.attendances().map(\.protocolNumber).sorted() == numbers.sorted())
            #expect(Set(numbers).count == 3)
            #expect(try await phone.app.calls.find(line: "matriz", key: "1.2")?.state == .queued)
        }
    }

    @Test("an open ticket is announced, and speaking about it makes no second one")
    func openTicket() async throws {
        try await PhoneUnderTest.with { phone in
            let maria = try await maria(phone)
            let other = try await phone.app.attendances.begin(channel: .walkIn, accountID: nil)
            let request = try await ticket(phone, customer: maria.id, attendance: other.id)
            let heard = try await phone.call(["1", "1"], number: "31987654321")
            #expect(heard.heard(.openTicket))
            #expect(heard.heard(.openedOn))
            #expect(heard.variables["CALLDESK_TOPIC"] == request.topic)
            #expect(heard.variables["CALLDESK_DEPARTMENT"] == request.department)
            let id = try #require(try await phone.attendances().first { $0.protocolNumber == heard.protocolNumber }?.id)
            let state = try await phone.app.interviews.begin(attendanceID: id, by: nil, language: .ptBR)
            #expect(state.interview.draft.linkTo?.ticketID == request.id)
            #expect(state.interview.prompt.id == .description)
        }
    }

    /// A ticket about the shipped topic `cancelamento`, made through an interview.
    private func ticket(_ phone: PhoneUnderTest, customer: Int64, attendance: Int64) async throws -> Ticket {
        let interviews = phone.app.interviews
        var state = try await interviews.begin(attendanceID: attendance, by: nil, language: .ptBR)
        for _ in 0..<60 where state.ticket == nil {
            let prompt = state.interview.prompt
            let answer: Answer =
                switch prompt.kind {
                case .searchCustomer: .text("529.982.247-25")
                case .confirmCandidate, .review: .confirm
                case .topic: .option("reclamacao")
                case .field(.choice): .option(prompt.options.first?.id ?? "")
                case .field(.yesNo): .text("sim")
                case .field(.date): .text("20/11/2026")
                default: prompt.required ? .text("Texto de prova") : .skip
                }
            state = try await interviews.answer(
                answer,
                to: prompt.id,
                revision: prompt.revision,
                attendanceID: attendance,
                by: nil
            )
        }
        return try #require(state.ticket)
    }

    @Test("a sound the PBX does not find is noted by its line, and taken off when it is played after all")
    func missingSounds() async throws {
        try await PhoneUnderTest.with { phone in
            let lacking: Set<String> = ["identify", "digit-2"]
            let heard = try await phone.call(["#", "7", "1"], lacking: lacking)
            // The menu goes on all the same.
            #expect(heard.heard(.repeatWithOne) && heard.status == "ok")
            let report = try #require(phone.missing.report(line: "matriz"))
            #expect(report.sounds == ["calldesk/pt-BR/digit-2", "calldesk/pt-BR/identify"])
            #expect(report.what.contains("calldesk/pt-BR/identify"))
            #expect(phone.missing.report(line: "filial") == nil)
            _ = try await phone.call(["#", "7", "1"], key: "1795236716.1")
            #expect(phone.missing.report(line: "matriz") == nil)
            #expect(phone.missing.all.isEmpty)
        }
    }

    @Test("a check call tries every sound of the menu, makes no attendance, and tells what is not found")
    func check() async throws {
        try await PhoneUnderTest.with { phone in
            let count = PromptBook.sounds(phone.app.catalogue.current, .ptBR).count
            let well = try await phone.call([], script: "check?line=matriz")
            #expect(well.sounds.count == count)
            #expect(well.variables == [PhoneCheck.variable: "\(count) 0"])
            let ill = try await phone.call([], script: "check?line=matriz", lacking: ["welcome"])
            #expect(ill.variables == [PhoneCheck.variable: "\(count) 1 calldesk/pt-BR/welcome"])
            #expect(phone.missing.report(line: "matriz")?.sounds == ["calldesk/pt-BR/welcome"])
            #expect(try await phone.attendances().isEmpty)
        }
    }

    @Test("the keys of an answer are waited for, but nobody sits through silence after the number")
    func pauses() {
        var script = PhoneScript(facts: .init(protocolNumber: "202600000017"))
        _ = script.start()
        guard case .ask(let question) = script.next(.notified(false)) else {
            Issue.record("the number is not spoken")
            return
        }
        #expect(question.patience == .seconds(2))
        // Any key cuts it short; the one that was named says it again.
        for key in ["2", "9", "*", "#"] {
            var script = script
            #expect(script.next(.keys(key)) == .countWaiting(department: nil), "\(key)")
        }
        var again = script
        guard case .ask(let repeated) = again.next(.keys("1")) else {
            Issue.record("the number is not said again")
            return
        }
        #expect(repeated.say == question.say.suffix(3))
        #expect(repeated.patience == question.patience)
    }

    @Test("one hears the number again, three times at the most")
    func again() async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.call(["#", "7", "1", "1", "1", "1", "1", "1"])
            #expect(heard.sounds.filter { $0 == "your-protocol" }.count == 4)
            #expect(heard.status == "ok")
        }
    }

    @Test("a long queue is told, and a call-back offered: it waits on the list with its protocol")
    func callBack() async throws {
        try await PhoneUnderTest.with { phone in
            let heard = try await phone.call(["#", "7", "1", "-", "1"], waiting: 7)
            #expect(heard.sounds.contains("number-7"))
            #expect(heard.status == "callback")
            var over = phone.report("1795236715.1", state: .ended)
            over.outcome = .abandoned
            _ = try await phone.app.callLog.record([over])
            let items = try await phone.app.callBacks.list()
            #expect(items.map(\.protocolNumber) == [heard.protocolNumber])
            #expect(items.first?.isAskedFor == true)
            #expect(items.first?.topic == "cancelamento")
            let short = try await phone.call(["#", "7", "1", "-"], key: "2.2", waiting: 1)
            #expect(short.heard(.personAhead))
            #expect(!short.heard(.offerCallBack))
        }
    }

    @Test("a wish to be called back is kept from its key on, although the caller hangs up", arguments: [true, false])
    func wish(isOpen: Bool) async throws {
        try await PhoneUnderTest.with(after: isOpen ? .seconds(49 * 3600) : .seconds(9 * 3600 + 1800)) { phone in
            let caller = TypingCaller(
                [
                    "identify": "#", "choose-topic": "7", "repeat-with-one": "#", "offer-call-back": "1!",
                    "offer-call-back-closed": "1!",
                ],
                waiting: 7
            )
            await #expect(throws: PhoneCallError.self) { try await phone.desk.run(caller) }
            #expect(caller.heard.last == (isOpen ? "offer-call-back" : "offer-call-back-closed"))
            var over = phone.report(caller.id, state: .ended)
            over.outcome = .abandoned
            _ = try await phone.app.callLog.record([over])
            #expect(try await phone.app.callBacks.list().map(\.isAskedFor) == [true])
        }
    }

    @Test("who presses 0 is let go before anything is stored or sent, and has the number by SMS afterwards")
    func leaveFirst() async throws {
        try await PhoneUnderTest.with { phone in
            _ = try await maria(phone)
            let caller = TypingCaller(["identify": "52998224725#", "choose-topic": "0"])
            try await phone.desk.run(caller)
            #expect(caller.variables["CALLDESK_STATUS"] == "person")
            #expect(caller.hasLeft && caller.heard.last == "choose-topic")
            let id = try #require(try await phone.attendances().first?.id)
            let sent = try await phone.app.outbox.fates(attendanceID: id).filter { $0.channel == .sms }
            #expect(sent.map(\.state) == [.queued])
        }
        var script = PhoneScript(facts: .init(protocolNumber: "202600000017"))
        #expect(script.start() == .begin)
        #expect(script.next(.keys("0")) == .leave(.init(status: .person)))
    }

    @Test("what the desk cannot do leads to the queue, and after hours to the call's end, where nobody works it")
    func failed() {
        var open = PhoneScript(facts: .init(protocolNumber: "202600000017"))
        _ = open.start()
        guard case .leave(let queue) = open.next(.failed) else {
            Issue.record("the caller is kept")
            return
        }
        #expect(queue.status == .error && queue.say.last == .sentence(.trouble))
        var closed = PhoneScript(facts: .init(isOpen: false, protocolNumber: "202600000017"))
        _ = closed.start()
        #expect(closed.next(.keys("1")) == .noteWish)
        // A wish that is not stored is not promised; the number stands all the same.
        #expect(closed.next(.failed) == .notify)
        guard case .ask(let question) = closed.next(.failed) else {
            Issue.record("the number is not spoken")
            return
        }
        #expect(question.say.contains(.sentence(.yourProtocol)))
        #expect(closed.next(.silence) == .leave(.init(say: [.sentence(.goodbye)], status: .closed)))
        #expect(PhoneScript.withoutNumber(isOpen: true, isHoliday: false).status == .error)
        #expect(PhoneScript.withoutNumber(isOpen: false, isHoliday: true).status == .closed)
    }

    @Test("after hours and on holidays the number is spoken and a call-back offered", arguments: [false, true])
    func closed(isHoliday: Bool) async throws {
        try await PhoneUnderTest.with(
            settings: { settings in if isHoliday { settings.hours.holidays = ["11-23"] } },
            after: isHoliday ? .seconds(49 * 3600) : .seconds(9 * 3600 + 1800)
        ) { phone in
            let heard = try await phone.call(["1"])
            #expect(heard.heard(isHoliday ? .holiday : .closed))
            #expect(heard.heard(.yourProtocol))
            #expect(heard.status == "callback")
            #expect(try await phone.call(["-"], key: "2").status == "closed")
            let hidden = try await phone.call(["-"], number: "anonymous", key: "3")
            #expect(!hidden.heard(.offerCallBackClosed))
            #expect(hidden.status == "closed")
            // Nobody works the queue: a person is not to be had by any key.
            #expect(try await phone.call(["0"], key: "4").status == "closed")
            #expect(try await phone.call(["1", "0"], key: "5").status == "callback")
            // Whoever hears that nobody is there has called after hours, also when they hang up at once.
            var over = phone.report("2", state: .ended)
            over.outcome = .failed
            let change = try #require(try await phone.app.callLog.record([over]).first)
            #expect(change.attendance?.outcome == .afterHours)
            #expect(change.call.outcome == .noAnswer)
        }
    }
}
