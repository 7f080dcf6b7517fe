import DeskCore

/// What the terminal itself says; questions and errors come from the interview in the same language.
struct TerminalWords: Sendable {
    let language: Language

    private func text(_ brazil: String, _ portugal: String, _ english: String) -> String {
        switch language {
        case .ptBR: brazil
        case .ptPT: portugal
        case .en: english
        }
    }

    var yes: String { text("Sim", "Sim", "Yes") }
    var no: String { text("Não", "Não", "No") }
    var current: String {
        text("Resposta atual (Enter mantém)", "Resposta atual (Enter mantém)", "Answer so far (Enter keeps it)")
    }
    var suggestion: String { text("Sugestão (= aceita)", "Sugestão (= aceita)", "Suggestion (= takes it)") }
    var optional: String { text("opcional, Enter pula", "opcional, Enter salta", "optional, Enter skips") }
    var severalHint: String {
        text(
            "vários: números separados por vírgula",
            "vários: números separados por vírgula",
            "several: numbers with commas"
        )
    }
    var reopened: String { text("Confira de novo", "Verifique de novo", "Please look at this again") }
    var guides: String { text("Guias", "Guias", "Guides") }
    var noGuides: String {
        text("Este assunto não tem guias.", "Este assunto não tem guias.", "This topic has no guides.")
    }
    var create: String {
        text(
            "Enter cria o chamado; /ir N corrige uma resposta",
            "Enter cria o pedido; /ir N corrige uma resposta",
            "Enter creates the ticket; /go N changes an answer"
        )
    }
    var confirm: String {
        text(
            "Enter ou 1 confirma",
            "Enter ou 1 confirma",
            "Enter or 1 confirms"
        )
    }
    var passwordNoticed: String {
        text(
            "Parece haver uma senha no texto. 1 guarda-a no cofre, de onde se apaga sozinha; 2 envia o texto como está; Enter escreve de novo.",
            "Parece haver uma palavra-passe no texto. 1 guarda-a no cofre, de onde se apaga sozinha; 2 envia o texto como está; Enter escreve de novo.",
            "There seems to be a password in the text. 1 puts it into the vault, which erases it by itself; 2 sends the text as it is; Enter writes it again."
        )
    }
    var unknownOption: String {
        text(
            "Não há essa opção. Escolha um número da lista.",
            "Não existe essa opção. Escolha um número da lista.",
            "There is no such choice. Pick a number from the list."
        )
    }
    var protocolNumber: String { text("Protocolo", "Protocolo", "Protocol") }
    var ticket: String { text("Chamado", "Pedido", "Ticket") }
    var readAloud: String { text("Leia em voz alta", "Leia em voz alta", "Read it out") }
    var notices: String { text("Avisos ao cliente", "Avisos ao cliente", "Messages to the customer") }
    var ended: String { text("Atendimento encerrado", "Atendimento encerrado", "Contact ended") }
    var walkIn: String {
        text("Atendimento sem ligação (balcão)", "Atendimento sem chamada (balcão)", "Contact without a call (walk-in)")
    }
    var chooseCall: String { text("Qual ligação?", "Qual chamada?", "Which call?") }
    var noCall: String { text("Nenhuma ligação agora.", "Nenhuma chamada neste momento.", "No call at the moment.") }
    var withheld: String { text("não identificado", "não identificado", "withheld") }
    var savedElsewhere: String {
        text(
            "O roteiro avançou em outra tela; aqui está a pergunta atual.",
            "O guião avançou noutro ecrã; eis a pergunta atual.",
            "The interview went on elsewhere; here is the current question."
        )
    }
    var goodbye: String {
        text("O rascunho está salvo. Até logo.", "O rascunho está guardado. Até logo.", "The draft is saved. Goodbye.")
    }
    var unreachable: String {
        text(
            "O serviço não respondeu. Confira se está no ar (calldesk doctor) e o endereço em --url. Tentando de novo…",
            "O serviço não respondeu. Verifique se está a funcionar (calldesk doctor) e o endereço em --url. A tentar de novo…",
            "The service did not answer. Check that it runs (calldesk doctor) and the address in --url. Trying again…"
        )
    }

    var help: String {
        text(
            """
            Enter continua · /voltar volta uma pergunta · /ir N vai à resposta N da revisão
            /anexo ARQUIVO anexa · /guias mostra os guias do assunto · /encerrar termina sem chamado · /sair guarda o rascunho e sai
            """,
            """
            Enter continua · /voltar volta uma pergunta · /ir N vai à resposta N da revisão
            /anexo FICHEIRO anexa · /guias mostra os guias do assunto · /encerrar termina sem pedido · /sair guarda o rascunho e sai
            """,
            """
            Enter goes on · /back goes back one question · /go N goes to answer N of the review
            /attach FILE attaches · /guides shows the topic's guides · /end ends without a ticket · /quit keeps the draft and leaves
            """
        )
    }

    var endReasons: String {
        text("Por que termina sem chamado?", "Porque termina sem pedido?", "Why does it end without a ticket?")
    }
}
