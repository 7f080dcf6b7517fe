/// What a manager user may do and is told, judged from what the PBX shows of it.
///
/// No action tells a user's rights. What may be written shows in `ListCommands`, which names the actions this user may
/// send (manager.c, action_listcommands); what may be read shows in the events that come.
struct AMIRights: Sendable, Equatable {
    /// Names of the actions the user may send.
    var actions: Set<String>
    /// Names of the events that came.
    var events: Set<String>

    /// An action for each right: none of them is open to a user without it.
    private static let writes = [
        ("call", "Redirect"), ("agent", "QueuePause"), ("reporting", "CoreShowChannels"), ("originate", "Originate"),
    ]

    init(actions: Set<String> = [], events: Set<String> = []) {
        self.actions = actions
        self.events = events
    }

    /// Reads the answer to `ListCommands`: a header for each action, with what it does as its value.
    init(commands: AMIPacket, events: Set<String> = []) {
        self.init(actions: Set(commands.headers.map(\.name)), events: events)
    }

    /// Rights to write that are missing.
    var missingWrites: [String] { Self.writes.filter { !actions.contains($0.1) }.map(\.0) }

    /// Rights to read that are missing, of those whose events must have come by now.
    ///
    /// `provoked`: what was done that brings events of a right.
    func missingReads(provoked: Set<String>) -> [String] {
        [
            // Sent after the sign-in to those who may read `system` (manager.c, process_message).
            ("system", "FullyBooted"), ("call", "Newchannel"), ("agent", "QueueMemberAdded"), ("user", "UserEvent"),
        ].filter { provoked.contains($0.0) && !events.contains($0.1) }.map(\.0)
    }

    /// What is missing, in sentences.
    func troubles(provoked: Set<String>) -> [String] {
        [("read", missingReads(provoked: provoked)), ("write", missingWrites)].filter { !$0.1.isEmpty }.map {
            way,
            names in
            "the user lacks '\(names.joined(separator: ","))' in '\(way)' of manager.conf; "
                + "add it and run 'manager reload' on the PBX's console"
        }
    }
}
