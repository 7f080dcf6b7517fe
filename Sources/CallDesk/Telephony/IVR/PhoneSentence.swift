import DeskCore

/// The telephone menu's own sentences; everything else it says comes from the catalogue.
///
/// The raw value names the sound file, so that an administrator can record it.
enum PhoneSentence: String, CaseIterable, Sendable {
    case goodMorning = "good-morning"
    case goodAfternoon = "good-afternoon"
    case goodEvening = "good-evening"
    case welcome
    case holiday
    case closed
    case mayBeRecorded = "may-be-recorded"
    case zeroForPerson = "zero-for-person"
    case knownNumber = "known-number"
    case knownRecord = "known-record"
    case severalRecords = "several-records"
    case recordWithDigits = "record-with-digits"
    case otherRecord = "other-record"
    case press
    case noneOfThese = "none-of-these"
    case identify
    case notFound = "not-found"
    case notValid = "not-valid"
    case goOnUnidentified = "go-on-unidentified"
    case chooseTopic = "choose-topic"
    case starGoesBack = "star-goes-back"
    case notAnOption = "not-an-option"
    case nothingHeard = "nothing-heard"
    case verify
    case yesOrNo = "yes-or-no"
    case keyNumber = "key-number"
    case keyMoney = "key-money"
    case keyDate = "key-date"
    case keyTime = "key-time"
    case keyDigits = "key-digits"
    case openTicket = "open-ticket"
    case openTickets = "open-tickets"
    case openedOn = "opened-on"
    case aboutIt = "about-it"
    case yourProtocol = "your-protocol"
    case sentBySMS = "sent-by-sms"
    case repeatWithOne = "repeat-with-one"
    case peopleAhead = "people-ahead"
    case personAhead = "person-ahead"
    case offerCallBack = "offer-call-back"
    case offerCallBackClosed = "offer-call-back-closed"
    case willCallBack = "will-call-back"
    case pleaseHold = "please-hold"
    case goodbye
    case trouble
    case survey
    case thanks
    case of
    case firstDay = "first-day"

    /// What is said; complete in every language.
    func text(_ language: Language) -> String { words[language] }

