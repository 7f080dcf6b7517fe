import AsyncHTTPClient
import DeskCore
import Foundation
import NIOCore
import NIOHTTP1

/// Finds the street of a postal code, where the operator names a service that knows (`portal.cep`).
struct PostalLookup: Sendable {
    /// The address of a code as one line; nil when it is not known or the service does not answer.
    let find: @Sendable (CEP) async -> String?

    /// Asks a service that answers as ViaCEP does: `https://viacep.example/ws/{cep}/json/`.
    static func service(_ template: String) -> PostalLookup {
        PostalLookup { cep in
            let request = HTTPClientRequest(url: template.replacing("{cep}", with: cep.canonical))
            // A person waits for it: three seconds; an address is some hundred bytes.
            guard let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(3)),
                response.status == .ok,
                let body = try? await response.body.collect(upTo: 16_384)
            else { return nil }
            return line(Array(body.readableBytesView))
        }
    }

    /// The one line of an answer; nil for one that names no street or town.
    static func line(_ bytes: [UInt8]) -> String? {
        guard let members = (try? JSONParser.parse(bytes))?.object else { return nil }
        let parts = ["logradouro", "bairro", "localidade", "uf"].compactMap { members[$0]?.string }
            .map { CleanText.shortened($0, to: 100) }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
