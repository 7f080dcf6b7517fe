import DeskCore
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import CallDesk

@Suite("A customer's photo", .enabled(if: RealServer.hasPhotos), .timeLimit(.minutes(5)))
struct PortraitTests {
    /// 40 × 20 pixels, with a comment that tells where it was taken.
    private static let picture = Array(
        Data(
            base64Encoded: """
                iVBORw0KGgoAAAANSUhEUgAAACgAAAAUCAIAAABwJOjsAAAAGXRFWHRDb21tZW50AFJ1YSBkbyBTZWdyZWRvLCA3hAQCVgAABXBJ \
                REFUeNoNzRHbqjEAgOGXolE0ikbRKBpFo2gUjaJRNOp6YBS9FI2i0UejaBSNolE06lecc/+Be1kWNgtiYbsgF3YLamG/oBcOC2bh \
                uGAXTgtu4bzgFy4LYeG6EBduC2nhvrAuPBbywnOhLPwt1IXXQlt4L/SFz8JY+C7Mhd/Csgg2AiHYCqRgJ1CCvUALDgIjOAqs4CRw \
                grPACy6CILgKouAmSIK7YBU8BFnwFBTBn6AKXoImeAu64CMYgq9gCn7ifyzZSIRkK5GSnURJ9hItOUiM5CixkpPESc4SL7lIguQq \
                iZKbJEnuklXykGTJU1Ikf5IqeUma5C3pko9kSL6SKfnJ/7FioxCKrUIqdgql2Cu04qAwiqPCKk4KpzgrvOKiCIqrIipuiqS4K1bF \
                Q5EVT0VR/Cmq4qVoireiKz6KofgqpuKn/seajUZothqp2WmUZq/RmoPGaI4aqzlpnOas8ZqLJmiumqi5aZLmrlk1D03WPDVF86ep \
                mpemad6arvlohuarmZqf/h8bNgZh2BqkYWdQhr1BGw4GYzgarOFkcIazwRsuhmC4GqLhZkiGu2E1PAzZ8DQUw5+hGl6GZngbuuFj \
                GIavYRp+5n9s2ViEZWuRlp1FWfYWbTlYjOVosZaTxVnOFm+5WILlaomWmyVZ7pbV8rBky9NSLH+WanlZmuVt6ZaPZVi+lmn52f+x \
                Y+MQjq1DOnYO5dg7tOPgMI6jwzpODuc4O7zj4giOqyM6bo7kuDtWx8ORHU9Hcfw5quPlaI63ozs+juH4Oqbj5/7Hno1HeLYe6dl5 \
                lGfv0Z6Dx3iOHus5eZzn7PGeiyd4rp7ouXmS5+5ZPQ9P9jw9xfPnqZ6Xp3nenu75eIbn65men/8fBzYBEdgGZGAXUIF9QAcOARM4 \
                BmzgFHCBc8AHLoEQuAZi4BZIgXtgDTwCOfAMlMBfoAZegRZ4B3rgExiBb2AGfuF/HNlERGQbkZFdREX2ER05REzkGLGRU8RFzhEf \
                uURC5BqJkVskRe6RNfKI5MgzUiJ/kRp5RVrkHemRT2REvpEZ+cX/cWKTEIltQiZ2CZXYJ3TikDCJY8ImTgmXOCd84pIIiWsiJm6J \
                lLgn1sQjkRPPREn8JWrilWiJd6InPomR+CZm4pf+xyubFbGyXZEruxW1sl/RK4cVs3JcsSunFbdyXvErl5Wwcl2JK7eVtHJfWVce \
                K3nluVJW/lbqymulrbxX+spnZax8V+bKb/0fZzYZkdlmZGaXUZl9RmcOGZM5ZmzmlHGZc8ZnLpmQuWZi5pZJmXtmzTwyOfPMlMxf \
                pmZemZZ5Z3rmkxmZb2Zmfvl/XNgURGFbkIVdQRX2BV04FEzhWLCFU8EVzgVfuBRC4VqIhVshFe6FtfAo5MKzUAp/hVp4FVrhXeiF \
                T2EUvoVZ+JX/cWVTEZVtRVZ2FVXZV3TlUDGVY8VWThVXOVd85VIJlWslVm6VVLlX1sqjkivPSqn8VWrlVWmVd6VXPpVR+VZm5Vf/ \
                x41NQzS2DdnYNVRj39CNQ8M0jg3bODVc49zwjUsjNK6N2Lg1UuPeWBuPRm48G6Xx16iNV6M13o3e+DRG49uYjV/7H3c2HdHZdmRn \
                11GdfUd3Dh3TOXZs59RxnXPHdy6d0Ll2YufWSZ17Z+08Ornz7JTOX6d2Xp3WeXd659MZnW9ndn79fzzYDMRgO5CD3UAN9gM9OAzM \
                4Diwg9PADc4DP7gMwuA6iIPbIA3ug3XwGOTBc1AGf4M6eA3a4D3og89gDL6DOfiN//FkMxGT7UROdhM12U/05DAxk+PETk4TNzlP \
                /OQyCZPrJE5ukzS5T9bJY5Inz0mZ/E3q5DVpk/ekTz6TMflO5uQ3+Qf3GGIdZ9ZjRwAAAABJRU5ErkJggg==
                """,
            // The lines' ends leave blanks.
            options: .ignoreUnknownCharacters
        ) ?? Data()
    )

