import CallModel
import DeskCore
import IVRBridge

/// What each change of a call is called, and why it counts, in people's words.
struct CallStepWords: Sendable {
    /// Whose a telephone is.
    enum Owner: Sendable, Equatable {
        case person(String)
        /// No user has it: nothing shows anywhere.
        case nobody
        /// Nobody was asked.
        case unknown
    }

    let language: Language
    let owner: @Sendable (_ party: String) -> Owner
    /// The customer's record is covered for who reads it: numbers have stars, and a name that is a number is not said.
    var isCovered = false

    /// Words without a desk at hand, as in a terminal.
    init(_ language: Language, owner: @escaping @Sendable (_ party: String) -> Owner = { _ in .unknown }) {
        self.language = language
        self.owner = owner
    }

    private func shown(_ number: String) -> String { isCovered ? PhoneNumber.masked(number) : number }

    func sentence(_ change: CallStepChange) -> String { text(change)[language] }

    private func text(_ change: CallStepChange) -> LocalizedText {
        switch change {
        case .began(let direction): began(direction)
        case .direction(let direction): turned(direction)
        case .number(let number?):
            .init("O número é \(shown(number)).", en: "The number is \(shown(number)).")
        case .number(nil):
            .init("O número não é conhecido, ou foi ocultado.", en: "The number is not known, or is withheld.")
        case .name(let name) where isCovered && !name.contains(where: \.isLetter):
            .init(
                "O PABX mostra um número no lugar do nome.",
                ptPT: "A central mostra um número no lugar do nome.",
                en: "The PBX shows a number in place of a name."
            )
        case .name(let name): .init("O PABX mostra o nome \(name).", en: "The PBX shows the name \(name).")
        case .dialled(let number):
            .init(
                "Discado: \(shown(number)).",
                ptPT: "Marcado: \(shown(number)).",
                en: "Dialled: \(shown(number))."
            )
        case .queue(let queue):
            .init("Entra na fila \(queue).", ptPT: "Entra na fila \(queue).", en: "Enters the queue \(queue).")
        case .waits:
            .init(
                "Espera: ninguém atendeu ainda, faça o PABX o que fizer.",
                ptPT: "Espera: ainda ninguém atendeu, faça a central o que fizer.",
                en: "Waits: nobody has answered yet, whatever the PBX does."
            )
        case .offered(let party):
            .init(
                "O PABX chama \(who(party)).",
                ptPT: "A central chama \(who(party)).",
                en: "The PBX calls \(who(party))."
            )
        case .rings(let party): rings(party)
        case .stopsRinging(let party):
            .init(
                "\(who(party)): parou de tocar, e o aviso some da tela.",
                ptPT: "\(who(party)): deixou de tocar, e o aviso sai do ecrã.",
                en: "\(who(party)): rings no more, and the banner goes."
            )
        case .answered(let party):
            .init(
                "\(who(party)) atendeu e fala com quem ligou: abre na tela dessa pessoa e fecha nas outras.",
                ptPT: "\(who(party)) atendeu e fala com quem ligou: abre no ecrã dessa pessoa e fecha nos outros.",
                en: "\(who(party)) answered and speaks with the caller: it opens there and closes elsewhere."
            )
        case .talks(let party):
            .init(
                "Agora fala com \(who(party)), com quem fica o atendimento.",
                ptPT: "Agora fala com \(who(party)), com quem fica o atendimento.",
                en: "Now speaks with \(who(party)), who has the contact from here on."
            )
        case .held: .init("Em espera.", en: "On hold.")
        case .taken: .init("Retomada da espera.", en: "Off hold.")
        case .transfer(let transfer): moved(transfer)
        case .absorbed(let key):
            .init(
                "A ligação \(key) passa a fazer parte desta.",
                ptPT: "A chamada \(key) passa a fazer parte desta.",
                en: "The call \(key) becomes part of this one."
            )
        case .recording(let file):
            .init("Gravada em \(file).", ptPT: "Gravada em \(file).", en: "Recorded to \(file).")
        case .menu: .init("Está no menu telefônico.", ptPT: "Está no menu telefónico.", en: "Is in the telephone menu.")
        case .handed(let name):
            .init(
                "O plano de discagem entrega \(name).",
                ptPT: "O plano de marcação entrega \(name).",
                en: "The dialplan hands over \(name)."
            )
        case .ended(let outcome, let ender): ended(outcome, ender)
        }
    }

