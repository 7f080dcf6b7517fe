/// What is wrong with an answer: a code, with the number its sentence needs.
///
/// Never the answer itself.
public struct PromptFault: Error, Sendable, Hashable, Codable {
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        case required
        case tooLong = "too_long"
        case tooShort = "too_short"
        case notANumber = "not_a_number"
        case notMoney = "not_money"
        case notADate = "not_a_date"
        case notATime = "not_a_time"
        case notAnOption = "not_an_option"
        case notYesOrNo = "not_yes_or_no"
        case notAPhone = "not_a_phone"
        case notAnEmail = "not_an_email"
        case departmentalEmail = "departmental_email"
        case emailTaken = "email_taken"
        case documentTaken = "document_taken"
        case notACPF = "not_a_cpf"
        case notACNPJ = "not_a_cnpj"
        case notADocument = "not_a_document"
        case notANIF = "not_a_nif"
        case notACEP = "not_a_cep"
        case addressIncomplete = "address_incomplete"
        case tooManyFiles = "too_many_files"
        case wrongShape = "wrong_shape"
        case constraint
        case nobodyFound = "nobody_found"
        /// Built as a protocol number of the desk, but its check digit does not fit.
        case protocolMistyped = "protocol_mistyped"
        case nothingToSearch = "nothing_to_search"
        case topicNotFound = "topic_not_found"
        case notVerified = "not_verified"
        case notRegistered = "not_registered"
        case notOpened = "not_opened"
        case notLinked = "not_linked"
        /// The ticket it would be added to has ended.
        case ticketOver = "ticket_over"
        /// The ticket it would be added to is another customer's.
        case ticketOfAnother = "ticket_of_another"
        case notSealed = "not_sealed"
    }

    public var code: Code
    /// The bound, for faults that have one.
    public var limit: Int?

    public init(_ code: Code, limit: Int? = nil) {
        self.code = code
        self.limit = limit
    }

    /// What happened and what to do, in one or two sentences.
    public func message(in language: Language) -> String {
        let text = Self.texts[code]?[language] ?? code.rawValue
        guard let limit else { return text }
        return text.replacing("{n}", with: String(limit))
    }

    private static let texts: [Code: LocalizedText] = [
        .required: LocalizedText(
            "Resposta obrigatória. Pergunte ao cliente antes de continuar.",
            en: "An answer is required. Ask the customer before going on."
        ),
        .tooLong: LocalizedText(
            "Texto longo demais: no máximo {n} caracteres. Resuma, ou anexe o texto como arquivo.",
            ptPT: "Texto demasiado longo: no máximo {n} caracteres. Resuma, ou anexe o texto como ficheiro.",
            en: "The text is too long: at most {n} characters. Shorten it, or attach it as a file."
        ),
        .tooShort: LocalizedText(
            "Curto demais: pelo menos {n} caracteres.",
            ptPT: "Demasiado curto: pelo menos {n} caracteres.",
            en: "Too short: at least {n} characters."
        ),
        .notANumber: LocalizedText(
            "Não é um número. Use algarismos e, se preciso, vírgula: 12,5.",
            en: "Not a number. Use digits and, if needed, a decimal point: 12.5."
        ),
        .notMoney: LocalizedText(
            "Não é um valor. Escreva com vírgula nos centavos: 1.234,56.",
            ptPT: "Não é um valor. Escreva com vírgula nos cêntimos: 1.234,56.",
            en: "Not an amount. Write it with two decimals: 1,234.56."
        ),
        .notADate: LocalizedText(
            "Data inválida. Use dia, mês e ano: 21/11/2026.",
            en: "Not a date. Use day, month and year: 21/11/2026."
        ),
        .notATime: LocalizedText(
            "Hora inválida. Use horas e minutos: 14:30.",
            en: "Not a time. Use hours and minutes: 14:30."
        ),
        .notAnOption: LocalizedText(
            "Essa opção não existe aqui. Escolha uma da lista.",
            en: "That is not one of the options. Choose one from the list."
        ),
        .notYesOrNo: LocalizedText("Responda sim ou não.", en: "Answer yes or no."),
        .notAPhone: LocalizedText(
            "Telefone inválido. Inclua o DDD: (31) 98765-4321; de outro país, comece com +.",
            ptPT: "Telefone inválido. Escreva os nove algarismos: 912 345 678; de outro país, comece por +.",
            en: "Not a phone number. Include the area code: (31) 98765-4321; for another country start with +."
        ),
        .notAnEmail: LocalizedText(
            "E-mail inválido. Peça ao cliente que soletre: nome@empresa.com.br.",
            ptPT: "E-mail inválido. Peça ao cliente que soletre: nome@empresa.pt.",
            en: "Not an e-mail address. Ask the customer to spell it: name@company.com."
        ),
        .departmentalEmail: LocalizedText(
            "E-mail de departamento não pode ser cadastrado. Peça o e-mail da própria pessoa, ou continue sem e-mail.",
            ptPT:
                "E-mail de departamento não pode ser registado. Peça o e-mail da própria pessoa, ou continue sem e-mail.",
            en: "A department's address cannot be registered. Ask for the person's own, or go on without e-mail."
        ),
        .emailTaken: LocalizedText(
            "Este e-mail já pertence a outro cadastro. Procure por ele, ou informe outro.",
            ptPT: "Este e-mail já pertence a outro registo. Procure por ele, ou indique outro.",
            en: "This e-mail address belongs to another record. Search for it, or give another."
        ),
        .documentTaken: LocalizedText(
            "Este documento já está cadastrado. Volte e procure por ele.",
            ptPT: "Este documento já está registado. Volte e procure por ele.",
            en: "This document is registered already. Go back and search for it."
        ),
        .notACPF: LocalizedText(
            "CPF inválido: os dígitos não conferem. Peça os 11 dígitos de novo.",
            en: "Not a CPF: the check digits do not match. Ask for the 11 digits again."
        ),
        .notACNPJ: LocalizedText(
            "CNPJ inválido: os dígitos não conferem. Peça as 14 posições de novo; pode haver letras.",
            en: "Not a CNPJ: the check digits do not match. Ask for the 14 characters again; there may be letters."
        ),
        .notADocument: LocalizedText(
            "CPF ou CNPJ inválido: os dígitos não conferem. Peça o número de novo.",
            en: "Not a CPF or CNPJ: the check digits do not match. Ask for the number again."
        ),
        .notANIF: LocalizedText(
            "NIF inválido: o dígito de controle não confere. Peça os 9 dígitos de novo.",
            ptPT: "NIF inválido: o dígito de controlo não confere. Peça os 9 dígitos de novo.",
            en: "Not a NIF: the check digit does not match. Ask for the 9 digits again."
        ),
        .notACEP: LocalizedText(
            "CEP inválido. São 8 dígitos: 30140-071.",
            ptPT: "Código postal inválido. São 7 dígitos: 1000-205.",
            en: "Not a postal code. Brazil has 8 digits, 30140-071; Portugal 7, 1000-205."
        ),
        .addressIncomplete: LocalizedText(
            "Endereço incompleto: informe rua, cidade e UF. O CEP pode ficar em branco.",
            ptPT: "Morada incompleta: indique rua e localidade. O código postal pode ficar em branco.",
            en: "The address is incomplete: give street, city and state. The postal code may stay empty."
        ),
        .tooManyFiles: LocalizedText(
            "Arquivos demais: no máximo {n}. Junte-os em um arquivo compactado.",
            ptPT: "Demasiados ficheiros: no máximo {n}. Junte-os num ficheiro comprimido.",
            en: "Too many files: at most {n}. Put them into one archive."
        ),
        .wrongShape: LocalizedText(
            "Esta pergunta não aceita esse tipo de resposta. Responda pelo campo mostrado.",
            en: "This question does not take that kind of answer. Use the control shown."
        ),
        .constraint: LocalizedText(
            "A resposta não atende à regra deste campo. Confira com o cliente.",
            ptPT: "A resposta não cumpre a regra deste campo. Confirme com o cliente.",
            en: "The answer breaks this field's rule. Check it with the customer."
        ),
        .nobodyFound: LocalizedText(
            "Ninguém encontrado. Confira o dado, tente outro, ou cadastre um novo cliente.",
            ptPT: "Ninguém encontrado. Confirme o dado, tente outro, ou registe um novo cliente.",
            en: "Nobody found. Check what was given, try something else, or register a new customer."
        ),
        .protocolMistyped: ProtocolFormat.mistyped,
        .nothingToSearch: LocalizedText(
            "Digite CPF, CNPJ, e-mail, nome, contrato, protocolo ou telefone.",
            ptPT: "Escreva NIF, e-mail, nome, contrato, protocolo ou telefone.",
            en: "Type a document, e-mail, name, contract, protocol or phone."
        ),
        .topicNotFound: LocalizedText(
            "Nenhum assunto com essas palavras. Tente outras, ou escolha na lista.",
            en: "No topic matches these words. Try others, or choose from the list."
        ),
        .notVerified: LocalizedText(
            "Não confere com o cadastro. Peça outro dado, ou continue sem verificar.",
            ptPT: "Não confere com o registo. Peça outro dado, ou continue sem verificar.",
            en: "It does not match the record. Ask for something else, or continue unverified."
        ),
        .notRegistered: LocalizedText(
            "O cadastro não foi gravado. Nada se perdeu: tente de novo.",
            ptPT: "O registo não foi gravado. Nada se perdeu: tente de novo.",
            en: "The customer was not registered. Nothing is lost: try again."
        ),
        .notOpened: LocalizedText(
            "O chamado não foi criado. Nada se perdeu: tente de novo.",
            ptPT: "O pedido não foi criado. Nada se perdeu: tente de novo.",
            en: "The ticket was not created. Nothing is lost: try again."
        ),
        .notLinked: LocalizedText(
            "O contato não foi vinculado ao chamado. Nada se perdeu: tente de novo, ou abra um novo.",
            ptPT: "O contacto não foi associado ao pedido. Nada se perdeu: tente de novo, ou abra um novo.",
            en: "The contact was not linked to the ticket. Nothing is lost: try again, or open a new one."
        ),
        .ticketOver: LocalizedText(
            "O chamado escolhido já terminou e não recebe mais nada. Nada se perdeu: abra um novo.",
            ptPT: "O pedido escolhido já terminou e não recebe mais nada. Nada se perdeu: abra um novo.",
            en: "The ticket chosen has ended and takes nothing more. Nothing is lost: open a new one."
        ),
        .ticketOfAnother: LocalizedText(
            "O chamado escolhido é de outro cliente. Nada se perdeu: abra um novo, ou confira quem está falando.",
            ptPT: "O pedido escolhido é de outro cliente. Nada se perdeu: abra um novo, ou confirme quem está a falar.",
            en: "The ticket chosen is another customer's. Nothing is lost: open a new one, or check who is calling."
        ),
        .notSealed: LocalizedText(
            "A senha não foi guardada. Digite-a de novo.",
            ptPT: "A palavra-passe não foi guardada. Escreva-a de novo.",
            en: "The secret was not stored. Type it again."
        ),
    ]
}

extension PromptFault {
    /// What the review says where a ticket was not opened or added to; nil for what another try may mend.
    init?(_ refusal: TicketRefusal) {
        switch refusal {
        case .over, .notNow: self.init(.ticketOver)
        case .anotherCustomer: self.init(.ticketOfAnother)
        default: return nil
        }
    }
}
