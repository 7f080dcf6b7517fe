import CallModel

/// What FreeSWITCH asks by `mod_xml_curl` before a call is dialled on, and what it is answered: who calls.
///
/// The answer is a dialplan of one extension that sets the caller's name and goes on with the next ones; a document that
/// is asked for and is not ours is “not found”, which lets the switch use its own.
public enum SwitchDirectory {
    /// The caller's number of a request for the dialplan; nil for every other section.
    public static func caller(_ request: HookRequest) -> String? {
        let fields = HookFields(form: request.body)
        guard fields["section"] == "dialplan" else { return nil }
        return fields["Caller-Caller-ID-Number"] ?? fields["variable_sip_from_user"]
    }

    public static func isDialplan(_ request: HookRequest) -> Bool {
        HookFields(form: request.body)["section"] == "dialplan"
    }

    /// The context that is asked for.
    static func context(_ request: HookRequest) -> String {
        let fields = HookFields(form: request.body)
        return fields["Caller-Context"] ?? fields["Hunt-Context"] ?? "default"
    }

    public static let notFound = HookAnswer(
        contentType: "text/xml",
        body:
            #"<document type="freeswitch/xml"><section name="result"><result status="not found"/></section></document>"#
    )

    /// The caller's name for the phones, or the end of a call that is not answered.
    public static func answer(_ request: HookRequest, name: String?, isBlocked: Bool) -> HookAnswer {
        guard isBlocked || name != nil else { return notFound }
        let context = XMLText.escaped(context(request))
        let action =
            isBlocked
            ? #"<action application="hangup" data="USER_BUSY"/>"#
            : #"<action application="set" data="effective_caller_id_name=\#(XMLText.escaped(plain(name ?? "")))"/>"#
        // What is set inline holds while the extensions that follow are looked through.
        let inline = action.replacing("/>", with: isBlocked ? "/>" : " inline=\"true\"/>")
        return HookAnswer(
            contentType: "text/xml",
            body: """
                <document type="freeswitch/xml"><section name="dialplan"><context name="\(context)">\
                <extension name="calldesk-caller" continue="\(isBlocked ? "false" : "true")"><condition>\(inline)</condition>\
                </extension></context></section></document>
                """
        )
    }

    /// A name without what the dialplan would take for a variable or a second value.
    public static func plain(_ name: String) -> String {
        // By scalars, as the switch reads: a comma with a combining mark behind it is a comma.
        let kept = name.unicodeScalars.filter {
            $0.value >= 0x20 && $0.properties.generalCategory != .lineSeparator
                && $0.properties.generalCategory != .paragraphSeparator && $0 != "\u{85}"
                && !"${}[]<>\"'\\^|;,".unicodeScalars.contains($0)
        }
        return String(String(String.UnicodeScalarView(kept)).prefix(60))
    }
}