    private func began(_ direction: CallDirection) -> LocalizedText {
        switch direction {
        case .inbound:
            .init("Começa, vinda de fora.", ptPT: "Começa, vinda de fora.", en: "Begins, coming from outside.")
        case .outbound: .init("Começa, para fora.", en: "Begins, going outside.")
        case .internal:
            .init("Começa, entre ramais.", ptPT: "Começa, entre extensões.", en: "Begins, between extensions.")
        }
    }

    private func turned(_ direction: CallDirection) -> LocalizedText {
        switch direction {
        case .inbound: .init("Vê-se que vem de fora.", en: "It turns out to come from outside.")
        case .outbound: .init("Vê-se que vai para fora.", en: "It turns out to go outside.")
        case .internal:
            .init(
                "Vê-se que é entre ramais: não gera protocolo.",
                ptPT: "Vê-se que é entre extensões: não gera protocolo.",
                en: "It turns out to be between extensions: it gets no protocol."
            )
        }
    }

    private func rings(_ party: String) -> LocalizedText {
        switch owner(party) {
        case .person(let name):
            .init(
                "\(name) (\(plain(party))): o telefone toca, e aparece na tela dessa pessoa.",
                ptPT: "\(name) (\(plain(party))): o telefone toca, e aparece no ecrã dessa pessoa.",
                en: "\(name) (\(plain(party))): the phone rings, and it shows on that person's screen."
            )
        case .nobody:
            .init(
                "\(plain(party)) toca, e nenhum usuário tem este ramal: não aparece em nenhuma tela.",
                ptPT: "\(plain(party)) toca, e nenhum utilizador tem esta extensão: não aparece em nenhum ecrã.",
                en: "\(plain(party)) rings, and no user has this extension: it shows on no screen."
            )
        case .unknown:
            .init(
                "\(party) toca: aparece para quem tem este ramal, e para mais ninguém.",
                ptPT: "\(party) toca: aparece a quem tem esta extensão, e a mais ninguém.",
                en: "\(party) rings: it shows for whoever has this extension, and for nobody else."
            )
        }
    }

    private func moved(_ transfer: CallTransfer) -> LocalizedText {
        let (from, to) = (transfer.from.map(who) ?? "?", transfer.to.map(who) ?? "?")
        return switch transfer.kind {
        case .blind:
            .init(
                "Transferida de \(from) para \(to), sem consulta.",
                en: "Transferred from \(from) to \(to), unannounced."
            )
        case .attended:
            .init(
                "Transferida de \(from) para \(to), depois de falarem.",
                en: "Transferred from \(from) to \(to), after they spoke."
            )
        case .redirect:
            .init(
                "Levada pelo PABX de \(from) para \(to).",
                ptPT: "Levada pela central de \(from) para \(to).",
                en: "Moved by the PBX from \(from) to \(to)."
            )
        }
    }

    private func ended(_ outcome: CallOutcome, _ ender: CallEnder?) -> LocalizedText {
        let became =
            switch outcome {
            case .answered: LocalizedText("atendida", en: "answered")
            case .abandoned: LocalizedText("quem ligou desistiu", en: "the caller gave up")
            case .noAnswer: LocalizedText("ninguém atendeu", en: "nobody answered")
            case .busy: LocalizedText("ocupado", en: "busy")
            case .failed: LocalizedText("falhou", en: "failed")
            case .blocked: LocalizedText("bloqueada pelas regras", en: "blocked by the rules")
            case .ongoing: LocalizedText("sem resultado", en: "without an outcome")
            }
        let by =
            switch ender {
            case .caller: LocalizedText("por quem ligou", en: "by the caller")
            case .agent: LocalizedText("por quem atendeu", en: "by who answered")
            case .pbx: LocalizedText("pelo PABX", ptPT: "pela central", en: "by the PBX")
            case .unknown, nil: LocalizedText("não se sabe por quem", en: "by whom is not known")
            }
        return LocalizedText(
            "Termina: \(became.ptBR); desligada \(by.ptBR).",
            ptPT: "Termina: \(became[.ptPT]); desligada \(by[.ptPT]).",
            en: "Ends: \(became[.en]); hung up \(by[.en])."
        )
    }

    private func who(_ party: String) -> String {
        switch owner(party) {
        case .person(let name): name
        case .nobody: plain(party)
        case .unknown: party
        }
    }

    /// The extension or trunk, without the channel's technology.
    private func plain(_ party: String) -> String { PhoneName(party).plain }
}
