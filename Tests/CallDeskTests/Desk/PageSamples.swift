import DeskCore

@testable import CallDesk

/// One of each page with something in every list and every optional.
enum PageSamples {
    static let choice = PageChoice(value: "a", label: "A", isChosen: true)

    /// Pages without a frame.
    static let plain: [any Page] = [
        ErrorPage(
            language: "pt-BR",
            heading: "h",
            detail: "d",
            faults: ["f"],
            hasFaults: true,
            label: "n",
            request: "1"
        ),
        MessagesPage(
            kinds: [.init(value: "a", label: "A")],
            callers: [.init(value: "a", label: "A")],
            cards: [
                .init(
                    kind: "SMS",
                    to: "b@example.com",
                    parts: "1 parte",
                    time: "10:00",
                    subject: "s",
                    pieces: [.init(text: "t", isLink: false)],
                    html: "/h",
                    raw: "/r"
                )
            ],
            hasCards: true
        ),
    ]

    static let all: [any Page] = [
        AdminPage(places: [.init(href: "/a", label: "A", about: "b")]),
        AttendanceListPage(
            q: "1",
            list: "mine",
            tabs: [.init(href: "/t", label: "t", isCurrent: true, count: "1")],
            outcomes: [choice],
            channels: [choice],
            from: "2026-11-01",
            to: "2026-11-25",
            rows: [
                .init(
                    id: 1,
                    protocol: "1",
                    started: "hoje",
                    channel: "c",
                    customer: "Ana",
                    holder: "Rui",
                    outcome: "o",
                    tone: "done",
                    ticket: "1"
                )
            ],
            hasRows: true,
            none: "n",
            hint: "h",
            next: "/n"
        ),
        AttendancePage(
            protocol: "1",
            aloud: "um",
            outcome: "o",
            tone: "done",
            channel: "c",
            started: "hoje",
            ended: "hoje",
            customer: "Ana",
            customerID: 1,
            holder: "Rui",
            topic: "t",
            goOn: "/g",
            call: .init(number: "1", direction: "d", outcome: "o", length: "1", recording: "/r"),
            tickets: [.init(number: "1", summary: "s", state: "Aberto", tone: "accent")],
            hasTickets: true,
            notices: [.init(at: "hoje", event: "e", text: "t", tone: "done")],
            hasNotices: true,
            files: [.init(id: 1, name: "msg0001.wav", size: "1 kB")],
            hasFiles: true
        ),
        CallStoryPage(
            started: "hoje",
            length: "1 s",
            direction: "d",
            number: "n",
            name: "Ana",
            line: "matriz",
            key: "1.2",
            outcome: "o",
            tone: "done",
            attendanceID: 1,
            steps: [.init(at: "1", event: "Newchannel", channel: "PJSIP/1", part: "1.1", changes: ["c"])],
            hasSteps: true,
            hasGaps: true,
            isCut: true,
            absence: "a",
            masked: "/m",
            whole: "/w"
        ),
        CallListPage(q: "ana", rows: [call], hasRows: true, gaps: ["g"], hasGaps: true, hint: "h", next: "/n"),
        CallerRulesPage(),
        PostalFilePage(
            hasFile: true,
            codes: "12 CEPs",
            importedAt: "20/11/2026 10:00",
            about: "Um CSV com as colunas cep, logradouro, bairro, cidade e uf"
        ),
        CataloguePage(
            name: "Catálogo",
            version: "1",
            file: "c.xml",
            topics: 1,
            sections: 1,
            departments: "Suporte",
            faults: ["1:1"],
            hasFaults: true,
            unattended: UnattendedNote(title: "Ninguém atende", departments: ["Suporte (1 assunto)"]),
            tree: [.init(id: "s", name: "S", isSection: true, children: [topic])],
            canReload: true
        ),
        CustomerListPage(
            q: "ana",
            rows: [.init(id: 1, name: "Ana", document: "1", isCompany: true)],
            hasRows: true,
            hint: "h",
            next: "/n"
        ),
        customer,
        DeskPage(hasMessages: true),
        HookPage(
            hooks: [
                .init(
                    line: "nuvem",
                    title: "Twilio",
                    url: "https://a/hooks",
                    template: "https://a/template.xml",
                    requests: [
                        .init(
                            at: "10:00",
                            peer: "192.0.2.1",
                            method: "POST",
                            contentType: "text/plain",
                            size: 1,
                            body: "b",
                            status: 403,
                            isTaken: false,
                            answer: "a",
                            fault: "f",
                            forgery: .init(address: "https://a", expected: "e", given: "g")
                        )
                    ],
                    hasRequests: true
                )
            ],
            hasHooks: true
        ),
        LinePage(
            lines: [
                .init(
                    name: "matriz",
                    place: "pbx:5038",
                    isConnected: true,
                    trouble: "t",
                    warnings: ["w"],
                    events: 1,
                    bytes: "1 B",
                    kept: "k",
                    isNotKept: "n"
                )
            ],
            hasLines: true,
            aside: [.init(line: "matriz", key: "1.2", since: "1", tries: 2, error: "e")],
            hasAside: true,
            gaps: [LineGapLine(line: "matriz", from: "10:02", to: "10:07", length: "5 min", queues: "q")],
            hasGaps: true,
            unmapped: "Ana",
            streams: 1
        ),
        ErasedCustomerPage(
            name: "x",
            erased: "e",
            isUnderWay: true,
            recordings: ["a.wav"],
            hasRecordings: true
        ),
        NewCustomerPage(),
        satisfaction,
        ProblemPage(heading: "h", detail: "d", request: "1"),
        ServicePage(known: "{}"),
        CannedReplyPage(
            asked: "q",
            replies: [.init(id: 1, name: "n", text: "t", whose: "w", mayChange: true)],
            hasReplies: true,
            name: "n",
            text: "t",
            isEdited: true,
            revision: 3,
            method: "PUT",
            url: "/u",
            maySupervise: true,
            isMine: true,
            isShared: true,
            departments: [choice],
            variables: [.init(name: "ticket", about: "t")]
        ),
        ProfilePage(
            name: "Ana",
            login: "ana",
            pops: [.init(value: "open", label: "A", about: "b", isChosen: true)],
            languages: [choice],
            extensions: "1001",
            queues: "suporte",
            departments: "Suporte",
            wishes: [.init(value: "new", label: "l", hasMail: true, mail: true, desktop: true, sound: true)],
            hasNoMail: true
        ),
        SendLogPage(channels: [choice], states: [choice], rows: [notice], hasRows: true, next: "/n"),
        MailListPage(
            isRead: false,
            tabs: [.init(href: "/m", label: "Todos", isCurrent: true, count: "2")],
            rows: [
                .init(
                    id: 1,
                    received: "hoje",
                    sender: "a@b.br",
                    name: "Ana",
                    subject: "s",
                    outcome: "o",
                    tone: "waiting",
                    reason: "r",
                    ticket: "1",
                    attendanceID: 1,
                    protocol: "2",
                    wasAnswered: true,
                    waits: true,
                    isAgain: true,
                    uid: 7
                )
            ],
            hasRows: true,
            none: "n",
            next: "/n"
        ),
        SignInPage(form: "f", next: "/desk", login: "ana", message: "m"),
        TemplateListPage(
            languages: [choice],
            groups: [
                .init(title: "T", channels: [.init(label: "SMS", href: "/s", isEdited: true, parts: "1", isLong: true)])
            ]
        ),
        TemplatePage(
            event: "e",
            channel: "SMS",
            languageName: "English",
            url: "/u",
            back: "/b",
            isMail: true,
            isEdited: true,
            subject: "s",
            body: "b",
            html: "<p>",
            tag: "0f",
            variables: [.init(name: "ticket", title: "t", isNeeded: true)]
        ),
        ticket,
        TicketListPage(
            q: "erro",
            tabs: [.init(href: "/t", label: "Meus", count: "3", isCurrent: true)],
            saved: [
                .init(id: 1, name: "n", href: "/s", count: "1", department: "Suporte", isMine: true, isCurrent: true)
            ],
            filters: .init(
                states: [choice],
                priorities: [choice],
                departments: [choice],
                topics: [choice],
                people: [choice],
                channels: [choice],
                services: [choice],
                from: "2026-11-01",
                to: "2026-11-25",
                columns: [choice]
            ),
            kept: [.init(name: "list", value: "all")],
            isNarrowed: true,
            clear: "/c",
            headings: [.init(label: "Aberto", href: "/o", sorted: "descending", isDescending: true)],
            rows: [
                .init(
                    id: 1,
                    number: "1",
                    revision: 2,
                    unread: "3",
                    cells: [
                        .init(
                            label: "Situação",
                            style: "n late",
                            plain: "Aberto",
                            special: .init(
                                link: .init(href: "/h", text: "1"),
                                badge: .init(tone: "accent", text: "Aberto"),
                                text: "t",
                                below: "b",
                                isLate: true
                            )
                        )
                    ]
                )
            ],
            hasRows: true,
            hint: "h",
            none: "nada",
            cut: "mais",
            next: "/n",
            file: "/f",
            query: "list=all",
            shares: [.init(value: "v", label: "l")],
            targets: .init(
                colleagues: [.init(value: "v", label: "l")],
                places: [.init(value: "v", label: "l")],
                ranks: [.init(value: "v", label: "l")]
            ),
            mayTakeNext: true
        ),
        WebhookListPage(
            rows: [
                .init(
                    id: 1,
                    name: "ERP",
                    url: "https://a",
                    events: "e",
                    isPaused: true,
                    isLost: true,
                    failingSince: "10:00",
                    error: "e"
                )
            ],
            hasRows: true
        ),
        WebhookPage(
            id: 1,
            isNew: true,
            name: "ERP",
            url: "https://a",
            isPaused: true,
            isLost: true,
            tag: "t",
            events: [choice],
            failingSince: "10:00",
            error: "e",
            rows: [
                .init(
                    delivery: 1,
                    created: "10:00",
                    event: "e",
                    message: "m",
                    state: "s",
                    tone: "done",
                    attempts: 1,
                    status: 200,
                    error: "e",
                    body: "{}",
                    canResend: true
                )
            ],
            hasRows: true,
            next: "/n"
        ),
        UserListPage(
            rows: [
                .init(
                    id: 1,
                    name: "Ana",
                    login: "ana",
                    role: "r",
                    extensions: "1001",
                    departments: "suporte",
                    isDisabled: true,
                    warning: "w"
                )
            ],
            unattended: UnattendedNote(title: "Ninguém atende", departments: ["Suporte (1 assunto)"])
        ),
        UserPage(
            id: 1,
            revision: 1,
            isNew: true,
            isSelf: true,
            isDisabled: true,
            login: "ana",
            name: "Ana",
            email: "a@b.br",
            roles: [choice],
            pops: [choice],
            languages: [choice],
            extensions: "1001",
            queues: "suporte",
            departments: [.init(id: "suporte", label: "Suporte", isChosen: true)],
            successors: [choice]
        ),
    ]

