import Synchronization

/// Where a simulated PBX sends its callers to hear the telephone menu, by FastAGI.
package struct SimulatedMenu: Sendable {
    package var host: String
    package var port: Int
    /// As the dialplan names it: `ivr?line=matriz`.
    package var script: String

    package init(host: String, port: Int, script: String) {
        self.host = host
        self.port = port
        self.script = script
    }

    /// Lets a scenario's caller hear the menu and press keys, one for each wait; `-` and whoever has none left are silent.
    ///
    /// Returns when the menu has done with the caller, or cannot be reached: the dialplan goes on all the same.
    func call(_ keys: String, as id: String, _ scenario: Scenario) async {
        let left = Mutex(Substring(keys))
        let caller = SimulatedCaller(
            environment: SimulatedCaller.environment(
                script: script,
                uniqueid: id,
                number: scenario.number == "anonymous" ? "unknown" : scenario.number,
                name: scenario.name.isEmpty ? "unknown" : scenario.name,
                dialled: scenario.dialled ?? "s"
            )
        ) { command in
            if command.hasPrefix("STREAM FILE") { return "200 result=0 endpos=800\n" }
            if command.hasPrefix("CHANNEL STATUS") { return "200 result=6\n" }
            if command.hasPrefix("GET VARIABLE") {
                return command.lowercased().contains("linkedid") ? "200 result=1 (\(id))\n" : "200 result=0\n"
            }
            if command.hasPrefix("SET VARIABLE") { return "200 result=1\n" }
            // A moment's silence between groups of digits: nobody presses anything there.
            guard command.hasPrefix("WAIT FOR DIGIT"), !command.hasSuffix(" 300") else { return "200 result=0\n" }
            guard let key = left.withLock({ $0.popFirst() }), key != "-", let code = key.asciiValue else {
                return "200 result=0\n"
            }
            return "200 result=\(code)\n"
        }
        _ = try? await caller.call(port: port, host: host)
    }
}
