import DeskCore

/// What happened at the demonstration's desk in the weeks before: who called, what they asked for, and what came of it.
///
/// A chapter names its ticket so that later ones can go on with it; `DemoPast` plays them in the order of their times.
struct DemoStory: Sendable {
    /// Who asks for something, by a registered address or a number.
    struct Caller: Sendable {
        var email: String?
        var number: String
        var name: String
    }

    /// A request as the interview takes it.
    struct Request: Sendable {
        var name: String
        var topic: String
        var summary: String
        var details: String
        var answers: [String: String] = [:]
        var module: String?
    }

    enum Deed: Sendable {
        /// A call that a technician took, of so many seconds; it opened a request or came to an end without one.
        case call(Caller, by: String, seconds: Int, opens: Request? = nil, ends: EndReason? = nil)
        /// A call of which its technician has still to write something down.
        case unfinished(Caller, by: String, seconds: Int)
        /// A call nobody took: the caller left, or nobody answered.
        case missed(Caller, waited: Int)
        /// A call from the desk; to somebody who had been missed, it returns that call.
        case out(Caller, by: String, seconds: Int)
        case portal(String, Request)
        case staff(TicketMove, String, by: String, String = "", into: String? = nil, department: String? = nil)
        case customer(TicketMove, String, String = "")
        case rate(String, Int, String)
        case opinion(String, Opinion, String)
        /// Everybody has read what rang for them.
        case read
    }

    struct Chapter: Sendable {
        var at: DemoTime
        var deed: Deed
    }

    let chapters: [Chapter]

    private static func on(_ day: Int, _ hour: String, _ deed: Deed) -> Chapter {
        Chapter(at: .day(day, hour), deed: deed)
    }
    private static func ago(_ minutes: Int, _ deed: Deed) -> Chapter {
        Chapter(at: .minutesAgo(minutes), deed: deed)
    }
}

extension DemoStory {
    private static let maria = Caller(email: "maria.silva@exemplo.com.br", number: "11987654321", name: "Maria Silva")
    private static let joao = Caller(email: "joao.reis@exemplo.com.br", number: "21999998888", name: "João Reis")
    private static let ana = Caller(email: "ana@padarialuz.com.br", number: "31991234567", name: "Padaria Luz")
    private static let bruno = Caller(email: "bruno@padarialuz.com.br", number: "31988887777", name: "Bruno Luz")
    private static let carla = Caller(email: "carla@oficinanorte.com.br", number: "3132710322", name: "Oficina Norte")
    private static let helena = Caller(
        email: "helena.prado@exemplo.com.br",
        number: "51998761234",
        name: "Helena Prado"
    )
    private static let otavio = Caller(
        email: "otavio.nunes@exemplo.com.br",
        number: "41997770011",
        name: "Otávio Nunes"
    )
    private static let marta = Caller(
        email: "marta@horizonteobras.com.br",
        number: "1130001000",
        name: "Horizonte Obras"
    )
    private static let rui = Caller(email: "rui@bompreco.com.br", number: "85988123344", name: "Mercado Bom Preco")
    private static let stranger = Caller(email: nil, number: "11955554444", name: "Desconhecido")
    private static let withheld = Caller(email: nil, number: "anonymous", name: "Anonymous")

    /// More customers than those who call in the demonstration, so that there is something to search.
    static let customers = """
        tipo;nome;documento;contato;email;telefone;contrato;plano;sms
        pessoa;Helena Prado;318.472.905-23;Helena Prado;helena.prado@exemplo.com.br;(51) 99876-1234;C-1005;Suporte completo;sim
        pessoa;Otávio Nunes;704.951.368-75;Otávio Nunes;otavio.nunes@exemplo.com.br;(41) 99777-0011;C-1006;Suporte básico;sim
        empresa;Horizonte Obras Ltda;45.873.126/0001-09;Marta Dias;marta@horizonteobras.com.br;(11) 3000-1000;C-1007;ERP e suporte;sim
        empresa;Mercado Bom Preço Ltda;27.190.438/0001-36;Rui Teixeira;rui@bompreco.com.br;(85) 98812-3344;C-1008;ERP;não
        """

    private static let error613 = Request(
        name: "nota",
        topic: "erro-sistema",
        summary: "Nota rejeitada com o código 613",
        details: "Ao emitir a nota de venda aparece a rejeição 613 e nada é impresso.",
        answers: [
            "mensagem": "Rejeição 613: chave de acesso difere da existente", "codigo": "613", "versao": "8.2.1",
            "quando": "hoje", "frequencia": "sempre", "parado": "sim", "usuarios": "3", "computador": "todos",
        ],
        module: "fiscal"
    )

