import DeskCore
import Foundation

/// Opens tickets for programs: resolves what the order names, runs the interview over it, opens in one transaction.
struct TicketOpener: Sendable {
    let app: App

    /// Opens the ticket, or finds the one the same key opened before.
    ///
    /// Nothing is written before everything is known to hold, but for the contact that a sealed password needs. A key that
    /// opened a ticket for something else is refused, whatever else may be wrong with what is asked now.
    ///
    /// - Throws: `Problem`, `StoreError`.
    func open(
        _ asked: TicketOrder,
        key: IdempotencyKey?,
        by author: TicketAuthor?,
        _ ask: Ask
    ) async throws -> TicketOpening {
        var order = asked
        let topic = order.topic.flatMap { app.catalogue.current.topic($0) }
        let passwords = order.passwords == .keep ? [] : order.takeOutPasswords(topic)
        let digest = key == nil ? nil : order.digest(topic)
        let scoped = ask.caller.scoped(key ?? IdempotencyKey.fresh())
        // The transaction that opens looks for the key itself. Before it, only what belongs to an attendance has to know:
        // its files are the earlier ticket's then.
        let namesAttendance = order.attendanceID != nil || order.protocolNumber != nil
        let known = key != nil && namesAttendance ? try await app.tickets.opened(by: scoped) : nil
        if let known, let kept = known.digest {
            guard kept == digest else { throw IdempotencyKey.reused }
            return known
        }
        do {
            return try await open(order, passwords, key: scoped, digest, by: author, after: known, ask)
        } catch let problem as Problem where problem.code != IdempotencyKey.reused.code && key != nil {
            var earlier = known
            if earlier == nil { earlier = try await app.tickets.opened(by: scoped) }
            guard let earlier else { throw problem }
            // What the order names has changed since; whoever lost the answer still gets it.
            if let kept = earlier.digest {
                guard kept == digest else { throw IdempotencyKey.reused }
                return earlier
            }
            guard order.isLike(earlier.ticket) else { throw problem }
            return earlier
        }
    }

    private func open(
        _ order: TicketOrder,
        _ passwords: [String],
        key scoped: String,
        _ digest: String?,
        by author: TicketAuthor?,
        after earlier: TicketOpening?,
        _ ask: Ask
    ) async throws -> TicketOpening {
        let attendance = try await attendance(order)
        // Before anything is sealed or registered; the transaction looks again.
        if let attendance, let author, earlier == nil {
            try await app.attendances.checkHands(of: author.accountID, on: attendance)
        }
        let customer = try await candidate(order, attendance)
        var files: [Attachment] = []
        if let attendance {
            files = try await app.attachments.list(attendanceID: attendance.id).filter {
                $0.ticketID == nil || $0.ticketID == earlier?.ticket.id
            }
        }
        let interview = Interview(
            key: scoped,
            catalogue: app.catalogue.current,
            checks: .standard(region: app.region),
            language: ask.language,
            // A program has identified the customer already, as the portal has; an unknown caller is asked who they are.
            channel: customer == nil ? .desk : .portal,
            caller: CallerFacts(attendanceID: attendance?.id, signedIn: customer),
            topicID: order.topic,
            today: CalendarDay.today(app.clock.now, in: app.timeZone)
        )
        var form = TicketForm(interview: interview)
        form.fill(order, files: files)
        guard form.faults.isEmpty else { throw Problem.invalid(form.faults) }
        if !passwords.isEmpty, order.passwords == nil { throw PasswordOffer.problem }
        var place = attendance
        var begun: Attendance?
        if place == nil, !passwords.isEmpty {
            // The vault keeps passwords by their contact. An order that comes again finds the one it began.
            place = try await app.tickets.opened(by: scoped)?.attendance
            if place == nil {
                begun = try await app.attendances.begin(channel: order.channel, accountID: author?.accountID)
                place = begun
            }
        }
        var sealed: [String] = []
        do {
            sealed = try await seal(&form, passwords, place)
            guard var request = form.request() else { throw Problem.invalid(form.faults) }
            if let place { request.attendanceID = place.id }
            // A program names the contact, and with it all it holds, whether or not the topic asks for files.
            request.attachments = files.map(\.id)
            request.digest = digest
            let opening: TicketOpening
            if let registration = order.registration {
                // To open tickets is not to register customers: a program's token says both.
                if case .program(let program) = ask.caller, !program.token.allows(.customersWrite) {
                    throw Problem.missingScope(.customersWrite)
                }
                opening = try await open(request, for: registration, by: author, on: order.channel, ask.actor)
            } else {
                opening = try await app.tickets.open(request, by: author, on: order.channel)
            }
            if !opening.isNew {
                if let kept = opening.digest {
                    guard kept == digest else { throw IdempotencyKey.reused }
                } else {
                    // Opened before what was asked was kept: what the ticket says tells, but not who was registered with it.
                    if order.registration != nil {
                        request.customerID = opening.ticket.customerID
                        request.contactID = opening.ticket.contactID
                    }
                    let module = form.interview.topic?.modules.first { $0.id == request.moduleID }
                    guard request.isSame(as: opening.ticket, module: module) else { throw IdempotencyKey.reused }
                }
                for reference in sealed { try await app.vault.discard(reference) }
            }
            return opening
        } catch {
            for reference in sealed { try await app.vault.discard(reference) }
            if let begun {
                _ = try await app.attendances.end(begun.id, outcome: .other, reason: nil, by: author?.accountID)
            }
            throw error
        }
    }

