import AsyncHTTPClient
import DeskCore
import Foundation
import NIOCore
import NIOHTTP1

/// Finds the street of a postal code: in the file the operator imported, else at a service that knows (`portal.cep`).
struct PostalLookup: Sendable {
    let codes: PostalCodes
    /// Nil where the operator names no service.
    let service: (@Sendable (CEP) async -> AddressAnswer?)?

    init(codes: PostalCodes, service: (@Sendable (CEP) async -> AddressAnswer?)?) {
        self.codes = codes
        self.service = service
    }

    init(_ app: App) {
        codes = PostalCodes(database: app.database, clock: app.clock)
        service = app.settings.portal.cep.map(Self.service)
    }

    /// What comes of looking a code up: as much of its address as is known.
    func look(_ code: CEP) async -> PostalFinding {
        var isRead = true
        do throws(StoreError) {
            if let found = try await codes.find(code) { return .found(found) }
        } catch {
            // A look-up spares typing: without it the address is typed.
            isRead = false
        }
        if let found = await service?(code) { return .found(found) }
        return isRead ? .unknown : .unanswered
    }

    /// The address of a code; nil when nobody knows it or nobody answers.
    func find(_ code: CEP) async -> AddressAnswer? { await look(code).address }

    /// Codes one page asks for together: a form has one or two addresses, a person speaks for a few customers.
    static let mostTogether = 5

    /// The addresses of the first `mostTogether` different codes that are known.
    func find(_ codes: [CEP]) async -> [CEP: AddressAnswer] { await look(codes).compactMapValues(\.address) }

    /// What comes of the first `mostTogether` different codes, looked up side by side: all of them take a second at most.
    func look(_ codes: [CEP]) async -> [CEP: PostalFinding] {
        var asked: [CEP] = []
        for code in codes where !asked.contains(code) && asked.count < Self.mostTogether { asked.append(code) }
        return await withTaskGroup(of: (CEP, PostalFinding).self) { group in
            for code in asked { group.addTask { (code, await look(code)) } }
            return await group.reduce(into: [:]) { found, next in found[next.0] = next.1 }
        }
    }

    /// Whether there is anything to look into.
    func isOffered() async -> Bool {
        if service != nil { return true }
        return (try? await codes.isEmpty()) == false
    }

    /// Asks a service that answers as ViaCEP does: `https://viacep.example/ws/{cep}/json/`.
    private static func service(_ template: String) -> @Sendable (CEP) async -> AddressAnswer? {
        { cep in
            let request = HTTPClientRequest(url: template.replacing("{cep}", with: cep.canonical))
            // A person waits for it, with a caller on the line: one second; an address is some hundred bytes.
            guard let answer = try? await HTTPClient.shared.answer(to: request, within: .seconds(1), upTo: 16_384),
                answer.status == .ok, answer.isWhole
            else { return nil }
            return address(answer.body, of: cep)
        }
    }

    /// The address of an answer; nil for one that names no street or town.
    static func address(_ bytes: [UInt8], of cep: CEP) -> AddressAnswer? {
        guard let members = (try? JSONParser.parse(bytes))?.object else { return nil }
        func part(_ name: String) -> String {
            members[name]?.string.map { CleanText.shortened($0, to: 100) } ?? ""
        }
        let found = AddressAnswer(
            cep: cep.canonical,
            street: part("logradouro"),
            district: part("bairro"),
            city: part("localidade"),
            state: part("uf")
        )
        return found.line.isEmpty ? nil : found
    }
}

/// What came of looking a postal code up.
enum PostalFinding: Sendable {
    case found(AddressAnswer)
    /// Nobody knows it.
    case unknown
    /// Whoever knows could not be asked.
    case unanswered

    var address: AddressAnswer? { if case .found(let address) = self { address } else { nil } }

    /// The word for what went wrong; nil for what was found.
    var fault: String? {
        switch self {
        case .found: nil
        case .unknown: "portal.cep.unknown"
        case .unanswered: "portal.cep.unanswered"
        }
    }
}

extension AddressAnswer {
    /// Street and town in one line, as a registration keeps them.
    var line: String { [street, district, city, state].filter { !$0.isEmpty }.joined(separator: ", ") }
}
