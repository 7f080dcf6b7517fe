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

    /// The address of a code, as much of it as is known; nil when nobody knows it or the service does not answer.
    func find(_ code: CEP) async -> AddressAnswer? {
        // A look-up spares typing: without it the address is typed.
        if let found = try? await codes.find(code) { return found }
        return await service?(code)
    }

    /// Codes one page asks for together: a form has one or two addresses, a person speaks for a few customers.
    static let mostTogether = 5

    /// The addresses of the first `mostTogether` different codes, looked up side by side: all of them take a second at most.
    func find(_ codes: [CEP]) async -> [CEP: AddressAnswer] {
        var asked: [CEP] = []
        for code in codes where !asked.contains(code) && asked.count < Self.mostTogether { asked.append(code) }
        return await withTaskGroup(of: (CEP, AddressAnswer?).self) { group in
            for code in asked { group.addTask { (code, await find(code)) } }
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

extension AddressAnswer {
    /// Street and town in one line, as a registration keeps them.
    var line: String { [street, district, city, state].filter { !$0.isEmpty }.joined(separator: ", ") }
}
