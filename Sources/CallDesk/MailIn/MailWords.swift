import DeskCore

/// What became of a mail, in words for the desk's people.
enum MailWords {
    static func outcome(_ outcome: MailOutcome) -> LocalizedText {
        switch outcome {
        case .answered:
            LocalizedText(
                "Resposta no chamado",
                ptPT: "Resposta no pedido",
                en: "Reply on the ticket"
            )
        case .opened:
            LocalizedText(
                "Chamado aberto",
                ptPT: "Pedido aberto",
                en: "Ticket opened"
            )
        case .voicemail:
            LocalizedText(
                "Mensagem de voz",
                ptPT: "Mensagem de voz",
                en: "Voice message"
            )
        case .returned:
            LocalizedText(
                "Aviso devolvido",
                ptPT: "Aviso devolvido",
                en: "Notice came back"
            )
        case .delayed:
            LocalizedText(
                "Aviso atrasado",
                ptPT: "Aviso atrasado",
                en: "Notice delayed"
            )
        case .automatic:
            LocalizedText(
                "Automático",
                ptPT: "Automático",
                en: "Automatic"
            )
        case .forged:
            LocalizedText(
                "Endereço adulterado",
                ptPT: "Endereço adulterado",
                en: "Forged address"
            )
        case .expired:
            LocalizedText(
                "Endereço vencido",
                ptPT: "Endereço expirado",
                en: "Expired address"
            )
        case .unknownAddress:
            LocalizedText(
                "Endereço desconhecido",
                ptPT: "Endereço desconhecido",
                en: "Unknown address"
            )
        case .refused:
            LocalizedText(
                "Recusado",
                ptPT: "Recusado",
                en: "Refused"
            )
        case .held:
            LocalizedText(
                "À espera",
                ptPT: "À espera",
                en: "Waiting"
            )
        case .parked:
            LocalizedText(
                "Posto de lado",
                ptPT: "Posto de lado",
                en: "Set aside"
            )
        case .dropped:
            LocalizedText(
                "Dispensado",
                ptPT: "Dispensado",
                en: "Dismissed"
            )
        }
    }

    /// How a badge of it looks.
    static func tone(_ outcome: MailOutcome) -> String {
        switch outcome {
        case .answered, .opened, .voicemail: "done"
        case .returned, .forged, .parked: "late"
        case .held, .refused, .delayed: "waiting"
        case .automatic, .expired, .unknownAddress, .dropped: ""
        }
    }

    /// Why; nil where the outcome says it all.
    static func reason(_ outcome: MailOutcome, _ reason: String?) -> LocalizedText? {
        guard let reason else { return nil }
        return switch outcome {
        case .automatic: AutomaticMark(rawValue: reason).map(mark)
        case .refused: MailRefusal(rawValue: reason).map(refusal)
        case .held: MailHold(rawValue: reason).map(hold)
        case .parked: MailParking(rawValue: reason).map(parking)
        // A mail server's status code.
        case .returned, .delayed: LocalizedText(reason, ptPT: reason, en: reason)
        case .voicemail:
            LocalizedText(
                "Há anexos que não foram aceitos",
                ptPT: "Há anexos que não foram aceites",
                en: "Some attachments were not taken"
            )
        case .answered, .opened, .forged, .expired, .unknownAddress, .dropped: nil
        }
    }

