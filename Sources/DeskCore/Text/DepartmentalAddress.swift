extension EmailAddress {
    /// Whether the address belongs to a department instead of a person (E6): `financeiro@`, `suporte.ti@`, `nfe2@`.
    ///
    /// Every word of the local part must be one of a department, so that `ana.vendas@` stays a person's; digits and a
    /// `+tag` do not count.
    public var isDepartmental: Bool {
        let local = localPart.prefix { $0 != "+" }
        let words = local.split { !$0.isLetter }.map(String.init)
        guard !words.isEmpty else { return false }
        return words.allSatisfy(Self.departments.contains) || Self.departments.contains(words.joined())
    }

    private static let departments: Set<String> = [
        // Portuguese, of either country.
        "adm", "administracao", "administrador", "administrativo", "agendamento", "ajuda", "almoxarifado",
        "assistencia",
        "atendimento", "auditoria", "biblioteca", "boleto", "boletos", "caixa", "central", "chamados", "clientes",
        "cobranca", "comercial", "compras", "comunicacao", "contabil", "contabilidade", "contacto", "contactos",
        "contas",
        "contato", "contatos", "controladoria", "coordenacao", "departamento", "departamentopessoal", "depto",
        "direcao",
        "diretoria", "dp", "educacao", "empresa", "engenharia", "entregas", "equipa", "equipe", "escola", "escritorio",
        "estoque", "expedicao", "faturacao", "faturamento", "faturas", "filial", "financas", "financeira", "financeiro",
        "fiscal", "folha", "fornecedores", "geral", "gerencia", "gestao", "imprensa", "informacao", "informacoes",
        "informatica", "juridico", "licitacao", "licitacoes", "logistica", "loja", "manutencao", "matriz", "mkt",
        "naoresponda", "naoresponder", "nfe", "nfse", "nota", "notafiscal", "notas", "notasfiscais", "obras",
        "operacional",
        "operacoes", "orcamento", "orcamentos", "ouvidoria", "pagamento", "pagamentos", "patrimonio", "pedidos",
        "pessoal",
        "posvenda", "presidencia", "producao", "projetos", "protocolo", "qualidade", "recebimento", "recepcao", "rh",
        "sac",
        "saude", "secretaria", "seguranca", "servicos", "setor", "sistemas", "suporte", "suprimentos", "tecnologia",
        "telefonia", "tesouraria", "ti", "transporte", "transportes", "treinamento", "venda", "vendas", "xml",
        // English, and the names RFC 2142 reserves.
        "abuse", "accounting", "accounts", "admin", "administrator", "billing", "bounce", "careers", "contact",
        "customerservice", "desk", "dev", "email", "enquiries", "feedback", "finance", "hello", "help", "helpdesk",
        "hostmaster", "hr", "info", "information", "invoice", "invoices", "it", "jobs", "legal", "mail", "mailer",
        "marketing", "mis", "news", "newsletter", "no", "noc", "noreply", "office", "operations", "orders", "payments",
        "payroll", "postmaster", "press", "privacy", "procurement", "purchasing", "reception", "reply", "root", "sales",
        "security", "service", "servicedesk", "services", "shop", "staff", "store", "support", "sysadmin", "team",
        "tech",
        "test", "webmaster",
    ]
}
