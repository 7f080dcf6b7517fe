import HTTPTypes
import Hummingbird

extension Router where Context == DeskRequestContext {
    /// Says at every address which methods it takes to whoever tries another: 405 with `Allow` (RFC 9110 §15.5.6).
    ///
    /// Asked for once every route is there. What no address knows at all is refused by `KnownMethods`.
    func refuseOtherMethods() {
        let addresses = Dictionary(grouping: routes, by: \.path.description)
        for routes in addresses.values {
            guard let path = routes.first?.path else { continue }
            var allowed = Set(routes.map(\.method))
            // The router makes one of each.
            if allowed.contains(.get) { allowed.insert(.head) }
            let names = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            let known: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]
            for method in known where !allowed.contains(method) {
                on(path, method: method) { _, _ -> Response in throw Problem.methodNotAllowed(names) }
            }
        }
    }
}
