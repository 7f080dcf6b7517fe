/// The shapes of the API's bodies and answers, by name: each subject's own, and the problem document.
enum Schemas {
    static func all(_ sets: [any OperationSet]) -> [(String, Schema)] {
        sets.flatMap { type(of: $0).schemas } + [("Problem", problem)]
    }

    private static let problem = Schema.object(
        [
            .init("type", .text, "A stable name for programs to switch on, below /problems/."),
            .init("title", .text), .init("status", .integer()), .init("detail", .text, required: false),
            .init(
                "errors",
                .array(.object([.init("field", .text), .init("message", .text)])),
                required: false,
                "What is wrong with which field."
            ),
            .init("request_id", .text, "Stands in the service's log too."),
        ],
        open: true
    )
}
