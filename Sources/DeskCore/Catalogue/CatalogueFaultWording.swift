/// The words for every fault, in the desk's languages.
enum CatalogueFaultWording {
    static func message(_ problem: CatalogueFault.Problem) -> LocalizedText {
        fileMessage(problem) ?? structureMessage(problem) ?? valueMessage(problem) ?? senseMessage(problem)
            ?? expressionMessage(problem)
    }

    private static func fileMessage(_ problem: CatalogueFault.Problem) -> LocalizedText? {
        switch problem {
        case .empty: text("O arquivo está vazio.", "The file is empty.", ptPT: "O ficheiro está vazio.")
        case .tooLarge(let limit):
            text(
                "O arquivo passa de \(limit) bytes.",
                "The file is larger than \(limit) bytes.",
                ptPT: "O ficheiro passa de \(limit) bytes."
            )
        case .notUTF8: text("Há bytes que não são UTF-8.", "There are bytes that are not UTF-8.")
        case .doctype:
            text(
                "DOCTYPE e entidades não são aceitos.",
                "DOCTYPE and entities are refused.",
                ptPT: "DOCTYPE e entidades não são aceites."
            )
        case .tooDeep(let limit):
            text("Mais de \(limit) níveis de elementos.", "Elements nest deeper than \(limit) levels.")
        case .tooManyElements(let limit): text("Mais de \(limit) elementos.", "More than \(limit) elements.")
        case .tooManyAttributes(let limit):
            text(
                "Mais de \(limit) atributos em um elemento.",
                "More than \(limit) attributes on one element.",
                ptPT: "Mais de \(limit) atributos num elemento."
            )
        case .notWellFormed(let detail): text("XML malformado: \(detail).", "Not well-formed XML: \(detail).")
        case .schema(let detail): text("Fora do esquema: \(detail).", "Not valid against the schema: \(detail).")
        case .schemaMissing:
            text(
                "O esquema catalogue.rng não foi encontrado ao lado do programa.",
                "The schema catalogue.rng is missing beside the program."
            )
        default: nil
        }
    }

    private static func structureMessage(_ problem: CatalogueFault.Problem) -> LocalizedText? {
        switch problem {
        case .wrongRoot(let name):
            text("O elemento raiz é <\(name)>, não <catalogue>.", "The root element is <\(name)>, not <catalogue>.")
        case .unknownElement(let name, let parent):
            text("<\(name)> não existe dentro de <\(parent)>.", "<\(name)> does not belong in <\(parent)>.")
        case .unknownAttribute(let name, let element):
            text("<\(element)> não tem o atributo \(name).", "<\(element)> has no attribute \(name).")
        case .missingAttribute(let name, let element):
            text("Falta o atributo \(name) em <\(element)>.", "<\(element)> lacks the attribute \(name).")
        case .missingElement(let name, let parent):
            text("Falta <\(name)> em <\(parent)>.", "<\(parent)> lacks <\(name)>.")
        case .repeatedElement(let name, let parent):
            text(
                "<\(name)> aparece mais de uma vez em <\(parent)>.",
                "<\(name)> appears more than once in <\(parent)>."
            )
        case .strayText(let parent): text("Texto solto dentro de <\(parent)>.", "Stray text inside <\(parent)>.")
        default: nil
        }
    }

    private static func valueMessage(_ problem: CatalogueFault.Problem) -> LocalizedText? {
        switch problem {
        case .badValue(let attribute, _):
            text(
                "O valor de \(attribute) não é aceito.",
                "The value of \(attribute) is not allowed.",
                ptPT: "O valor de \(attribute) não é aceite."
            )
        case .badIdentifier: text("Identificador inválido.", "Not a valid identifier.")
        case .reservedIdentifier(let id): text("“\(id)” é reservado.", "“\(id)” is reserved.")
        case .duplicateIdentifier(let id, let line):
            text("“\(id)” já foi usado na linha \(line).", "“\(id)” was used on line \(line) already.")
        case .emptyText(let name): text("<\(name)> está vazio.", "<\(name)> is empty.")
        case .textTooLong(let limit):
            text("Texto com mais de \(limit) caracteres.", "Text longer than \(limit) characters.")
        case .repeatedLanguage(let language):
            text("O texto em \(language) aparece duas vezes.", "The text in \(language) appears twice.")
        case .missingBaseLanguage(let name):
            text("<\(name)> não tem o texto em pt-BR.", "<\(name)> has no text in pt-BR.")
        case .tooMany(let what, let limit): text("Mais de \(limit) <\(what)>.", "More than \(limit) <\(what)>.")
        case .answerAfterSolution:
            text(
                "A primeira resposta é prometida para depois da solução.",
                "The first answer is promised for later than the solution."
            )
        case .badLink: text("O endereço não é http nem https.", "The address is neither http nor https.")
        default: nil
        }
    }

