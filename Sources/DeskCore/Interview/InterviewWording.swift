/// The desk's own sentences: what every interview asks besides the topic's form.
enum InterviewWording {
    /// How one question is put.
    struct Sentence {
        var label: LocalizedText
        var say: LocalizedText
        var hint: LocalizedText?
    }

    static func sentence(_ id: PromptID) -> Sentence {
        sentences[id] ?? Sentence(label: LocalizedText(id.rawValue), say: LocalizedText(id.rawValue), hint: nil)
    }

    /// Asks the one likely caller by name, and by company when a person of one is calling.
    static func confirm(_ candidate: Candidate, in language: Language) -> String {
        guard let person = candidate.contactName, person != candidate.name else {
            return LocalizedText(
                "Falo com \(candidate.name)?",
                ptPT: "Estou a falar com \(candidate.name)?",
                en: "Am I speaking with \(candidate.name)?"
            )[language]
        }
        return LocalizedText(
            "Falo com \(person), de \(candidate.name)?",
            ptPT: "Estou a falar com \(person), de \(candidate.name)?",
            en: "Am I speaking with \(person), of \(candidate.name)?"
        )[language]
    }

    /// For a request about none of them (D4).
    static let noProduct = LocalizedText(
        "O produto não está associado a um domínio",
        en: "The product is not associated with a domain"
    )

    /// How to describe it, to who does.
    static let ownWords = LocalizedText(
        "Com as suas palavras: o que fazia, o que esperava, o que apareceu. Com os detalhes, a resposta vem mais rápido.",
        ptPT:
            "Por palavras suas: o que fazia, o que esperava, o que apareceu. Com os pormenores, a resposta é mais rápida.",
        en: "In your own words: what you did, what you expected, what appeared. With details the answer comes faster."
    )

    static let choose = Sentence(
        label: LocalizedText("Quem está falando?", ptPT: "Quem fala?", en: "Who is calling?"),
        say: LocalizedText(
            "Com quem eu falo, por favor?",
            ptPT: "Com quem estou a falar, por favor?",
            en: "Who am I speaking with, please?"
        ),
        hint: LocalizedText(
            "Este número aparece em mais de um cadastro. Pergunte o nome antes de escolher.",
            ptPT: "Este número aparece em mais do que um registo. Pergunte o nome antes de escolher.",
            en: "More than one record has this number. Ask for the name before choosing."
        )
    )

    static let search = Sentence(
        label: LocalizedText("Procurar cliente", en: "Find the customer"),
        say: LocalizedText(
            "Pode me informar seu CPF ou CNPJ, por favor?",
            ptPT: "Pode indicar-me o seu NIF, por favor?",
            en: "Could you give me your document or contract number, please?"
        ),
        hint: LocalizedText(
            "Também serve e-mail, nome, contrato, telefone ou um protocolo anterior. Sem identificação o atendimento continua.",
            ptPT:
                "Também serve e-mail, nome, contrato, telefone ou um protocolo anterior. Sem identificação o atendimento continua.",
            en:
                "E-mail, name, contract, phone or an earlier protocol do as well. The caller may also stay unidentified."
        )
    )

    static let actions: [String: LocalizedText] = [
        Interview.Choice.yes: LocalizedText("Sim", en: "Yes"),
        Interview.Choice.no: LocalizedText("Não, é outra pessoa", en: "No, somebody else"),
        Interview.Choice.search: LocalizedText("Procurar", en: "Search"),
        Interview.Choice.new: LocalizedText("Novo cliente", en: "New customer"),
        Interview.Choice.skip: LocalizedText("Seguir sem identificar", en: "Go on unidentified"),
        Interview.Choice.other: LocalizedText("Outra pessoa", en: "Somebody else"),
        Interview.Choice.up: LocalizedText("Voltar ao nível anterior", en: "One level up"),
    ]

    static func person(in language: Language) -> String {
        LocalizedText("Pessoa", en: "Person")[language]
    }

    static func company(in language: Language) -> String {
        LocalizedText("Empresa", en: "Company")[language]
    }

    static func stage(_ stage: InterviewStage, in language: Language) -> String {
        switch stage {
        case .identification, .contact: LocalizedText("Identificação", en: "Identification")[language]
        case .topic, .verification: LocalizedText("Assunto", en: "Topic")[language]
        case .form, .summary, .module, .description, .whatChanged, .attachments:
            LocalizedText("Detalhes", en: "Details")[language]
        case .review, .handOver, .done: LocalizedText("Revisão", ptPT: "Revisão", en: "Review")[language]
        }
    }

