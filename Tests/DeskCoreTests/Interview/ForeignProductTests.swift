import Testing

@testable import DeskCore

@Suite("A product is the customer's whom the ticket is for")
struct ForeignProductTests {
    private static func with(_ products: [String], _ customer: Candidate) -> Candidate {
        var candidate = customer
        candidate.products = products
        return candidate
    }

    private let maria = ForeignProductTests.with(["loja.example", "Portal"], InterviewFixture.maria)
    private let bakery = ForeignProductTests.with(["padaria.example", "Portal"], InterviewFixture.bakery)

    /// Maria is calling, about her shop.
    private func chosen(_ product: String) throws -> Interview {
        var interview = try InterviewFixture.interview([maria], topicID: "erro")
        _ = interview.receive(.confirm, to: .identify)
        _ = interview.receive(.option(product), to: .product)
        #expect(interview.draft.answers[.product]?.value.text == product)
        return interview
    }

    private func change(_ interview: inout Interview, to candidate: Candidate) throws {
        _ = interview.goTo(.identify)
        _ = interview.receive(.option("search"), to: .identify)
        _ = interview.receive(.text(candidate.name), to: .identify)
        let query = try #require(interview.draft.query)
        _ = interview.received(candidates: [candidate], for: query)
        _ = interview.receive(.confirm, to: .identify)
        #expect(interview.customer?.customerID == candidate.customerID)
    }

    @Test(
        "taken for somebody else, the caller is asked for a product anew, be it of the same name",
        arguments: ["loja.example", "Portal", "none"]
    )
    func changed(product: String) throws {
        var interview = try chosen(product)
        try change(&interview, to: bakery)
        #expect(interview.draft.answers[.product] == nil)
        #expect(!interview.formAnswers.contains { $0.fieldID == PromptID.product.rawValue })
        _ = interview.receive(.option("padaria.example"), to: .product)
        #expect(interview.draft.answers[.product]?.value.text == "padaria.example")
    }

    @Test("found again, another contact of theirs included, the customer keeps the product")
    func same() throws {
        var interview = try chosen("loja.example")
        var again = maria
        again.contactID = 9
        try change(&interview, to: again)
        #expect(interview.draft.answers[.product]?.value.text == "loja.example")
    }

    @Test("a product that left the contract meanwhile is asked for anew; that it concerns none stays said")
    func gone() throws {
        for (product, left) in [("loja.example", nil), ("none", "none"), ("Portal", "Portal")] as [(String, String?)] {
            var interview = try chosen(product)
            interview.draft.identified?.candidate?.products = ["Portal"]
            _ = interview.receive(.text("Não abre"), to: .summary)
            #expect(interview.draft.answers[.product]?.value.text == left)
        }
    }
}
