import DeskCore

@testable import CallDesk

/// One of each page of the portal with something in every list and every optional.
enum PortalSamples {
    static let choice = PortalChoice(value: "a", label: "A", isChosen: true)
    static let anchor = PortalAnchor(href: "/a", label: "A")
    static let tab = PortalTab(href: "/a", label: "A", isCurrent: true)
    static let field = PortalField(
        "a",
        "A",
        value: "v",
        autocomplete: "name",
        inputmode: "numeric",
        hint: "h",
        fault: "f"
    )
    static let row = RequestRow(
        number: "2026-1",
        href: "/chamados/2026-1",
        isUnread: true,
        type: "t",
        service: "s",
        request: "r",
        summary: "u",
        created: "c",
        task: "k",
        group: "g",
        state: "e",
        tone: "o",
        level: "l",
        due: "d",
        status: "i",
        isLate: true,
        priority: "p",
        hasFiles: true
    )
    static let guide = GuideLink(title: "G", href: "/g")
    static let place = OpeningPlace(title: "P", place: "current", isCurrent: true)
    static let file = TicketSheet.File(name: "a.png", size: "1 kB", href: "/f")
    static let item = TicketSheet.Item(kind: "reply", author: "Ana", time: "10:00", text: "t", files: [file])

    static let deed = TicketDeed(
        deed: "reply",
        title: "T",
        about: "a",
        button: "B",
        textLabel: "L",
        typedText: "x",
        needsText: true,
        longest: 10,
        question: "q",
        choices: [.init(name: "n", value: "v", label: "l", isChosen: true)],
        assent: "s",
        takesFiles: true,
        fileKinds: "image/*",
        kept: [.init(id: 1, fileName: "a.png")],
        isUnfolded: true,
        wrong: "w",
        passwords: [.init(name: "passwords", value: "seal", label: "l", isChosen: false)]
    )

    static let sheet = TicketSheet(
        number: "2026-1",
        summary: "u",
        steps: [.init(title: "T", place: "current", isCurrent: true)],
        outlook: ["o"],
        facts: [.init(label: "l", text: "t")],
        description: "d",
        whatChanged: "w",
        answers: [.init(label: "l", text: "t")],
        solution: item,
        conversation: [item],
        history: [item],
        files: [file],
        deeds: [deed],
        refusals: ["r"],
        follower: "/abrir",
        hasAnswers: true,
        hasFiles: true,
        hasConversation: true,
        hasDeeds: true
    )

    static let question = OpeningQuestion(
        id: "q",
        label: "Q",
        hint: "h",
        purpose: "p",
        fault: "f",
        isOwed: true,
        value: "v",
        longest: 10,
        isLine: true,
        type: "text",
        inputMode: "numeric",
        isProse: true,
        isList: true,
        isRadio: true,
        isBoxes: true,
        isAddress: true,
        isFile: true,
        isSecret: true,
        isKept: true,
        choices: [.init(value: "a", label: "A", isChosen: true, choiceID: "q-0")],
        parts: [.init(name: "q.cep", label: "CEP", value: "1", autocomplete: "postal-code", isOwed: true)],
        files: [.init(id: 1, owner: "q", name: "a.png", size: "1 kB")],
        fileKinds: "image/*"
    )

    /// What every page is told.
    static func surroundings(_ words: Words) -> PortalSurroundings {
        PortalSurroundings(
            language: "pt-BR",
            theme: "dark",
            title: "Título",
            face: PortalFace(
                name: "Central",
                phone: "0800",
                hours: "9–18",
                logo: "/logo",
                colours: "/cores.css",
                back: "/volta",
                links: [.init(label: "A", url: "/a")],
                title: "t",
                text: "x",
                videos: [:]
            ),
            video: "/v",
            words: words.tree,
            sheet: "/s.css",
            icon: "/i.svg",
            csrf: "customer.x",
            here: "/",
            me: .init(name: "Ana", news: "2"),
            script: "/p.js",
            languages: [choice]
        )
    }

