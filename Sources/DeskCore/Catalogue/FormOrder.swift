/// In which order a form's rules are evaluated: whatever a rule reads comes before it.
enum FormOrder {
    enum Finding: Equatable {
        case order([Int])
        /// Fields that depend on each other, the first repeated at the end.
        case cycle([String])
    }

    /// `reads` names, for each field, those its `relevant` and `calculate` look at.
    static func find(_ fields: [String], reads: [String: Set<String>]) -> Finding {
        let index = Dictionary(fields.enumerated().map { ($1, $0) }) { first, _ in first }
        var order: [Int] = []
        var isDone = Set<String>()
        var path: [String] = []
        // Depth first without recursion: each entry is a field and what it still has to look at.
        for start in fields where !isDone.contains(start) {
            var stack: [(field: String, left: [String])] = [(start, sorted(reads[start], index))]
            path = [start]
            while let top = stack.last {
                guard let next = top.left.last else {
                    stack.removeLast()
                    path.removeLast()
                    isDone.insert(top.field)
                    if let place = index[top.field] { order.append(place) }
                    continue
                }
                stack[stack.count - 1].left.removeLast()
                if isDone.contains(next) { continue }
                if let loop = path.firstIndex(of: next) { return .cycle(Array(path[loop...]) + [next]) }
                stack.append((next, sorted(reads[next], index)))
                path.append(next)
            }
        }
        return .order(order)
    }

    /// Last first, so that popping visits in the author's order.
    private static func sorted(_ names: Set<String>?, _ index: [String: Int]) -> [String] {
        (names ?? []).filter { index[$0] != nil }.sorted { (index[$0] ?? 0) > (index[$1] ?? 0) }
    }
}
