extension StandardTemplates {
    static func english(_ event: NoticeEvent, _ channel: NoticeChannel) -> NoticeTemplate {
        switch channel {
        case .mail: mailEnglish(event)
        case .sms: NoticeTemplate(body: smsEnglish(event))
        }
    }

    private static func mailEnglish(_ event: NoticeEvent) -> NoticeTemplate {
        let hello = "Hello{{#first_name}} {{first_name}}{{/first_name}},"
        let facts = """
            {{#protocol}}Protocol: {{protocol}}
            {{/protocol}}{{#ticket}}Ticket: {{ticket}}
            {{/ticket}}{{#topic}}Topic: {{topic}}
            {{/topic}}{{#summary}}Summary: {{summary}}
            {{/summary}}
            """
        let follow = "{{#link}}Follow and answer it without signing in:\n{{link}}\n{{/link}}"
        let answers = automatic(
            event,
            "This is an automatic message; answer it and your answer joins the ticket.",
            otherwise: "This is an automatic message; replies to it are not read."
        )
        let foot = """
            \(answers){{#phone}} Phone: {{phone}}.{{/phone}}
            {{desk}}
            """
        return switch event {
        case .protocolIssued:
            mail(
                "{{desk}}: protocol {{protocol}}{{#ticket}}, ticket {{ticket}}{{/ticket}}",
                """
                \(hello)

                Your contact{{#opened}} on {{opened}}{{/opened}} has been recorded. \
                {{#ticket}}It was added to ticket {{ticket}}.{{/ticket}}{{^ticket}}Please keep the protocol number:{{/ticket}}

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketOpened:
            mail(
                "{{desk}}: ticket {{ticket}} created, protocol {{protocol}}",
                """
                \(hello)

                Your ticket has been registered{{#opened}} on {{opened}}{{/opened}}.

                \(facts){{#department}}Department: {{department}}
                {{/department}}{{#priority}}Priority: {{priority}}
                {{/priority}}{{#due}}Solution due: {{due}}
                {{/due}}
                \(follow)
                {{#answers}}What you told us:

                {{answers}}
                {{/answers}}
                """,
                foot: foot
            )
        case .ticketAnswered:
            mail(
                "{{desk}}: new reply to ticket {{ticket}}",
                """
                \(hello)

                There is a new reply{{#agent}} from {{agent}}{{/agent}} on your ticket.

                \(facts)
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketStateChanged:
            mail(
                "{{desk}}: ticket {{ticket}}{{#state}} is now {{state}}{{/state}}",
                """
                \(hello)

                The status of your ticket has changed.

                \(facts){{#state}}Status: {{state}}
                {{/state}}{{#reason}}Reason: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketSolved:
            mail(
                "{{desk}}: ticket {{ticket}} solved",
                """
                \(hello)

                Your ticket has been solved. If the solution does not work for you, you can restart it\
                {{#validity}} until {{validity}}{{/validity}} with the link below.

                \(facts){{#reason}}{{reason}}
                {{/reason}}
                {{#answer}}{{answer}}

                {{/answer}}\(follow)
                """,
                foot: foot
            )
        case .ticketClosed:
            mail(
                "{{desk}}: ticket {{ticket}} closed",
                """
                \(hello)

                Your ticket has been closed.

                \(facts){{#reason}}Reason: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReopened:
            mail(
                "{{desk}}: ticket {{ticket}} reopened",
                """
                \(hello)

                Your ticket has gone back to the department in charge.

                \(facts){{#reason}}Reason: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReiterated:
            mail(
                "{{desk}}: ticket {{ticket}} reiterated",
                """
                \(hello)

                Your ticket was reiterated.

                \(facts){{#reason}}Reason: {{reason}}
                {{/reason}}{{#priority}}Priority: {{priority}}
                {{/priority}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketAsked:
            mail(
                "{{desk}}: we need your answer on ticket {{ticket}}",
                """
                \(hello)

                {{#agent}}{{agent}} has{{/agent}}{{^agent}}We have{{/agent}} a question for you.\
                 The clock is paused until you answer.

                {{#answer}}{{answer}}

                {{/answer}}\(facts){{#validity}}Please answer by: {{validity}}
                {{/validity}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketReminded:
            mail(
                "{{desk}}: we are still waiting for your answer on ticket {{ticket}}",
                """
                \(hello)

                We are still waiting for your answer to a question. Without it, the ticket will be marked as solved\
                {{#validity}} on {{validity}}{{/validity}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketMoved:
            mail(
                "{{desk}}: ticket {{ticket}}{{#department}} is now with {{department}}{{/department}}",
                """
                \(hello)

                Your ticket has been passed to another department, which will take care of it.

                \(facts){{#department}}Department: {{department}}
                {{/department}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketCancelled:
            mail(
                "{{desk}}: ticket {{ticket}} cancelled",
                """
                \(hello)

                Your ticket was cancelled{{#agent}} by {{agent}}{{/agent}}.

                \(facts){{#reason}}Reason: {{reason}}
                {{/reason}}
                \(follow)
                """,
                foot: foot
            )
        case .ticketMerged:
            mail(
                "{{desk}}: your ticket continues as {{ticket}}",
                """
                \(hello)

                We merged {{#reason}}your ticket {{reason}}{{/reason}}{{^reason}}your ticket{{/reason}} into\
                 another about the same matter. Its number is now {{ticket}}.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .ticketDueChanged:
            mail(
                "{{desk}}: ticket {{ticket}} has a new solution date",
                """
                \(hello)

                The solution date of your ticket has changed.

                \(facts){{#due}}Solution due: {{due}}
                {{/due}}
                \(follow)
                """,
                foot: foot
            )
        case .linkRenewed:
            mail(
                "{{desk}}: new link to ticket {{ticket}}",
                """
                \(hello)

                This is the new link to your ticket, as requested on its page. If it was not you, ignore this message.

                \(facts)
                \(follow)
                """,
                foot: foot
            )
        case .callMissed:
            mail(
                "{{desk}}: we missed your call",
                """
                \(hello)

                We could not take your call{{#opened}} on {{opened}}{{/opened}}. We will call you back.

                Protocol: {{protocol}}
                """,
                foot: foot
            )
        case .surveyRequested:
            mail(
                "{{desk}}: how did we do on ticket {{ticket}}?",
                """
                \(hello)

                Tell us in a minute how it went{{#validity}} (open until {{validity}}){{/validity}}.

                \(facts)
                {{link}}
                """,
                foot: foot
            )
        case .accountActivation:
            mail(
                "{{desk}}: activate your account",
                """
                \(hello)

                We opened an account for you. Complete your details and choose a password with this link\
                {{#validity}}, valid for {{validity}}{{/validity}}:

                {{link}}
                """,
                foot: foot
            )
        case .passwordReset:
            mail(
                "{{desk}}: new password",
                """
                \(hello)

                Someone asked for a new password. To choose it, open the link\
                {{#validity}}, valid for {{validity}}{{/validity}}. If it was not you, ignore this message.

                {{link}}
                """,
                foot: foot
            )
        case .verificationCode:
            mail(
                "{{desk}}: confirmation code",
                """
                \(hello)

                Read this code to the person you are talking to{{#validity}} (valid for {{validity}}){{/validity}}:

                Code: {{code}}
                """,
                foot: foot
            )
        case .accountConfirmation:
            mail(
                "{{desk}}: confirm your e-mail",
                """
                \(hello)

                Someone, hopefully you, asked for an account with this e-mail. To confirm it, open the link and type the \
                password you chose{{#validity}}; it works for {{validity}}{{/validity}}. If it was not you, ignore this message: without it, no account is created.

                {{link}}
                """,
                foot: foot
            )
        case .addressConfirmation:
            mail(
                "{{desk}}: confirm your new e-mail",
                """
                \(hello)

                Someone, hopefully you, wants to use this e-mail for their account, in place of the one it has. To confirm it, open the \
                link and type the account's password{{#validity}}; it works for {{validity}}{{/validity}}. If it was not you, ignore this message: without it, nothing changes.

                {{link}}
                """,
                foot: foot
            )
        case .accountExists:
            mail(
                "{{desk}}: you already have an account",
                """
                \(hello)

                Someone, hopefully you, wanted to use this e-mail for another account, but it already has one. Sign in with it; if you have \
                forgotten the password, the page has a link for that. If it was not you, nothing was changed.

                {{link}}
                """,
                foot: foot
            )
        case .mailRefused:
            mail(
                "{{desk}}: your e-mail was not taken",
                """
                \(hello)

                We received your e-mail but did not record it: {{reason}}

                {{#link}}On the portal: {{link}}{{/link}}
                """,
                foot: foot
            )
        case .staffBell:
            mail(
                "[{{ticket}}] {{reason}}: {{summary}}",
                """
                {{reason}}.

                Ticket {{ticket}}: {{summary}}{{#topic}} ({{topic}}){{/topic}}

                {{link}}
                """,
                foot: "You can choose in your profile what you get by mail.\n{{desk}}"
            )
        case .portalCode:
            mail(
                "{{desk}}: your code",
                """
                \(hello)

                Type this code on the page that asks for it{{#validity}} (valid for {{validity}}){{/validity}}. If you did not ask for it, ignore this message and do not share the code.

                Code: {{code}}
                """,
                foot: foot
            )
        }
    }

    private static func smsEnglish(_ event: NoticeEvent) -> String {
        switch event {
        case .protocolIssued:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}your contact{{#opened}} on {{opened}}{{/opened}} "
                + "is on record{{#ticket}} under ticket {{ticket}}{{/ticket}}. Protocol {{protocol}}.{{#link}} {{link}}{{/link}}"
        case .ticketOpened:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}ticket {{ticket}} created. "
                + "Protocol {{protocol}}. {{link}}"
        case .ticketAnswered:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}new reply to ticket {{ticket}}. {{link}}"
        case .ticketStateChanged: "{{desk}}: ticket {{ticket}}{{#state}} is now {{state}}{{/state}}. {{link}}"
        case .ticketSolved: "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}ticket {{ticket}} solved. {{link}}"
        case .ticketClosed: "{{desk}}: ticket {{ticket}} closed. {{link}}"
        case .ticketReopened: "{{desk}}: ticket {{ticket}} reopened. {{link}}"
        case .ticketReiterated: "{{desk}}: ticket {{ticket}} reiterated. {{link}}"
        case .ticketAsked:
            "{{desk}}: {{#first_name}}{{first_name}}, {{/first_name}}we need your answer on ticket {{ticket}}. {{link}}"
        case .ticketReminded: "{{desk}}: we are still waiting for your answer on ticket {{ticket}}. {{link}}"
        case .ticketMoved:
            "{{desk}}: ticket {{ticket}}{{#department}} is now with {{department}}{{/department}}. {{link}}"
        case .ticketCancelled: "{{desk}}: ticket {{ticket}} was cancelled. {{link}}"
        case .ticketMerged: "{{desk}}: your ticket continues as {{ticket}}. {{link}}"
        case .ticketDueChanged: "{{desk}}: ticket {{ticket}}{{#due}}, now due {{due}}{{/due}}. {{link}}"
        case .linkRenewed: "{{desk}}: new link to ticket {{ticket}}. {{link}}"
        case .callMissed:
            "{{desk}}: we missed your call{{#opened}} on {{opened}}{{/opened}} and will call back. Protocol {{protocol}}."
        case .surveyRequested: "{{desk}}: how did we do on ticket {{ticket}}? {{link}}"
        case .accountActivation: "{{desk}}: activate your account at {{link}}"
        case .passwordReset: "{{desk}}: to choose a new password, open {{link}}"
        case .verificationCode:
            "{{desk}}: your code is {{code}}. Tell it only to the person you are talking to"
                + "{{#validity}} (valid {{validity}}){{/validity}}."
        case .accountConfirmation: "{{desk}}: confirm your account at {{link}}"
        case .addressConfirmation: "{{desk}}: confirm your new e-mail at {{link}}"
        case .accountExists: "{{desk}}: you already have an account: {{link}}"
        case .mailRefused: "{{desk}}: your e-mail was not taken: {{reason}} {{link}}"
        case .staffBell: "{{desk}}: {{reason}}, ticket {{ticket}}. {{link}}"
        case .portalCode:
            "{{desk}}: code {{code}}. Type it on the page that asks for it{{#validity}} (valid {{validity}}){{/validity}}. Do not share it."
        }
    }
}
