/// A mail as it was read: what the desk decides by, and nothing it does not need.
public struct IncomingMail: Sendable, Equatable {
    public struct File: Sendable, Equatable {
        public var name: String
        public var bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The same for every copy of this mail: its Message-ID and sender, or its bytes.
    public var identity: String
    public var sender: EmailAddress?
    public var senderName: String
    /// Everybody it was addressed or delivered to.
    public var recipients: [EmailAddress]
    public var subject: String
    /// As its reader sees it, quoted text included.
    public var text: String
    public var files: [File]
    /// Nil for a mail that a person wrote.
    public var automatic: AutomaticMark?
    /// Its sender asks for no answer by a machine.
    public var wantsNoAnswer: Bool
    /// What a mail server says about a mail of ours, or what a person attached who had such a report; by `automatic` it is a
    /// machine's.
    public var report: DeliveryReport?
    /// What a PBX recorded.
    public var voicemail: Voicemail?
}

/// By what a mail shows that no person wrote it.
public enum AutomaticMark: String, Sendable, Codable, CaseIterable {
    /// Auto-Submitted (RFC 3834).
    case submitted
    /// Precedence: bulk, junk, list, auto_reply.
    case precedence
    case list
    /// The empty return path of reports and absences.
    case emptyReturnPath = "empty_return_path"
    /// X-Autoreply and its like.
    case autoreply
    case report
    /// An absence by its subject alone.
    case absence
    /// It came from us.
    case loop
}

/// What a mail server says became of a mail (RFC 3464).
public struct DeliveryReport: Sendable, Equatable {
    public var recipient: EmailAddress?
    /// It will not be delivered; a delay is none.
    public var isFailure: Bool
    /// `5.1.1`.
    public var status: String?
}

/// A message that a caller left at the PBX, as Asterisk's app_voicemail mails it.
public struct Voicemail: Sendable, Equatable {
    /// As the PBX wrote it.
    public var callerNumber: String?
    /// Seconds since 1970.
    public var recordedAt: Int64?
    public var seconds: Int?
    /// Whose box it was.
    public var mailbox: String?
}
