import Foundation
import TestSupport
import Testing

@testable import DeskCore

/// Interviews over a whole desk: stored drafts, real tickets, real customers.
private struct InterviewBench {
    let it: TicketUnderTest
    let customers: CustomerDirectory
    let interviews: InterviewDesk
    private let folder: Folder

    /// The vault's folder goes with the last who holds it.
    private final class Folder: Sendable {
        let url: URL
        init() throws { url = try TestDatabase.folder() }
        deinit { try? FileManager.default.removeItem(at: url) }
    }

    init(_ engine: DatabaseEngine = TestDatabase.usual) async throws {
        it = try await TicketUnderTest(engine)
        folder = try Folder()
        customers = CustomerDirectory(database: it.database, clock: it.clock, region: .brazil, timeZone: .gmt)
        let catalogue = try InterviewFixture.catalogue()
        interviews = InterviewDesk(
            attendances: it.attendances,
            calls: CallDirectory(database: it.database),
            drafts: DraftDesk(database: it.database, clock: it.clock),
            tickets: it.desk,
            directory: it.directory,
            customers: .directory(customers),
            vault: SecretVault(database: it.database, clock: it.clock, folder: folder.url, term: .seconds(3_600)),
            catalogue: { catalogue },
            checks: InterviewFixture.checks,
            clock: it.clock,
            timeZone: .gmt
        )
    }

    func customer(_ name: String, kind: Customer.Kind = .person) async throws -> RegisteredCustomer {
        try await customers.register(
            CustomerRegistration(
                customer: CustomerDraft(kind: kind, name: name),
                contact: ContactDraft(name: name, email: nil)
            ),
            by: .system("test")
        )
    }

    func ticket(of customer: RegisteredCustomer) async throws -> Ticket {
        var request = TicketDeskTests.request(UUID().uuidString)
        request.customerID = customer.customer.id
        request.contactID = customer.contact?.id
        return try await it.desk.open(request, by: nil).ticket
    }

    /// A contact whose caller is taken for the only customer of that name.
    func identified(as name: String) async throws -> Int64 {
        let id = try await begun()
        try await identify(id, as: name)
        return id
    }

    /// A contact without a call whose interview has begun.
    func begun() async throws -> Int64 {
        let contact = try await it.attendances.begin(channel: .walkIn, accountID: nil)
        return try await interviews.begin(attendanceID: contact.id, by: nil, language: .ptBR).attendance.id
    }

    func identify(_ id: Int64, as name: String) async throws {
        try await say(.text(name), to: .identify, in: id)
        let state = try await say(.confirm, to: .identify, in: id)
        #expect(state.interview.customer?.name == name)
    }

    @discardableResult
    func say(_ answer: Answer, to prompt: PromptID, in id: Int64) async throws -> InterviewState {
        let state = try await interviews.state(attendanceID: id, by: nil, language: .ptBR)
        return try await interviews.answer(
            answer,
            to: prompt,
            revision: state.interview.draft.revision,
            attendanceID: id,
            by: nil
        )
    }

    /// An interview whose review waits to be confirmed, about a ticket that is open already.
    func linked(_ ticket: Ticket, as name: String) async throws -> Int64 {
        let id = try await identified(as: name)
        _ = try await interviews.link(to: ticket.id, attendanceID: id, by: nil)
        try await say(.text("Ainda não funciona."), to: .description, in: id)
        let state = try await say(.skip, to: .attachments, in: id)
        #expect(state.interview.prompt.id == .review)
        return id
    }

    /// Why a link is not made; nil when it is.
    func refusal(_ ticket: Ticket, in id: Int64) async throws -> TicketRefusal? {
        do {
            _ = try await interviews.link(to: ticket.id, attendanceID: id, by: nil)
            return nil
        } catch let refusal as TicketRefusal {
            return refusal
        }
    }
}

@Suite("An interview whose last step is refused goes on with all that was typed")
struct RefusedInterviewTests {
    @Test("a ticket that ended meanwhile: the review says so, and a new one can be opened instead")
    func over() async throws {
        let bench = try await InterviewBench()
        let ticket = try await bench.ticket(of: bench.customer("Rosa Prado"))
        let id = try await bench.linked(ticket, as: "Rosa Prado")
        _ = try await bench.it.make(.cancel, ticket, "aberto em dobro", by: .account(bench.it.chefe))
        let refused = try await bench.say(.confirm, to: .review, in: id)
        #expect(refused.interview.prompt.id == .review)
        #expect(refused.interview.prompt.fault?.code == .ticketOver)
        #expect(refused.interview.prompt.isWaiting == false)
        #expect(refused.ticket == nil)
        // Asked again it says the same, and nothing is locked by it.
        #expect(try await bench.say(.confirm, to: .review, in: id).interview.prompt.fault?.code == .ticketOver)
        let free = try await bench.interviews.link(to: nil, attendanceID: id, by: nil)
        #expect(free.refusal == nil)
        #expect(free.interview.prompt.fault == nil)
        #expect(free.interview.prompt.id == .topic)
        #expect(free.interview.draft.answers[.description]?.value.text == "Ainda não funciona.")
    }

