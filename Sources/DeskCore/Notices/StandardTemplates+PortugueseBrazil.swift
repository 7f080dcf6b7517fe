extension StandardTemplates {
    static func portugueseBrazil(_ event: NoticeEvent, _ channel: NoticeChannel) -> NoticeTemplate {
        switch channel {
        case .mail: mailPortugueseBrazil(event)
        case .sms: NoticeTemplate(body: smsPortugueseBrazil(event))
        }
    }

    private static func mailPortugueseBrazil(_ event: NoticeEvent) -> NoticeTemplate {
        let hello = "Olá{{#first_name}}, {{first_name}}{{/first_name}}!"
        let facts = """
            {{#protocol}}Protocolo: {{protocol}}
            {{/protocol}}{{#ticket}}Chamado: {{ticket}}
            {{/ticket}}{{#topic}}Assunto: {{topic}}
            {{/topic}}{{#summary}}Resumo: {{summary}}
            {{/summary}}
            """
        let follow =
            "{{#link}}Acompanhe e responda sem precisar de senha:\n{{link}}\n{{/link}}"
        let answers = automatic(
            event,
            "Este e-mail é automático; responda a ele e a sua resposta entra no chamado.",
            otherwise: "Este e-mail é automático; respostas a ele não são lidas."
        )
        let foot = """
            \(answers){{#phone}} Telefone: {{phone}}.{{/phone}}
            {{desk}}
            """
        return switch event {
        case .protocolIssued:
            mail(
                "{{desk}}: protocolo {{protocol}}{{#ticket}}, chamado {{ticket}}{{/ticket}}",
                """
                \(hello)

                Registramos o seu contato{{#opened}} em {{opened}}{{/opened}}. {{#ticket}}Ele foi acrescentado ao chamado {{ticket}}.{{/ticket}}{{^ticket}}Guarde o número do protocolo:{{/ticket}}

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketOpened:
            mail(
                "{{desk}}: chamado {{ticket}} registrado, protocolo {{protocol}}",
                """
                \(hello)

                O seu chamado foi registrado{{#opened}} em {{opened}}{{/opened}}.

                \(facts){{#department}}Departamento: {{department}}
                {{/department}}{{#priority}}Prioridade: {{priority}}
                {{/priority}}{{#due}}Prazo de solução: {{due}}
                {{/due}}
                \(follow)
                {{#answers}}O que você nos informou:

                {{answers}}
                {{/answers}}
                """,
                foot: foot
            )
        case .ticketAnswered:
            mail(
                "{{desk}}: nova resposta no chamado {{ticket}}",
                """
                \(hello)

                Há uma nova resposta{{#agent}} de {{agent}}{{/agent}} no seu chamado.

                \(facts)
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketStateChanged:
            mail(
                "{{desk}}: chamado {{ticket}}{{#state}} agora está {{state}}{{/state}}",
                """
                \(hello)

                A situação do seu chamado mudou.

                \(facts){{#state}}Situação: {{state}}
                {{/state}}{{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketSolved:
            mail(
                "{{desk}}: chamado {{ticket}} resolvido",
                """
                \(hello)

                O seu chamado foi resolvido. Se a resposta não atendeu, você pode reiniciá-lo\
                {{#validity}} até {{validity}}{{/validity}} pelo link.

                \(facts){{#reason}}{{reason}}
                {{/reason}}
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketClosed:
            mail(
                "{{desk}}: chamado {{ticket}} fechado",
                """
                \(hello)

                O seu chamado foi fechado.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReopened:
            mail(
                "{{desk}}: chamado {{ticket}} reaberto",
                """
                \(hello)

                O seu chamado voltou ao departamento responsável.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReiterated:
            mail(
                "{{desk}}: chamado {{ticket}} reiterado",
                """
                \(hello)

                Chamado reiterado com sucesso.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}{{#priority}}Prioridade: {{priority}}
                {{/priority}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketAsked:
            mail(
                "{{desk}}: precisamos da sua resposta no chamado {{ticket}}",
                """
                \(hello)

                {{#agent}}{{agent}} tem{{/agent}}{{^agent}}Temos{{/agent}} uma pergunta para você.\
                 O prazo fica parado até a sua resposta.

                {{#answer}}{{answer}}

                {{/answer}}\(facts){{#validity}}Responda até: {{validity}}
                {{/validity}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReminded:
            mail(
                "{{desk}}: aguardamos a sua resposta no chamado {{ticket}}",
                """
                \(hello)

                Ainda aguardamos a sua resposta a uma pergunta. Sem ela, o chamado será dado como resolvido\
                {{#validity}} em {{validity}}{{/validity}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketMoved:
            mail(
                "{{desk}}: chamado {{ticket}}{{#department}} agora com {{department}}{{/department}}",
                """
                \(hello)

                O seu chamado passou a outro departamento, que vai cuidar dele.

                \(facts){{#department}}Departamento: {{department}}
                {{/department}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketCancelled:
            mail(
                "{{desk}}: chamado {{ticket}} cancelado",
                """
                \(hello)

                O seu chamado foi cancelado{{#agent}} por {{agent}}{{/agent}}.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketMerged:
            mail(
                "{{desk}}: o seu chamado segue com o número {{ticket}}",
                """
                \(hello)

                Unimos {{#reason}}o seu chamado {{reason}}{{/reason}}{{^reason}}o seu\
                 chamado{{/reason}} a outro sobre o mesmo assunto. O número que vale agora é {{ticket}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketDueChanged:
            mail(
                "{{desk}}: novo prazo de solução do chamado {{ticket}}",
                """
                \(hello)

                O prazo de solução do seu chamado mudou.

                \(facts){{#due}}Prazo de solução: {{due}}
                {{/due}}
                \(follow)
                """,
                foot: foot
            )
        case .linkRenewed:
            mail(
                "{{desk}}: novo link do chamado {{ticket}}",
                """
                \(hello)

                Este é o novo link do seu chamado, pedido na página dele. Se não foi você, ignore esta mensagem.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .callMissed:
            mail(
                "{{desk}}: não conseguimos atender a sua ligação",
                """
                \(hello)

                Não conseguimos atender a sua ligação{{#opened}} de {{opened}}{{/opened}}. Vamos retornar.

                Protocolo: {{protocol}}
                """,
                foot: foot
            )
        case .surveyRequested:
            mail(
                "{{desk}}: como foi o atendimento do chamado {{ticket}}?",
                """
                \(hello)

                Conte em um minuto como foi o nosso atendimento{{#validity}} (disponível até\
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

                Abrimos uma conta para você. Complete os seus dados e escolha uma senha pelo link\
                {{#validity}}, válido por {{validity}}{{/validity}}:

                {{link}}
                """,
                foot: foot
            )
        case .passwordReset:
            mail(
                "{{desk}}: nova senha",
                """
                \(hello)

                Recebemos um pedido de nova senha. Para escolhê-la, abra o link\
                {{#validity}}, válido por {{validity}}{{/validity}}. Se não foi você, ignore esta mensagem.

                {{link}}
                """,
                foot: foot
            )
        case .verificationCode:
            mail(
                "{{desk}}: código de confirmação",
                """
                \(hello)

                Leia este código para quem está atendendo você{{#validity}} (vale por {{validity}}){{/validity}}:

                Código: {{code}}
                """,
                foot: foot
            )
        case .accountConfirmation:
            mail(
                "{{desk}}: confirme o seu e-mail",
                """
                \(hello)

                Alguém, esperamos que você, pediu uma conta com este e-mail. Para confirmar, abra o link e digite a senha que \
                escolheu{{#validity}}; ele vale por {{validity}}{{/validity}}. Se não foi você, ignore esta mensagem: sem isso nada é criado.

                {{link}}
                """,
                foot: foot
            )
        case .addressConfirmation:
            mail(
                "{{desk}}: confirme o seu novo e-mail",
                """
                \(hello)

                Alguém, esperamos que você, quer usar este e-mail em sua conta, no lugar do que ela tem. Para confirmar, abra o link e \
                digite a senha da conta{{#validity}}; ele vale por {{validity}}{{/validity}}. Se não foi você, ignore esta mensagem: sem isso nada muda.

                {{link}}
                """,
                foot: foot
            )
        case .accountExists:
            mail(
                "{{desk}}: você já tem uma conta",
                """
                \(hello)

                Alguém, esperamos que você, quis usar este e-mail em outra conta, mas ele já tem uma. Entre com ela; se esqueceu a \
                senha, a página tem um link para isso. Se não foi você, nada mudou.

                {{link}}
                """,
                foot: foot
            )
        case .mailRefused:
            mail(
                "{{desk}}: o seu e-mail não foi registrado",
                """
                \(hello)

                Recebemos o seu e-mail, mas não o registramos: {{reason}}

                {{#link}}Pelo portal: {{link}}{{/link}}
                """,
                foot: foot
            )
        case .staffBell:
            mail(
                "[{{ticket}}] {{reason}}: {{summary}}",
                """
                {{reason}}.

                Chamado {{ticket}}: {{summary}}{{#topic}} ({{topic}}){{/topic}}

                {{link}}
                """,
                foot: "Você escolhe no seu perfil o que recebe por e-mail.\n{{desk}}"
            )
        case .portalCode:
            mail(
                "{{desk}}: o seu código",
                """
                \(hello)

                Digite este código na página que o pede{{#validity}} (vale por {{validity}}){{/validity}}. Se você não o pediu, ignore esta mensagem e não o diga a ninguém.

                Código: {{code}}
                """,
                foot: foot
            )
        }
    }

    private static func smsPortugueseBrazil(_ event: NoticeEvent) -> String {
        switch event {
        case .protocolIssued:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}seu contato{{#opened}} de {{opened}}{{/opened}} "
                + "foi registrado{{#ticket}} no chamado {{ticket}}{{/ticket}}. Protocolo {{protocol}}.{{#link}} {{link}}{{/link}}"
        case .ticketOpened:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}chamado {{ticket}} registrado. "
                + "Protocolo {{protocol}}. {{link}}"
        case .ticketAnswered:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}há nova resposta no chamado {{ticket}}. {{link}}"
        case .ticketStateChanged:
            "{{desk}}: chamado {{ticket}}{{#state}} agora está {{state}}{{/state}}. {{link}}"
        case .ticketSolved:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}chamado {{ticket}} resolvido. {{link}}"
        case .ticketClosed: "{{desk}}: chamado {{ticket}} fechado. {{link}}"
        case .ticketReopened: "{{desk}}: chamado {{ticket}} reaberto. {{link}}"
        case .ticketReiterated: "{{desk}}: chamado {{ticket}} reiterado com sucesso. {{link}}"
        case .ticketAsked:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}precisamos da sua resposta no chamado {{ticket}}. "
                + "{{link}}"
        case .ticketReminded: "{{desk}}: ainda aguardamos a sua resposta no chamado {{ticket}}. {{link}}"
        case .ticketMoved:
            "{{desk}}: chamado {{ticket}}{{#department}} agora com {{department}}{{/department}}. {{link}}"
        case .ticketCancelled: "{{desk}}: chamado {{ticket}} cancelado. {{link}}"
        case .ticketMerged: "{{desk}}: o seu chamado segue com o número {{ticket}}. {{link}}"
        case .ticketDueChanged: "{{desk}}: chamado {{ticket}}{{#due}}, novo prazo {{due}}{{/due}}. {{link}}"
        case .linkRenewed: "{{desk}}: novo link do chamado {{ticket}}. {{link}}"
        case .callMissed:
            "{{desk}}: não conseguimos atender a sua ligação{{#opened}} de {{opened}}{{/opened}} e vamos retornar. "
                + "Protocolo {{protocol}}."
        case .surveyRequested: "{{desk}}: como foi o atendimento do chamado {{ticket}}? {{link}}"
        case .accountActivation: "{{desk}}: ative a sua conta em {{link}}"
        case .passwordReset: "{{desk}}: para escolher nova senha, abra {{link}}"
        case .verificationCode:
            "{{desk}}: seu código é {{code}}. Diga-o só a quem está atendendo você{{#validity}} (vale {{validity}}){{/validity}}."
        case .accountConfirmation: "{{desk}}: confirme a sua conta em {{link}}"
        case .addressConfirmation: "{{desk}}: confirme o seu novo e-mail em {{link}}"
        case .accountExists: "{{desk}}: você já tem uma conta: {{link}}"
        case .mailRefused: "{{desk}}: o seu e-mail não foi registrado: {{reason}} {{link}}"
        case .staffBell: "{{desk}}: {{reason}}, chamado {{ticket}}. {{link}}"
        case .portalCode:
            "{{desk}}: código {{code}}. Digite-o na página que o pede{{#validity}} (vale {{validity}}){{/validity}}. Não o diga a ninguém."
        }
    }
}
