import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Everything the portal keeps of a customer, as one JSON file they may take along.
///
/// LGPD art. 18, RGPD art. 20.
struct OwnFile: Sendable {
    let app: App
    let words: Words

    /// Tickets, and contacts with the desk, in one file; who has more is told so in it, and asks the desk.
    static let most = 1_000
    /// Contacts read together.
    private static let pageful = 200

    func response(_ visit: PortalVisit, _ customer: Caller.Customer) async throws -> Response {
        let person = try await app.persons.find(customer.person.id) ?? customer.person
        var tickets = try await app.directory.list(of: customer.reach, limit: Self.most + 1)
        let (contacts, areAll) = try await self.contacts(customer)
        let isWhole = areAll && tickets.count <= Self.most
        tickets = Array(tickets.prefix(Self.most))
        var threads: [(Ticket, [PublicEntry])] = []
        for ticket in tickets { threads.append((ticket, try await app.directory.publicThread(ticket.id))) }
        var customers: [(Customer, [Phone])] = []
        for id in Set(customer.contacts.map(\.customerID)).sorted() {
            guard let found = try await app.customers.find(id) else { continue }
            let own = customer.contacts.filter { $0.customerID == id }
            let phones = try await app.customers.phones(of: id).filter { phone in
                own.contains { $0.covers(phone, of: found.kind) }
            }
            customers.append((found, phones))
        }
        let photo = try photo(of: person)
        var json = JSONWriter(capacity: 65_536)
        json.object { json in
            json.field("made_at", app.clock.now)
            json.field("left_out", isWhole ? nil : words("portal.own.fileCut"))
            json.key("person")
            json.object { json in
                json.field("name", person.name)
                json.field("login", person.login)
                json.field("email", person.email)
                json.field("language", person.language?.rawValue)
                json.field("created_at", person.createdAt)
                json.key("photo")
                if let photo {
                    json.object { json in
                        json.field("media_type", "image/jpeg")
                        json.field("base64", Base64.text(photo))
                    }
                } else {
                    json.null()
                }
                json.key("notices")
                json.array(NoticeWishes.Kind.allCases) { json, kind in
                    json.object { json in
                        json.field("kind", kind.rawValue)
                        json.field("mail", person.wishes.wants(kind, .mail))
                        json.field("sms", person.wishes.wants(kind, .sms))
                    }
                }
            }
            json.key("customers")
            json.array(customers) { json, pair in
                json.object { json in
                    json.field("name", pair.0.name)
                    json.field("document", pair.0.document?.formatted)
                    json.field("address", pair.0.address)
                    json.field("phones", pair.1.map { $0.display(region: app.region) })
                }
            }
            json.key("contacts")
            json.array(contacts) { json, contact in
                json.object { json in
                    json.field("protocol", contact.attendance.protocolNumber)
                    json.field("channel", contact.attendance.channel.rawValue)
                    json.field("at", contact.attendance.startedAt)
                    json.field("asked_to_be_called", contact.attendance.reason == Attendance.callBackReason)
                    json.field("called_back_at", contact.call?.returnedAt)
                }
            }
            json.key("tickets")
            json.array(threads) { json, pair in
                json.object { json in
                    json.field("number", pair.0.number)
                    json.field("topic", pair.0.topicTitle)
                    json.field("summary", pair.0.summary)
                    json.field("description", pair.0.details)
                    json.field("state", pair.0.state.title(visit.language, toCustomer: true))
                    json.field("created_at", pair.0.createdAt)
                    json.key("answers")
                    json.array(pair.0.answers) { json, answer in
                        json.object { json in
                            json.field("label", answer.label)
                            json.field("value", answer.display)
                        }
                    }
                    json.key("entries")
                    json.array(pair.1) { json, entry in
                        json.object { json in
                            json.field("at", entry.createdAt)
                            json.field("by", entry.authorName)
                            json.field("text", entry.body)
                        }
                    }
                }
            }
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"calldesk.json\"",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: json.bytes))
        )
    }

    /// The newest contacts with the desk, and whether they are all.
    private func contacts(
        _ customer: Caller.Customer
    ) async throws -> (contacts: [CustomerProtocol], areAll: Bool) {
        var found: [CustomerProtocol] = []
        while found.count <= Self.most {
            let page = try await app.customerTickets.protocols(
                customer.reader,
                before: found.last?.attendance.id,
                limit: Self.pageful
            )
            found += page
            if page.count < Self.pageful { break }
        }
        return (Array(found.prefix(Self.most)), found.count <= Self.most)
    }

    /// A photo that is lost from the folder is none; one that cannot be read is told.
    private func photo(of person: Person) throws -> [UInt8]? {
        do { return try app.photos.photo(of: person) } catch AttachmentError.missing { return nil }
    }
}
