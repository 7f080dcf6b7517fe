extension StandardTemplates {
    static func portuguesePortugal(_ event: NoticeEvent, _ channel: NoticeChannel) -> NoticeTemplate {
        switch channel {
        case .mail: mailPortuguesePortugal(event)
        case .sms: NoticeTemplate(body: smsPortuguesePortugal(event))
        }
    }

    private static func mailPortuguesePortugal(_ event: NoticeEvent) -> NoticeTemplate {
        let hello = "Olá{{#first_name}}, {{first_name}}{{/first_name}}."
        let facts = """
            {{#protocol}}Protocolo: {{protocol}}
            {{/protocol}}{{#ticket}}Pedido: {{ticket}}
            {{/ticket}}{{#topic}}Assunto: {{topic}}
            {{/topic}}{{#summary}}Resumo: {{summary}}
            {{/summary}}
            """
        let follow =
            "{{#link}}Acompanhe e responda sem iniciar sessão:\n{{link}}\n{{/link}}"
        let answers = automatic(
            event,
            "Esta mensagem é automática; responda-lhe e a sua resposta entra no pedido.",
            otherwise: "Esta mensagem é automática; as respostas não são lidas."
        )
        let foot = """
            \(answers){{#phone}} Telefone: {{phone}}.{{/phone}}
            {{desk}}
            """
        return switch event {
        case .protocolIssued:
            mail(
                "{{desk}}: protocolo {{protocol}}{{#ticket}}, pedido {{ticket}}{{/ticket}}",
                """
                \(hello)

                Registámos o seu contacto{{#opened}} em {{opened}}{{/opened}}. {{#ticket}}Foi acrescentado ao pedido {{ticket}}.{{/ticket}}{{^ticket}}Guarde o número do protocolo:{{/ticket}}

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketOpened:
            mail(
                "{{desk}}: pedido {{ticket}} registado, protocolo {{protocol}}",
                """
                \(hello)

                O seu pedido foi registado{{#opened}} em {{opened}}{{/opened}}.

                \(facts){{#department}}Departamento: {{department}}
                {{/department}}{{#priority}}Prioridade: {{priority}}
                {{/priority}}{{#due}}Prazo de solução: {{due}}
                {{/due}}
                \(follow)
                {{#answers}}O que nos indicou:

                {{answers}}
                {{/answers}}
                """,
                foot: foot
            )
        case .ticketAnswered:
            mail(
                "{{desk}}: nova resposta no pedido {{ticket}}",
                """
                \(hello)

                Há uma nova resposta{{#agent}} de {{agent}}{{/agent}} no seu pedido.

                \(facts)
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketStateChanged:
            mail(
                "{{desk}}: pedido {{ticket}}{{#state}} está agora {{state}}{{/state}}",
                """
                \(hello)

                A situação do seu pedido mudou.

                \(facts){{#state}}Situação: {{state}}
                {{/state}}{{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketSolved:
            mail(
                "{{desk}}: pedido {{ticket}} resolvido",
                """
                \(hello)

                O seu pedido foi resolvido. Se a resposta não serviu, pode reiniciá-lo\
                {{#validity}} até {{validity}}{{/validity}} pela ligação.

                \(facts){{#reason}}{{reason}}
                {{/reason}}
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketClosed:
            mail(
                "{{desk}}: pedido {{ticket}} fechado",
                """
                \(hello)

                O seu pedido foi fechado.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReopened:
            mail(
                "{{desk}}: pedido {{ticket}} reaberto",
                """
                \(hello)

                O seu pedido voltou ao departamento responsável.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReiterated:
            mail(
                "{{desk}}: pedido {{ticket}} reiterado",
                """
                \(hello)

                Pedido reiterado com sucesso.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}{{#priority}}Prioridade: {{priority}}
                {{/priority}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketAsked:
            mail(
                "{{desk}}: precisamos da sua resposta no pedido {{ticket}}",
                """
                \(hello)

                {{#agent}}{{agent}} tem{{/agent}}{{^agent}}Temos{{/agent}} uma pergunta para si.\
                 O prazo fica parado até à sua resposta.

                {{#answer}}{{answer}}

                {{/answer}}\(facts){{#validity}}Responda até: {{validity}}
                {{/validity}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReminded:
            mail(
                "{{desk}}: aguardamos a sua resposta no pedido {{ticket}}",
                """
                \(hello)

                Ainda aguardamos a sua resposta a uma pergunta. Sem ela, o pedido será dado como resolvido\
                {{#validity}} em {{validity}}{{/validity}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketMoved:
            mail(
                "{{desk}}: pedido {{ticket}}{{#department}} agora com {{department}}{{/department}}",
                """
                \(hello)

                O seu pedido passou a outro departamento, que vai tratar dele.

                \(facts){{#department}}Departamento: {{department}}
                {{/department}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketCancelled:
            mail(
                "{{desk}}: pedido {{ticket}} cancelado",
                """
                \(hello)

                O seu pedido foi cancelado{{#agent}} por {{agent}}{{/agent}}.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketMerged:
            mail(
                "{{desk}}: o seu pedido segue com o número {{ticket}}",
                """
                \(hello)

                Unimos {{#reason}}o seu pedido {{reason}}{{/reason}}{{^reason}}o seu pedido{{/reason}} a\
                 outro sobre o mesmo assunto. O número que vale agora é {{ticket}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketDueChanged:
            mail(
                "{{desk}}: novo prazo de solução do pedido {{ticket}}",
                """
                \(hello)

                O prazo de solução do seu pedido mudou.

                \(facts){{#due}}Prazo de solução: {{due}}
                {{/due}}
                \(follow)
                """,
                foot: foot
            )
        case .linkRenewed:
            mail(
                "{{desk}}: nova ligação do pedido {{ticket}}",
                """
                \(hello)

                Esta é a nova ligação do seu pedido, solicitada na página dele. Se não foi o próprio, ignore esta mensagem.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .callMissed:
            mail(
                "{{desk}}: não conseguimos atender a sua chamada",
                """
                \(hello)

                Não conseguimos atender a sua chamada{{#opened}} de {{opened}}{{/opened}}. Vamos ligar de volta.

                Protocolo: {{protocol}}
                """,
                foot: foot
            )
        case .surveyRequested:
            mail(
                "{{desk}}: como correu o pedido {{ticket}}?",
                """
                \(hello)

                Diga-nos num minuto como correu o atendimento{{#validity}} (disponível até\
                 {{validity}}){{/validity}}.

                \(facts)
                {{link}}
                """,
                foot: foot
            )
        case .accountActivation:
            mail(
                "{{desk}}: ative a sua conta",
                """
                \(hello)

                Abrimos uma conta em seu nome. Complete os seus dados e escolha uma palavra-passe através da ligação\
                {{#validity}}, válida durante {{validity}}{{/validity}}:

                {{link}}
                """,
                foot: foot
            )
        case .passwordReset:
            mail(
                "{{desk}}: nova palavra-passe",
                """
                \(hello)

                Recebemos um pedido de nova palavra-passe. Para a escolher, abra a ligação\
                {{#validity}}, válida durante {{validity}}{{/validity}}. Se não foi quem pediu, ignore esta mensagem.

                {{link}}
                """,
                foot: foot
            )
        case .verificationCode:
            mail(
                "{{desk}}: código de confirmação",
                """
                \(hello)

                Leia este código a quem o está a atender{{#validity}} (válido durante {{validity}}){{/validity}}:

                Código: {{code}}
                """,
                foot: foot
            )
        case .accountConfirmation:
            mail(
                "{{desk}}: confirme o seu e-mail",
                """
                \(hello)

                Alguém, esperamos que você, pediu uma conta com este e-mail. Para confirmar, abra a ligação e escreva a \
                palavra-passe que escolheu{{#validity}}; é válida durante {{validity}}{{/validity}}. Se não foi você, ignore esta mensagem: sem isso nada é criado.

                {{link}}
                """,
                foot: foot
            )
        case .addressConfirmation:
            mail(
                "{{desk}}: confirme o seu novo e-mail",
                """
                \(hello)

                Alguém, esperamos que você, quer usar este e-mail na sua conta, em vez do que ela tem. Para confirmar, abra a ligação e \
                escreva a palavra-passe da conta{{#validity}}; é válida durante {{validity}}{{/validity}}. Se não foi você, ignore esta mensagem: sem isso nada muda.

                {{link}}
                """,
                foot: foot
            )
        case .accountExists:
            mail(
                "{{desk}}: já tem uma conta",
                """
                \(hello)

                Alguém, esperamos que você, quis usar este e-mail noutra conta, mas ele já tem uma. Inicie sessão com ela; se \
                esqueceu a palavra-passe, a página tem uma ligação para isso. Se não foi você, nada mudou.

                {{link}}
                """,
                foot: foot
            )
        case .mailRefused:
            mail(
                "{{desk}}: o seu e-mail não foi registado",
                """
                \(hello)

                Recebemos o seu e-mail, mas não o registámos: {{reason}}

                {{#link}}No portal: {{link}}{{/link}}
                """,
                foot: foot
            )
        case .staffBell:
            mail(
                "[{{ticket}}] {{reason}}: {{summary}}",
                """
                {{reason}}.

                Pedido {{ticket}}: {{summary}}{{#topic}} ({{topic}}){{/topic}}

                {{link}}
                """,
                foot: "Escolhe no seu perfil o que recebe por e-mail.\n{{desk}}"
            )
        case .portalCode:
            mail(
                "{{desk}}: o seu código",
                """
                \(hello)

                Escreva este código na página que o pede{{#validity}} (válido durante {{validity}}){{/validity}}. Se não o pediu, ignore esta mensagem e não o diga a ninguém.

                Código: {{code}}
                """,
                foot: foot
            )
        }
    }

    private static func smsPortuguesePortugal(_ event: NoticeEvent) -> String {
        switch event {
        case .protocolIssued:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}o seu contacto{{#opened}} de {{opened}}{{/opened}} "
                + "foi registado{{#ticket}} no pedido {{ticket}}{{/ticket}}. Protocolo {{protocol}}.{{#link}} {{link}}{{/link}}"
        case .ticketOpened:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}pedido {{ticket}} registado. "
                + "Protocolo {{protocol}}. {{link}}"
        case .ticketAnswered:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}há nova resposta no pedido {{ticket}}. {{link}}"
        case .ticketStateChanged: "{{desk}}: pedido {{ticket}}{{#state}} está agora {{state}}{{/state}}. {{link}}"
        case .ticketSolved:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}pedido {{ticket}} resolvido. {{link}}"
        case .ticketClosed: "{{desk}}: pedido {{ticket}} fechado. {{link}}"
        case .ticketReopened: "{{desk}}: pedido {{ticket}} reaberto. {{link}}"
        case .ticketReiterated: "{{desk}}: pedido {{ticket}} reiterado com sucesso. {{link}}"
        case .ticketAsked:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}precisamos da sua resposta no pedido {{ticket}}. {{link}}"
        case .ticketReminded: "{{desk}}: ainda aguardamos a sua resposta no pedido {{ticket}}. {{link}}"
        case .ticketMoved:
            "{{desk}}: pedido {{ticket}}{{#department}} agora com {{department}}{{/department}}. {{link}}"
        case .ticketCancelled: "{{desk}}: pedido {{ticket}} cancelado. {{link}}"
        case .ticketMerged: "{{desk}}: o seu pedido segue com o número {{ticket}}. {{link}}"
        case .ticketDueChanged: "{{desk}}: pedido {{ticket}}{{#due}}, novo prazo {{due}}{{/due}}. {{link}}"
        case .linkRenewed: "{{desk}}: nova ligação do pedido {{ticket}}. {{link}}"
        case .callMissed:
            "{{desk}}: não conseguimos atender a sua chamada{{#opened}} de {{opened}}{{/opened}} e vamos ligar de volta. "
                + "Protocolo {{protocol}}."
        case .surveyRequested: "{{desk}}: como correu o pedido {{ticket}}? {{link}}"
        case .accountActivation: "{{desk}}: ative a sua conta em {{link}}"
        case .passwordReset: "{{desk}}: para escolher nova palavra-passe, abra {{link}}"
        case .verificationCode:
            "{{desk}}: o seu código é {{code}}. Diga-o só a quem o está a atender{{#validity}} (vale {{validity}}){{/validity}}."
        case .accountConfirmation: "{{desk}}: confirme a sua conta em {{link}}"
        case .addressConfirmation: "{{desk}}: confirme o seu novo e-mail em {{link}}"
        case .accountExists: "{{desk}}: já tem uma conta: {{link}}"
        case .mailRefused: "{{desk}}: o seu e-mail não foi registado: {{reason}} {{link}}"
        case .staffBell: "{{desk}}: {{reason}}, pedido {{ticket}}. {{link}}"
        case .portalCode:
            "{{desk}}: código {{code}}. Escreva-o na página que o pede{{#validity}} (vale {{validity}}){{/validity}}. Não o diga a ninguém."
        }
    }
}
