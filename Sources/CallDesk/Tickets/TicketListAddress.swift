import DeskCore
import Foundation

/// A list of tickets as its address says it: which list, narrowed to what, in which order, with which columns.
///
/// Reading is forgiving: an address is typed, kept and sent to colleagues; what means nothing is left out.
struct TicketListAddress: Equatable {
    static let path = "/desk/tickets"
    private static let longestWords = 200
    private static let longestName = 200

    var list: WorkListKind
    var words = ""
    var state: TicketState?
    var priority: TopicPriority?
    var department: String?
    var topic: String?
    var person: Int64?
    var customer: Int64?
    var channel: AttendanceChannel?
    var service: ServiceStatus?
    /// Days, both of them in it, as `2026-11-25`.
    var from: String?
    var to: String?
    var order = WorkListOrder.work
    var isDescending = false
    var columns = TicketColumn.usual
    var after: WorkListCursor?

    init(_ value: (String) -> String?) {
        func text(_ name: String) -> String? {
            value(name).flatMap { $0.isEmpty || $0.count > Self.longestName ? nil : $0 }
        }
        words = String((value("q") ?? "").prefix(Self.longestWords))
        // Who searches means every ticket, unless they stand in a list.
        let isSearch = words.contains { !$0.isWhitespace }
        list = value("list").flatMap(WorkListKind.init) ?? (isSearch ? .all : .department)
        state = value("state").flatMap(TicketState.init)
        priority = value("priority").flatMap(TopicPriority.init)
        department = text("department")
        topic = text("topic")
        person = value("person").flatMap { Int64($0) }
        customer = value("customer").flatMap { Int64($0) }
        channel = value("channel").flatMap(AttendanceChannel.init)
        service = value("sla").flatMap(ServiceStatus.init)
        from = value("from").flatMap { CalendarDay(iso: $0) == nil ? nil : $0 }
        to = value("to").flatMap { CalendarDay(iso: $0) == nil ? nil : $0 }
        order = value("order").flatMap(WorkListOrder.init) ?? .work
        isDescending = value("dir") == "desc"
        if let names = value("columns")?.split(separator: ",").compactMap({ TicketColumn(rawValue: String($0)) }),
            !names.isEmpty
        {
            // In their own order, whatever that of the address.
            columns = TicketColumn.allCases.filter(names.contains)
        }
        after = value("after").flatMap { WorkListCursor($0) }
    }

    /// The pairs of the address that say something.
    var pairs: [(String, String)] {
        [
            ("list", list.rawValue), ("q", words), ("state", state?.rawValue ?? ""),
            ("priority", priority?.rawValue ?? ""), ("department", department ?? ""), ("topic", topic ?? ""),
            ("person", person.map { String($0) } ?? ""), ("customer", customer.map { String($0) } ?? ""),
            ("channel", channel?.rawValue ?? ""), ("sla", service?.rawValue ?? ""), ("from", from ?? ""),
            ("to", to ?? ""), ("order", order == .work ? "" : order.rawValue), ("dir", isDescending ? "desc" : ""),
            ("columns", columns == TicketColumn.usual ? "" : columns.map(\.rawValue).joined(separator: ",")),
            ("after", after?.text ?? ""),
        ]
    }

    var address: String { QueryText.path(Self.path, pairs) }

    /// What a list kept by name keeps: everything but the page.
    var query: String {
        var first = self
        first.after = nil
        return String(first.address.dropFirst(Self.path.count + 1))
    }

    /// Whether anything beside the list itself narrows it.
    var isNarrowed: Bool {
        state != nil || priority != nil || department != nil || topic != nil || person != nil || customer != nil
            || channel != nil || service != nil || from != nil || to != nil
    }

    func changed(_ change: (inout Self) -> Void) -> Self {
        var other = self
        other.after = nil
        change(&other)
        return other
    }

    /// What the store is asked; a department that is not the reader's narrows to nothing.
    func query(for account: Account, in timeZone: TimeZone) -> WorkListQuery {
        var query = WorkListQuery(list, of: account.id, departments: account.visibleDepartments)
        query.department = department
        query.words = words
        query.state = state
        query.priority = priority
        query.topic = topic
        query.personID = person
        query.customerID = customer
        query.channel = channel
        query.service = service
        query.from = from.flatMap { CalendarDay(iso: $0) }?.begin(in: timeZone)
        query.to = to.flatMap { CalendarDay(iso: $0) }?.next?.begin(in: timeZone)
        query.order = order
        query.isDescending = isDescending
        query.after = after
        return query
    }
}
