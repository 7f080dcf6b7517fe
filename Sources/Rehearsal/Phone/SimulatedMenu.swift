import IVRBridge
import Synchronization

/// Where a simulated PBX sends its callers to hear the telephone menu: by FastAGI, or by a switch's outbound socket.
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

    /// The keys a scenario's caller presses, one for each wait; `-` and whoever has none left are silent.
    private final class Keypad: Sendable {
        private let left: Mutex<Substring>

        init(_ keys: String) { left = Mutex(Substring(keys)) }

        /// What is pressed while the menu waits for so long; in a moment's silence between groups of digits nothing is.
        func press(within milliseconds: String) -> Character? {
            guard milliseconds != "300" else { return nil }
            return left.withLock { $0.popFirst() }.flatMap { $0 == "-" ? nil : $0 }
        }
    }

    /// Lets a scenario's caller hear the menu by FastAGI, as Asterisk does.
    ///
    /// Returns when the menu has done with the caller, or cannot be reached: the dialplan goes on all the same.
    func callByAGI(_ keys: String, as id: String, _ scenario: Scenario) async {
        let keypad = Keypad(keys)
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
            guard command.hasPrefix("WAIT FOR DIGIT"),
                let code = keypad.press(within: String(command.dropFirst("WAIT FOR DIGIT ".count)))?.asciiValue
            else { return "200 result=0\n" }
            return "200 result=\(code)\n"
        }
        _ = try? await caller.call(port: port, host: host)
    }

    /// The same by the outbound socket, as FreeSWITCH hands a caller over by `socket HOST:PORT full`.
    func callBySocket(_ keys: String, as id: String, _ scenario: Scenario) async {
        let keypad = Keypad(keys)
        let variables = Mutex<[String: String]>([:])
        let request = ScriptRequest(script)
        let caller = SimulatedSocketCaller(
            channel: SimulatedSocketCaller.channel(
                line: request.query["line"] ?? "",
                script: request.path,
                uniqueID: id,
                number: scenario.number,
                name: scenario.name,
                dialled: scenario.dialled ?? "s"
            )
        ) { command in
            if command[0].hasPrefix("api file_exists ") { return "true" }
            // Nobody waits in a queue that is none.
            if command[0].hasPrefix("api ") { return "0\n" }
            if command[0].hasPrefix("getvar ") {
                let name = String(command[0].dropFirst("getvar ".count))
                if name == "current_application_response" { return "FILE PLAYED" }
                return variables.withLock { $0[name] } ?? "-ERR command not found"
            }
            if command.contains("call-command: hangup") { return nil }
            let argument = command.first { $0.hasPrefix("execute-app-arg: ") } ?? ""
            guard command.contains("execute-app-name: play_and_get_digits") else { return "+OK" }
            // `play_and_get_digits 1 1 1 6000 none FILE FILE VARIABLE [0-9*#]`
            let words = argument.split(separator: " ").dropFirst().map(String.init)
            if words.count == 9, let key = keypad.press(within: words[3]) {
                // A menu has some dozens of waits.
                variables.withLock { if $0.count < 1_000 { $0[words[7]] = String(key) } }
            }
            return "+OK"
        }
        _ = try? await caller.call(port: port, host: host)
    }
}
