extension CatalogueFaultWording {
    /// What to do about a fault, in one sentence.
    static func remedy(_ problem: CatalogueFault.Problem) -> LocalizedText {
        switch problem {
        case .empty:
            words(
                "Comece pelo catálogo que vem com o programa.",
                "Start from the catalogue that comes with the program."
            )
        case .tooLarge, .tooManyElements, .tooMany:
            words("Divida ou enxugue o catálogo.", "Split or trim the catalogue.")
        case .notUTF8:
            words("Salve o arquivo em UTF-8.", "Save the file as UTF-8.", ptPT: "Guarde o ficheiro em UTF-8.")
        case .doctype:
            words(
                "Apague a linha <!DOCTYPE …> e escreva os textos por extenso.",
                "Delete the <!DOCTYPE …> and write texts in full."
            )
        case .tooDeep:
            words(
                "Use menos seções uma dentro da outra.",
                "Nest fewer sections.",
                ptPT: "Use menos secções umas dentro das outras."
            )
        case .tooManyAttributes, .unknownAttribute:
            words(
                "Apague o atributo ou corrija o nome; docs/catalogue.md lista todos.",
                "Delete the attribute or correct its name; docs/catalogue.md lists them all."
            )
        case .notWellFormed:
            words(
                "Confira se cada elemento abre e fecha e se & está escrito &amp;.",
                "Check that every element opens and closes and that & is written &amp;."
            )
        case .schema:
            words("Compare com o exemplo de docs/catalogue.md.", "Compare with the example in docs/catalogue.md.")
        case .schemaMissing:
            words(
                "Reinstale o programa com a pasta de recursos.",
                "Install the program again with its resources folder."
            )
        case .wrongRoot:
            words(
                "Comece com <catalogue xmlns=\"urn:calldesk:catalogue\">.",
                "Begin with <catalogue xmlns=\"urn:calldesk:catalogue\">."
            )
        case .unknownElement:
            words(
                "Corrija o nome ou mova o elemento; confira também o xmlns.",
                "Correct the name or move the element; check the xmlns too."
            )
        case .missingAttribute, .missingElement: words("Acrescente.", "Add it.")
        case .repeatedElement: words("Deixe um só.", "Keep one.")
        case .strayText:
            words(
                "Ponha o texto em um elemento ou apague.",
                "Put the text into an element or delete it.",
                ptPT: "Ponha o texto num elemento ou apague."
            )
        case .badValue(_, let allowed): words("Use \(allowed).", "Use \(allowed).")
        case .badIdentifier:
            words(
                "Use letras minúsculas sem acento, algarismos, - e _, começando por letra; no máximo \(CatalogueLimits.identifier).",
                "Use lower-case letters without accents, digits, - and _, a letter first; at most \(CatalogueLimits.identifier)."
            )
        case .reservedIdentifier, .duplicateIdentifier: words("Escolha outro.", "Choose another.")
        case .emptyText: words("Escreva o texto ou apague o elemento.", "Write the text or delete the element.")
        case .textTooLong, .expressionTooLong: words("Encurte.", "Shorten it.")
        case .repeatedLanguage:
            words("Deixe um texto por idioma.", "Keep one text per language.", ptPT: "Deixe um texto por língua.")
        case .missingBaseLanguage: words("Acrescente o texto sem xml:lang.", "Add the text without xml:lang.")
        case .answerAfterSolution:
            words("Prometa a primeira resposta em menos tempo.", "Promise the first answer within less time.")
        case .badLink: words("Comece com https://.", "Begin with https://.")
        case .unknownDepartment:
            words("Corrija o nome ou acrescente <department>.", "Correct the name or add a <department>.")
        case .emptySection:
            words(
                "Acrescente um assunto ou apague a seção.",
                "Add a topic or delete the section.",
                ptPT: "Acrescente um assunto ou apague a secção."
            )
        case .digitClash: words("Use outra tecla de 1 a 9, ou nenhuma.", "Use another key from 1 to 9, or none.")
        case .someDigitsMissing: words("Dê tecla a todas ou a nenhuma.", "Give a key to all or to none.")
        case .unreachableByKeypad:
            words(
                "Dê uma tecla à seção ou tire a do assunto.",
                "Give the section a key or take the topic's away.",
                ptPT: "Dê uma tecla à secção ou tire a do assunto."
            )
        case .tooFewOptions:
            words("Acrescente <item value=\"…\">, ou use outro kind.", "Add <item value=\"…\">, or use another kind.")
        case .optionsNotAllowed:
            words("Apague os <item>, ou use kind=\"choice\".", "Delete the <item>s, or use kind=\"choice\".")
        case .keypadNotPossible:
            words("Tire keypad, ou use um kind que caiba em teclas.", "Remove keypad, or use a kind that fits keys.")
        case .lengthNotPossible:
            words(
                "Tire max-length; o kind já diz que tamanho tem a resposta.",
                "Remove max-length; the kind says how long an answer is."
            )
        case .calculateAlone: words("Tire o atributo, ou tire calculate.", "Remove it, or remove calculate.")
        case .alertWithoutConstraint:
            words("Acrescente constraint ou apague <alert>.", "Add a constraint or delete the <alert>.")
        case .cycle: words("Tire uma das dependências.", "Remove one of the dependencies.")
        case .expressionEmpty:
            words("Escreva a condição ou apague o atributo.", "Write the condition or delete the attribute.")
        case .expressionTooDeep: words("Separe em campos calculados.", "Split it into calculated fields.")
        case .expressionOpenLiteral:
            words("Feche com a mesma aspa que abriu.", "Close it with the quote that opened it.")
        case .expressionUnexpected, .expressionUnfinished, .expressionRefused:
            words(
                "Compare com os exemplos de docs/catalogue.md, como tipo = 'erro' and not(resolvido = 'yes').",
                "Compare with the examples in docs/catalogue.md, such as tipo = 'erro' and not(resolvido = 'yes')."
            )
        case .unknownFunction: words("docs/catalogue.md lista as funções.", "docs/catalogue.md lists the functions.")
        case .wrongArguments: words("Confira vírgulas e parênteses.", "Check commas and brackets.")
        case .unknownField:
            words(
                "Corrija o nome; texto vai entre aspas, e sempre é true().",
                "Correct the name; text goes in quotes, and always is true()."
            )
        case .unknownPart:
            words(
                "Partes de um endereço: cep, street, number, complement, district, city, state.",
                "Parts of an address: cep, street, number, complement, district, city, state."
            )
        case .ownValue: words("Escreva o nome do campo.", "Write the field's name.")
        case .readsItself: words("Leia outro campo, ou use constraint.", "Read another field, or use constraint.")
        case .notAnOption:
            words("Use o value de um <item> desse campo.", "Use the value of one of the field's <item>s.")
        case .readsSecret: words("Pergunte o que precisa em outro campo.", "Ask what you need in another field.")
        }
    }

    private static func words(_ ptBR: String, _ en: String, ptPT: String? = nil) -> LocalizedText {
        LocalizedText(ptBR, ptPT: ptPT, en: en)
    }
}
