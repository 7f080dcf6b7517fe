/// Whether text messages reach a customer, and if not, why (A3): shown before anything is promised.
public enum SMSService: String, Sendable, Hashable, Codable, CaseIterable {
    case active
    case noContract = "no_contract"
    case contractWithoutSMS = "contract_without_sms"
    case noMobile = "no_mobile"

    /// Decides from a customer's contracts and phones.
    ///
    /// The contract is judged first: it is what can be talked about.
    static func of(_ contracts: [Contract], _ phones: [Phone], region: Region, at moment: Moment) -> SMSService {
        let inForce = contracts.filter { $0.isInForce(at: moment) }
        if inForce.isEmpty { return .noContract }
        guard inForce.contains(where: \.hasSMS) else { return .contractWithoutSMS }
        return phones.contains { $0.canReceiveSMS(region: region) } ? .active : .noMobile
    }

    /// The state as the interview's candidates carry it.
    public var candidateState: Candidate.SMSState {
        switch self {
        case .active: .ready
        case .noContract, .contractWithoutSMS: .contractWithoutSMS
        case .noMobile: .noMobile
        }
    }

    /// One short sentence for the customer's card.
    public func text(in language: Language) -> String {
        switch self {
        case .active: LocalizedText("SMS ativo", en: "SMS active")[language]
        case .noContract:
            LocalizedText("Sem contrato: não recebe SMS", en: "No contract: no text messages")[language]
        case .contractWithoutSMS:
            LocalizedText("Contrato sem o serviço de SMS", en: "Contract without the SMS service")[language]
        case .noMobile:
            LocalizedText(
                "Nenhum celular cadastrado",
                ptPT: "Nenhum telemóvel registado",
                en: "No mobile number registered"
            )[language]
        }
    }
}

extension CustomerDirectory {
    /// Whether text messages reach the customer now.
    public func smsState(_ customerID: Int64) async throws(StoreError) -> SMSService {
        try await read { session throws(StoreError) in try smsState(customerID, in: session) }
    }

    public func smsState(_ customerID: Int64, in session: any SQLSession) throws(StoreError) -> SMSService {
        SMSService.of(
            try contracts(of: customerID, in: session),
            try phones(of: customerID, in: session),
            region: region,
            at: clock.now
        )
    }
}
