import DeskCore
import IVRBridge

extension BridgeError {
    /// What happened and what to do, for whoever asked the PBX for something; the PBX's own words stand in quotation marks.
    var told: LocalizedText {
        switch self {
        case .notConnected:
            LocalizedText(
                "O PABX não está conectado agora; a conexão volta sozinha. Tente de novo em instantes.",
                ptPT:
                    "A central não está ligada neste momento; a ligação volta sozinha. Tente de novo dentro de instantes.",
                en: "The PBX is not connected right now; it reconnects by itself. Try again in a moment."
            )
        case .disconnected, .timedOut, .cancelled:
            LocalizedText(
                "O PABX não respondeu a tempo; talvez tenha feito o pedido. Veja antes de tentar de novo.",
                ptPT:
                    "A central não respondeu a tempo; talvez tenha feito o pedido. Verifique antes de tentar de novo.",
                en: "The PBX did not answer in time; it may have done it. Check before you try again."
            )
        case .tooManyActions:
            LocalizedText(
                "O PABX está sobrecarregado. Tente de novo em instantes.",
                ptPT: "A central está sobrecarregada. Tente de novo dentro de instantes.",
                en: "The PBX is overloaded. Try again in a moment."
            )
        case .refused(_, _, let message):
            LocalizedText(
                "O PABX recusou. Diga a quem administra o que ele respondeu: “\(message)”",
                ptPT: "A central recusou. Diga a quem administra o que ela respondeu: “\(message)”",
                en: "The PBX refused. Tell the administrator what it answered: “\(message)”"
            )
        case .unwritable(_, let why), .unsupported(_, _, let why):
            LocalizedText(
                "O PABX não pode fazer isso. Diga a quem administra: “\(why)”",
                ptPT: "A central não pode fazer isso. Diga a quem administra: “\(why)”",
                en: "The PBX cannot do that. Tell the administrator: “\(why)”"
            )
        }
    }
}
