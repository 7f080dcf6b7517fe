/// What else events tell of a call: recordings, menus, and what the dialplan hands over.
extension AMICallTracker {
    mutating func variableSet(_ fields: inout AMIFields) {
        // `Variable` and `Value` stand last; most variables are none of ours, and there are many.
        let count = fields.lines.count
        guard count >= 2,
            let index = fields.index(of: "Variable", from: count - 2) ?? fields.index(of: "Variable", from: 0)
        else { return }
        let name = fields.text(at: index)
        if name == "MIXMONITOR_FILENAME" {
            guard let value = fields.known("Value"), let place = channelOf(fields) else { return }
            calls[channels[place].call].snapshot.recording = value.string
            change(channels[place].call)
        } else if name == "AGISTATUS" {
            if let place = channelOf(fields) { noteAGI(channels[place].call) }
        } else if name.hasPrefix("CALLDESK_"), let value = fields.known("Value"), let place = channelOf(fields) {
            keep(name.dropping(9), value, in: channels[place].call)
        }
    }

    private mutating func channelOf(_ fields: AMIFields) -> Int? {
        var fields = fields
        return channel(&fields, .own)
    }

    /// A variable or header of a user event for the desk, such as the topic a menu found out.
    private mutating func keep(_ name: AMIText, _ value: AMIText, in call: Int) {
        // What a menu hands over is a word or a number; longer text is cut, and too many are left out.
        let key = name.keeping(40).string.lowercased()
        let known = calls[call].snapshot.variables[key]
        guard known != nil || calls[call].snapshot.variables.count < Self.mostVariables else { return }
        let text = value.keeping(200).string
        guard known != text else { return }
        calls[call].snapshot.variables[key] = text
        change(call)
    }

    /// `UserEvent(CallDesk,Topic: vpn)`: the headers after the event's own name are the dialplan's.
    mutating func userEvent(_ fields: inout AMIFields) {
        guard let index = fields.index(of: "UserEvent", from: 0),
            fields.text(at: index).hasPrefixIgnoringCase("calldesk"), let place = channelOf(fields)
        else { return }
        for other in (index + 1)..<max(index + 1, fields.lines.count) {
            keep(fields.name(at: other), fields.text(at: other), in: channels[place].call)
        }
    }

    mutating func noteAGI(_ call: Int) {
        guard !calls[call].snapshot.agi else { return }
        calls[call].snapshot.agi = true
        change(call)
    }

    mutating func agiStart(_ fields: inout AMIFields) {
        if let place = channel(&fields, .own) { noteAGI(channels[place].call) }
    }

    mutating func newExtension(_ fields: inout AMIFields) {
        guard let index = fields.index(of: "Application", from: 0), Self.isAGI(fields.text(at: index)) else { return }
        if let place = channel(&fields, .own) { noteAGI(channels[place].call) }
    }

    /// A user who may not read the class `agi` sees the application in CEL, where the PBX writes that.
    mutating func callDetail(_ fields: inout AMIFields) {
        guard let application = fields.value("Application"), Self.isAGI(application) else { return }
        // Records of details come after the end as well: they begin no call.
        var header = fields
        if let id = header.known("UniqueID"), let place = channelIndex[id.string] { noteAGI(channels[place].call) }
    }

    private static func isAGI(_ application: AMIText) -> Bool {
        application == "AGI" || application == "EAGI" || application == "DeadAGI"
    }
}
