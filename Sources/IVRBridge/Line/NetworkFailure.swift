/// The causes with which a network ends a talk that nobody hung up.
///
/// They are judged only of a leg that talks: of one that is being dialled they say that nobody was reached.
enum NetworkFailure {
    /// Numbers of ITU-T Q.850: 18 and 102, the far end does not answer any more; 27, 38 and 41, it or the network is out
    /// of order; 34, 42 and 47, no circuit is left; 44, no sound has come for too long (Asterisk's `rtp_timeout`).
    private static let numbers: Set<Int64> = [18, 27, 34, 38, 41, 42, 44, 47, 102]
    /// FreeSWITCH's names of the same (switch_types.h), and those it has of its own.
    private static let names: Set<String> = [
        "NO_USER_RESPONSE", "RECOVERY_ON_TIMER_EXPIRE", "DESTINATION_OUT_OF_ORDER", "NETWORK_OUT_OF_ORDER",
        "NORMAL_TEMPORARY_FAILURE", "NORMAL_CIRCUIT_CONGESTION", "SWITCH_CONGESTION", "RESOURCE_UNAVAILABLE",
        "REQUESTED_CHAN_UNAVAIL", "MEDIA_TIMEOUT", "GATEWAY_DOWN",
    ]

    static func isOne(_ number: Int64?) -> Bool { number.map(numbers.contains) ?? false }
    static func isOne(_ name: String?) -> Bool { name.map(names.contains) ?? false }
}
