extension FieldChecks {
    /// The checks of this room for one region and one pattern of protocol numbers, as the interview takes them.
    public static func standard(region: Region, protocols: ProtocolFormat = .standard) -> FieldChecks {
        FieldChecks(
            cpf: { CPF($0)?.canonical },
            cnpj: { CNPJ($0)?.canonical },
            nif: { NIF($0)?.canonical },
            phone: { PhoneNumber.parse($0, region: region).flatMap { $0.isComplete ? $0.lookup : nil } },
            email: { WrittenAddress($0)?.address.canonical },
            isDepartmental: { WrittenAddress($0)?.address.isDepartmental ?? false },
            protocolNumber: { protocols.read($0) },
            displayPhone: { PhoneNumber.display($0, region: region) },
            postalCode: { AddressReader.postalCode($0, digits: region.country == .portugal ? 7 : 8) },
            region: region
        )
    }
}
