import DeskCore
import HTTPTypes
import Hummingbird

/// Contacts with the desk and their protocol numbers.
struct AttendanceEndpoints: Sendable {
    let attendances: AttendanceDesk
    let tickets: TicketDirectory
    let outbox: NoticeOutbox

    var all: [Endpoint] { [list, show] + under }

    private var list: Endpoint {
        Endpoint(
            method: .get,
            path: "/attendances",
            id: "listAttendances",
            tag: "attendances",
            summary: "Attendances, the newest first, or the one with a protocol number.",
            scope: .callsRead,
            parameters: [
                .after, .limit,
                .init(
                    name: "protocol",
                    schema: .string(maximum: 60),
                    about: "A protocol number; blanks in it do not count."
                ),
            ],
            answer: .page("Attendance")
        ) { request, _ in
            let page = try PageQuery(request)
            if let number = request.query("protocol") {
                let found = try await attendances.find(protocolNumber: String(number.prefix(60)))
                return .page(found.map { [$0] } ?? [], next: nil) { $0.write($1) }
            }
            let found = try await attendances.list(before: page.after, limit: page.limit)
            return .page(found, next: page.next(found)) { $0.write($1) }
        }
    }

    private var show: Endpoint {
        Endpoint(
            method: .get,
            path: "/attendances/{id}",
            id: "getAttendance",
            tag: "attendances",
            summary: "One attendance.",
            scope: .callsRead,
            answer: .one("Attendance"),
            problems: [.notFound]
        ) { _, context in
            let attendance = try await existing(context)
            return .one { $0.write(attendance) }
        }
    }

    private var under: [Endpoint] {
        [
            Endpoint(
                method: .get,
                path: "/attendances/{id}/tickets",
                id: "listAttendanceTickets",
                tag: "attendances",
                summary: "The tickets made under one protocol number.",
                scope: .ticketsRead,
                answer: .list("Ticket"),
                problems: [.notFound]
            ) { _, context in
                let attendance = try await existing(context)
                return .list(try await tickets.list(attendanceID: attendance.id)) { $0.write($1) }
            },
            Endpoint(
                method: .get,
                path: "/attendances/{id}/notices",
                id: "listAttendanceNotices",
                tag: "notices",
                summary: "What was sent about an attendance and its tickets.",
                scope: .noticesRead,
                answer: .list("Notice"),
                problems: [.notFound]
            ) { _, context in
                let attendance = try await existing(context)
                let fates = try await outbox.fates(attendanceID: attendance.id)
                return .list(fates) { $0.write($1, language: context.language) }
            },
        ]
    }

    private func existing(_ context: APIContext) async throws -> Attendance {
        guard let attendance = try await attendances.find(context.id()) else { throw Problem.notFound }
        return attendance
    }
}