    private static let call = CallListPage.Row(
        started: "hoje",
        name: "Ana",
        customerID: 1,
        number: "1",
        sent: "2",
        direction: "recebida",
        length: "1 min",
        outcome: "atendida",
        tone: "done",
        attendanceID: 1,
        protocol: "1",
        holder: "Bia",
        ticket: "1",
        transfers: "a → b",
        recording: "/r",
        why: "w",
        steps: "/s"
    )

    private static let topic = CataloguePage.Node(
        id: "t",
        name: "T",
        isSection: false,
        department: "Suporte",
        priority: "Normal",
        fields: 1,
        guides: 1
    )

    private static let customer: CustomerPage = {
        let contract = CustomerPage.Contract(
            id: 1,
            revision: 1,
            number: "C-1",
            title: "ERP",
            isActive: true,
            isInForce: true,
            sms: true,
            sections: "s",
            products: "p",
            ends: "hoje",
            url: "/k"
        )
        return CustomerPage(
            id: 1,
            revision: 1,
            name: "Ana",
            document: "1",
            hasDocument: true,
            address: "Rua A",
            notes: "n",
            isCompany: true,
            isMasked: true,
            hasSMS: true,
            sms: "s",
            canChangeContracts: true,
            mayErase: true,
            contacts: [
                .init(
                    id: 1,
                    revision: 1,
                    name: "Ana",
                    email: "a@b.br",
                    role: "r",
                    url: "/c",
                    access: "sem conta",
                    mayInvite: true,
                    trouble: "volta"
                )
            ],
            phones: [
                .init(display: "1", label: "l", claim: "c", contact: "Ana", sms: true, isWhole: true, url: "/p")
            ],
            contracts: [contract],
            tickets: [.init(number: "1", summary: "s", state: "Aberto", tone: "accent", created: "hoje")],
            hasTickets: true,
            story: [.init(at: "hoje", kind: "k", tone: "done", text: "t", href: "/h", detail: "d")],
            hasStory: true,
            older: "/o",
            twins: [.init(id: 2, name: "Ana", document: "1")],
            hasTwins: true,
            like: "ana",
            absorbed: [.init(id: 3, name: "Ana", document: "1")],
            hasAbsorbed: true
        )
    }()

