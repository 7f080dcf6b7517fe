import ArgumentParser
import Foundation

/// Standard input and output of the commands.
enum Terminal {
    /// Writes a line to standard error.
    static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Writes without a line break, at once.
    static func ask(_ text: String) {
        print(text, terminator: "")
        fflush(nil)
    }

    /// Hands on what was printed so far.
    ///
    /// - Throws: `ExitCode` 1, after saying so, when some of it could not be written: a full disk must not pass for a whole file.
    static func settle() throws {
        guard StandardOutput.isWhole() else {
            complain("standard output: not all of it could be written; make room on its disk and repeat the command")
            throw ExitCode(1)
        }
    }

    /// Reads a password without showing it; from a pipe, the first line.
    static func password(_ prompt: String) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return readLine() ?? "" }
        ask(prompt)
        var before = termios()
        tcgetattr(STDIN_FILENO, &before)
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
            print()
        }
        return readLine() ?? ""
    }
}
