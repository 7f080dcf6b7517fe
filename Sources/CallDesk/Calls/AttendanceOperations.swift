import DeskCore
import HTTPTypes
import Hummingbird

/// Contacts with the desk and their protocol numbers.
struct AttendanceOperations: OperationSet {
    let attendances: AttendanceDesk
    let tickets: TicketDirectory
    let outbox: NoticeOutbox
    let region: Region

    var operations: [Operation] { [list, show] + under }

    private var list: Operation {
        Operation(
            method: .get,
            path: "/attendances",
            id: "listAttendances",
            tag: "attendances",
            summary: "Attendances, the newest first, or the one with a protocol number.",
            who: [.program(.callsRead)],
            parameters: [
                .after, .limit,
                .init(
                    name: "q",
                    schema: .string(maximum: 200),
                    about:
                        "A phone in any spelling, a protocol or ticket number, or words of who called or of a ticket."
                ),
                .init(
                    name: "protocol",
                    schema: .string(maximum: 60),
                    about: "A protocol number; blanks in it do not count."
                ),
            ],
            answer: .page("Attendance")
        ) { ask in
            let page = ask.page
            if let number = ask.query("protocol") {
                let found = try await attendances.find(protocolNumber: number)
                if found == nil, attendances.isMistyped(number) {
                    throw Problem.invalid("protocol", ProtocolFormat.mistyped)
                }
                return .page(found.map { [$0] } ?? [], next: nil) { $0.write($1) }
            }
            var query = AttendanceQuery()
            let words = ask.query("q") ?? ""
            if words.contains(where: { !$0.isWhitespace }) { query.search = TypedSearch(words, region: region) }
            (query.before, query.limit) = (page.after, page.limit)
            let found = try await attendances.list(query)
            return .page(found, next: page.next(found)) { $0.write($1) }
        }
    }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/attendances/{id}",
            id: "getAttendance",
            tag: "attendances",
            summary: "One attendance.",
            who: [.program(.callsRead), .staff(.technician)],
            answer: .one("AttendanceAloud"),
            problems: [.notFound]
        ) { ask in
            let attendance = try await readable(ask)
            return .one { $0.write(attendance, aloud: ask.language) }
        }
    }

    private var under: [Operation] {
        [
            Operation(
                method: .get,
                path: "/attendances/{id}/tickets",
                id: "listAttendanceTickets",
                tag: "attendances",
                summary: "The tickets made under one protocol number.",
                who: [.program(.ticketsRead)],
                answer: .list("Ticket"),
                problems: [.notFound]
            ) { ask in
                let attendance = try await existing(ask)
                return .list(try await tickets.list(attendanceID: attendance.id)) { $0.write($1) }
            },
            Operation(
                method: .get,
                path: "/attendances/{id}/notices",
                id: "listAttendanceNotices",
                tag: "notices",
                summary: "What was sent about an attendance and its tickets.",
                who: [.program(.noticesRead), .staff(.technician)],
                answer: .list("Notice"),
                problems: [.notFound]
            ) { ask in
                let attendance = try await readable(ask)
                let fates = try await right.visible(
                    try await outbox.fates(attendanceID: attendance.id),
                    of: attendance,
                    ask.caller
                )
                return .list(fates) { $0.write($1, language: ask.language) }
            },
        ]
    }

    private var right: ContactRight { ContactRight(tickets: tickets) }

    /// The contact in the path, for a caller who may look at it.
    private func readable(_ ask: Ask) async throws -> Attendance {
        let attendance = try await existing(ask)
        try await right.check(attendance, ask.caller)
        return attendance
    }

    private func existing(_ ask: Ask) async throws -> Attendance {
        guard let attendance = try await attendances.find(ask.id()) else { throw Problem.notFound }
        return attendance
    }
}