    static let all: [any Page] = [
        EntryPages.PortalSignInPage(next: "/", login: "a", domains: .init(choices: [choice]), message: "m"),
        AccountPages.RegistrationPage(
            hasFaults: true,
            done: "d",
            kinds: [choice],
            name: [field],
            before: [field],
            canLookUp: true,
            after: [field],
            first: 1,
            sum: 2,
            proof: "1",
            proofFault: "f"
        ),
        GuestPages.GuestPage(
            number: "1",
            digits: "2",
            message: "m",
            rows: [.init(id: 1, number: "1", state: "s", isOpening: true, fault: "f")]
        ),
        GuidePages.StatesPage(states: [.init(title: "T", tone: "o", meaning: "m")]),
        GuidePages.GuideListPage(words: "w", groups: [.init(kind: "k", guides: [guide])], hasGroups: true, none: "n"),
        GuidePages.GuidePage(kind: "k", text: "t", url: "/u", topic: "t", open: "/abrir", closed: "c"),
        HomePages.WelcomePage(),
        HomePages.HomePage(greeting: "g", open: "1", news: "1", closed: "1", rows: [row], hasRows: true),
        ProtocolPages.ProtocolListPage(rows: [protocolRow], hasRows: true, next: "/n"),
        ProtocolPages.ProtocolPage(row: protocolRow, requests: [row], hasRequests: true),
        RequestListPages.RequestListPage(
            tabs: [.init(href: "/a", label: "A", isCurrent: true)],
            words: "w",
            situation: "open",
            columns: [choice],
            directions: [choice],
            rows: [.init(row: row)],
            hasRows: true,
            empty: "e",
            hint: "h",
            next: "/n"
        ),
        RequestPages.RequestPage(sheet: sheet, address: "/a", once: "o", done: "d"),
        LinkedTicketPage(
            sheet: sheet,
            address: "/a",
            once: "o",
            done: "d",
            expires: "e",
            renewal: "r",
            renewalFault: "f"
        ),
        ClosedLinkPage(
            heading: "h",
            text: "t",
            address: "/a",
            once: "o",
            message: "m",
            typed: [.init(place: 0, label: "l", text: "t")],
            hasTyped: true,
            files: "f",
            isRenewable: true
        ),
        UnsentPage(
            text: "t",
            href: "/a",
            link: "l",
            typed: [.init(place: 0, label: "l", text: "t")],
            hasTyped: true,
            files: "f"
        ),
        PortalProblemPage(heading: "h", detail: "d", faults: ["f"], request: "1"),
        PortalFormPage(
            heading: "h",
            lead: "l",
            done: "d",
            message: "m",
            action: "/a",
            fields: [field],
            button: "B",
            link: anchor
        ),
        PortalNotePage(heading: "h", lead: "l", link: anchor, again: .init(action: "/a", button: "B")),
        OwnPages.DataPage(
            tabs: [tab],
            done: "d",
            message: "m",
            shown: [.init(name: "n", value: "v")],
            fields: [field],
            records: [.init(contactID: 1, heading: "h", document: "1", address: "Rua", fields: [field])],
            canLookUp: true,
            mayJoin: true,
            erasure: "/abrir/a"
        ),
        OwnPages.PhonesPage(
            tabs: [tab],
            done: "d",
            records: [
                .init(
                    contactID: 1,
                    heading: "h",
                    service: "s",
                    phones: [.init(id: 1, display: "1", label: "l")],
                    isEmpty: true
                )
            ],
            number: field,
            choices: [choice],
            hasChoice: true,
            waiting: .init(contactID: 1, number: "1", display: "1", fault: "f")
        ),
        OwnPages.TabFormPage(
            tabs: [tab],
            heading: "h",
            done: "d",
            message: "m",
            action: "/a",
            fields: [field],
            button: "B"
        ),
        OwnPages.PreferencesPage(
            tabs: [tab],
            done: "d",
            fault: "f",
            photo: "/preferencias/foto",
            languages: [choice],
            notices: [.init(label: "n", boxes: [choice])]
        ),
        topics,
        opening,
        OpeningReviewPage(
            topic: "t",
            path: "p",
            action: "/a",
            revision: "1",
            steps: [place],
            message: "m",
            lines: [.init(label: "l", text: "t", href: "/h")],
            recipients: ["r"],
            warnings: ["w"]
        ),
        OpeningPages.OpeningDonePage(
            made: [.init(number: "1", href: "/a", priority: "p")],
            protocolNumber: "1",
            close: "/c",
            email: "a@example.com"
        ),
    ]

    private static let protocolRow = ProtocolPages.Row(
        number: "1",
        href: "/a",
        day: "d",
        channel: "c",
        length: "l",
        tickets: "1"
    )

    private static let topics = OpeningPages.TopicsPage(
        crumbs: [.init(title: "T", href: "/a", path: "p")],
        title: "T",
        words: "w",
        para: "1",
        ref: "r",
        asked: "r",
        foreign: "f",
        sections: [.init(title: "T", href: "/a", path: "p")],
        topics: [.init(title: "T", href: "/a", path: "p")],
        isEmpty: true,
        empty: "e",
        drafts: [.init(title: "T", href: "/a", saved: "s")],
        hasDrafts: true,
        people: [choice],
        isForSeveral: true
    )

    private static let opening = OpeningPage(
        topic: "t",
        path: "p",
        action: "/a",
        step: "form",
        para: "1",
        ref: "r",
        once: "o",
        revision: "1",
        drafts: [.init(title: "T", href: "/a", saved: "s")],
        hasDrafts: true,
        steps: [place],
        reachedAt: "r",
        guides: [guide],
        hasGuides: true,
        atHand: [.init(label: "l", text: "t")],
        hasAtHand: true,
        isFirst: true,
        questions: [question],
        message: "m",
        hasFaults: true,
        passwords: [.init(name: "passwords", value: "seal", label: "l", isChosen: false)],
        hasPasswords: true,
        isBackOffered: true,
        canLookUp: true
    )
}