    private func attendance(_ order: TicketOrder) async throws -> Attendance? {
        let found: Attendance?
        let field: String
        if let id = order.attendanceID {
            (found, field) = (try await app.attendances.find(id), "attendance_id")
        } else if let number = order.protocolNumber {
            (found, field) = (try await app.attendances.find(protocolNumber: number), "protocol")
            if found == nil, app.attendances.isMistyped(number) {
                throw Problem.invalid(field, ProtocolFormat.mistyped)
            }
        } else {
            return nil
        }
        guard let found else { throw Problem.invalid(field, Self.unknown) }
        if let own = found.customerID, let other = order.customerID, own != other {
            throw Problem.invalid("customer_id", Self.anotherCustomer)
        }
        return found
    }

    private func candidate(_ order: TicketOrder, _ attendance: Attendance?) async throws -> Candidate? {
        if let registration = order.registration {
            return Candidate(
                customerID: 0,
                name: registration.customer.name,
                kind: registration.customer.kind == .company ? .company : .person
            )
        }
        guard let id = order.customerID ?? attendance?.customerID else { return nil }
        let contactID = order.contactID ?? (order.customerID == nil ? attendance?.contactID : nil)
        guard let asking = try await app.customers.asking(id, contactID: contactID) else {
            throw Problem.invalid("customer_id", Self.unknown)
        }
        let customer = asking.customer
        if contactID != nil {
            guard let contact = asking.contact, contact.customerID == id, contact.isActive else {
                throw Problem.invalid("contact_id", Self.unknown)
            }
        }
        return Candidate(
            customerID: id,
            contactID: contactID,
            name: customer.name,
            kind: customer.kind == .company ? .company : .person,
            allowedSections: asking.allowedSections
        )
    }

    /// Registers the order's customer and opens the ticket in one go; the customer's faults are told under `customer`.
    private func open(
        _ request: TicketRequest,
        for registration: CustomerRegistration,
        by author: TicketAuthor?,
        on channel: AttendanceChannel,
        _ actor: AuditActor
    ) async throws -> TicketOpening {
        do throws(CustomerError) {
            return try await app.tickets.open(
                request,
                for: registration,
                in: app.customers,
                registrar: actor,
                by: author,
                on: channel
            )
        } catch {
            if case .store(let error) = error { throw error }
            var problem = error.problem
            problem.errors = problem.errors.map { FieldFault("customer.\($0.field)", $0.message) }
            throw problem
        }
    }

    /// Puts passwords into the vault, those of the form's own questions and those taken out of its texts.
    private func seal(
        _ form: inout TicketForm,
        _ passwords: [String],
        _ attendance: Attendance?
    ) async throws -> [String] {
        guard !form.secrets.isEmpty || !passwords.isEmpty else { return [] }
        guard let attendance else { throw Problem.invalid("attendance_id", Self.secretNeedsAttendance) }
        var references: [String] = []
        for secret in form.secrets {
            let reference = try await app.vault.seal(
                secret.value,
                field: secret.prompt.rawValue,
                attendanceID: attendance.id
            )
            form.sealed(secret, as: reference)
            references.append(reference)
        }
        var aside: [String] = []
        for password in passwords {
            aside.append(try await app.vault.seal(password, field: "aside", attendanceID: attendance.id))
        }
        form.keepAside(aside)
        return references + aside
    }

    private static let unknown = LocalizedText("Não existe.", ptPT: "Não existe.", en: "There is none.")

    private static let anotherCustomer = LocalizedText(
        "O atendimento é de outro cliente.",
        ptPT: "O atendimento é de outro cliente.",
        en: "The attendance is another customer's."
    )

    private static let secretNeedsAttendance = LocalizedText(
        "Este formulário tem uma senha: abra antes um atendimento (POST /api/v1/interviews).",
        ptPT: "Este formulário tem uma palavra-passe: abra antes um atendimento (POST /api/v1/interviews).",
        en: "This form holds a password: begin an attendance first (POST /api/v1/interviews)."
    )
}

extension TicketOrder {
    /// Whether a ticket could be the one this order opened, by what it says in its own words.
    func isLike(_ ticket: Ticket) -> Bool {
        topic == ticket.topic && summary == ticket.summary && description == ticket.details
            && (customerID == nil || customerID == ticket.customerID)
    }
}

extension TicketRequest {
    /// Whether a ticket is the one this request would open: what a body names, not what time has done to it since.
    ///
    /// The module's label may have been kept in another of its languages.
    func isSame(as ticket: Ticket, module: TopicModule?) -> Bool {
        let labels = module.map { module in Language.allCases.map { module.label[$0] } } ?? []
        let isSameModule = ticket.module == moduleLabel || ticket.module.map(labels.contains) == true
        return isSameModule && isSameText(as: ticket)
    }

    private func isSameText(as ticket: Ticket) -> Bool {
        ticket.topic == topicID && ticket.customerID == customerID && ticket.contactID == contactID
            && ticket.callerName == callerName && ticket.callerPhone == callerPhone && ticket.summary == summary
            && ticket.details == description && ticket.whatChanged == whatChanged
            && ticket.refersTo == refersTo && (attendanceID == nil || ticket.attendanceID == attendanceID)
            && ticket.answers.filter { $0.kind != .secret }.map(\.value)
                == answers.filter { $0.kind != .secret }.map(\.value)
    }
}

extension IdempotencyKey {
    /// A key nobody else has, for requests that bring none.
    static func fresh() -> IdempotencyKey { IdempotencyKey(text: UUID().uuidString) }
}

extension CalendarDay {
    /// The day it is at `moment` in the desk's zone.
    static func today(_ moment: Moment, in zone: TimeZone) -> CalendarDay {
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        let minutes = zone.secondsFromGMT(for: date) / 60
        return CalendarDay(moment, offsetMinutes: minutes) ?? .epoch
    }
}