    @Test("another customer's ticket is left when the caller turns out to be somebody else")
    func another() async throws {
        let bench = try await InterviewBench()
        let ticket = try await bench.ticket(of: bench.customer("Rosa Prado"))
        _ = try await bench.customer("Bento Reis")
        let id = try await bench.linked(ticket, as: "Rosa Prado")
        _ = try await bench.interviews.goTo(.identify, attendanceID: id, by: nil)
        try await bench.identify(id, as: "Bento Reis")
        let state = try await bench.interviews.state(attendanceID: id, by: nil, language: .ptBR)
        #expect(state.interview.draft.linkTo == nil)
        #expect(state.interview.prompt.id == .topic)
    }

    @Test("who was nobody when the ticket was chosen and is another customer now is told at the review")
    func stranger() async throws {
        let bench = try await InterviewBench()
        let ticket = try await bench.ticket(of: bench.customer("Rosa Prado"))
        _ = try await bench.customer("Bento Reis")
        let id = try await bench.begun()
        _ = try await bench.interviews.link(to: ticket.id, attendanceID: id, by: nil)
        try await bench.identify(id, as: "Bento Reis")
        try await bench.say(.text("Ainda não funciona."), to: .description, in: id)
        try await bench.say(.skip, to: .attachments, in: id)
        let refused = try await bench.say(.confirm, to: .review, in: id)
        #expect(refused.interview.prompt.fault?.code == .ticketOfAnother)
        #expect(try await bench.interviews.back(attendanceID: id, by: nil).refusal == nil)
    }

    @Test("a ticket that is over or another customer's is not chosen at all")
    func chosen() async throws {
        let bench = try await InterviewBench()
        let (rosa, bento) = (try await bench.customer("Rosa Prado"), try await bench.customer("Bento Reis"))
        let (over, merged) = (try await bench.ticket(of: rosa), try await bench.ticket(of: rosa))
        let others = try await bench.ticket(of: bento)
        var order = MoveOrder(.merge, of: merged.id)
        order.otherID = over.id
        _ = try await bench.it.desk.make(order, by: .account(bench.it.ana))
        let id = try await bench.identified(as: "Rosa Prado")
        #expect(try await bench.refusal(merged, in: id) == nil)
        _ = try await bench.it.make(.cancel, over, "engano", by: .account(bench.it.chefe))
        #expect(try await bench.refusal(over, in: id) == .over(.cancelled))
        #expect(try await bench.refusal(merged, in: id) == .over(.cancelled))
        #expect(try await bench.refusal(others, in: id) == .anotherCustomer)
        // Whoever is not known yet may speak of any.
        let unknown = try await bench.begun()
        #expect(try await bench.refusal(others, in: unknown) == nil)
    }

    @Test("an interview that was left locked comes free when it is taken up again", arguments: TestDatabase.engines)
    func stuck(engine: DatabaseEngine) async throws {
        let bench = try await InterviewBench(engine)
        let ticket = try await bench.ticket(of: bench.customer("Rosa Prado"))
        let id = try await bench.linked(ticket, as: "Rosa Prado")
        _ = try await bench.it.make(.cancel, ticket, "aberto em dobro", by: .account(bench.it.chefe))
        let drafts = DraftDesk(database: bench.it.database, clock: bench.it.clock)
        let stored = try #require(try await drafts.find(attendanceID: id))
        var draft = try InterviewDraft(json: stored.body)
        draft.pending = .open
        draft.revision += 1
        try await drafts.save(
            attendanceID: id,
            accountID: nil,
            over: stored.revision,
            revision: Int64(draft.revision),
            body: draft.json(),
            stage: stored.stage,
            title: stored.title
        )
        #expect(try await bench.interviews.back(attendanceID: id, by: nil).refusal == .busy)
        let begun = try await bench.interviews.begin(attendanceID: id, by: nil, language: .ptBR)
        #expect(begun.interview.prompt.fault?.code == .ticketOver)
        #expect(try await bench.interviews.back(attendanceID: id, by: nil).refusal == nil)
    }

    @Test("what nobody foresaw is told, and locks nothing either")
    func unforeseen() async throws {
        let bench = try await InterviewBench()
        let ticket = try await bench.ticket(of: bench.customer("Rosa Prado"))
        let id = try await bench.linked(ticket, as: "Rosa Prado")
        try await bench.it.database.write { session in
            try session.execute("UPDATE ticket SET state = 'torn' WHERE id = $1", [.integer(ticket.id)])
        }
        await #expect(throws: StoreError.self) { try await bench.say(.confirm, to: .review, in: id) }
        try await bench.it.database.write { session in
            try session.execute("UPDATE ticket SET state = 'triage' WHERE id = $1", [.integer(ticket.id)])
        }
        let state = try await bench.interviews.state(attendanceID: id, by: nil, language: .ptBR)
        #expect(state.interview.prompt.fault?.code == .notLinked)
        let done = try await bench.say(.confirm, to: .review, in: id)
        #expect(done.ticket?.id == ticket.id)
    }
}

