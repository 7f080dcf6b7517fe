import Testing

@testable import DeskCore

@Suite("Who works for a department")
struct DepartmentWorkTests {
    private static func worker(_ role: Account.Role, _ departments: String...) -> DepartmentWork.Worker {
        DepartmentWork.Worker(id: 1, role: role, departments: departments)
    }

    @Test(
        "whoever has it, or has none and so works for all; supervisors without any only where they are alone",
        arguments: [
            ([worker(.technician, "fiscal")], true), ([worker(.supervisor, "fiscal")], true),
            ([worker(.technician)], true), ([worker(.technician, "vendas")], false), ([], false),
            ([worker(.administrator)], true), ([worker(.administrator), worker(.technician, "vendas")], false),
            ([worker(.supervisor), worker(.technician, "vendas", "fiscal")], true),
        ]
    )
    func attended(workers: [DepartmentWork.Worker], isAttended: Bool) {
        #expect(DepartmentWork.isAttended("fiscal", by: workers) == isAttended)
    }
}
