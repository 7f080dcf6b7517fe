import AsyncHTTPClient
import DeskCore
import Foundation
import NIOCore
import NIOHTTP1

/// Finds the street of a postal code, where the operator names a service that knows (`portal.cep`).
struct PostalLookup: Sendable {
    /// The address of a code, as much of it as is known; nil when it is not known or the service does not answer.
    let find: @Sendable (CEP) async -> AddressAnswer?

    /// Asks a service that answers as ViaCEP does: `https://viacep.example/ws/{cep}/json/`.
    static func service(_ template: String) -> PostalLookup {
        PostalLookup { cep in
            let request = HTTPClientRequest(url: template.replacing("{cep}", with: cep.canonical))
            // A person waits for it, with a caller on the line: one second; an address is some hundred bytes.
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(1)),
                response.status == .ok,
                let body = try? await response.body.collect(upTo: 16_384)
            else { return nil }
            return address(Array(body.readableBytesView), of: cep)
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