    private static let sentences: [PromptID: Sentence] = [
        .callerName: Sentence(
            label: LocalizedText("Nome de quem liga", en: "Caller's name"),
            say: LocalizedText("Qual é o seu nome?", en: "What is your name?")
        ),
        .callerPhone: Sentence(
            label: LocalizedText("Telefone para retorno", ptPT: "Telefone para contacto", en: "Phone to call back"),
            say: LocalizedText(
                "Em que número podemos retornar, se a ligação cair?",
                ptPT: "Para que número podemos ligar, se a chamada cair?",
                en: "Which number can we call if the line drops?"
            )
        ),
        .registerKind: Sentence(
            label: LocalizedText("Pessoa ou empresa", en: "Person or company"),
            say: LocalizedText(
                "O cadastro é para você ou para uma empresa?",
                ptPT: "O registo é para si ou para uma empresa?",
                en: "Is this for yourself or for a company?"
            )
        ),
        .registerName: Sentence(
            label: LocalizedText("Nome ou razão social", ptPT: "Nome ou firma", en: "Name"),
            say: LocalizedText("Qual é o nome completo?", en: "What is the full name?")
        ),
        .registerPerson: Sentence(
            label: LocalizedText("Nome de quem liga", en: "Caller's name"),
            say: LocalizedText("E o seu nome?", en: "And your own name?")
        ),
        .registerDocument: Sentence(
            label: LocalizedText("CPF ou CNPJ", ptPT: "NIF", en: "Document"),
            say: LocalizedText("Qual é o CPF ou CNPJ?", ptPT: "Qual é o NIF?", en: "What is the document number?"),
            hint: LocalizedText(
                "Pode ficar em branco. Também serve um NIF português.",
                ptPT: "Pode ficar em branco. Também serve um CPF ou CNPJ brasileiro.",
                en: "May stay empty. CPF, CNPJ or NIF."
            )
        ),
        .registerEmail: Sentence(
            label: LocalizedText("E-mail", en: "E-mail"),
            say: LocalizedText(
                "Qual é o seu e-mail? É por ele que enviamos a confirmação.",
                ptPT: "Qual é o seu e-mail? É para lá que enviamos a confirmação.",
                en: "What is your e-mail address? The confirmation goes there."
            ),
            hint: LocalizedText(
                "O e-mail é da pessoa e único: endereços de departamento (financeiro@, suporte@) não são aceitos. Sem e-mail, siga em frente: o protocolo vai por SMS.",
                ptPT:
                    "O e-mail é da pessoa e único: endereços de departamento (financeiro@, suporte@) não são aceites. Sem e-mail, avance: o protocolo segue por SMS.",
                en:
                    "The address is the person's own and unique; departmental ones (finance@, support@) are refused. Without one go on: the protocol goes by SMS."
            )
        ),
        .registerPhone: Sentence(
            label: LocalizedText("Telefone", en: "Phone"),
            say: LocalizedText(
                "Este telefone de onde liga é o melhor para falarmos com você?",
                ptPT: "O telefone de onde liga é o melhor para o contactarmos?",
                en: "Is the phone you are calling from the best to reach you?"
            ),
            hint: LocalizedText(
                "De preferência um celular: é nele que chega o SMS com o protocolo.",
                ptPT: "De preferência um telemóvel: é nele que chega o SMS com o protocolo.",
                en: "Preferably a mobile: the SMS with the protocol goes there."
            )
        ),
        .register: Sentence(
            label: LocalizedText("Cadastrando o cliente", ptPT: "A registar o cliente", en: "Registering the customer"),
            say: LocalizedText(
                "Um momento, estou fazendo seu cadastro.",
                ptPT: "Um momento, estou a fazer o seu registo.",
                en: "One moment, I am registering you."
            )
        ),
        .contact: Sentence(
            label: LocalizedText("Quem fala pela empresa", en: "Who speaks for the company"),
            say: LocalizedText(
                "Com quem eu falo na empresa?",
                ptPT: "Com quem estou a falar na empresa?",
                en: "Who am I speaking with at the company?"
            )
        ),
        .contactName: Sentence(
            label: LocalizedText("Nome de quem liga", en: "Caller's name"),
            say: LocalizedText("Qual é o seu nome?", en: "What is your name?")
        ),
        .topic: Sentence(
            label: LocalizedText("Assunto", en: "Topic"),
            say: LocalizedText(
                "Em que posso ajudar?",
                ptPT: "Em que posso ajudar?",
                en: "How can I help you?"
            ),
            hint: LocalizedText(
                "Digite palavras do assunto ou escolha uma seção.",
                ptPT: "Escreva palavras do assunto ou escolha uma secção.",
                en: "Type words describing the topic or choose a section."
            )
        ),
        .verify: Sentence(
            label: LocalizedText("Confirmar identidade", en: "Confirm identity"),
            say: LocalizedText(
                "Para este assunto preciso confirmar seu cadastro. Pode me dizer o CPF ou CNPJ, o contrato ou um protocolo?",
                ptPT:
                    "Para este assunto preciso de confirmar o seu registo. Pode dizer-me o NIF, o contrato ou um protocolo?",
                en:
                    "For this I have to confirm your record. Could you give me your document, contract or a protocol number?"
            ),
            hint: LocalizedText(
                "Não leia os dados do cadastro para o cliente. Se ele não quiser dizer, siga: o chamado fica marcado como não verificado.",
                ptPT:
                    "Não leia os dados do registo ao cliente. Se ele não quiser dizer, avance: o pedido fica marcado como não verificado.",
                en: "Do not read the record out. If the caller declines, go on: the ticket is marked as unverified."
            )
        ),
        .summary: Sentence(
            label: LocalizedText("Resumo", en: "Summary"),
            say: LocalizedText(
                "Em poucas palavras, o que está acontecendo?",
                ptPT: "Em poucas palavras, o que se passa?",
                en: "In a few words, what is happening?"
            ),
            hint: LocalizedText(
                "Uma linha: vira o título do chamado e o assunto do e-mail.",
                ptPT: "Uma linha: será o título do pedido e o assunto do e-mail.",
                en: "One line: it becomes the ticket's title and the e-mail's subject."
            )
        ),
        .product: Sentence(
            label: LocalizedText("Domínio ou produto", en: "Domain or product"),
            say: LocalizedText(
                "Sobre qual dos seus domínios ou produtos é?",
                en: "Which of your domains or products is it about?"
            ),
            hint: nil
        ),
        .module: Sentence(
            label: LocalizedText("Módulo", en: "Module"),
            say: LocalizedText(
                "Em qual módulo do sistema?",
                ptPT: "Em que módulo do sistema?",
                en: "In which module of the system?"
            )
        ),
        .description: Sentence(
            label: LocalizedText("Descrição detalhada", en: "Detailed description"),
            say: LocalizedText(
                "Pode me contar com detalhes o que acontece?",
                ptPT: "Pode contar-me em pormenor o que acontece?",
                en: "Could you tell me in detail what happens?"
            ),
            hint: LocalizedText(
                "Escreva com as palavras do cliente: o que fazia, o que esperava, o que apareceu.",
                ptPT: "Escreva com as palavras do cliente: o que fazia, o que esperava, o que apareceu.",
                en: "In the customer's own words: what they did, what they expected, what appeared."
            )
        ),
        .whatChanged: Sentence(
            label: LocalizedText("O que mudou?", en: "What changed?"),
            say: LocalizedText(
                "Mudou alguma coisa antes de começar? Rede, antivírus, computador, atualização?",
                ptPT: "Mudou alguma coisa antes de começar? Rede, antivírus, computador, atualização?",
                en: "Did anything change before it began? Network, antivirus, computer, update?"
            ),
            hint: LocalizedText(
                "Grande parte dos erros vem de uma mudança no cliente: configuração de rede, novo antivírus ou firewall, servidor fora do ar, cabo solto.",
                ptPT:
                    "Grande parte dos erros vem de uma mudança no cliente: configuração de rede, novo antivírus ou firewall, servidor em baixo, cabo solto.",
                en:
                    "Most errors follow a change on the customer's side: network settings, new antivirus or firewall, server down, a loose cable."
            )
        ),
        .attachments: Sentence(
            label: LocalizedText("Anexos", en: "Attachments"),
            say: LocalizedText(
                "Tem alguma tela, relatório ou mensagem de erro para nos enviar?",
                ptPT: "Tem algum ecrã, relatório ou mensagem de erro para nos enviar?",
                en: "Is there a screenshot, report or error message you can send us?"
            ),
            hint: LocalizedText(
                "Opcional. Também pode ser acrescentado ao chamado depois.",
                ptPT: "Opcional. Também pode ser acrescentado ao pedido depois.",
                en: "Optional. It can also be added to the ticket later."
            )
        ),
        .review: Sentence(
            label: LocalizedText("Revisão", en: "Review"),
            say: LocalizedText(
                "Vou conferir com você o que registrei.",
                ptPT: "Vou confirmar consigo o que registei.",
                en: "Let me go over what I took down."
            )
        ),
        .handOver: Sentence(
            label: LocalizedText("Transferindo", ptPT: "A transferir", en: "Transferring"),
            say: LocalizedText(
                "Vou transferir você para um atendente.",
                ptPT: "Vou transferir a chamada para um assistente.",
                en: "I am putting you through to someone."
            )
        ),
        .done: Sentence(
            label: LocalizedText("Atendimento encerrado", en: "Finished"),
            say: LocalizedText(
                "Obrigado pelo contato.",
                ptPT: "Obrigado pelo contacto.",
                en: "Thank you for calling."
            )
        ),
    ]
}
