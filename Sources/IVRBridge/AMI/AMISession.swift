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

    /// Has a call made whose first channel will be called `key`, and waits until that is there or is known not to come.
    ///
    /// That it rings is told in events, so once the PBX has taken it on it is not waited for longer than `LinePace.refusal`.
    func originate(_ action: AMIAction, key: String) async throws(BridgeError) {
        let id = with { $0.nextID() }
        do { _ = try action.encoded(id: id) } catch { throw .unwritable(line: line, why: "\(error)") }
        let result: Result<AMIResponse, BridgeError>
        do {
            result = .success(try await ask(action.name, id: id) { $0.originate(action, id: id, key: key) })
        } catch {
            result = .failure(error)
        }
        let isTaken = with { $0.settle(originationOf: id) }
        switch result {
        case .success(let answer):
            guard !answer.isSuccess else { return }
            let message = answer.message ?? "the phone cannot be rung; it is off, busy or unknown"
            throw .refused(line: line, action: action.name, message: message)
        case .failure(.timedOut) where isTaken: return
        case .failure(let error): throw error
        }
    }

    /// A call is there, whether it was asked for or not.
    func began(_ key: String) {
        for case .answer(let id, let response) in with({ $0.began(key) }) { finish(id, .success(response)) }
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

    var taken: String? {
        if case .taken(let id) = self { id } else { nil }
    }

    var asksAgainSoon: Bool { self == .notYet }
}
