import CLibXML2

/// One complaint of libxml2, copied out of its error structure.
struct LibXMLComplaint: Equatable {
    var line: Int
    var column: Int
    var message: String
    var node: UnsafeMutableRawPointer?
}

/// The process-wide side of libxml2.
enum LibXML {
    /// Starts the library once; every other call comes after this one.
    static let started: Void = xmlInitParser()

    /// Runs `body` with libxml2's complaints on this thread collected instead of printed.
    ///
    /// The handler is per thread and `body` is synchronous, so no other work can meet it.
    static func collectingComplaints<Result>(_ body: () -> Result) -> (Result, [LibXMLComplaint]) {
        _ = started
        let box = ComplaintBox()
        xmlSetStructuredErrorFunc(Unmanaged.passUnretained(box).toOpaque(), receive)
        let result = body()
        xmlSetStructuredErrorFunc(nil, nil)
        return withExtendedLifetime(box) { (result, box.complaints) }
    }

    /// Frees a string libxml2 allocated.
    static func free(_ text: UnsafeMutablePointer<xmlChar>) {
        calldesk_xml_free(text)
    }

    /// Takes note of one complaint; at most as many as anyone will read.
    static let receive: xmlStructuredErrorFunc = { context, error in
        guard let context, let error else { return }
        let box = Unmanaged<ComplaintBox>.fromOpaque(context).takeUnretainedValue()
        guard box.complaints.count < CatalogueLimits.faults else { return }
        let raised = error.pointee
        box.complaints.append(
            LibXMLComplaint(
                line: Int(raised.line),
                column: Int(raised.int2),
                message: raised.message.map { String(cString: $0) } ?? "",
                node: raised.node
            )
        )
    }

    /// For work whose failure shows in its result.
    static let ignore: xmlStructuredErrorFunc = { _, _ in }
}

/// Where complaints gather while libxml2 holds a pointer to it.
private final class ComplaintBox {
    var complaints: [LibXMLComplaint] = []
}
