/// Our own words for every event, channel and language.
public enum StandardTemplates {
    public static func template(_ key: NoticeTemplateKey) -> NoticeTemplate {
        switch key.language {
        case .ptBR: portugueseBrazil(key.event, key.channel)
        case .ptPT: portuguesePortugal(key.event, key.channel)
        case .en: english(key.event, key.channel)
        }
    }

    /// A mail: greeting, what happened, facts as `label: value` lines, the link, and the foot.
    static func mail(_ subject: String, _ body: String, foot: String) -> NoticeTemplate {
        NoticeTemplate(subject: subject, body: "\(body)\n\n\(foot)\n")
    }
}
