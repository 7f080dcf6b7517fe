import DeskCore

/// The quick link page's own words.
struct QuickLinkWords {
    let language: Language

    /// Who wrote an entry; people of the desk by their first name, as letters are signed.
    func author(_ entry: PublicEntry) -> String {
        switch entry.authorKind {
        case .customer: LocalizedText("Você", ptPT: "O cliente", en: "You")[language]
        case .technician, .program, .system: entry.authorName
        }
    }

    var labels: [String: String] {
        [
            "ticket": LocalizedText("Chamado", ptPT: "Pedido", en: "Ticket")[language],
            "protocol": LocalizedText("Protocolo", ptPT: "Protocolo", en: "Protocol")[language],
            "topic": LocalizedText("Assunto", ptPT: "Assunto", en: "Topic")[language],
            "opened": LocalizedText("Aberto em", ptPT: "Aberto em", en: "Opened")[language],
            "updated": LocalizedText("Atualizado em", ptPT: "Atualizado em", en: "Updated")[language],
            "due": LocalizedText("Previsão", ptPT: "Previsão", en: "Expected by")[language],
            "state": LocalizedText("Situação", ptPT: "Situação", en: "State")[language],
            "thread": LocalizedText("Andamento", ptPT: "Andamento", en: "Progress")[language],
            "empty": LocalizedText(
                "Ainda não há resposta. Avisaremos por e-mail.",
                ptPT: "Ainda não há resposta. Avisaremos por e-mail.",
                en: "No answer yet. We will tell you by e-mail."
            )[language],
            "expires": LocalizedText(
                "Este link vale até",
                ptPT: "Esta ligação é válida até",
                en: "This link works until"
            )[
                language
            ],
            "private": LocalizedText(
                "Quem tiver este link vê este chamado: não o repasse.",
                ptPT: "Quem tiver esta ligação vê este pedido: não a partilhe.",
                en: "Whoever has this link sees this ticket: do not pass it on."
            )[language],
        ]
    }

    func closed(_ refusal: QuickLinkRefusal) -> (title: String, text: String) {
        switch refusal {
        case .unknown:
            (
                LocalizedText("Link não encontrado", ptPT: "Ligação não encontrada", en: "Link not found")[language],
                LocalizedText(
                    "Confira se o endereço foi copiado inteiro do e-mail. Se precisar, ligue e informe o número do protocolo.",
                    ptPT:
                        "Confirme se o endereço foi copiado por inteiro do e-mail. Se precisar, ligue e indique o protocolo.",
                    en:
                        "Check that the whole address was copied from the e-mail. If need be, call with your protocol number."
                )[language]
            )
        case .expired:
            (
                LocalizedText("Este link venceu", ptPT: "Esta ligação expirou", en: "This link has expired")[language],
                LocalizedText(
                    "Por segurança os links valem por um tempo. Ligue e informe o número do protocolo para receber outro.",
                    ptPT:
                        "Por segurança as ligações têm prazo. Ligue e indique o número do protocolo para receber outra.",
                    en: "For safety links work for a while only. Call with your protocol number to get another."
                )[language]
            )
        case .revoked:
            (
                LocalizedText(
                    "Este link foi cancelado",
                    ptPT: "Esta ligação foi cancelada",
                    en: "This link was withdrawn"
                )[
                    language
                ],
                LocalizedText(
                    "Ele não abre mais o chamado. Ligue e informe o número do protocolo para receber outro.",
                    ptPT: "Já não abre o pedido. Ligue e indique o número do protocolo para receber outra.",
                    en: "It no longer opens the ticket. Call with your protocol number to get another."
                )[language]
            )
        }
    }
}
