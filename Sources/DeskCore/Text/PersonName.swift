/// How a name is spoken to: the given name of a person, nothing rather than a wrong one.
public enum PersonName {
    /// What follows “Olá”.
    ///
    /// `Maria` of “SOUZA, Maria”, `Paulo` of “Dr. Paulo Néri”, the whole of a company's name; nil where the text does not
    /// tell, or is no name. `isCompany`: whether it is known to be the name of an organisation.
    public static func greeting(_ text: String, isCompany: Bool = false) -> String? {
        // No name is longer; the rest of a text that is would be no name either.
        let name = CleanText.shortened(text, to: TextLimits.name)
        guard name.contains(where: \.isLetter), !name.contains("@"), !name.contains("://") else { return nil }
        if placeholders.contains(TextFolding.fold(name)) { return nil }
        if isCompany || isOrganisation(name) { return name }
        guard let given = givenPart(of: name) else { return nil }
        var words = given.split(separator: " ").drop(while: isTitle)
        guard let first = words.popFirst() else { return nil }
        // “Maria e João”, “A. B. Souza”: either is spoken to whole.
        if let second = words.first, ["e", "y", "and"].contains(bare(second)) { return String(given) }
        let letters = first.filter { $0.isLetter }.count
        guard letters >= 2, !first.hasSuffix("."), !particles.contains(bare(first)) else { return String(given) }
        return spoken(first)
    }

    /// The part with the given name: behind the comma of “SOUZA, Maria”, before that of “Ana Souza, Diretora”.
    private static func givenPart(of name: String) -> Substring? {
        let parts = name.split(separator: ",").map(trimmed).filter { !$0.isEmpty }
        guard parts.count > 1, let before = parts.first else { return parts.first }
        guard parts.count == 2, let after = parts.last else { return nil }
        let behind = after.split(separator: " ")
        guard let next = behind.first else { return before }
        if suffixes.contains(bare(next)) || (behind.count == 1 && isTitle(next)) { return before }
        // “Ana Souza, responsável pelo estoque”; who writes no capitals at all tells nothing by them.
        guard next.first?.isUppercase == true || before == before.lowercased()[...] else { return before }
        let surnames = before.split(separator: " ")
        let isSurname =
            surnames.count == 1 || before == before.uppercased() || surnames.contains { particles.contains(bare($0)) }
        return isSurname ? after : nil
    }

    private static func isOrganisation(_ name: String) -> Bool {
        let folded = TextFolding.fold(name)
        if folded.contains("&") || folded.contains(where: \.isNumber) || folded.contains("s/a") { return true }
        let words = TextFolding.words(name)
        // A legal form stands at the end, and a kind of organisation at the beginning: “Mercado” and “Campo” are surnames too.
        if let last = words.last, legalForms.contains(last), !isSurname(last, of: name) { return true }
        if words.suffix(2) == ["s", "a"] { return true }
        if words.dropFirst().contains(where: strongForms.contains) { return true }
        return words.first.map(organisations.contains) ?? false
    }

    /// “Maria de Sá”, “Ana de Sa”: a company's form has neither the accent nor a particle before it.
    private static func isSurname(_ form: String, of name: String) -> Bool {
        guard form == "sa" else { return false }
        let words = name.split { !$0.isLetter }
        return words.last?.lowercased() != form || words.dropLast().last.map { particles.contains(bare($0)) } ?? false
    }

    private static func isTitle(_ word: Substring) -> Bool {
        let bare = bare(word)
        guard titles.contains(bare) else { return false }
        // “Ilma Oliveira” and “Irma Souza” are called so; a title has its dot, its small letter or its accent.
        return !alsoNames.contains(bare) || word.hasSuffix(".") || word.lowercased() != bare
    }

    /// Titles that are given names when they are written without anything.
    private static let alsoNames: Set<String> = ["bel", "ilma", "ilmo", "irma"]

    /// `MARIA` and `maria` as `Maria`; anything else as it is written.
    private static func spoken(_ word: Substring) -> String {
        let isShouted = word.count > 2 && word == word.uppercased()[...]
        let isWhispered = word == word.lowercased()[...]
        guard isShouted || isWhispered, word.contains(where: \.isLetter) else { return String(word) }
        return word.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }
            .joined(separator: "-")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    private static func bare(_ word: Substring) -> String {
        // “Eng.º” and “Prof.ª” end in a small letter of their own.
        TextFolding.fold(String(word).replacing("º", with: "o").replacing("ª", with: "a")).filter { $0.isLetter }
    }

