import DeskCore
import HTTPTypes

/// The street of a postal code, for the address a caller spells out.
struct PostalOperations: OperationSet {
    let lookup: PostalLookup

    var operations: [Operation] {
        [
            Operation(
                method: .get,
                path: "/postal-codes/{code}",
                id: "findPostalCode",
                tag: "interviews",
                summary:
                    "The address of a Brazilian postal code as far as the operator's file or service knows it, within a second; not found leaves it to be typed.",
                who: [.staff(.technician), .program(.interviewsWrite)],
                answer: .one("Address"),
                problems: [.notFound]
            ) { ask in
                guard let code = CEP(try ask.text("code")), let found = await lookup.find(code) else {
                    throw Problem.notFound
                }
                return .one { json in
                    json.object { json in
                        for (name, path) in AddressAnswer.parts where !found[keyPath: path].isEmpty {
                            json.field(name, found[keyPath: path])
                        }
                    }
                }
            }
        ]
    }
}
