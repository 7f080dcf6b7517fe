import DeskCore

/// What a program says about a ticket it wants opened; the interview decides whether it holds.
struct TicketOrder {
    var topic: String?
    var customerID: Int64?
    /// A customer to be registered with the ticket.
    var registration: CustomerRegistration?
    var contactID: Int64?
    var callerName: String?
    var callerPhone: String?
    var attendanceID: Int64?
    var protocolNumber: String?
    var summary: String?
    var module: String?
    var description: String?
    var whatChanged: String?
    /// By field; strings, numbers, truth values, lists, address objects.
    var answers: [String: JSONValue]
    var channel: AttendanceChannel
    var refersTo: Int64?
    /// What is to become of passwords that were typed into its texts.
    var passwords: PasswordSpotter.Wish?

    /// Channels a program may name: calls are made by the PBX alone.
    enum Channel: String, CaseIterable { case api, portal, walkIn = "walk_in" }

    /// - Throws: `Problem` 422 with everything whose shape is wrong.
    init(_ value: JSONValue) throws(Problem) {
        let body = try FieldReader(value)
        topic = body.text("topic", maximum: 200, required: true)
        customerID = body.id("customer_id")
        registration = body.object("customer").map { CustomerBody.registration($0) }
        contactID = body.id("contact_id")
        callerName = body.text("caller_name", maximum: 200)
        callerPhone = body.text("caller_phone", maximum: 40)
        attendanceID = body.id("attendance_id")
        protocolNumber = body.text("protocol", maximum: 60)
        // The interview has the last word on lengths; these only keep what is no text at all out of it.
        summary = body.text("summary", maximum: 20_000, required: true)
        module = body.text("module", maximum: 200)
        description = body.text("description", maximum: 200_000, required: true)
        whatChanged = body.text("what_changed", maximum: 200_000)
        answers = body.open("answers") ?? [:]
        let channel = body.choice("channel", Channel.self) ?? .api
        self.channel = AttendanceChannel(rawValue: channel.rawValue) ?? .api
        refersTo = body.id("refers_to")
        passwords = body.choice("passwords", PasswordSpotter.Wish.self)
        if customerID != nil, registration != nil { body.fault("customer", Self.either("customer_id", "customer")) }
        if attendanceID != nil, protocolNumber != nil {
            body.fault("protocol", Self.either("attendance_id", "protocol"))
        }
        if contactID != nil, customerID == nil { body.fault("customer_id", FieldText.missing) }
        try body.finish()
    }

    /// The passwords that were typed where they would stay readable, in order; dots stand in their place from now on.
    ///
    /// `topic`: says which of the answers are texts.
    mutating func takeOutPasswords(_ topic: Topic?) -> [String] {
        var taken: [String] = []
        func cover(_ text: String) -> String {
            let found = PasswordSpotter.spot(in: text)
            taken += found.map { String(text[$0]) }
            return PasswordSpotter.covered(text, found)
        }
        summary = summary.map(cover)
        description = description.map(cover)
        whatChanged = whatChanged.map(cover)
        for field in topic?.fields ?? [] where field.kind == .text || field.kind == .longText {
            if case .string(let text)? = answers[field.id] { answers[field.id] = .string(cover(text)) }
        }
        return taken
    }

    /// What is asked, in short, to be kept with the key it is asked under.
    ///
    /// To be called once passwords are taken out of its texts: none is in it, neither typed nor asked for by the form.
    func digest(_ topic: Topic?) -> String {
        let secrets = Set((topic?.fields ?? []).filter { $0.kind == .secret }.map(\.id))
        let said = answers.filter { !secrets.contains($0.key) }
        return ContentTag(of: [
            self.topic, customerID.map { String($0) }, registration?.digest, contactID.map { String($0) }, callerName,
            callerPhone, attendanceID.map { String($0) }, protocolNumber, summary, module, description, whatChanged,
            JSONValue.object(said).spelled, channel.rawValue, refersTo.map { String($0) },
        ]).text
    }

    private static func either(_ one: String, _ other: String) -> LocalizedText {
        LocalizedText(
            "Informe \(one) ou \(other), não ambos.",
            ptPT: "Indique \(one) ou \(other), não ambos.",
            en: "Give \(one) or \(other), not both."
        )
    }
}