    private static func senseMessage(_ problem: CatalogueFault.Problem) -> LocalizedText? {
        switch problem {
        case .unknownDepartment(let id): text("O departamento “\(id)” não existe.", "There is no department “\(id)”.")
        case .emptySection(let id):
            text(
                "A seção “\(id)” não leva a nenhum assunto.",
                "Section “\(id)” leads to no topic.",
                ptPT: "A secção “\(id)” não leva a nenhum assunto."
            )
        case .digitClash(let digit, let line):
            text(
                "A tecla \(digit) já foi usada neste nível, na linha \(line).",
                "Key \(digit) is taken on this level already, on line \(line)."
            )
        case .someDigitsMissing:
            text("Algumas opções têm tecla e outras não.", "Some options have a key and others do not.")
        case .unreachableByKeypad(let id):
            text(
                "“\(id)” tem tecla, mas uma seção acima não tem.",
                "“\(id)” has a key but a section above it has none.",
                ptPT: "“\(id)” tem tecla, mas uma secção acima não tem."
            )
        case .tooFewOptions:
            text("Uma escolha precisa de pelo menos duas opções.", "A choice needs at least two options.")
        case .optionsNotAllowed(let kind): text("Um campo \(kind) não tem opções.", "A \(kind) field takes no options.")
        case .lengthNotPossible(let kind):
            text(
                "Um campo \(kind) não aceita max-length: só text, long-text e secret.",
                "A \(kind) field takes no max-length: only text, long-text and secret do."
            )
        case .keypadNotPossible(let kind):
            text(
                "Um campo \(kind) não pode ser respondido pelo teclado.",
                "A \(kind) field cannot be answered by keypad."
            )
        case .calculateAlone(let attribute):
            text("Um campo calculado não tem \(attribute).", "A calculated field takes no \(attribute).")
        case .alertWithoutConstraint:
            text("<alert> sem constraint nunca aparece.", "<alert> without a constraint is never shown.")
        case .cycle(let fields):
            text(
                "Os campos dependem uns dos outros em círculo: \(fields.joined(separator: " → ")).",
                "The fields depend on each other in a circle: \(fields.joined(separator: " → "))."
            )
        default: nil
        }
    }

    private static func expressionMessage(_ problem: CatalogueFault.Problem) -> LocalizedText {
        switch problem {
        case .expressionEmpty: text("Expressão vazia.", "Empty expression.")
        case .expressionTooLong(let limit):
            text("Expressão com mais de \(limit) caracteres.", "Expression longer than \(limit) characters.")
        case .expressionTooDeep(let limit):
            text("Mais de \(limit) parênteses abertos.", "More than \(limit) open brackets.")
        case .expressionOpenLiteral: text("Falta fechar as aspas.", "A quote is not closed.")
        case .expressionUnexpected(let sign): text("“\(sign)” não cabe aqui.", "“\(sign)” does not fit here.")
        case .expressionUnfinished: text("A expressão termina no meio.", "The expression ends half-way.")
        case .unknownFunction(let name): text("A função \(name)() não existe.", "There is no function \(name)().")
        case .wrongArguments(let name, let expected):
            text("\(name)() pede \(expected) argumento(s).", "\(name)() takes \(expected) argument(s).")
        case .unknownField(let name):
            text("O campo “\(name)” não existe neste assunto.", "This topic has no field “\(name)”.")
        case .unknownPart(let field, let part):
            text("O campo “\(field)” não tem a parte “\(part)”.", "Field “\(field)” has no part “\(part)”.")
        case .ownValue: text("“.” só vale em constraint.", "“.” is for constraint only.")
        case .readsItself(let name): text("“\(name)” depende de si mesmo.", "“\(name)” depends on itself.")
        case .notAnOption(let field, let value):
            text("“\(value)” não é opção de “\(field)”.", "“\(value)” is not an option of “\(field)”.")
        case .readsSecret(let field):
            text("“\(field)” é secreto e não pode ser lido.", "“\(field)” is secret and cannot be read.")
        default: text("A libxml2 recusa esta expressão.", "libxml2 refuses this expression.")
        }
    }

    private static func text(_ ptBR: String, _ en: String, ptPT: String? = nil) -> LocalizedText {
        LocalizedText(ptBR, ptPT: ptPT, en: en)
    }
}
