/// Questions to a FreeSWITCH on a connection.
extension LineSession<ESLSessionState> {
    /// Does something at once and waits for its answer.
    func api(_ command: String) async throws(BridgeError) -> String {
        let id = with { $0.nextID() }
        try check(command)
        return try good(try await ask(Self.name(command), id: id) { $0.command("api \(command)", id: id) }, command)
    }

    /// Has something done in the background and waits for its result.
    ///
    /// `id`: becomes the job's. `patience`: how long its result is waited for.
    func job(_ command: String, id: String, within patience: Duration? = nil) async throws(BridgeError) -> String {
        try check(command)
        let reply = try await ask(Self.name(command), id: id, within: patience) { conversation in
            // What the switch says at once is that the job has begun; who waits does so for the job itself.
            conversation.command("bgapi \(command)\nJob-UUID: \(id)", id: id + " begun")
        }
        return try good(reply, command)
    }

    private func check(_ command: String) throws(BridgeError) {
        guard command.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .unwritable(line: line, why: "it holds a line break or another control character")
        }
    }

    private func good(_ reply: ESLReply, _ command: String) throws(BridgeError) -> String {
        let text = reply.kind == .command ? reply.text : String(decoding: reply.body, as: UTF8.self)
        guard text.hasPrefix("-ERR") else { return text }
        let why = text.dropFirst(4).prefix { !$0.isNewline }.drop { $0 == " " }
        throw .refused(line: line, action: Self.name(command), message: String(why.prefix(200)))
    }

    /// The command's own name: its words may hold numbers.
    private static func name(_ command: String) -> String { String(command.prefix { $0 != " " }) }

    /// A job that could not even begin fails whoever waits for it.
    func begun(_ id: String, _ reply: ESLReply) {
        guard id.hasSuffix(" begun"), !reply.isGood else { return }
        finish(String(id.dropLast(6)), .success(reply))
    }
}

extension ESLSessionState: LineConversation {
    static let house = LineHouse(
        pbx: "FreeSWITCH",
        access: "event_socket.conf.xml",
        port: "FreeSWITCH's event socket",
        short: "switch",
        tongue: "event socket's"
    )
}

extension ESLSessionState.Output: LineOutput {
    var bytes: [UInt8]? { if case .send(let text) = self { Array((text + "\n\n").utf8) } else { nil } }
    var answer: (id: String, ESLReply)? { if case .answer(let id, let reply) = self { (id, reply) } else { nil } }
}
