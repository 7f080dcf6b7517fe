/// What both sides' accounts say of a field, in one wording.
enum AccountWords {
    static let missing = LocalizedText("Preencha este campo.", en: "Fill in this field.")
    static let tooLong = LocalizedText(
        "Texto longo demais. Resuma.",
        ptPT: "Texto demasiado longo. Resuma.",
        en: "Too long. Shorten it."
    )
    static let check = LocalizedText("Confira este campo.", ptPT: "Verifique este campo.", en: "Check this field.")
    static let loginTaken = LocalizedText(
        "Este login já existe. Escolha outro.",
        en: "This login is in use. Choose another."
    )
}
