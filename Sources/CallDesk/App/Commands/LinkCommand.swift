import ArgumentParser
import DeskCore
import Foundation

struct LinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Looks after the quick links that open one ticket without a login.",
        subcommands: [List.self, Revoke.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists a ticket's links, those of tickets merged into it too.",
            discussion: "Each with its number, until when, whether open, for whom, of which ticket; never itself."
        )

        @OptionGroup var settings: SettingsOption
        @Argument(help: "The ticket's number.")
        var ticket: String

        func run() async throws {
            try await LinkCommand.links(of: ticket, settings, isLooking: true) { links, ticketID in
                let now = DeskClock.system.now
                for link in try await links.list(ticketID: ticketID) {
                    let isOpen = link.isOpen(at: now)
                    let until = ISOTime.string(link.expiresAt)
                    let state = isOpen ? "aberto" : "fechado"
                    print("\(link.id)\t\(until)\t\(state)\t\(link.recipient)\t\(link.ticketNumber)")
                }
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes a ticket's links for good: all of them, or one."
        )

        @OptionGroup var settings: SettingsOption
        @Argument(help: "The ticket's number.")
        var ticket: String
        @Option(help: "One link's number, from 'calldesk link list'; without it, all.")
        var link: Int64?

        func run() async throws {
            try await LinkCommand.links(of: ticket, settings) { links, ticketID in
                let now = DeskClock.system.now
                guard let link else {
                    let open = try await links.revokeAll(ticketID: ticketID, at: now, by: .system("console"))
                    print("revoked: \(open)")
                    return
                }
                guard try await links.revoke(link, ticketID: ticketID, at: now, by: .system("console")) else {
                    throw Administration.failed(
                        "não há link aberto com esse número; veja 'calldesk link list \(ticket)'"
                    )
                }
                print("revoked: 1")
            }
        }
    }

    private static func links(
        of number: String,
        _ option: SettingsOption,
        isLooking: Bool = false,
        _ body: (QuickLinks, _ ticketID: Int64) async throws -> Void
    ) async throws {
        let settings = try option.read(environment: ProcessInfo.processInfo.environment)
        func run(_ database: any Database) async throws {
            let tickets = TicketDirectory(database: database)
            guard let ticket = try await tickets.find(number: number) else {
                throw Administration.failed("não há chamado com esse número")
            }
            // A merged one's links open the one that counts.
            try await body(QuickLinks(database: database), try await tickets.survivor(of: ticket).id)
        }
        if isLooking {
            try await Administration.looking(settings.database, run)
        } else {
            try await OpenDatabase.with(settings.database, mustExist: true, run)
        }
    }
}
