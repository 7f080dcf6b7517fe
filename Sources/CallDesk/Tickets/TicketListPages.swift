import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The lists of tickets on the desk, as pages and as files.
struct TicketListPages: Sendable {
    private static let pageSize = 40
    /// What a tab counts to; more is “99+”.
    private static let mostCounted = 100
    /// Each saved list's count walks as many open tickets as its filters leave out: a millisecond at the most for each.
    private static let mostListsCounted = 20
    /// A file of more is a report, which `calldesk export tickets` writes.
    private static let mostInFile = 10_000

    let app: App
    let pages: DeskPages

    func page(
        _ request: Request,
        _ context: SignedInContext,
        _ frame: inout PageFrame
    ) async throws -> PageContent {
        let words = pages[context.language]
        frame.title = words("tickets.title")
        frame.place = "tickets"
        frame.script = "tickets"
        let address = Self.address(of: request)
        var query = address.query(for: context.account, in: app.timeZone)
        (query.limit, query.isBrief) = (Self.pageSize, true)
        let found = try await app.workLists.page(query)
        let accounts = try await app.accounts.list()
        let cells = try await cells(found.rows.map(\.ticket), accounts, context.language, words)
        var page = try await page(address, context, words, accounts)
        page.headings = address.columns.map { heading($0, address, cells) }
        page.rows = found.rows.map { row in
            TicketListPage.Row(
                id: row.ticket.id,
                number: row.ticket.number,
                revision: row.ticket.revision,
                unread: row.unread == 0 ? nil : String(row.unread),
                cells: address.columns.map { cells.cell($0, of: row.ticket) }
            )
        }
        page.hasRows = !page.rows.isEmpty
        page.next = found.next.map { cursor in address.changed { $0.after = cursor }.address }
        if page.rows.isEmpty, page.next != nil { page.none = words("tickets.older") }
        if found.isCut { page.cut = words("tickets.cut") }
        if page.rows.isEmpty || app.attendances.isMistyped(address.words) {
            page.hint = MistypedNumber.hint(address.words, app)?[context.language]
        }
        return .page(page)
    }

