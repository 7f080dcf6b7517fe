/// A call in the telephone menu, whatever PBX it came from: who it is, and what can be done with it.
///
/// A hang-up is thrown as `PhoneCallError.hungUp` by whatever needs the caller.
public protocol PhoneCall: Sendable {
    /// The PBX's address, for the log and to tell its line.
    var peer: String { get }
    /// Which script the dialplan asks for, and with what.
    var request: ScriptRequest { get }
    var caller: PhoneCaller { get }

    /// The call's key on its line: what the line itself calls it.
    func key() async throws(PhoneCallError) -> String
    /// What the caller's own channel is called: Asterisk may name the call by an older one it was joined with since.
    var ownKey: String { get }
    func answer() async throws(PhoneCallError)
    func hangUp() async throws(PhoneCallError)
    /// Gives the call back to its dialplan, which goes on at once; nothing can be asked of it any more.
    func leave()
    /// Sets a variable that the dialplan reads afterwards.
    func set(_ name: String, to value: String) async throws(PhoneCallError)
    /// Shows a name on the phones that ring for this call.
    func show(name: String) async throws(PhoneCallError)
    /// Plays a sound until its end or any key.
    func play(_ file: String) async throws(PhoneCallError) -> PhonePlayed
    /// Whether the PBX finds a sound; the caller hears nothing of it.
    func finds(_ file: String) async throws(PhoneCallError) -> Bool
    /// The next key, nil when none came in time.
    func key(within timeout: Duration) async throws(PhoneCallError) -> Character?
    /// Callers who wait in a queue, nil when the PBX does not say.
    func waiting(in queue: String) async throws(PhoneCallError) -> Int?
}

/// Who is in the menu, as the PBX tells it.
public struct PhoneCaller: Sendable, Equatable {
    /// As sent; nil when there is none.
    public var number: String?
    public var name: String?
    /// The caller asked not to be shown.
    public var isWithheld: Bool
    public var dialled: String?
    /// The caller's channel without its instance: `PJSIP/operadora`.
    public var party: String?

    public init(number: String?, name: String?, isWithheld: Bool, dialled: String?, party: String?) {
        (self.number, self.name, self.isWithheld) = (number, name, isWithheld)
        (self.dialled, self.party) = (dialled, party)
    }
}

/// What came of playing a sound.
public enum PhonePlayed: Sendable, Equatable {
    case whole
    /// Stopped by this key.
    case key(Character)
    /// The PBX has no such sound, or cannot play it.
    case missing
}
