import DeskCore
import Foundation
import IVRBridge
import Logging
import Rehearsal
import Synchronization

/// Lets the weeks before the demonstration happen: every call, request, move and notice by the desk's own operations, under a
/// clock that goes from one chapter of the story to the next.
struct DemoPast {
    /// The tickets' clocks are looked at this often between two chapters, as the service does each minute.
    private static let step = Duration.seconds(12 * 3_600)

    private let app: App
    private let time: DemoClock
    private let worker: NoticeWorker
    private let onTheirWay = OnTheirWay()
    private var people: [String: Account] = [:]
    private var tickets: [String: Int64] = [:]
    private var calls = 0

    /// SMS that a gateway took and no telephone has yet.
    private final class OnTheirWay: Sendable {
        let ids = Mutex<[NoticeID]>([])
    }

    /// `app` must have been opened with the clock of `time`.
    init(app: App, time: DemoClock, senders: Senders) {
        self.app = app
        self.time = time
        let onTheirWay = onTheirWay
        worker = NoticeWorker(
            database: app.database,
            senders: senders.all,
            node: "demo",
            life: "past",
            clock: time.clock,
            logger: Logger(label: "calldesk.demo") { _ in SwiftLogNoOpLogHandler() }
        ) { change in
            if change.channel == .sms, change.state == .sent { onTheirWay.ids.withLock { $0.append(change.noticeID) } }
        }
    }

    /// Fills the desk with the story as it looks at `now`.
    ///
    /// - Throws: `DemoError.chapter` with the one that the desk did not take.
    mutating func play(_ story: DemoStory, before now: Moment) async throws {
        for account in try await app.accounts.list() { people[account.login] = account }
        let chapters = story.chapters.enumerated()
            .map { (at: $1.at.moment(before: now, in: app.timeZone), place: $0, deed: $1.deed) }
            // What is told together happens in the order of the telling.
            .sorted { ($0.at, $0.place) < ($1.at, $1.place) }
        for chapter in chapters {
            try await wait(until: chapter.at)
            do { try await perform(chapter.deed) } catch { throw DemoError.chapter(chapter.place + 1, "\(error)") }
            try await settle()
        }
        try await wait(until: now)
    }

    /// Lets time pass, with what the clocks of tickets do in it.
    private func wait(until moment: Moment) async throws {
        while time.now < moment {
            time.advance(to: min(moment, time.now.adding(Self.step)))
            if try await app.tickets.runClocks() > 0 { try await settle() }
        }
    }

    /// Sends what is due; telephones tell that an SMS came a few seconds later.
    private func settle() async throws {
        // What can be taken back waits some seconds.
        time.advance(by: TicketUndo.patience)
        guard try await worker.sendDue() > 0 else { return }
        time.advance(by: .seconds(4))
        let sent = onTheirWay.ids.withLock { sent in
            defer { sent = [] }
            return sent
        }
        for id in sent { _ = try await app.outbox.report(id, delivered: true, fault: nil, at: time.now) }
    }

    // MARK: - Deeds

