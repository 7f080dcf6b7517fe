import NIOCore

/// AGI as the menu speaks it: the environment first, then commands and answers (docs of Asterisk, res_agi.c).
public struct AGITongue: MenuTongue {
    public typealias Start = AGIEnvironment
    public typealias Command = AGICommand
    public typealias Reply = AGIReply
    public typealias Call = AGICall

    public static let name = "FastAGI"
    public static let setting = "fastagi"
    public static let greeting: [UInt8] = []

    private var decoder = AGIDecoder()

    public init() {}

    public mutating func feed(
        _ bytes: UnsafeRawBufferPointer,
        _ take: (MenuWord<AGIEnvironment, AGIReply>) -> Void
    ) throws(PhoneCallError) {
        do throws(AGIFrameError) {
            try decoder.feed(bytes) { event in
                switch event {
                case .environment(let environment): take(.start(environment))
                case .reply(let reply): take(.reply(reply))
                case .hangUp: take(.hangUp)
                }
            }
        } catch {
            throw .notAGI(error)
        }
    }

    public static func ear(of wire: MenuWire<AGITongue>) -> any ChannelHandler { AGIEar(wire) }

    public static func call(_ start: AGIEnvironment, over wire: MenuWire<AGITongue>) -> AGICall {
        AGICall(environment: start, wire: wire)
    }
}

extension AGICommand: MenuCommand {}

private final class AGIEar: MenuEar {
    let wire: MenuWire<AGITongue>
    var tongue = AGITongue()

    init(_ wire: MenuWire<AGITongue>) { self.wire = wire }
}