    private static func mark(_ mark: AutomaticMark) -> LocalizedText {
        switch mark {
        case .submitted:
            LocalizedText(
                "Marcado como automático (Auto-Submitted)",
                ptPT: "Marcado como automático (Auto-Submitted)",
                en: "Marked as automatic (Auto-Submitted)"
            )
        case .precedence:
            LocalizedText(
                "Enviado em massa (Precedence)",
                ptPT: "Enviado em massa (Precedence)",
                en: "Sent in bulk (Precedence)"
            )
        case .list:
            LocalizedText(
                "De uma lista",
                ptPT: "De uma lista",
                en: "From a list"
            )
        case .emptyReturnPath:
            LocalizedText(
                "Sem endereço de retorno",
                ptPT: "Sem endereço de retorno",
                en: "No return address"
            )
        case .autoreply:
            LocalizedText(
                "Resposta automática",
                ptPT: "Resposta automática",
                en: "Automatic reply"
            )
        case .report:
            LocalizedText(
                "Relatório de um servidor de e-mail",
                ptPT: "Relatório de um servidor de e-mail",
                en: "Report of a mail server"
            )
        case .absence:
            LocalizedText(
                "Aviso de ausência",
                ptPT: "Aviso de ausência",
                en: "Absence notice"
            )
        case .loop:
            LocalizedText(
                "Enviado por nós mesmos",
                ptPT: "Enviado por nós próprios",
                en: "Sent by ourselves"
            )
        }
    }

    private static func refusal(_ refusal: MailRefusal) -> LocalizedText {
        switch refusal {
        case .over:
            LocalizedText(
                "O chamado já terminou",
                ptPT: "O pedido já terminou",
                en: "The ticket has ended"
            )
        case .unknownSender:
            LocalizedText(
                "Remetente sem cadastro",
                ptPT: "Remetente sem registo",
                en: "The sender is not registered"
            )
        case .noRequests:
            LocalizedText(
                "Esta caixa não abre chamados",
                ptPT: "Esta caixa não abre pedidos",
                en: "This mailbox opens no tickets"
            )
        case .empty:
            LocalizedText(
                "Sem texto nem arquivo aceito",
                ptPT: "Sem texto nem ficheiro aceite",
                en: "Neither text nor a file that is taken"
            )
        case .notPossible:
            LocalizedText(
                "O assunto não pode ser aberto por e-mail por este cliente",
                ptPT: "O assunto não pode ser aberto por e-mail por este cliente",
                en: "This customer cannot open the topic by e-mail"
            )
        }
    }

    private static func hold(_ hold: MailHold) -> LocalizedText {
        switch hold {
        case .unknownSender:
            LocalizedText(
                "Remetente sem cadastro",
                ptPT: "Remetente sem registo",
                en: "The sender is not registered"
            )
        case .tooMany:
            LocalizedText(
                "E-mails demais deste remetente em uma hora",
                ptPT: "Demasiados e-mails deste remetente numa hora",
                en: "Too many e-mails of this sender in an hour"
            )
        case .noAnswerWanted:
            LocalizedText(
                "O remetente pede que nada seja respondido",
                ptPT: "O remetente pede que nada seja respondido",
                en: "The sender asks for no answer"
            )
        case .noSender:
            LocalizedText(
                "Sem remetente",
                ptPT: "Sem remetente",
                en: "No sender"
            )
        }
    }

    private static func parking(_ parking: MailParking) -> LocalizedText {
        switch parking {
        case .tooLarge:
            LocalizedText(
                "Grande demais",
                ptPT: "Demasiado grande",
                en: "Too large"
            )
        case .unreadable:
            LocalizedText(
                "Danificado, ou com partes demais",
                ptPT: "Danificado, ou com demasiadas partes",
                en: "Damaged, or with too many parts"
            )
        case .tries:
            LocalizedText(
                "Interrompeu todas as tentativas de leitura",
                ptPT: "Interrompeu todas as tentativas de leitura",
                en: "It ended every attempt to read it"
            )
        case .renumbered:
            LocalizedText(
                "A pasta foi renumerada, e o e-mail não se acha pelo número",
                ptPT: "A pasta foi renumerada, e o e-mail não se encontra pelo número",
                en: "The folder was numbered anew; the e-mail is not found by its number"
            )
        case .gone:
            LocalizedText(
                "Não está mais na caixa",
                ptPT: "Já não está na caixa",
                en: "It is not in the mailbox any more"
            )
        }
    }
}