    private mutating func perform(_ deed: DemoStory.Deed) async throws {
        switch deed {
        case .call(let caller, let login, let seconds, let request, let reason):
            let author = try author(login)
            var (call, contact) = try await answer(caller, by: login)
            time.advance(by: .seconds(max(1, seconds - 20)))
            if let request { try await open(request, from: caller.email, contact, by: author) }
            time.advance(by: .seconds(20))
            try await end(&call, .answered, by: .caller)
            if let reason {
                _ = try await app.interviews.begin(attendanceID: contact, by: author, language: .ptBR)
                _ = try await app.interviews.end(reason, attendanceID: contact, by: author)
            }
        case .unfinished(let caller, let login, let seconds):
            var (call, contact) = try await answer(caller, by: login)
            _ = try await app.interviews.begin(attendanceID: contact, by: try author(login), language: .ptBR)
            time.advance(by: .seconds(seconds))
            try await end(&call, .answered, by: .caller)
        case .missed(let caller, let waited):
            var call = inbound(caller)
            try await record(&call)
            time.advance(by: .seconds(waited))
            call.ringing = []
            try await end(&call, caller.name == "Padaria Luz" ? .noAnswer : .abandoned, by: .caller)
        case .out(let caller, let login, let seconds):
            try await callOut(caller, by: login, seconds: seconds)
        case .portal(let email, let request):
            let contact = try await app.attendances.begin(channel: .portal, accountID: nil)
            try await open(request, from: email, contact.id, by: nil)
        case .staff(let move, let name, let login, let text, let into, let department):
            var order = MoveOrder(move, of: try ticket(name), text: text)
            order.otherID = try into.map { try ticket($0) }
            order.department = department
            if department != nil { order.level = 2 }
            _ = try await app.tickets.make(order, by: .account(try account(login)))
        case .customer(let move, let name, let text):
            let (id, actor) = try await customer(of: name)
            _ = try await app.tickets.make(MoveOrder(move, of: id, text: text), by: actor)
        case .rate(let name, let mark, let words):
            _ = try await app.surveys.rate(try ticket(name), mark: mark, words: words, channel: .portal)
        case .opinion(let name, let opinion, let words):
            guard let ticket = try await app.directory.find(try ticket(name)) else { return }
            let contact = try await contact(of: ticket)
            _ = try await app.surveys.say(opinion, of: ticket.id, words: words, by: contact.name, contactID: contact.id)
        case .read:
            for account in people.values.sorted(by: { $0.id < $1.id }) { try await app.bells.readAll(of: account.id) }
        }
    }

    /// A call that a technician answers, and its contact.
    private mutating func answer(
        _ caller: DemoStory.Caller,
        by login: String
    ) async throws -> (call: CallSnapshot, contact: Int64) {
        var call = inbound(caller)
        try await record(&call)
        time.advance(by: .seconds(7))
        let party = DemoSeed.phone(of: login) ?? ""
        (call.isWaiting, call.ringing, call.answeredBy, call.lastParty) = (false, [], party, party)
        (call.answeredAt, call.outcome) = (microseconds, .answered)
        guard let contact = try await record(&call) else { throw DemoError.seed(["a call without a contact"]) }
        _ = try await app.attendances.claim(contact, by: try account(login).id)
        return (call, contact)
    }

    private mutating func callOut(_ caller: DemoStory.Caller, by login: String, seconds: Int) async throws {
        let party = DemoSeed.phone(of: login) ?? ""
        var call = CallSnapshot(key: nextKey(), direction: .outbound)
        (call.callerParty, call.dialled) = (party, caller.number)
        call.dialledNumber = PhoneNumber.callerE164(caller.number, region: app.region)
        call.startedAt = microseconds
        try await record(&call)
        time.advance(by: .seconds(9))
        (call.answeredBy, call.lastParty, call.outcome) = ("PJSIP/trunk", "PJSIP/trunk", .answered)
        call.answeredAt = microseconds
        let contact = try await record(&call)
        time.advance(by: .seconds(seconds))
        try await end(&call, .answered, by: .agent)
        guard let contact, let author = try? author(login) else { return }
        _ = try await app.interviews.begin(attendanceID: contact, by: author, language: .ptBR)
        _ = try await app.interviews.end(.informationGiven, attendanceID: contact, by: author)
    }

    private mutating func inbound(_ caller: DemoStory.Caller) -> CallSnapshot {
        var call = CallSnapshot(key: nextKey(), direction: .inbound)
        call.isWithheld = caller.number == "anonymous"
        call.numberRaw = call.isWithheld ? nil : caller.number
        call.number = PhoneNumber.callerE164(caller.number, region: app.region)
        call.callerName = call.isWithheld ? nil : caller.name
        (call.dialled, call.callerParty, call.queue, call.isWaiting) = ("5000", "PJSIP/trunk", "suporte", true)
        call.offered = ["PJSIP/1002", "PJSIP/1001"]
        call.ringing = call.offered
        call.startedAt = microseconds
        return call
    }