    private var words: LocalizedText {
        switch self {
        case .goodMorning: LocalizedText("Bom dia.", en: "Good morning.")
        case .goodAfternoon: LocalizedText("Boa tarde.", en: "Good afternoon.")
        case .goodEvening: LocalizedText("Boa noite.", en: "Good evening.")
        case .welcome:
            LocalizedText(
                "Você ligou para a central de atendimento.",
                ptPT: "Ligou para o centro de atendimento.",
                en: "You have reached the service desk."
            )
        case .holiday:
            LocalizedText(
                "Hoje é feriado e não há atendimento.",
                ptPT: "Hoje é feriado e não há atendimento.",
                en: "Today is a public holiday and the desk is closed."
            )
        case .closed:
            LocalizedText(
                "Neste horário não há atendimento.",
                ptPT: "A esta hora não há atendimento.",
                en: "The desk is closed at this hour."
            )
        case .mayBeRecorded:
            LocalizedText(
                "Esta ligação poderá ser gravada.",
                ptPT: "Esta chamada poderá ser gravada.",
                en: "This call may be recorded."
            )
        case .zeroForPerson:
            LocalizedText(
                "A qualquer momento, digite zero para falar com um atendente.",
                ptPT: "A qualquer momento, prima zero para falar com um assistente.",
                en: "At any time, press zero to speak to a person."
            )
        case .knownNumber:
            LocalizedText(
                "Encontramos um cadastro com este telefone. Se é sobre ele, digite 1. Se não, digite 2.",
                ptPT: "Encontrámos um registo com este telefone. Se é sobre ele, prima 1. Se não, prima 2.",
                en: "This phone is registered with us. If you call about that record, press 1. If not, press 2."
            )
        case .knownRecord:
            LocalizedText(
                "Encontramos um cadastro com o número digitado. Se é sobre ele, digite 1. Se não, digite 2.",
                ptPT: "Encontrámos um registo com o número introduzido. Se é sobre ele, prima 1. Se não, prima 2.",
                en: "There is a record with the number you entered. If you call about it, press 1. If not, press 2."
            )
        case .severalRecords:
            LocalizedText(
                "Este telefone aparece em mais de um cadastro.",
                ptPT: "Este telefone aparece em mais do que um registo.",
                en: "This phone appears in more than one record."
            )
        case .recordWithDigits:
            LocalizedText(
                "Para o cadastro com documento de números",
                ptPT: "Para o registo com o documento de números",
                en: "For the record whose document has the digits"
            )
        case .otherRecord: LocalizedText("Para o cadastro", ptPT: "Para o registo", en: "For record")
        case .press: LocalizedText("digite", ptPT: "prima", en: "press")
        case .noneOfThese:
            LocalizedText(
                "Se não é nenhum deles, digite 9.",
                ptPT: "Se não é nenhum deles, prima 9.",
                en: "If it is none of them, press 9."
            )
        case .identify:
            LocalizedText(
                "Digite o seu CPF, CNPJ, número do contrato ou telefone com DDD, e depois a tecla jogo da velha. "
                    + "Para seguir sem se identificar, digite somente jogo da velha.",
                ptPT: "Introduza o seu NIF, número do contrato ou telefone, e depois a tecla cardinal. "
                    + "Para continuar sem se identificar, prima apenas cardinal.",
                en: "Enter your document, contract or phone number, then the hash key. "
                    + "To go on without identifying yourself, press only the hash key."
            )
        case .notFound:
            LocalizedText(
                "Não encontramos esse número.",
                ptPT: "Não encontrámos esse número.",
                en: "We did not find that number."
            )
        case .notValid:
            LocalizedText(
                "Não é possível usar o que foi digitado. Confira e digite de novo.",
                ptPT: "Não é possível usar o que foi introduzido. Verifique e introduza de novo.",
                en: "What you entered cannot be right. Please check it and enter it again."
            )
        case .goOnUnidentified:
            LocalizedText(
                "Tudo bem, vamos seguir sem identificação.",
                ptPT: "Muito bem, vamos continuar sem identificação.",
                en: "All right, we go on without identification."
            )
        case .chooseTopic:
            LocalizedText("Sobre o que você quer falar?", ptPT: "Qual é o assunto?", en: "What is your call about?")
        case .starGoesBack:
            LocalizedText(
                "Para voltar, digite asterisco.",
                ptPT: "Para voltar, prima asterisco.",
                en: "To go back, press star."
            )
        case .notAnOption:
            LocalizedText("Essa opção não existe.", ptPT: "Essa opção não existe.", en: "There is no such option.")
        case .nothingHeard:
            LocalizedText(
                "Não recebemos nenhuma tecla.",
                ptPT: "Não recebemos nenhuma tecla.",
                en: "No key was pressed."
            )
        case .verify:
            LocalizedText(
                "Para sua segurança, digite o seu CPF, CNPJ ou número do contrato, e depois a tecla jogo da velha.",
                ptPT: "Para sua segurança, introduza o seu NIF ou número do contrato, e depois a tecla cardinal.",
                en: "For your security, enter your document or contract number, then the hash key."
            )
        case .yesOrNo:
            LocalizedText(
                "Para sim, digite 1. Para não, digite 2.",
                ptPT: "Para sim, prima 1. Para não, prima 2.",
                en: "For yes, press 1. For no, press 2."
            )
        case .keyNumber:
            LocalizedText(
                "Digite o número e depois a tecla jogo da velha.",
                ptPT: "Introduza o número e depois a tecla cardinal.",
                en: "Enter the number, then the hash key."
            )
        case .keyMoney:
            LocalizedText(
                "Digite o valor, com asterisco no lugar da vírgula, e depois a tecla jogo da velha.",
                ptPT: "Introduza o valor, com asterisco no lugar da vírgula, e depois a tecla cardinal.",
                en: "Enter the amount, with star for the decimal point, then the hash key."
            )
        case .keyDate:
            LocalizedText(
                "Digite o dia, o mês e o ano, com oito números.",
                ptPT: "Introduza o dia, o mês e o ano, com oito números.",
                en: "Enter day, month and year, eight digits."
            )
        case .keyTime:
            LocalizedText(
                "Digite a hora e os minutos, com quatro números.",
                ptPT: "Introduza a hora e os minutos, com quatro números.",
                en: "Enter hour and minutes, four digits."
            )
        case .keyDigits:
            LocalizedText(
                "Digite os números e depois a tecla jogo da velha.",
                ptPT: "Introduza os números e depois a tecla cardinal.",
                en: "Enter the digits, then the hash key."
            )
        case .openTicket:
            LocalizedText(
                "Você tem um chamado em andamento, de número",
                ptPT: "Tem um pedido em curso, com o número",
                en: "You have a request under way, number"
            )
        case .openTickets:
            LocalizedText(
                "Você tem mais de um chamado em andamento. O mais recente tem o número",
                ptPT: "Tem mais do que um pedido em curso. O mais recente tem o número",
                en: "You have several requests under way. The latest has the number"
            )
        case .openedOn: LocalizedText("aberto em", en: "opened on")
        case .aboutIt:
            LocalizedText(
                "Para falar com alguém sobre ele, digite 1. Para outro assunto, digite 2.",
                ptPT: "Para falar com alguém sobre ele, prima 1. Para outro assunto, prima 2.",
                en: "To speak to someone about it, press 1. For anything else, press 2."
            )
        case .yourProtocol:
            LocalizedText(
                "Anote o número do seu protocolo.",
                ptPT: "Anote o número do seu protocolo.",
                en: "Please note your protocol number."
            )
        case .sentBySMS:
            LocalizedText(
                "Ele também foi enviado por SMS para este telefone.",
                ptPT: "Também foi enviado por SMS para este telefone.",
                en: "It was also sent by SMS to this phone."
            )
        case .repeatWithOne:
            LocalizedText(
                "Para ouvir de novo, digite 1.",
                ptPT: "Para ouvir de novo, prima 1.",
                en: "To hear it again, press 1."
            )
        case .peopleAhead:
            LocalizedText(
                "O número de pessoas à sua frente é",
                ptPT: "O número de pessoas à sua frente é",
                en: "The number of people ahead of you is"
            )
        case .personAhead:
            LocalizedText(
                "Uma pessoa está à sua frente na fila.",
                ptPT: "Uma pessoa está à sua frente na fila.",
                en: "One person is ahead of you."
            )
        case .offerCallBack:
            LocalizedText(
                "Se preferir que a gente ligue de volta, sem perder o seu lugar, digite 1. Para esperar, aguarde na linha.",
                ptPT:
                    "Se preferir que lhe liguemos de volta, sem perder o seu lugar, prima 1. Para esperar, aguarde em linha.",
                en: "If you would rather be called back without losing your place, press 1. To wait, please hold."
            )
        case .offerCallBackClosed:
            LocalizedText(
                "Se quiser que a gente ligue para este telefone assim que o atendimento abrir, digite 1.",
                ptPT: "Se quiser que lhe liguemos para este telefone assim que o atendimento abrir, prima 1.",
                en: "If you want us to call this phone as soon as the desk opens, press 1."
            )
        case .willCallBack:
            LocalizedText(
                "Combinado. Ligaremos para este telefone.",
                ptPT: "Combinado. Ligaremos para este telefone.",
                en: "Agreed. We will call this phone."
            )
        case .pleaseHold:
            LocalizedText(
                "Aguarde um momento, por favor.",
                ptPT: "Aguarde um momento, por favor.",
                en: "One moment, please."
            )
        case .goodbye:
            LocalizedText(
                "Obrigado pela ligação. Até logo.",
                ptPT: "Obrigado pela chamada. Até à próxima.",
                en: "Thank you for calling. Goodbye."
            )
        case .trouble:
            LocalizedText(
                "Vamos passar você para um atendente.",
                ptPT: "Vamos passar a chamada a um assistente.",
                en: "We will put you through to a person."
            )
        case .survey:
            LocalizedText(
                "Como você avalia este atendimento? Digite uma nota de 1 a 5, em que 5 é muito bom.",
                ptPT: "Como avalia este atendimento? Prima uma nota de 1 a 5, em que 5 é muito bom.",
                en: "How was this call? Press a number from 1 to 5, where 5 is very good."
            )
        case .thanks: LocalizedText("Obrigado pela sua resposta.", en: "Thank you for your answer.")
        case .of: LocalizedText("de", en: "of")
        case .firstDay: LocalizedText("primeiro", ptPT: "um", en: "the first")
        }
    }
}

extension PhoneSentence {
    /// What a caller is told of an answer that was not taken: there is nothing of that number, or it can be no number.
    init(of fault: PromptFault) {
        switch fault.code {
        case .nobodyFound, .notVerified, .protocolMistyped: self = .notFound
        default: self = .notValid
        }
    }

    /// How a caller is told to key an answer in.
    init(keyed keypad: FieldTraits.Keypad?) {
        guard case .digits(_, _, let form) = keypad, let sentence = PhoneSentence(rawValue: "key-\(form.rawValue)")
        else {
            self = .keyDigits
            return
        }
        self = sentence
    }
}
