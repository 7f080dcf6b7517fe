import DeskCore
import HTTPTypes
import Hummingbird
import Synchronization

/// The file of postal codes: what it holds, another in its place, or none.
struct PostalFileOperations: OperationSet {
    /// Lines that are named; of a file with more wrong ones the first few say what is wrong.
    private static let mostNamed = 50

    let codes: PostalCodes

    static let schemas: [(String, Schema)] = [
        (
            "PostalFile",
            .object([
                .init("codes", .integer(), "How many lines of the file are looked into; 0 without a file."),
                .nullable("imported_at", .time),
            ])
        ),
        (
            "PostalImport",
            .object([
                .init("taken", .integer()), .init("refused", .integer()),
                .init(
                    "lines",
                    .array(.integer()),
                    "Lines without a code, town and state that can be read, by their number; the first few."
                ),
            ])
        ),
    ]

    var operations: [Operation] { [show, replace, delete] }

    private var show: Operation {
        Operation(
            method: .get,
            path: "/postal-file",
            id: "getPostalFile",
            tag: "customers",
            summary: "How many postal codes are known from a file, and since when.",
            who: [.staff(.supervisor), .program(.administration)],
            answer: .one("PostalFile")
        ) { _ in
            let file = try await codes.file()
            return .one { json in
                json.object { json in
                    json.field("codes", file?.codes ?? 0)
                    json.field("imported_at", file?.at)
                }
            }
        }
    }

    private var replace: Operation {
        Operation(
            method: .put,
            path: "/postal-file",
            id: "importPostalFile",
            tag: "customers",
            summary:
                "Takes postal codes from a CSV file (cep, logradouro, bairro, cidade, uf) in place of those of the file before; larger ones are taken by 'calldesk postal-codes import'.",
            who: [.staff(.supervisor), .program(.administration)],
            body: .file,
            answer: .one("PostalImport"),
            problems: [.conflict]
        ) { ask in
            let refused = Mutex<[Int]>([])
            let bytes = ask.file
            var isGiven = false
            let report: PostalImport.Report
            do throws(ImportError) {
                report = try await PostalImport(into: codes).run(
                    next: {
                        defer { isGiven = true }
                        return isGiven ? nil : bytes
                    },
                    by: ask.actor
                ) { line in
                    refused.withLock { lines in if lines.count < Self.mostNamed { lines.append(line) } }
                }
            } catch {
                throw Self.problem(error)
            }
            return .one { json in
                json.object { json in
                    json.field("taken", report.taken)
                    json.field("refused", report.refused)
                    json.key("lines")
                    json.array(refused.withLock { $0 }) { $0.number(Int64($1)) }
                }
            }
        }
    }

    private var delete: Operation {
        Operation(
            method: .delete,
            path: "/postal-file",
            id: "deletePostalFile",
            tag: "customers",
            summary: "Deletes the postal codes of the file; addresses are typed then, or looked up at the service.",
            who: [.staff(.supervisor), .program(.administration)],
            status: .noContent,
            answer: .nothing,
            problems: [.notFound]
        ) { ask in
            guard try await codes.clear(by: ask.actor) else { throw Problem.notFound }
            return Response(status: .noContent)
        }
    }

    private static func problem(_ error: ImportError) -> any Error {
        if case .store(let error) = error { return error }
        let text = LocalizedText(
            error.message(in: .ptBR),
            ptPT: error.message(in: .ptPT),
            en: error.message(in: .en)
        )
        if case .overtaken = error { return Problem(.conflict, "overtaken", text) }
        return Problem.invalid("file", text)
    }
}
