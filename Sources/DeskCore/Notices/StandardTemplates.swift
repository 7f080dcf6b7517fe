/// Our own words for every event, channel and language.
public enum StandardTemplates {
    public static func template(_ key: NoticeTemplateKey) -> NoticeTemplate {
        switch key.language {
        case .ptBR: portugueseBrazil(key.event, key.channel)
        case .ptPT: portuguesePortugal(key.event, key.channel)
        case .en: english(key.event, key.channel)
        }
    }

    /// What an automatic mail says about answers to it: where a mailbox is read, one joins the ticket.
    static func automatic(_ event: NoticeEvent, _ read: String, otherwise unread: String) -> String {
        switch event {
        // Of one that has ended none is taken; a survey is answered by its link.
        case .ticketClosed, .ticketCancelled, .surveyRequested: "{{^replies}}\(unread){{/replies}}"
        case _ where event.linksTicket: "{{#replies}}\(read){{/replies}}{{^replies}}\(unread){{/replies}}"
        default: unread
        }
    }

    /// A mail: greeting, what happened, facts as `label: value` lines, the link, and the foot.
    static func mail(_ subject: String, _ body: String, foot: String) -> NoticeTemplate {
        NoticeTemplate(subject: subject, body: "\(body)\n\n\(foot)\n")
    }
}