    private static let satisfaction: SatisfactionPage = {
        let row = SatisfactionPage.Row(
            name: "Suporte",
            href: "/s",
            solved: 1,
            asked: 1,
            answered: 1,
            average: "4,2",
            marks: "5 × 1"
        )
        return SatisfactionPage(
            from: "2026-11-01",
            to: "2026-11-25",
            groupings: [choice],
            departments: [choice],
            sentence: "s",
            notAsked: ["n"],
            heading: "h",
            rows: [row],
            hasRows: true,
            comments: [
                .init(ticket: "1", topic: "t", technician: "Ana", mark: 2, tone: "late", text: "w", given: "hoje")
            ],
            hasComments: true,
            isCut: true,
            calls: [.init(name: "Ana", answered: 1, average: "4,2", marks: "5 × 1")],
            hasCalls: true,
            file: "/f"
        )
    }()

    private static let notice = SendLogPage.Row(
        id: 1,
        created: "hoje",
        event: "e",
        ticket: "1",
        recipient: "a@b.br",
        state: "enviado",
        tone: "done",
        reason: "r",
        error: "e",
        retryAt: "10:00",
        parts: 1,
        canResend: true
    )

    private static let ticket = TicketPage(
        id: 1,
        number: "1",
        summary: "s",
        state: "Aberto",
        tone: "accent",
        isLate: true,
        isClosed: true,
        isUnverified: true,
        needsProof: true,
        facts: [.init(label: "l", text: "t", tone: "number")],
        details: "d",
        whatChanged: "w",
        answers: [.init(label: "l", text: "t", isSecret: true, reference: "r", look: "/l")],
        hasAnswers: true,
        customer: .init(id: 1, name: "Ana"),
        contact: "Ana",
        email: "a@b.br",
        phone: "1",
        dial: "1",
        entries: [
            .init(
                id: 1,
                kind: "reply",
                label: "l",
                author: "Ana",
                time: "hoje",
                text: "t",
                files: [.init(id: 1, name: "a.pdf", size: "1 kB")],
                hasFiles: true,
                secrets: ["vault:1"],
                quoted: "q"
            )
        ],
        last: 1,
        files: [.init(id: 1, name: "a.pdf", size: "1 kB")],
        hasFiles: true,
        fates: [.init(sentence: "s", icon: "mail", tone: "done", error: "e")],
        hasFates: true,
        links: [.init(recipient: "j…@ex.br", number: "2026-2", until: "24/11/2026", url: "/api/v1/tickets/1/links/1")],
        hasLinks: true,
        steps: [.init(id: "s", url: "/u", label: "l", isDone: true, tag: "t", done: "d")],
        hasSteps: true,
        work: .init(
            kinds: [.init(move: "reply", key: "R", label: "l", isFirst: true)],
            hasKinds: true,
            composerURL: "/c",
            longest: 1,
            mayTake: true,
            mayWork: true,
            choices: [
                .init(
                    name: "n",
                    label: "l",
                    isNumber: true,
                    options: .init(choices: [choice]),
                    method: "POST",
                    url: "/u"
                )
            ],
            revision: 1,
            deeds: .init(
                mayChange: true,
                due: "2026-12-01T14:30",
                topics: .init(choices: [choice]),
                watchers: .init(people: [.init(id: 1, name: "Ana", isWatching: true)]),
                parts: [.init(id: 1, label: "l")],
                hasParts: true,
                mayMove: true,
                places: [.init(id: "a", name: "n")],
                takers: [.init(id: 1, name: "Ana", places: "a b")],
                mayMerge: true,
                mayLink: true,
                mayCancel: true,
                contacts: [choice],
                forCustomer: [.init(move: "restart", label: "l", url: "/u", needsReason: true)],
                hasForCustomer: true
            )
        )
    )
}
