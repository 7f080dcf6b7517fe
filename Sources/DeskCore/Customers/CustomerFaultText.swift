extension CustomerFault {
    /// What happened and what to do, in one or two sentences.
    public func message(in language: Language) -> String {
        text[language]
    }

    /// The same in every language.
    public var text: LocalizedText { Self.particular[self] ?? Self.general[code] ?? Self.unknown }

    private static let unknown = LocalizedText(
        "Confira este campo.",
        ptPT: "Verifique este campo.",
        en: "Check this field."
    )

    /// Sentences that hold for any field.
    private static let general: [Code: LocalizedText] = [
        .missing: LocalizedText("Preencha este campo.", en: "Fill in this field."),
        .tooLong: LocalizedText(
            "Texto longo demais. Resuma.",
            ptPT: "Texto demasiado longo. Resuma.",
            en: "Too long. Shorten it."
        ),
        .invalid: LocalizedText(
            "Valor inválido. Confira.",
            ptPT: "Valor inválido. Verifique.",
            en: "Not valid. Check it."
        ),
        .incomplete: LocalizedText("Incompleto. Confira.", ptPT: "Incompleto. Verifique.", en: "Incomplete. Check it."),
        .zerosMissing: LocalizedText(
            "Faltam zeros à frente, que planilhas costumam tirar. Escreva o número completo.",
            ptPT: "Faltam zeros à frente, que as folhas de cálculo costumam tirar. Escreva o número completo.",
            en: "Zeros in front are missing, as spreadsheets take them off. Write the whole number."
        ),
        .rounded: LocalizedText(
            "A planilha arredondou o número. Formate a coluna como texto e escreva o número completo.",
            ptPT: "A folha de cálculo arredondou o número. Formate a coluna como texto e escreva o número completo.",
            en: "The spreadsheet rounded the number. Format the column as text and write the whole number."
        ),
        .taken: LocalizedText(
            "Já pertence a outro cadastro. Procure por ele.",
            ptPT: "Já pertence a outro registo. Procure por ele.",
            en: "It belongs to another record. Search for that one."
        ),
        .alreadyThere: LocalizedText(
            "Já está neste cadastro.",
            ptPT: "Já está neste registo.",
            en: "It is in this record already."
        ),
        .departmental: LocalizedText(
            "Endereço de departamento não pode ser cadastrado. Peça o e-mail da própria pessoa.",
            ptPT: "O endereço de um departamento não pode ser registado. Peça o e-mail da própria pessoa.",
            en: "A department's address cannot be registered. Ask for the person's own."
        ),
        .several: LocalizedText(
            "Há mais de um. Deixe um só.",
            en: "There is more than one. Keep one only."
        ),
        .tooMany: LocalizedText(
            "Limite atingido. Remova um antes de adicionar outro.",
            ptPT: "Limite atingido. Remova um antes de adicionar outro.",
            en: "The limit is reached. Remove one before adding another."
        ),
        .notFound: LocalizedText(
            "Não existe mais. Atualize a página.",
            ptPT: "Já não existe. Atualize a página.",
            en: "It is no longer there. Reload the page."
        ),
        .notAllowed: LocalizedText(
            "Só um administrador pode fazer isso.",
            ptPT: "Só um administrador o pode fazer.",
            en: "Only an administrator may do this."
        ),
        .erased: LocalizedText(
            "Os dados deste cliente foram apagados.",
            en: "This customer's data was erased."
        ),
        .working: LocalizedText(
            "Há chamado, atendimento ou ligação em aberto. Encerre antes: o que ainda se faz precisa destes dados.",
            ptPT: "Há pedido, atendimento ou chamada em aberto. Encerre antes: o que se faz precisa destes dados.",
            en: "A ticket, a contact or a call is still open. End it first: what is still being done needs this data."
        ),
        .merged: LocalizedText(
            "Este cadastro foi unido a outro. Abra o outro.",
            ptPT: "Este registo foi unido a outro. Abra o outro.",
            en: "This record was merged into another. Open that one."
        ),
    ]

    /// Sentences for one field.
    private static let particular: [CustomerFault: LocalizedText] = [
        CustomerFault(.name, .missing): LocalizedText("Informe o nome.", ptPT: "Indique o nome.", en: "Give the name."),
        CustomerFault(.contactName, .missing): LocalizedText(
            "Informe o nome do contato.",
            ptPT: "Indique o nome do contacto.",
            en: "Give the contact's name."
        ),
        CustomerFault(.document, .invalid): LocalizedText(
            "CPF ou CNPJ inválido: os dígitos não conferem. Confira com o cliente.",
            ptPT: "NIF inválido: o dígito de controlo não confere. Confirme com o cliente.",
            en: "The document's check digits do not match. Check it with the customer."
        ),
        CustomerFault(.document, .several): LocalizedText(
            "Há dois documentos diferentes. Deixe o do cliente.",
            ptPT: "Há dois documentos diferentes. Deixe o do cliente.",
            en: "There are two different documents. Keep the customer's."
        ),
        CustomerFault(.document, .taken): LocalizedText(
            "Este documento já está cadastrado. Procure por ele.",
            ptPT: "Este documento já está registado. Procure por ele.",
            en: "This document is registered already. Search for it."
        ),
        CustomerFault(.email, .invalid): LocalizedText(
            "E-mail inválido. Escreva como nome@empresa.com.br.",
            ptPT: "E-mail inválido. Escreva como nome@empresa.pt.",
            en: "Not an e-mail address. Write it as name@company.com."
        ),
        CustomerFault(.email, .several): LocalizedText(
            "Há mais de um e-mail. Deixe um; cada um dos outros é de um contato próprio.",
            ptPT: "Há mais de um e-mail. Deixe um; cada um dos outros é de um contacto próprio.",
            en: "There is more than one address. Keep one; each of the others belongs to a contact of its own."
        ),
        CustomerFault(.email, .taken): LocalizedText(
            "Este e-mail já pertence a outro contato. Cada pessoa tem o seu.",
            ptPT: "Este e-mail já pertence a outro contacto. Cada pessoa tem o seu.",
            en: "This address belongs to another contact. Each person has their own."
        ),
        CustomerFault(.phone, .missing): LocalizedText(
            "Informe o telefone.",
            ptPT: "Indique o telefone.",
            en: "Give the phone."
        ),
        CustomerFault(.phone, .invalid): LocalizedText(
            "Telefone inválido. Escreva com DDD: (31) 98765-4321; de outro país, comece com +.",
            ptPT: "Telefone inválido. Escreva os nove algarismos: 912 345 678; de outro país, comece por +.",
            en: "Not a phone number. Write it with its area code, or with + and the country's code."
        ),
        CustomerFault(.phone, .incomplete): LocalizedText(
            "Falta o DDD. Escreva como (31) 98765-4321.",
            ptPT: "Falta o indicativo. Escreva o número completo.",
            en: "The area code is missing. Write the whole number."
        ),
        CustomerFault(.phone, .alreadyThere): LocalizedText(
            "Este telefone já está cadastrado para este cliente.",
            ptPT: "Este telefone já está registado para este cliente.",
            en: "This phone is registered for this customer already."
        ),
        CustomerFault(.contractNumber, .missing): LocalizedText(
            "Informe o número do contrato.",
            ptPT: "Indique o número do contrato.",
            en: "Give the contract's number."
        ),
        CustomerFault(.contractNumber, .taken): LocalizedText(
            "Este número de contrato já existe.",
            en: "This contract number exists already."
        ),
        CustomerFault(.contractPeriod, .invalid): LocalizedText(
            "O contrato termina antes de começar. Confira as datas.",
            ptPT: "O contrato termina antes de começar. Verifique as datas.",
            en: "The contract ends before it begins. Check the dates."
        ),
        CustomerFault(.customer, .notFound): LocalizedText(
            "Este cliente não existe. Procure de novo.",
            ptPT: "Este cliente não existe. Procure novamente.",
            en: "There is no such customer. Search again."
        ),
        CustomerFault(.contact, .notFound): LocalizedText(
            "Este contato não pertence ao cliente.",
            ptPT: "Este contacto não pertence ao cliente.",
            en: "This contact does not belong to the customer."
        ),
    ]
}

/// What is said when something went well.
public enum CustomerSuccess: String, Sendable, CaseIterable {
    case phoneAdded = "phone_added"
    case phoneRemoved = "phone_removed"
    case customerSaved = "customer_saved"

    public func message(in language: Language) -> String {
        switch self {
        case .phoneAdded:
            LocalizedText("Telefone adicionado com sucesso!", en: "Phone added.")[language]
        case .phoneRemoved:
            LocalizedText("Telefone removido com sucesso!", en: "Phone removed.")[language]
        case .customerSaved:
            LocalizedText("Dados salvos com sucesso!", ptPT: "Dados guardados com sucesso!", en: "Saved.")[language]
        }
    }
}
