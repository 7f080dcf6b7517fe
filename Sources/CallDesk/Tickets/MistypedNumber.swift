import DeskCore

/// What is said of a number that nothing was found by because a digit of it is wrong.
enum MistypedNumber {
    /// The hint for what somebody looked for; nil where no check digit says that it is wrong.
    ///
    /// A protocol is told by its year. A ticket's number may be that of anything, so it is said for that case only.
    static func hint(_ words: String, _ app: App) -> LocalizedText? {
        if app.attendances.isMistyped(words) { return ProtocolFormat.mistyped }
        return app.numbers.tickets.read(words) == .mistyped ? ofTicket : nil
    }

    private static let ofTicket = LocalizedText(
        "Se este é o número de um chamado, um algarismo não confere. Confira o número.",
        ptPT: "Se este é o número de um pedido, um algarismo não confere. Confirme o número.",
        en: "If this is the number of a ticket, a digit of it is wrong. Check the number."
    )
}
