import HTTPTypes
import Hummingbird

extension Response {
    /// One thing.
    static func one(_ status: HTTPResponse.Status = .ok, _ write: (inout JSONWriter) throws -> Void) rethrows
        -> Response
    {
        var json = JSONWriter()
        try write(&json)
        return .json(status, json)
    }

    /// What a wish made, or had made before under the same name.
    static func made(_ isNew: Bool, _ write: (inout JSONWriter) throws -> Void) rethrows -> Response {
        var response = try one(isNew ? .created : .ok, write)
        if !isNew { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    /// A page of a list, and what `after` has to be for the next.
    static func page<Item>(
        _ items: [Item],
        next: Int64?,
        _ write: (inout JSONWriter, Item) -> Void
    ) -> Response {
        var json = JSONWriter(capacity: 512 * max(1, items.count))
        json.object { json in
            json.key("items")
            json.array(items, write)
            json.field("next", next)
        }
        return .json(.ok, json)
    }

    /// A whole list.
    static func list<Item>(_ items: [Item], _ write: (inout JSONWriter, Item) -> Void) -> Response {
        var json = JSONWriter(capacity: 512 * max(1, items.count))
        json.object { json in
            json.key("items")
            json.array(items, write)
        }
        return .json(.ok, json)
    }
}

extension PageQuery {
    /// The `next` of a page: the last id, when the page is full.
    func next<Item: Identifiable>(_ items: [Item]) -> Int64? where Item.ID == Int64 {
        items.count == limit ? items.last?.id : nil
    }
}
