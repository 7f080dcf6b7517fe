import DeskCore

/// Which subscribers would get nothing now because of where their addresses lead: asked after an upgrade or a changed
/// setting, before messages wait for them.
struct ReceiverCheck: Sendable {
    let rules: ReceiverRules
    var resolve: @Sendable (String) async -> [PeerAddress] = ReceiverRules.resolve

    /// Each that is refused, by name and host, with what to do; an address may hold a token and is never told.
    func refused(among webhooks: [Webhook]) async -> [String] {
        await withTaskGroup(of: (Int64, String?).self) { group in
            // A hundred at the most, and each waits for a resolver by itself.
            for webhook in webhooks where !webhook.isPaused {
                group.addTask { (webhook.id, await refusal(of: webhook)) }
            }
            var found: [(id: Int64, what: String)] = []
            for await (id, what) in group { if let what { found.append((id, what)) } }
            return found.sorted { $0.id < $1.id }.map(\.what)
        }
    }

    private func refusal(of webhook: Webhook) async -> String? {
        guard let host = webhook.host else { return "'\(webhook.name)': \(ReceiverRules.Refusal.noAddress)" }
        do throws(ReceiverRules.Refusal) {
            _ = try await rules.address(of: host, resolve: resolve)
            return nil
        } catch {
            return "'\(webhook.name)' at \(host): \(error)"
        }
    }
}