    private static func question(_ name: String, _ summary: String, _ details: String, module: String) -> Request {
        Request(
            name: name,
            topic: "duvida-operacao",
            summary: summary,
            details: details,
            answers: ["operacao": summary],
            module: module
        )
    }

    private static func copy(_ name: String, month: String) -> Request {
        Request(
            name: name,
            topic: "segunda-via",
            summary: "Segunda via da fatura de \(month)",
            details: "Não recebi a fatura de \(month) por e-mail.",
            answers: ["mes": month, "vencida": "não", "envio": "email"]
        )
    }

    /// Four weeks of a small desk: every state a ticket can be in, and calls of every end.
    static let weeks = DemoStory(chapters: lived + recent)

    private static let lived: [Chapter] = [
        on(19, "09:12", .call(maria, by: "ana", seconds: 312, opens: error613)),
        on(19, "09:40", .staff(.take, "nota", by: "ana")),
        on(
            19,
            "10:25",
            .staff(.reply, "nota", by: "ana", "Maria, corrigimos a numeração da série. Pode emitir de novo?")
        ),
        on(19, "10:50", .customer(.reply, "nota", "Emitiu! Muito obrigada.")),
        on(19, "11:02", .staff(.solve, "nota", by: "ana", "A série 1 estava com a numeração repetida; foi corrigida.")),
        on(19, "11:20", .customer(.confirm, "nota")),
        on(19, "11:22", .rate("nota", 5, "Resolveram na mesma manhã.")),
        on(19, "11:24", .opinion("nota", .praise, "A Ana explicou tudo com calma.")),
        on(18, "08:55", .missed(joao, waited: 74)),
        on(18, "09:31", .out(joao, by: "bruno", seconds: 95)),
        on(18, "14:10", .portal("ana@padarialuz.com.br", copy("via", month: "10/2026"))),
        on(18, "14:45", .staff(.take, "via", by: "bruno")),
        on(18, "14:52", .staff(.solve, "via", by: "bruno", "A fatura foi enviada ao seu e-mail.")),
        on(17, "10:05", .call(stranger, by: "bruno", seconds: 41, ends: .wrongNumber)),
        on(
            17,
            "15:30",
            .call(
                carla,
                by: "ana",
                seconds: 268,
                opens: question(
                    "fechamento",
                    "Como fechar o mês no estoque",
                    "Querem saber a ordem dos passos do fechamento do mês.",
                    module: "estoque"
                )
            )
        ),
        on(17, "15:35", .staff(.take, "fechamento", by: "ana")),
        on(
            17,
            "16:20",
            .staff(.solve, "fechamento", by: "ana", "Enviamos o passo a passo do fechamento, em cinco passos.")
        ),
        on(16, "09:10", .customer(.restart, "fechamento", "O passo 3 não aparece na nossa tela.")),
        on(16, "09:50", .staff(.take, "fechamento", by: "bruno")),
        on(
            16,
            "10:40",
            .staff(.solve, "fechamento", by: "bruno", "A permissão do usuário foi liberada; o passo 3 aparece agora.")
        ),
        on(16, "11:15", .customer(.confirm, "fechamento")),
        on(16, "11:17", .rate("fechamento", 3, "Precisei pedir duas vezes.")),
        on(16, "11:19", .opinion("fechamento", .complaint, "A primeira resposta não servia para a nossa versão.")),
        on(
            15,
            "08:40",
            .call(
                helena,
                by: "ana",
                seconds: 187,
                opens: Request(
                    name: "dobrada",
                    topic: "correcao-fatura",
                    summary: "Fatura cobrada duas vezes",
                    details: "A fatura 4471 foi cobrada duas vezes no cartão.",
                    answers: [
                        "natureza": "fisica", "fatura": "4471", "vencimento": "ontem", "motivo": "duplicada",
                        "cobrado": "189,90", "paga": "sim", "devolucao": "devolver",
                    ]
                )
            )
        ),
        on(15, "11:30", .staff(.take, "dobrada", by: "bruno")),
        on(15, "11:34", .staff(.note, "dobrada", by: "bruno", "Conferido: o cartão foi cobrado às 03:12 e às 03:14.")),
        on(14, "10:15", .staff(.solve, "dobrada", by: "bruno", "O valor de R$ 189,90 foi devolvido ao cartão.")),
        on(14, "17:20", .call(withheld, by: "bruno", seconds: 63, ends: .informationGiven)),
        on(
            13,
            "09:45",
            .portal(
                "rui@bompreco.com.br",
                question(
                    "relatorio",
                    "Relatório de vendas por vendedor",
                    "Preciso do total por vendedor, do mês passado.",
                    module: "relatorios"
                )
            )
        ),
        on(13, "10:30", .staff(.take, "relatorio", by: "ana")),
        on(13, "10:35", .staff(.ask, "relatorio", by: "ana", "Rui, o total é por filial ou de todas juntas?")),
        on(13, "13:15", .missed(stranger, waited: 22)),
        on(12, "14:20", .customer(.reply, "relatorio", "De todas juntas.")),
        on(12, "15:05", .staff(.solve, "relatorio", by: "ana", "O relatório está em Vendas, Totais, por vendedor.")),
        on(12, "15:40", .customer(.confirm, "relatorio")),
        on(12, "15:41", .rate("relatorio", 4, "")),
        on(
            11,
            "08:50",
            .call(
                marta,
                by: "bruno",
                seconds: 405,
                opens: Request(
                    name: "queda",
                    topic: "sistema-fora",
                    summary: "O sistema não abre na obra 7",
                    details: "Desde as 8 h ninguém entra; a internet está normal.",
                    answers: ["situacao": "nao-abre", "hora": "08:10", "pessoas": "6", "internet": "sim"]
                )
            )
        ),
        on(11, "08:58", .staff(.take, "queda", by: "bruno")),
        on(11, "09:25", .customer(.reiterate, "queda", "Seis pessoas paradas, precisamos de uma previsão.")),
        on(11, "10:02", .staff(.solve, "queda", by: "bruno", "A licença do servidor tinha vencido; foi renovada.")),
        on(11, "10:30", .customer(.confirm, "queda")),
        on(11, "10:33", .customer(.reopen, "queda", "Caiu de novo na obra 7.")),
        on(
            11,
            "11:45",
            .staff(.solve, "queda", by: "bruno", "O relógio do servidor estava errado, e por isso a licença caía.")
        ),
        on(11, "13:10", .customer(.confirm, "queda")),
        on(11, "13:12", .rate("queda", 4, "Voltou a funcionar.")),
        on(10, "10:20", .call(otavio, by: "ana", seconds: 142, opens: copy("via2", month: "11/2026"))),
        on(10, "10:50", .portal("otavio.nunes@exemplo.com.br", copy("via3", month: "11/2026"))),
        on(10, "11:10", .staff(.merge, "via3", by: "ana", into: "via2")),
        on(10, "11:12", .staff(.take, "via2", by: "ana")),
        on(10, "11:15", .staff(.solve, "via2", by: "ana", "A segunda via foi enviada por e-mail.")),
        on(
            9,
            "16:05",
            .portal(
                "maria.silva@exemplo.com.br",
                question(
                    "etiquetas",
                    "Imprimir etiquetas de preço",
                    "As etiquetas saem cortadas na impressora nova.",
                    module: "vendas"
                )
            )
        ),
        on(9, "16:40", .customer(.cancel, "etiquetas", "Era o papel. Resolvi aqui.")),
        on(
            8,
            "09:15",
            .call(
                bruno,
                by: "ana",
                seconds: 230,
                opens: Request(
                    name: "atualizar",
                    topic: "atualizacao",
                    summary: "Atualizar para a versão 8.3",
                    details: "Querem atualizar no fim do mês, depois do fechamento.",
                    answers: ["versao": "8.2.1", "etapa": "antes", "copia": "sim"],
                    module: "outro"
                )
            )
        ),
        on(8, "10:00", .staff(.move, "atualizar", by: "ana", "Com a implantação.", department: "suporte")),
        on(
            7,
            "11:25",
            .portal(
                "carla@oficinanorte.com.br",
                question(
                    "imposto",
                    "Imposto do serviço na nota",
                    "Qual alíquota vai no serviço prestado em outra cidade?",
                    module: "fiscal"
                )
            )
        ),
        on(7, "13:40", .staff(.take, "imposto", by: "bruno")),
        on(7, "13:45", .staff(.note, "imposto", by: "bruno", "Esperando o retorno do contador.")),
        on(6, "10:10", .call(helena, by: "bruno", seconds: 96, ends: .informationGiven)),
        on(
            5,
            "09:05",
            .portal(
                "marta@horizonteobras.com.br",
                Request(
                    name: "lento",
                    topic: "erro-sistema",
                    summary: "Tela de compras demora a abrir",
                    details: "A tela de compras leva um minuto para abrir, só na filial.",
                    answers: [
                        "mensagem": "Nenhuma, só demora", "versao": "8.2.1", "quando": "hoje",
                        "frequencia": "as-vezes", "parado": "não", "computador": "alguns",
                    ],
                    module: "compras"
                )
            )
        ),
        on(5, "09:50", .staff(.take, "lento", by: "ana")),
        on(5, "09:58", .staff(.ask, "lento", by: "ana", "Marta, quais computadores da filial demoram?")),
        on(
            4,
            "14:30",
            .call(
                rui,
                by: "ana",
                seconds: 118,
                opens: Request(
                    name: "comprovante",
                    topic: "comprovante",
                    summary: "Pagamento que não foi baixado",
                    details: "Pagou ontem por Pix e o sistema ainda avisa do atraso.",
                    answers: [
                        "fatura": "5102", "pago_em": "ontem", "valor": "349,00", "meio": "pix", "bloqueado": "não",
                    ]
                )
            )
        ),
        on(4, "15:10", .staff(.take, "comprovante", by: "bruno")),
        on(4, "16:00", .customer(.reiterate, "comprovante", "O aviso continua na tela.")),
        on(3, "11:00", .read),
    ]

