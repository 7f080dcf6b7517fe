/// An account's data after its checks.
struct AccountChecks: Sendable {
    /// More phones than a technician has: desk, headset, mobile, softphone, on several lines.
    static let mostExtensions = 20
    /// A channel name without its suffix; Asterisk cuts channel names at 79 bytes.
    static let longestParty = 80
    /// Departments or queues of one person.
    static let mostGroups = 200

    let login: String
    let name: String
    let email: String?
    let role: Account.Role
    let language: Language?
    let pop: Account.Pop
    let departments: [String]
    let queues: [String]
    let extensions: [AccountExtension]

    static func check(_ draft: AccountDraft) throws(AccountError) -> AccountChecks {
        guard let login = login(draft.login) else { throw .invalid(.login, draft.login.isEmpty ? .missing : .invalid) }
        guard let name = CleanText.line(draft.name, longest: TextLimits.name) else { throw .invalid(.name, .tooLong) }
        guard !name.isEmpty else { throw .invalid(.name, .missing) }
        var email: String?
        if let text = draft.email, !text.isEmpty {
            guard let address = WrittenAddress(text)?.address else { throw .invalid(.email, .invalid) }
            email = address.canonical
        }
        guard draft.extensions.count <= mostExtensions else { throw .invalid(.extensionParty, .tooMany) }
        var extensions: [AccountExtension] = []
        for phone in draft.extensions {
            let checked = AccountExtension(line: phone.line, party: phone.party)
            guard isName(phone.party), phone.line.isEmpty || isName(phone.line) else {
                throw .invalid(.extensionParty, .invalid)
            }
            if !extensions.contains(checked) { extensions.append(checked) }
        }
        return AccountChecks(
            login: login,
            name: name,
            email: email,
            role: draft.role,
            language: draft.language,
            pop: draft.pop,
            departments: try names(draft.departments, .departments),
            queues: try names(draft.queues, .queues),
            extensions: extensions
        )
    }

    /// A login in the form it is stored; nil when it cannot be one.
    static func login(_ raw: String) -> String? {
        guard raw.utf8.count <= 120, !raw.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        let login = TextFolding.fold(raw)
        guard (2...40).contains(login.utf8.count) else { return nil }
        let isFit = login.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || DocumentText.isDigit(byte)
                || "._-@".utf8.contains(byte)
        }
        return isFit ? login : nil
    }

    /// What the PBX and the settings use in names of channels, queues and lines.
    private static func isName(_ text: String) -> Bool {
        (1...longestParty).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func names(_ raw: [String], _ field: AccountError.Field) throws(AccountError) -> [String] {
        guard raw.count <= mostGroups else { throw .invalid(field, .tooMany) }
        var names: [String] = []
        for text in raw {
            guard let name = CleanText.line(text, longest: longestParty) else { throw .invalid(field, .tooLong) }
            if !name.isEmpty, !names.contains(name) { names.append(name) }
        }
        return names
    }

    var values: [SQLValue] {
        [
            .text(login), .text(name), .text(email), .text(role.rawValue), .text(language?.rawValue),
            .text(pop.rawValue),
            .text(StoredList.encode(departments)), .text(StoredList.encode(queues)),
        ]
    }
}
