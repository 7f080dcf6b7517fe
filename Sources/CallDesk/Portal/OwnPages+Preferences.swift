import Codecs
import DeskCore
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The tab of preferences (B2): language, notices and the picture.
extension OwnPages {
    struct PreferencesPage: Page {
        static let template = "preferencias"

        var tabs: [PortalTab]
        var done: String?
        /// Why a photo was not taken.
        var fault: String?
        /// Where their photo is, with what makes a new one another address; nil without one.
        var photo: String?
        var languages: [PortalChoice]
        var notices: [Notice]

        struct Notice: PagePart {
            var label: String
            var boxes: [PortalChoice]
        }
    }

    func preferences(
        _ visit: PortalVisit,
        _ customer: Caller.Customer,
        done: String? = nil,
        fault: String? = nil
    ) -> Response {
        let words = pages[visit.language]
        let wishes = customer.person.wishes
        let page = PreferencesPage(
            tabs: tabs("preferencias", words),
            done: done,
            fault: fault,
            photo: customer.person.photo.map { "/preferencias/foto?v=\($0.prefix(12))" },
            languages: Language.allCases.map {
                PortalChoice(value: $0.rawValue, label: $0.ownName, isChosen: $0 == visit.language)
            },
            notices: NoticeWishes.Kind.allCases.map { kind in
                .init(
                    label: words("portal.notices.\(kind.rawValue)"),
                    boxes: NoticeChannel.allCases.map { channel in
                        PortalChoice(
                            value: "\(kind.rawValue).\(channel.rawValue)",
                            label: channel.title(visit.language),
                            isChosen: wishes.wants(kind, channel)
                        )
                    }
                )
            }
        )
        return pages.response(
            visit,
            title: words("portal.own.preferencias"),
            page,
            status: fault == nil ? .ok : .unprocessableContent
        )
    }

    /// Their photo as the desk made it, never as it was sent.
    func photo(_ customer: Caller.Customer) throws -> Response {
        do {
            return Response(
                status: .ok,
                headers: [.contentType: "image/jpeg", .cacheControl: "private, max-age=86400"],
                body: .init(byteBuffer: ByteBuffer(bytes: try app.photos.photo(of: customer.person)))
            )
        } catch AttachmentError.missing, AttachmentError.lost {
            // A page shows the person's letters then; that the file is gone is told by `/ready`.
            throw Problem.notFound
        }
    }

    func savePhoto(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let words = pages[form.visit.language]
        var (key, square): (String, [UInt8]?) = ("portal.photo.removed", nil)
        if !form.has("remover") {
            guard let file = form.files.first(where: { $0.field == "photo" }) else {
                return preferences(form.visit, customer, fault: words("portal.photo.missing"))
            }
            try throttle.admit(form.visit.peer)
            do throws(PortraitFault) {
                square = try await PortraitMaker.square(file.name, Array(file.bytes))
            } catch {
                let reason =
                    switch error {
                    case .notAPicture: "portal.photo.wrong"
                    case .unavailable: "portal.photo.unavailable"
                    case .busy: "portal.photo.busy"
                    }
                return preferences(form.visit, customer, fault: words(reason))
            }
            key = "portal.photo.saved"
        }
        try await app.photos.set(square, of: customer.person.id)
        return preferences(form.visit, try await again(customer), done: words(key))
    }

    func savePreferences(_ form: PortalForm, _ customer: Caller.Customer) async throws -> Response {
        let wanted = Set(form.all("notice"))
        var wishes = NoticeWishes()
        for kind in NoticeWishes.Kind.allCases {
            for channel in NoticeChannel.allCases where !wanted.contains("\(kind.rawValue).\(channel.rawValue)") {
                wishes.decline(kind, channel)
            }
        }
        let language = Language(rawValue: form["language"]) ?? form.visit.language
        try await app.persons.prefer(
            customer.person.id,
            language: language,
            wishes: wishes,
            by: .person(customer.person.id)
        )
        var visit = form.visit
        visit.language = language
        return preferences(
            visit,
            try await again(customer),
            done: CustomerSuccess.customerSaved.message(in: language)
        )
    }
}