    private func end(_ call: inout CallSnapshot, _ outcome: CallOutcome, by ender: CallEnder) async throws {
        (call.isEnded, call.outcome, call.endedBy, call.isWaiting) = (true, outcome, ender, false)
        call.endedAt = microseconds
        try await record(&call)
    }

    @discardableResult
    private func record(_ call: inout CallSnapshot) async throws -> Int64? {
        try await app.callLog.record([CallSignal(line: DemoSeed.line, call: call)]).first?.attendance?.id
    }

    private mutating func open(
        _ request: DemoStory.Request,
        from email: String?,
        _ contactID: Int64,
        by author: TicketAuthor?
    ) async throws {
        guard let address = email.flatMap(EmailAddress.init),
            let contact = try await app.customers.contact(email: address),
            let asking = try await app.customers.asking(contact.customerID, contactID: contact.id)
        else { throw DemoError.seed(["nobody has the address of '\(request.name)'"]) }
        let customer = Candidate(
            customerID: asking.customer.id,
            contactID: contact.id,
            name: asking.customer.name,
            kind: asking.customer.kind == .company ? .company : .person,
            allowedSections: asking.allowedSections
        )
        let interview = Interview(
            key: "demo-\(request.name)",
            catalogue: app.catalogue.current,
            checks: .standard(region: app.region),
            language: .ptBR,
            channel: author == nil ? .portal : .desk,
            caller: CallerFacts(attendanceID: contactID, signedIn: customer),
            topicID: request.topic,
            today: CalendarDay.today(time.now, in: app.timeZone)
        )
        var form = TicketForm(interview: interview)
        form.fill(try TicketOrder(request.json), files: [])
        guard let filled = form.request(), form.faults.isEmpty else {
            throw DemoError.seed(form.faults.map { "\(request.name), \($0.field): \($0.message[.ptBR])" })
        }
        tickets[request.name] = try await app.tickets.open(filled, by: author, on: .portal).ticket.id
    }

    // MARK: - Who and what

    private var microseconds: Int64 { time.now.milliseconds * 1_000 }

    private mutating func nextKey() -> String {
        calls += 1
        return "\(time.now.milliseconds / 1_000).\(calls)"
    }

    private func account(_ login: String) throws -> Account {
        guard let account = people[login] else { throw DemoError.seed(["there is no account \(login)"]) }
        return account
    }

    private func author(_ login: String) throws -> TicketAuthor {
        let account = try account(login)
        return TicketAuthor(accountID: account.id, name: account.name)
    }

    private func ticket(_ name: String) throws -> Int64 {
        guard let id = tickets[name] else { throw DemoError.seed(["the story has no ticket '\(name)' yet"]) }
        return id
    }

    private func contact(of ticket: Ticket) async throws -> Contact {
        guard let id = ticket.contactID, let contact = try await app.customers.contact(id) else {
            throw DemoError.seed(["ticket \(ticket.number) is nobody's"])
        }
        return contact
    }

    private func customer(of name: String) async throws -> (Int64, TicketActor) {
        guard let ticket = try await app.directory.find(try ticket(name)) else {
            throw DemoError.seed(["the story has no ticket '\(name)' yet"])
        }
        let contact = try await contact(of: ticket)
        return (ticket.id, .customer(customerID: ticket.customerID, contactID: contact.id, name: contact.name))
    }
}

extension DemoStory.Request {
    /// As a program would ask for it.
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "topic": .string(topic), "summary": .string(summary), "description": .string(details),
            "answers": .object(answers.mapValues { .string($0) }),
        ]
        if let module { members["module"] = .string(module) }
        return .object(members)
    }
}
