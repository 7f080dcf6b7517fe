import DeskCore

/// One field of a form, as the template `field` shows it: label, value, and what is wrong with it.
struct PortalField: PagePart {
    var name: String
    var label: String
    var type = "text"
    var value = ""
    var isRequired = true
    var autocomplete: String?
    var inputmode: String?
    var maxlength = 200
    var hint: String?
    var fault: String?
    /// What the field is described by; nil without hint and fault.
    var described: String?

    init(
        _ name: String,
        _ label: String,
        type: String = "text",
        value: String = "",
        isRequired: Bool = true,
        autocomplete: String? = nil,
        inputmode: String? = nil,
        maxlength: Int = 200,
        hint: String? = nil,
        fault: String? = nil
    ) {
        self.name = name
        self.label = label
        self.type = type
        // What was typed stays, however long, up to what a form of ours can hold.
        self.value = type == "password" ? "" : CleanText.shortened(value, to: maxlength)
        self.isRequired = isRequired
        self.autocomplete = autocomplete
        self.inputmode = inputmode
        self.maxlength = maxlength
        self.hint = hint
        self.fault = fault
        described = hint == nil && fault == nil ? nil : "\(name)-about"
    }
}

/// A form of plain fields: what it is for, where it goes, what was said of it.
struct PortalFormPage: Page {
    static let template = "form"

    var heading: String
    var lead: String?
    /// Something went well.
    var done: String?
    /// Something is wrong with the form as a whole.
    var message: String?
    var action: String
    var fields: [PortalField]
    var button: String
    var link: PortalAnchor?
}

/// A link to another page.
struct PortalAnchor: PagePart {
    var href: String
    var label: String
}

/// A page that says something and leads on.
struct PortalNotePage: Page {
    static let template = "note"

    var heading: String
    var lead: String
    var link: PortalAnchor?
    /// A form of one button, to send something anew.
    var again: PortalAgain?
}

/// A form of one button.
struct PortalAgain: PagePart {
    var action: String
    var button: String
}