@Suite("Records are made one while a caller is on the line")
struct MergedCallerTests {
    @Test(
        "the interview goes on with the record that stays, and its ticket is that one's",
        arguments: TestDatabase.engines
    )
    func merged(engine: DatabaseEngine) async throws {
        let bench = try await InterviewBench(engine)
        let (double, kept) = (try await bench.customer("Rosa Prado"), try await bench.customer("Carmem Lima"))
        let id = try await bench.identified(as: "Rosa Prado")
        try await bench.customers.merge(double.customer.id, into: kept.customer.id, by: .system("test"))
        let seen = try await bench.interviews.state(attendanceID: id, by: nil, language: .ptBR)
        #expect(seen.interview.customer?.customerID == kept.customer.id)
        #expect(seen.interview.customer?.name == "Carmem Lima")
        try await bench.say(.text("dúvida"), to: .topic, in: id)
        try await bench.say(.option("duvida"), to: .topic, in: id)
        #expect(try await bench.it.attendances.find(id)?.customerID == kept.customer.id)
        try await bench.say(.text("Como se emite?"), to: .field("mensagem"), in: id)
        try await bench.say(.text("Emissão"), to: .summary, in: id)
        try await bench.say(.text("Não encontro o botão."), to: .description, in: id)
        let done = try await bench.say(.confirm, to: .review, in: id)
        #expect(done.ticket?.customerID == kept.customer.id)
        #expect(done.attendance.customerID == kept.customer.id)
    }

    @Test("what was asked for or said in the name of a record that is part of another by now is that one's")
    func late() async throws {
        let bench = try await InterviewBench()
        let (double, kept) = (try await bench.customer("Rosa Prado"), try await bench.customer("Carmem Lima"))
        let (first, last) = (double.customer.id, try await bench.customer("Carmem L.").customer.id)
        try await bench.customers.merge(first, into: kept.customer.id, by: .system("test"))
        try await bench.customers.merge(kept.customer.id, into: last, by: .system("test"))
        #expect(try await bench.ticket(of: double).customerID == last)
        let contact = try await bench.it.attendances.begin(channel: .walkIn, accountID: nil)
        try await bench.it.attendances.identify(contact.id, customerID: first, contactID: nil, level: .known)
        #expect(try await bench.it.attendances.find(contact.id)?.customerID == last)
    }
}

@Suite("A proof raises the customer it was given for")
struct ForeignProofTests {
    @Test(
        "and nobody whom the caller was taken for since, nor another customer's ticket of the contact",
        arguments: TestDatabase.engines
    )
    func foreign(engine: DatabaseEngine) async throws {
        let bench = try await InterviewBench(engine)
        let (rosa, bento) = (try await bench.customer("Rosa Prado"), try await bench.customer("Bento Reis"))
        let id = try await bench.identified(as: "Rosa Prado")
        func open(_ customer: RegisteredCustomer) async throws -> Ticket {
            let ticket = try await bench.ticket(of: customer)
            try await bench.it.database.write { session in
                try session.execute(
                    "UPDATE ticket SET attendance_id = $1, identity_level = 1, unverified = 1 WHERE id = $2",
                    [.integer(id), .integer(ticket.id)]
                )
            }
            return ticket
        }
        let (hers, his) = (try await open(rosa), try await open(bento))
        // Between the look at what she said and the raise a colleague's page takes the caller for him.
        _ = try await bench.interviews.goTo(.identify, attendanceID: id, by: nil)
        try await bench.identify(id, as: "Bento Reis")
        #expect(try await !bench.interviews.raise(rosa.customer.id, in: id, by: nil))
        #expect(try await bench.it.attendances.find(id)?.identity == .known)
        var interview = try await bench.interviews.state(attendanceID: id, by: nil, language: .ptBR).interview
        #expect(interview.receivedProof(of: rosa.customer.id).isEmpty)
        #expect(interview.draft.identified?.level == .known)
        for ticket in [hers, his] { #expect(try await bench.it.directory.find(ticket.id)?.isUnverified == true) }
        // A program that opens a ticket for him in her contact does not make him proved either.
        let contact = try await bench.it.attendances.begin(channel: .walkIn, accountID: nil)
        try await bench.it.attendances.identify(
            contact.id,
            customerID: rosa.customer.id,
            contactID: nil,
            level: .verified
        )
        var request = TicketDeskTests.request(UUID().uuidString)
        (request.attendanceID, request.customerID) = (contact.id, bento.customer.id)
        request.identity = .known
        _ = try await bench.it.desk.open(request, by: nil)
        #expect(try await bench.it.attendances.find(contact.id)?.identity == .known)
        // His own raises him and what he opened.
        #expect(try await bench.interviews.raise(bento.customer.id, in: id, by: nil))
        #expect(!interview.receivedProof(of: bento.customer.id).isEmpty)
        #expect(try await bench.it.attendances.find(id)?.identity == .verified)
        #expect(try await bench.it.directory.find(his.id)?.isUnverified == false)
        #expect(try await bench.it.directory.find(hers.id)?.isUnverified == true)
    }
}
