/// One change told to open screens and programs, already written as JSON.
struct LiveEvent: Sendable {
    /// Counts up from the hub's start; the SSE `id`, sent back as `Last-Event-ID`.
    let id: UInt64
    /// `call`, `attendance`, `draft`, `ticket`, `notice`, `line`, `database`, `resync`.
    let kind: String
    let audience: LiveAudience
    /// One JSON object, without line breaks.
    let payload: String
    /// When the bytes that caused it were read from the PBX (monotonic nanoseconds), for `calldesk_pop_seconds`.
    let causedAt: UInt64?

    /// Tells a reader that it fell behind and must load its lists again.
    static func resync(at id: UInt64) -> LiveEvent {
        LiveEvent(id: id, kind: "resync", audience: .everyone, payload: "{}", causedAt: nil)
    }
}

/// Who an event concerns; nobody else is sent it.
struct LiveAudience: Sendable, Equatable {
    /// Technicians by account; empty with `everyone` false reaches supervisors only.
    var accounts: Set<Int64> = []
    /// Every signed-in person of the desk.
    var everyone = false

    static let everyone = LiveAudience(everyone: true)
    static func accounts(_ ids: some Sequence<Int64>) -> LiveAudience { LiveAudience(accounts: Set(ids)) }
}

/// What a stream may see.
struct LiveViewer: Sendable, Equatable {
    /// nil for a program with a token that may see everything.
    var account: Int64?
    var seesEverything: Bool

    func sees(_ audience: LiveAudience) -> Bool {
        if seesEverything || audience.everyone { return true }
        guard let account else { return false }
        return audience.accounts.contains(account)
    }
}