    /// Width and height that a JPEG's frame header says.
    private static func size(_ bytes: [UInt8]) -> [Int] {
        guard
            let start = bytes.indices.dropLast(8).first(where: {
                bytes[$0] == 0xFF && (0xC0...0xC2).contains(bytes[$0 + 1])
            })
        else { return [] }
        return [7, 5].map { Int(bytes[start + $0]) << 8 | Int(bytes[start + $0 + 1]) }
    }

    @Test("is a square the desk made anew, without what the camera noted")
    func square() async throws {
        let made = try await PortraitMaker.square("foto.png", Self.picture)
        #expect(made.starts(with: [0xFF, 0xD8, 0xFF]))
        #expect(Self.size(made) == [PortraitMaker.side, PortraitMaker.side])
        #expect(!String(decoding: made, as: UTF8.self).contains("Segredo"))
        #expect(await PortraitMaker.trouble() == nil)
    }

    @Test("what is none is told as that, damaged pictures and drawings that load others too")
    func none() async throws {
        let drawing = Array("<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)
        for (name, bytes) in [
            ("foto.png", Array(Self.picture.prefix(50))), ("foto.txt", Array("foto".utf8)), ("foto.svg", drawing),
            ("foto.jpg", drawing), ("foto.png", []), ("foto", Self.picture),
        ] {
            await #expect(throws: PortraitFault.notAPicture, "\(name) \(bytes.count)") {
                _ = try await PortraitMaker.square(name, bytes)
            }
        }
    }

    @Test("is set, seen by its owner alone, replaced and removed on the page")
    func page() async throws {
        try await DeskUnderTest.with { test in
            let person = try await test.person(of: test.customer())
            let session = try await test.app.personSessions.begin(personID: person.id)
            try await test.application.test(.router) { client in
                let browser = PortalBrowser(client)
                browser.enter(session)
                #expect(try await browser.get("/preferencias/foto").status == 404)
                let page = try await browser.get("/preferencias")
                #expect(page.body.contains("enctype=\"multipart/form-data\"") && !page.body.contains("<img class"))
                #expect(try await browser.post("/preferencias/foto").body.contains("Escolha uma foto primeiro."))
                let sent = try await browser.send("/preferencias/foto", file: ("photo", "foto.png", Self.picture))
                #expect(
                    sent.body.contains("Foto salva com sucesso!") && sent.body.contains("src=\"/preferencias/foto?v=")
                )
                let photo = try await browser.get("/preferencias/foto")
                #expect(
                    photo.headers[.contentType] == "image/jpeg"
                        && photo.headers[.cacheControl]?.hasPrefix("private") == true
                )
                #expect(try await PortalBrowser(client).get("/preferencias/foto").status == 303)
                let wrong = try await browser.send(
                    "/preferencias/foto",
                    file: ("photo", "foto.png", Array(Self.picture.prefix(60)))
                )
                #expect(wrong.status == 422 && wrong.body.contains("Não conseguimos ler essa foto."))
                #expect(try await browser.get("/preferencias/foto").status == 200)
                let removed = try await browser.post("/preferencias/foto", [("remover", "1")])
                #expect(removed.body.contains("Foto removida com sucesso!"))
                #expect(try await browser.get("/preferencias/foto").status == 404)
            }
        }
    }
}
