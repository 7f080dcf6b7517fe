import TestSupport
import Testing

@testable import DeskCore

@Suite("Ranking of candidates")
struct CandidateRankingTests {
    private func customer(_ id: Int64, contact: Int64? = nil, _ name: String = "A", lastCall: Int64? = nil) -> Candidate
    {
        Candidate(
            customerID: id,
            contactID: contact,
            name: name,
            kind: .company,
            lastCallAt: lastCall.map { Moment(milliseconds: $0) }
        )
    }

    @Test("evidence adds up, the best stands first, and every reason is named once, strongest first")
    func adds() {
        let ranked = CandidateRanking.rank([
            Evidence(customer(1), .companyLine), Evidence(customer(2), .customerPhone),
            Evidence(customer(1), .companyLine), Evidence(customer(2), .called(daysAgo: 1)),
            Evidence(customer(2), .openTickets(2)),
        ])
        #expect(ranked.map(\.customerID) == [2, 1])
        #expect(ranked.map(\.score) == [75, 35])
        #expect(
            ranked.first?.reasons.map { $0.text(in: .ptBR) } == [
                "telefone cadastrado", "ligou ontem", "2 chamados abertos",
            ]
        )
        #expect(CandidateRanking.standing(of: ranked) == .leader(ranked[0]))
    }

    @Test("a tie is a tie, however often the list is ordered")
    func tie() {
        let ranked = CandidateRanking.rank([
            Evidence(customer(1), .customerPhone), Evidence(customer(2), .customerPhone),
            Evidence(customer(2), .called(daysAgo: 1)),
        ])
        #expect(ranked.map(\.customerID) == [2, 1])
        // A call yesterday does not decide between two who registered the same number.
        #expect(CandidateRanking.standing(of: ranked) == .tie)
        #expect(CandidateRanking.standing(of: []) == .nobody)
        #expect(CandidateRanking.standing(of: CandidateRanking.rank([Evidence(customer(1), .companyLine)])) == .tie)
    }

    @Test("what speaks for a customer speaks for its contacts; two people of one company are two candidates")
    func contacts() {
        let ranked = CandidateRanking.rank([
            Evidence(customer(1), .openTickets(1)), Evidence(customer(1, contact: 10), .contactPhone),
            Evidence(customer(1, contact: 11), .called(daysAgo: 0)),
        ])
        #expect(ranked.map(\.id) == ["1.10", "1.11"])
        #expect(ranked.map(\.score) == [70, 30])
    }

    @Test("the order does not depend on the order of the evidence")
    func stable() {
        var random = SplitMix64(seed: TestSeed.next())
        let reasons: [CandidateReason] = [
            .customerPhone, .companyLine, .called(daysAgo: 3), .openTickets(1), .callBack,
        ]
        for _ in 0..<200 {
            var evidence: [Evidence] = []
            for id in 1...Int64.random(in: 1...6, using: &random) {
                let contact: Int64? = Bool.random(using: &random) ? id * 10 : nil
                for reason in reasons where Bool.random(using: &random) {
                    evidence.append(Evidence(customer(id, contact: contact, "C\(id)", lastCall: id), reason))
                }
            }
            let ranked = CandidateRanking.rank(evidence)
            #expect(CandidateRanking.rank(evidence.shuffled(using: &random)) == ranked)
            #expect(ranked.count <= InterviewLimits.candidates)
            #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.score >= $1.score })
        }
    }

    @Test("reasons survive storage and have words in every language")
    func reasons() throws {
        let all: [CandidateReason] = [
            .contactPhone, .customerPhone, .companyLine, .phoneWithoutNinthDigit, .claimedPhone, .callBack,
            .called(daysAgo: 0), .called(daysAgo: 1), .called(daysAgo: 9), .openTickets(1), .openTickets(3), .document,
            .contract,
            .protocolNumber, .email, .name, .signedIn, .keypad, .registered,
        ]
        var candidate = customer(1)
        candidate.reasons = all
        var draft = try InterviewFixture.interview([candidate]).draft
        draft = try InterviewDraft(json: draft.json())
        #expect(draft.candidates.first?.reasons == all)
        for language in Language.allCases { #expect(Set(all.map { $0.text(in: language) }).count == all.count) }
    }
}