    /// What is seen, as a file that spreadsheets open: the same list, filters, order and columns, from its first row on.
    func file(_ request: Request, _ context: SignedInContext) async throws -> Response {
        let words = pages[context.language]
        let address = Self.address(of: request).changed { _ in }
        var query = address.query(for: context.account, in: app.timeZone)
        (query.limit, query.isBrief) = (200, true)
        let accounts = try await app.accounts.list()
        var lines: [String] = []
        var isCut = false
        repeat {
            let found = try await app.workLists.page(query)
            let cells = try await cells(found.rows.map(\.ticket), accounts, context.language, words)
            if lines.isEmpty { lines.append(CSVText.line(address.columns.map(cells.heading))) }
            lines += found.rows.map { row in
                CSVText.line(address.columns.map { cells.text($0, of: row.ticket) })
            }
            query.after = found.next
            isCut = found.isCut
        } while query.after != nil && lines.count <= Self.mostInFile
        if query.after != nil { lines.append(CSVText.line([words("tickets.fileCut")])) }
        if isCut { lines.append(CSVText.line([words("tickets.cut")])) }
        // Spreadsheets take a file without this mark for Latin 1.
        let text = "\u{FEFF}" + lines.joined(separator: "\r\n") + "\r\n"
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: FileResponse.disposition("\(words("tickets.file"))-\(address.list.rawValue).csv"),
                .cacheControl: "private, no-store",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// The address of a request; columns are ticked one by one, and kept as one list.
    private static func address(of request: Request) -> TicketListAddress {
        let fields = FormFields.parse(request.uri.query ?? "")
        return TicketListAddress { name in
            let values = fields.filter { $0.name == name }.map(\.value)
            return name == "columns" && !values.isEmpty ? values.joined(separator: ",") : values.first
        }
    }

    private func cells(
        _ tickets: [Ticket],
        _ accounts: [Account],
        _ language: Language,
        _ words: Words
    ) async throws -> TicketCells {
        TicketCells(
            words: words,
            language: language,
            time: DeskTime(timeZone: app.timeZone, language: language),
            now: app.clock.now,
            catalogue: app.catalogue.current,
            customers: try await app.customers.names(tickets.compactMap(\.customerID)),
            people: Dictionary(accounts.map { ($0.id, $0.name) }) { first, _ in first }
        )
    }

    private func heading(
        _ column: TicketColumn,
        _ address: TicketListAddress,
        _ cells: TicketCells
    ) -> TicketListPage.Heading {
        // Only these lists are in order of priority as people work them; the others by when, or by how long.
        let isByPriority = ![.all, .waiting, .late].contains(address.list)
        guard let order = column.order, column != .number || address.list != .all,
            column != .priority || isByPriority
        else {
            return .init(label: cells.heading(column), isDescending: false)
        }
        let isChosen = order == address.order && column != .number
        return .init(
            label: cells.heading(column),
            href: address.changed {
                $0.order = order
                $0.isDescending = isChosen && !address.isDescending
            }.address,
            sorted: isChosen ? address.isDescending ? "descending" : "ascending" : nil,
            isDescending: isChosen && address.isDescending
        )
    }

    /// How many a tab says each list holds; nil for none, and for what no index of open tickets bounds.
    private func counts(_ queries: [WorkListQuery]) async throws -> [String?] {
        let counted = queries.indices.filter { index in
            queries[index].kind != .all && queries[index].words.allSatisfy(\.isWhitespace)
        }
        let numbers = try await app.workLists.counts(counted.map { queries[$0] }, most: Self.mostCounted)
        var texts = [String?](repeating: nil, count: queries.count)
        for (index, number) in zip(counted, numbers) where number > 0 {
            texts[index] = number >= Self.mostCounted ? "\(Self.mostCounted - 1)+" : String(number)
        }
        return texts
    }

    private static func query(of list: SavedList, for account: Account, in timeZone: TimeZone) -> WorkListQuery {
        let fields = FormFields.parse(list.query)
        return TicketListAddress { name in fields.first { $0.name == name }?.value }.query(for: account, in: timeZone)
    }

    private func page(
        _ address: TicketListAddress,
        _ context: SignedInContext,
        _ words: Words,
        _ accounts: [Account]
    ) async throws -> TicketListPage {
        let (account, language) = (context.account, context.language)
        let current = app.catalogue.current
        let visible = account.visibleDepartments
        let places = current.departments.filter { visible?.contains($0.id) ?? true }
        let lists = try await app.savedLists.list(for: account)
        let counts = try await counts(
            WorkListKind.allCases.map { WorkListQuery($0, of: account.id, departments: visible) }
                + lists.prefix(Self.mostListsCounted).map { Self.query(of: $0, for: account, in: app.timeZone) }
        )
        let tabs = zip(WorkListKind.allCases, counts).map { kind, count in
            TicketListPage.Tab(
                href: QueryText.path(TicketListAddress.path, [("list", kind.rawValue)]),
                label: words("tickets.list.\(kind.rawValue)"),
                count: count,
                isCurrent: kind == address.list
            )
        }
        let saved = lists.enumerated().map { index, list in
            TicketListPage.Saved(
                id: list.id,
                name: list.name,
                href: "\(TicketListAddress.path)?\(list.query)",
                count: index < Self.mostListsCounted ? counts[tabs.count + index] : nil,
                department: list.department.map { current.department($0)?.name[language] ?? $0 },
                isMine: list.accountID == account.id,
                isCurrent: list.query == address.query
            )
        }
        let colleagues = accounts.filter { !$0.isDisabled && (visible == nil || $0.shares(visible)) }
        func choices<Value: CaseIterable & RawRepresentable<String> & Equatable>(
            _ type: Value.Type,
            _ chosen: Value?,
            _ label: (Value) -> String
        ) -> [PageChoice] { PageChoice.all(type, chosen: chosen, label: label) }
        return TicketListPage(
            q: address.words,
            tabs: tabs,
            saved: saved,
            filters: .init(
                states: choices(TicketState.self, address.state) { TicketWords.state($0)[language] },
                priorities: choices(TopicPriority.self, address.priority) { $0.title[language] },
                departments: places.map {
                    PageChoice(value: $0.id, label: $0.name[language], isChosen: $0.id == address.department)
                },
                topics: current.topics.map {
                    PageChoice(value: $0.id, label: $0.title[language], isChosen: $0.id == address.topic)
                },
                people: colleagues.map {
                    PageChoice(value: String($0.id), label: $0.name, isChosen: $0.id == address.person)
                },
                channels: choices(AttendanceChannel.self, address.channel) { TicketWords.channel($0)[language] },
                services: choices(ServiceStatus.self, address.service) { $0.title(language) },
                from: address.from,
                to: address.to,
                columns: TicketColumn.allCases.map {
                    PageChoice(
                        value: $0.rawValue,
                        label: words($0.word),
                        isChosen: address.columns.contains($0)
                    )
                }
            ),
            kept: [
                .init(name: "list", value: address.list.rawValue),
                .init(name: "order", value: address.order == .work ? "" : address.order.rawValue),
                .init(name: "dir", value: address.isDescending ? "desc" : ""),
                .init(name: "customer", value: address.customer.map { String($0) } ?? ""),
            ].filter { !$0.value.isEmpty },
            isNarrowed: address.isNarrowed,
            clear: QueryText.path(TicketListAddress.path, [("list", address.list.rawValue), ("q", address.words)]),
            headings: [],
            rows: [],
            hasRows: false,
            none: words(
                address.isNarrowed || !address.words.isEmpty ? "tickets.none" : "tickets.empty.\(address.list.rawValue)"
            ),
            file: QueryText.path("\(TicketListAddress.path).csv", address.changed { _ in }.pairs),
            query: address.query,
            shares: places.filter { account.works(in: $0.id) }.map { .init(value: $0.id, label: $0.name[language]) },
            targets: .init(
                colleagues: colleagues.map { .init(value: String($0.id), label: $0.name) },
                places: current.departments.map { .init(value: $0.id, label: $0.name[language]) },
                ranks: TopicPriority.allCases.map { .init(value: $0.rawValue, label: $0.title[language]) }
            ),
            mayTakeNext: address.list == .department || address.list == .unassigned
        )
    }
}

extension Account {
    /// Whether the account works in one of these departments, so that a ticket there can be theirs.
    fileprivate func shares(_ departments: [String]?) -> Bool {
        role >= .supervisor || (departments ?? []).contains(where: works)
    }
}
