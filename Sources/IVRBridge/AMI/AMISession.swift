/// Questions to an Asterisk on a connection.
extension LineSession<AMISessionState> {
    /// Whether a list may come whole in the read that begins it.
    var collectsLists: Bool { isAwaited || with { $0.collectsLists } }

    /// Sends an action and waits for its answer.
    func send(_ action: AMIAction) async throws(BridgeError) -> AMIResponse {
        let id = with { $0.nextID() }
        do { _ = try action.encoded(id: id) } catch { throw .unwritable(line: line, why: "\(error)") }
        return try await ask(action.name, id: id) { _ in [.send(action, id: id)] }
    }
}

extension AMISessionState: LineConversation {
    static let house = LineHouse(
        pbx: "Asterisk",
        access: "manager.conf",
        port: "Asterisk's manager port",
        tongue: "AMI"
    )
}

extension AMISessionState.Output: LineOutput {
    var bytes: [UInt8]? {
        guard case .send(let action, let id) = self else { return nil }
        // Others' are looked at before they come here; ours hold a user and a secret from the settings, which refuse
        // line breaks already.
        return try? action.encoded(id: id)
    }

    var answer: (id: String, AMIResponse)? {
        if case .answer(let id, let response) = self { (id, response) } else { nil }
    }

    var asksAgainSoon: Bool { self == .notYet }
}
