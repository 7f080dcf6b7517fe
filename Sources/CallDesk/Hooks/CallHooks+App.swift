import DeskCore
import IVRBridge

extension Settings {
    /// How senders of webhooks reach the desk.
    var hookBase: String {
        var base = hooks.url ?? desk.url
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}

extension CallHooks {
    /// The hooks of every webhook line of the settings.
    init(app: App, sinks: LineSinks, e164: @escaping @Sendable (String) -> String?) {
        let settings = app.settings
        let hooks = settings.pbx.compactMap { pbx in
            pbx.kind.hook.map { kind in
                CallHook(
                    pbx,
                    base: settings.hookBase,
                    line: HookLine(line: pbx.address, kind: kind, normalise: e164, sinks: sinks),
                    clock: app.clock
                )
            }
        }
        self.init(
            hooks: hooks,
            log: HookLog(lines: hooks.map(\.line.name)),
            rules: app.callerRules,
            clock: app.clock,
            deskName: settings.desk.name,
            e164: e164,
            callers: { await app.hookContacts($0) }
        )
    }
}

extension App {
    /// Who a number may be, as a PBX shows them, best first; none while the database cannot be asked.
    ///
    /// A display has no room for “not confirmed”: nobody is named by a number they only gave as theirs.
    func hookContacts(_ number: String) async -> [HookContact] {
        let found = ((try? await customers.candidates(number)) ?? []).filter { !$0.isClaim }
        return found.prefix(5).map { candidate in
            HookContact(
                id: candidate.customerID,
                name: candidate.contactName ?? candidate.name,
                company: candidate.contactName == nil ? nil : candidate.name,
                url: callsURL(number)
            )
        }
    }
}