    private static let recent: [Chapter] = [
        on(
            3,
            "15:20",
            .call(
                joao,
                by: "bruno",
                seconds: 204,
                opens: question(
                    "senha",
                    "Trocar o usuário do balcão",
                    "Saiu um funcionário; querem trocar o usuário do balcão.",
                    module: "outro"
                )
            )
        ),
        on(3, "15:26", .staff(.take, "senha", by: "bruno")),
        on(2, "09:30", .staff(.solve, "senha", by: "bruno", "O usuário foi trocado; o antigo não entra mais.")),
        on(2, "10:15", .missed(ana, waited: 131)),
        on(2, "10:48", .out(ana, by: "ana", seconds: 154)),
        on(
            2,
            "16:10",
            .portal(
                "maria.silva@exemplo.com.br",
                Request(
                    name: "boleto",
                    topic: "faturamento",
                    summary: "Mudar o dia do vencimento",
                    details: "Gostaria de pagar no dia 10, que é quando recebo.",
                    answers: ["pedido": "vencimento", "dia": "10"]
                )
            )
        ),
        on(2, "16:35", .staff(.take, "boleto", by: "ana")),
        on(
            2,
            "16:40",
            .staff(.reply, "boleto", by: "ana", "Maria, a partir da próxima fatura o vencimento é dia 10. Confirma?")
        ),
        on(1, "09:20", .customer(.reply, "boleto", "Confirmo, obrigada!")),
        on(
            1,
            "11:05",
            .call(
                ana,
                by: "bruno",
                seconds: 176,
                opens: Request(
                    name: "balanca",
                    topic: "erro-sistema",
                    summary: "Balança não envia o peso ao caixa",
                    details: "Desde a queda de luz o peso não chega ao caixa 2.",
                    answers: [
                        "mensagem": "Balança não respondeu", "versao": "8.2.1", "quando": "hoje",
                        "frequencia": "sempre", "parado": "sim", "usuarios": "1", "computador": "um",
                    ],
                    module: "vendas"
                )
            )
        ),
        on(1, "14:50", .call(stranger, by: "ana", seconds: 58, ends: .callDropped)),
        on(
            1,
            "16:30",
            .portal(
                "helena.prado@exemplo.com.br",
                Request(
                    name: "ideia",
                    topic: "outra-solicitacao",
                    summary: "Sugestão para o formulário de faturas",
                    details: "Seria bom poder anexar o extrato já na primeira página.",
                    answers: ["tipo": "sugestao", "formulario": "Faturas"]
                )
            )
        ),
        ago(
            190,
            .call(
                maria,
                by: "ana",
                seconds: 121,
                opens: question(
                    "pix",
                    "Receber por Pix no caixa",
                    "Quer saber como ligar o Pix no caixa.",
                    module: "vendas"
                )
            )
        ),
        ago(170, .staff(.take, "balanca", by: "bruno")),
        ago(
            160,
            .staff(
                .solve,
                "balanca",
                by: "bruno",
                "A porta da balança mudou com a queda de luz; foi acertada no caixa 2."
            )
        ),
        ago(150, .missed(carla, waited: 88)),
        ago(
            95,
            .portal(
                "ana@padarialuz.com.br",
                question(
                    "cupom",
                    "Cupom sem o nome da loja",
                    "O cupom sai sem o nome da loja desde ontem.",
                    module: "vendas"
                )
            )
        ),
        ago(70, .missed(marta, waited: 61)),
        ago(40, .missed(withheld, waited: 15)),
        ago(25, .unfinished(otavio, by: "bruno", seconds: 133)),
        ago(12, .missed(rui, waited: 47)),
    ]
}
