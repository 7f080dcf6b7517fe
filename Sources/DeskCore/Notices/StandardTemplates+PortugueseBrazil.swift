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
            {{/protocol}}{{#ticket}}Solicitação: {{ticket}}
            {{/ticket}}{{#topic}}Assunto: {{topic}}
            {{/topic}}{{#summary}}Resumo: {{summary}}
            {{/summary}}
            """
        let follow = "{{#link}}Acompanhe sem precisar de senha:\n{{link}}\n{{/link}}"
        let foot = """
            Este e-mail é automático: respostas a ele não são lidas.{{#phone}} Telefone: {{phone}}.{{/phone}}
            {{desk}}
            """
        return switch event {
        case .protocolIssued:
            mail(
                "{{desk}}: protocolo {{protocol}}",
                """
                \(hello)

                Registramos o seu contato{{#opened}} em {{opened}}{{/opened}}. Guarde o número do protocolo:

                Protocolo: {{protocol}}
                """,
                foot: foot
            )
        case .ticketOpened:
            mail(
                "{{desk}}: solicitação {{ticket}} registrada, protocolo {{protocol}}",
                """
                \(hello)

                A sua solicitação foi registrada{{#opened}} em {{opened}}{{/opened}}.

                \(facts){{#department}}Departamento: {{department}}
                {{/department}}{{#priority}}Prioridade: {{priority}}
                {{/priority}}{{#due}}Prazo: {{due}}
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
                "{{desk}}: nova resposta na solicitação {{ticket}}",
                """
                \(hello)

                Há uma nova resposta{{#agent}} de {{agent}}{{/agent}} na sua solicitação.

                \(facts)
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketStateChanged:
            mail(
                "{{desk}}: solicitação {{ticket}}{{#state}} agora está {{state}}{{/state}}",
                """
                \(hello)

                A situação da sua solicitação mudou.

                \(facts){{#state}}Situação: {{state}}
                {{/state}}{{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketSolved:
            mail(
                "{{desk}}: solicitação {{ticket}} solucionada",
                """
                \(hello)

                A sua solicitação foi resolvida. Se a resposta não atendeu, você pode reiniciá-la\
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
                "{{desk}}: solicitação {{ticket}} encerrada",
                """
                \(hello)

                A sua solicitação foi encerrada.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReopened:
            mail(
                "{{desk}}: solicitação {{ticket}} reaberta",
                """
                \(hello)

                A sua solicitação voltou ao departamento responsável.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReiterated:
            mail(
                "{{desk}}: solicitação {{ticket}} reiterada",
                """
                \(hello)

                Demanda reiterada com sucesso. O departamento responsável foi avisado.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}{{#priority}}Prioridade: {{priority}}
                {{/priority}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketAsked:
            mail(
                "{{desk}}: precisamos da sua resposta na solicitação {{ticket}}",
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
                "{{desk}}: aguardamos a sua resposta na solicitação {{ticket}}",
                """
                \(hello)

                Ainda aguardamos a sua resposta a uma pergunta. Sem ela, a solicitação será encerrada como resolvida\
                {{#validity}} em {{validity}}{{/validity}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketMoved:
            mail(
                "{{desk}}: solicitação {{ticket}}{{#department}} agora com {{department}}{{/department}}",
                """
                \(hello)

                A sua solicitação passou a outro departamento, que vai cuidar dela.

                \(facts){{#department}}Departamento: {{department}}
                {{/department}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketCancelled:
            mail(
                "{{desk}}: solicitação {{ticket}} cancelada",
                """
                \(hello)

                A sua solicitação foi cancelada{{#agent}} por {{agent}}{{/agent}}.

                \(facts){{#reason}}Motivo: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketMerged:
            mail(
                "{{desk}}: a sua solicitação segue com o número {{ticket}}",
                """
                \(hello)

                Unimos {{#reason}}a sua solicitação {{reason}}{{/reason}}{{^reason}}a sua\
                 solicitação{{/reason}} a outra sobre o mesmo assunto. O número que vale agora é {{ticket}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketDueChanged:
            mail(
                "{{desk}}: novo prazo da solicitação {{ticket}}",
                """
                \(hello)

                O prazo da sua solicitação mudou.

                \(facts){{#due}}Prazo: {{due}}
                {{/due}}
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
                "{{desk}}: como foi o atendimento da solicitação {{ticket}}?",
                """
                \(hello)

                Conte em um minuto como foi o nosso atendimento{{#validity}} (disponível por\
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
        }
    }

    private static func smsPortugueseBrazil(_ event: NoticeEvent) -> String {
        switch event {
        case .protocolIssued:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}seu contato{{#opened}} de {{opened}}{{/opened}} "
                + "foi registrado. Protocolo {{protocol}}."
        case .ticketOpened:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}solicitação {{ticket}} registrada. "
                + "Protocolo {{protocol}}. {{link}}"
        case .ticketAnswered:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}há nova resposta na solicitação {{ticket}}. {{link}}"
        case .ticketStateChanged:
            "{{desk}}: solicitação {{ticket}}{{#state}} agora está {{state}}{{/state}}. {{link}}"
        case .ticketSolved:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}solicitação {{ticket}} solucionada. {{link}}"
        case .ticketClosed: "{{desk}}: solicitação {{ticket}} encerrada. {{link}}"
        case .ticketReopened: "{{desk}}: solicitação {{ticket}} reaberta. {{link}}"
        case .ticketReiterated: "{{desk}}: demanda {{ticket}} reiterada com sucesso. {{link}}"
        case .ticketAsked:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}precisamos da sua resposta na solicitação {{ticket}}. "
                + "{{link}}"
        case .ticketReminded: "{{desk}}: ainda aguardamos a sua resposta na solicitação {{ticket}}. {{link}}"
        case .ticketMoved:
            "{{desk}}: solicitação {{ticket}}{{#department}} agora com {{department}}{{/department}}. {{link}}"
        case .ticketCancelled: "{{desk}}: solicitação {{ticket}} cancelada. {{link}}"
        case .ticketMerged: "{{desk}}: a sua solicitação segue com o número {{ticket}}. {{link}}"
        case .ticketDueChanged: "{{desk}}: solicitação {{ticket}}{{#due}}, novo prazo {{due}}{{/due}}. {{link}}"
        case .callMissed:
            "{{desk}}: não conseguimos atender a sua ligação{{#opened}} de {{opened}}{{/opened}} e vamos retornar. "
                + "Protocolo {{protocol}}."
        case .surveyRequested: "{{desk}}: como foi o atendimento da solicitação {{ticket}}? {{link}}"
        case .accountActivation: "{{desk}}: ative a sua conta em {{link}}"
        case .passwordReset: "{{desk}}: para escolher nova senha, abra {{link}}"
        case .verificationCode:
            "{{desk}}: seu código é {{code}}. Diga-o só a quem está atendendo você{{#validity}} (vale {{validity}}){{/validity}}."
        }
    }
}