    private static let particles: Set<String> = [
        "da", "das", "de", "del", "di", "do", "dos", "du", "e", "la", "van", "von",
    ]

    private static let titles: Set<String> = [
        "adv", "arq", "cap", "cel", "cmte", "com", "comandante", "coronel", "dep", "des", "desembargador", "d",
        "deputado",
        "dona", "doutor", "doutora", "dr", "dra", "drs", "eng", "enga", "engenheira", "engenheiro", "engo", "exma",
        "exmo",
        "frei", "gen", "ilma", "ilmo", "irma", "irmao", "juiz", "juiza", "maj", "miss", "mr", "mrs", "ms", "padre",
        "pastor",
        "pe", "phd", "pr",
        "bel", "enf", "enfa", "enfermeira", "enfermeiro", "lic", "mestre", "msc", "psic", "psicologa", "psicologo",
        "seo", "seu", "prof", "profa", "professor", "professora", "profo", "rev", "sen", "senador", "senhor",
        "senhora",
        "senhorita", "sgt", "soldado", "sor", "sr", "sra", "srta", "srs", "ten", "tenente", "ver", "vereador",
        "vereadora",
    ]

    private static let suffixes: Set<String> = [
        "filha", "filho", "ii", "iii", "jr", "junior", "md", "neta", "neto", "phd", "segundo", "sobrinho", "terceiro",
    ]

    private static let placeholders: Set<String> = [
        "anonimo", "anonymous", "cliente", "consumidor", "contacto", "contato", "desconhecido", "nao identificado",
        "nao informado", "nao informou", "sem nome", "teste", "unknown", "usuario", "utilizador",
    ]

    private static let legalForms: Set<String> = [
        "cia", "co", "corp", "eireli", "epp", "gmbh", "inc", "lda", "limitada", "llc", "ltd", "ltda", "me", "mei", "sa",
        "ss",
        "unipessoal",
    ]

    /// Words no person's name has in it, wherever they stand.
    private static let strongForms: Set<String> = [
        "associacao", "comercio", "condominio", "cooperativa", "distribuidora", "eireli", "empreendimentos", "empresa",
        "epp", "industria", "inc", "lda", "limitada", "ltd", "ltda", "prefeitura", "representacoes", "servicos",
        "sociedade",
        "solucoes", "sindicato", "tecnologia", "transportes",
    ]

    private static let organisations: Set<String> = [
        "academia", "administradora", "agencia", "armazem", "assembleia", "associacao", "atelie", "autarquia", "auto",
        "autoescola", "banca", "banco", "bar", "biblioteca", "camara", "cartorio", "casa", "centro", "central",
        "cervejaria",
        "churrascaria", "cia", "clinica", "clube", "colegio", "comercial", "comercio", "comissao", "comite",
        "companhia",
        "condominio", "confederacao", "confeitaria", "conselho", "consorcio", "construtora", "consultoria",
        "consultorio",
        "contabilidade", "cooperativa", "creche", "defensoria", "delegacia", "departamento", "depto", "diretoria",
        "distribuidora", "drogaria", "editora", "empreiteira", "empresa", "equipe", "escola", "escritorio", "estudio",
        "faculdade", "farmacia", "federacao", "financeiro", "floricultura", "fundacao", "governo", "grafica", "grupo",
        "hospital", "hotel", "igreja", "imobiliaria", "industria", "industrias", "instituto", "irmandade", "junta",
        "justica",
        "laboratorio", "lanchonete", "lar", "livraria", "loja", "lojas", "loteria", "mercado", "mercearia",
        "ministerio",
        "mosteiro", "movimento", "municipio", "museu", "oficina", "orgao", "otica", "padaria", "panificadora",
        "papelaria",
        "paroquia", "partido", "pizzaria", "policia", "posto", "pousada", "prefeitura", "procuradoria", "recepcao",
        "rede",
        "residencial", "restaurante", "revendedora", "salao", "santa casa", "secretaria", "seguradora", "senado",
        "servico",
        "servicos", "setor", "shopping", "sindicato", "sociedade", "sorveteria", "supermercado", "supermercados",
        "suporte",
        "teatro", "transportadora", "tribunal", "universidade", "usina", "association", "bank", "company", "department",
        "hospital", "school", "society", "the", "university",
    ]
}
