import DeskCore
import HTTPTypes

/// The files of a form that were not taken: which, and why.
struct RefusedFiles {
    /// Named in one sentence; the others are seen to be missing.
    private static let mostNamed = 5

    private var files: [(name: String, problem: Problem)] = []

    /// Notes a file that was refused.
    ///
    /// - Throws: `error` where the fault is ours.
    mutating func note(_ name: String, _ error: any Error) throws {
        let problem = ProblemTranslation.problem(for: error)
        guard problem.status.kind == .clientError else { throw error }
        files.append((AttachmentStore.shownName(name), problem))
    }

    /// What is said of them, each by its name; nil when all were taken.
    var text: LocalizedText? {
        guard !files.isEmpty else { return nil }
        return LocalizedText { language in
            files.prefix(Self.mostNamed).map { file in
                let reason = file.problem.errors.first?.message ?? file.problem.detail ?? file.problem.title
                let text = "\(file.name): \(reason[language])"
                return text.hasSuffix(".") ? text : "\(text)."
            }.joined(separator: " ")
        }
    }

    /// The first one's problem, with what is said of all; nil when all were taken.
    var problem: Problem? {
        guard var problem = files.first?.problem, let text else { return nil }
        problem.errors = [FieldFault("files", text)]
        return problem
    }
}
