import Foundation

@testable import DeskCore
@testable import IVRBridge

/// What bytes from outside meet first, each as libFuzzer drives it: one input, whole and cut in two where it is a stream.
///
/// A trap, a hang, memory without bound or a broken promise stops the run and leaves the input as a file.
enum Decoders: String, CaseIterable {
    case line, menu
    case cti, sipgate, placetel, twilio, threecx, cdr, yeastar
    case catalogue, table, template, people, mail

    /// The one this run is about.
    static let chosen = Decoders(rawValue: ProcessInfo.processInfo.environment["CALLDESK_TEST_FUZZ"] ?? "") ?? .line

    func take(_ bytes: [UInt8]) {
        switch self {
        case .line: Self.same(bytes, Self.calls)
        case .menu: Self.same(bytes, Self.events)
        case .cti: Self.hook(.cti, bytes)
        case .sipgate: Self.hook(.sipgate, bytes)
        case .placetel: Self.hook(.placetel, bytes)
        case .twilio: Self.hook(.twilio, bytes)
        case .threecx: Self.hook(.threeCX, bytes)
        case .cdr: Self.hook(.freeswitch, bytes)
        case .yeastar: Self.hook(.yeastar, bytes)
        case .catalogue:
            let faults = CatalogueReader.check(bytes, file: "x")
            guard faults.isEmpty else { return }
            let isRead = (try? CatalogueReader.read(bytes, file: "x")) != nil
            precondition(isRead, "a catalogue without faults is not read")
        case .table: Self.same(bytes, Self.records)
        case .template:
            let allowed = Set(NoticeVariable.allCases)
            let source = String(decoding: bytes, as: UTF8.self)
            guard let text = try? TemplateText(source, part: "body", allowed: allowed) else { return }
            _ = text.filled([:], escape: { $0 })
        case .people: Self.person(String(decoding: bytes, as: UTF8.self))
        case .mail: Self.mail(bytes)
        }
    }

    /// Where a stream is cut changes nothing of what is read.
    private static func same<Value: Equatable>(_ bytes: [UInt8], _ read: ([[UInt8]]) -> Value) {
        // The cut is the input's own, so that the same file fails again.
        let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % (bytes.count + 1)
        precondition(read([bytes]) == read([Array(bytes[..<cut]), Array(bytes[cut...])]), "cut at \(cut)")
    }

    private static func calls(_ pieces: [[UInt8]]) -> [String] {
        var replay = Replay { $0.count > 3 ? "+55\($0.filter(\.isNumber))" : nil }
        for piece in pieces { replay.feed(piece) }
        return replay.finish().map { $0.json() }
    }

    /// What was read of a dialogue, and whether the rest was refused.
    private struct Dialogue: Equatable {
        var events: [AGIEvent] = []
        var isRefused = false
    }

    private static func events(_ pieces: [[UInt8]]) -> Dialogue {
        var decoder = AGIDecoder()
        var dialogue = Dialogue()
        do {
            for piece in pieces { try decoder.feed(piece) { dialogue.events.append($0) } }
        } catch {
            dialogue.isRefused = true
        }
        return dialogue
    }

    private static func records(_ pieces: [[UInt8]]) -> [String] {
        var reader = CSVReader()
        var records: [String] = []
        for piece in pieces { records += reader.feed(piece).map { "\($0)" } }
        return records + reader.finish().map { "\($0)" }
    }

    /// One report, signed or not, and the call it makes.
    private static func hook(_ kind: HookKind, _ bytes: [UInt8]) {
        let request = HookRequest(url: "https://desk.test/hooks/x/matriz/t?a=b", body: bytes, arrivedAt: 1_000_000)
        var tracker = HookCallTracker { $0.count > 7 ? "+\($0.filter(\.isNumber))" : nil }
        // Signed senders' formats are read without the signature, which no mutant would get past.
        let event = try? HookDecoder(kind: kind).readUnsigned(request)
        if let event {
            for call in tracker.receive(event, at: 2_000_000) { _ = CallSignal(line: "x", call: call).bounded }
            _ = HookDecoder(kind: kind).answer(to: event, .callerID("+5531987654321"), url: request.url)
        }
        if kind == .freeswitch {
            _ = SwitchDirectory.caller(request)
            _ = SwitchDirectory.answer(request, name: "José <&>", isBlocked: false)
        }
        _ = tracker.sweep(at: .max / 2)
    }

    /// A mail from the mailbox to what becomes of it, short of the database.
    private static func mail(_ bytes: [UInt8]) {
        guard let mail = try? MailReader.read(bytes) else { return }
        precondition(mail.recipients.count <= MailLimits.recipients, "more recipients than are looked at")
        for isRequest in [true, false] {
            let cut = CutMail(mail, isRequest: isRequest)
            precondition(
                cut.fresh.count <= MoveLimits.longestText && cut.text.count <= MoveLimits.longestText,
                "too long"
            )
        }
        _ = MailRules().decide(mail, MailFacts())
    }

    private static func person(_ text: String) {
        for region in [Region("BR-31"), Region("PT")].compactMap(\.self) {
            if let e164 = PhoneNumber.parse(text, region: region)?.e164 {
                precondition(PhoneNumber.parse(e164, region: region)?.e164 == e164, "a number that is not itself")
            }
            if let document = Document(text, region: region) {
                precondition(Document(document.canonical, region: region) == document, "a document that is not itself")
            }
        }
        if let email = EmailAddress(text) {
            precondition(EmailAddress(email.canonical) == email, "an address that is not itself")
        }
        _ = TextFolding.words(text)
        _ = WireText.key(text)
    }

    /// What each is begun with beside the recordings: reports as their senders write them, and texts of people.
    var seeds: [[UInt8]] {
        let kind: HookKind? =
            switch self {
            case .cti: .cti
            case .sipgate: .sipgate
            case .placetel: .placetel
            case .twilio: .twilio
            case .threecx: .threeCX
            case .cdr: .freeswitch
            case .yeastar: .yeastar
            default: nil
            }
        if let kind {
            let sample = HookSample(kind: kind, number: "+5531987654321", phone: "1001", key: "a-1")
            return sample.requests(url: "https://desk.test/h", secret: "s", from: 1_000_000).map(\.body)
        }
        switch self {
        case .template:
            return NoticeEvent.allCases.map { event in
                Array(StandardTemplates.template(NoticeTemplateKey(event, .mail, .ptBR)).body.utf8)
            }
        case .catalogue: return [CatalogueResources.shipped].compactMap(\.self)
        case .people:
            return ["(11) 98765-4321", "+351 912 345 678", "529.982.247-25", "José <jose@exemplo.com.br>"]
                .map { Array($0.utf8) }
        default: return []
        }
    }
}

/// Writes the seeds into the folder that the environment names, and ends; else lets libFuzzer go on.
@_cdecl("LLVMFuzzerInitialize")
public func begin(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["CALLDESK_TEST_SEEDS"] else { return 0 }
    for (number, seed) in Decoders.chosen.seeds.enumerated() {
        guard FileManager.default.createFile(atPath: "\(folder)/seed-\(number)", contents: Data(seed)) else { exit(1) }
    }
    exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func takeOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    Decoders.chosen.take(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
