import ArgumentParser
import DeskCore
import Foundation

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes calls or tickets as CSV to standard output.",
        // The pages' files begin with the mark that spreadsheets want; what a program reads first must be the first heading.
        discussion: """
            UTF-8 without a mark, for programs, fields parted by semicolons; a spreadsheet that opens it is told so, or opens the \
            files of the desk's pages.
            """
    )

    enum Subject: String, ExpressibleByArgument, CaseIterable { case calls, tickets }

    @OptionGroup var settings: SettingsOption
    @Argument(help: "calls or tickets.")
    var subject: Subject

    func run() async throws {
        let settings = try settings.read(environment: ProcessInfo.processInfo.environment)
        let time = DeskTime(timeZone: settings.timeZone, language: Language(rawValue: settings.language) ?? .ptBR)
        try await Administration.looking(settings.database) { database in
            switch subject {
            case .calls: try await calls(CallDirectory(database: database), time)
            case .tickets: try await tickets(TicketDirectory(database: database), time)
            }
        }
    }

    private func calls(_ directory: CallDirectory, _ time: DeskTime) async throws {
        write([
            "inicio", "linha", "sentido", "numero", "nome", "discado", "fila", "resultado", "atendida_por", "fim",
            "transferencias", "gravacao",
        ])
        var before: Int64?
        while true {
            let page = try await directory.list(before: before, limit: 500)
            for call in page {
                write([
                    time.iso8601(call.startedAt), call.line, call.direction.rawValue,
                    call.number ?? call.numberRaw ?? "",
                    call.callerName ?? "", call.dialled ?? "", call.queue ?? "", call.outcome.rawValue,
                    call.answeredBy ?? "", call.endedAt.map { time.iso8601($0) } ?? "", String(call.transfers.count),
                    call.recording ?? "",
                ])
            }
            try Terminal.settle()
            guard let last = page.last, page.count == 500 else { return }
            before = last.id
        }
    }

    private func tickets(_ directory: TicketDirectory, _ time: DeskTime) async throws {
        write([
            "numero", "criado", "assunto", "departamento", "prioridade", "situacao", "resumo", "prazo", "encerrado",
        ])
        var query = TicketQuery()
        query.limit = 200
        while true {
            let page = try await directory.list(query)
            for ticket in page {
                write([
                    ticket.number, time.iso8601(ticket.createdAt), ticket.topicTitle, ticket.department,
                    ticket.priority,
                    ticket.state.rawValue, ticket.summary, ticket.dueAt.map { time.iso8601($0) } ?? "",
                    ticket.endedAt.map { time.iso8601($0) } ?? "",
                ])
            }
            try Terminal.settle()
            guard let last = page.last, page.count == 200 else { return }
            query.before = last.id
        }
    }

    private func write(_ fields: [String]) { print(CSVText.line(fields)) }
}
