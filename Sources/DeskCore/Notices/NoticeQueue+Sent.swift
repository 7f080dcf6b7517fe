/// Writing down that notices were sent: many in one statement, which takes out of their texts what opens something.
extension NoticeQueue {
    /// Notes what was sent; whoever reads the database later gets nothing by the texts that stay.
    ///
    /// A notice whose report came before us, or that was given up meanwhile, keeps its state, and is no change.
    static func settleSent(
        _ settlements: [NoticeSettlement],
        at now: Moment,
        into changes: inout [NoticeFateChange],
        in session: any SQLSession
    ) throws(StoreError) {
        let gone = settlements.compactMap { settlement -> Gone? in
            guard case .sent(let reference) = settlement.outcome else { return nil }
            return Gone(notice: settlement.notice, reference: reference)
        }
        let rows = try sent.rows(gone, [.moment(now)], in: session, \.values)
        // One that had been noted as sent before carries the time of that.
        let moved = rows.filter { $0.text(1) == NoticeState.sent.rawValue && $0.moment(2) == now }
        let changed = Set(moved.compactMap { $0.integer(0) })
        for gone in gone where changed.contains(gone.notice.id) {
            changes.append(NoticeFateChange(gone.notice, .sent, at: now))
        }
    }

    /// A notice that was handed over, and the gateway's own name for it.
    private struct Gone {
        var notice: Notice
        var reference: String?

        /// Its number, what its text becomes (nothing where it stays), the gateway's name.
        var values: [SQLValue] {
            let kept = NoticeSecrets.kept(
                notice.event,
                subject: notice.subject,
                body: notice.body,
                html: notice.html
            )
            return [.integer(notice.id), .text(kept?.subject), .text(kept?.body), .text(kept?.html), .text(reference)]
        }
    }

    private static let sent = SQLRowList(["BIGINT", "TEXT", "TEXT", "TEXT", "TEXT"]) { list, next in
        let waits = "state IN ('queued', 'sending')"
        return """
            WITH gone (notice_id, new_subject, new_body, new_html, reference) AS (\(list))
            UPDATE notice SET
                subject = CASE WHEN new_body IS NULL THEN subject ELSE new_subject END,
                body = COALESCE(new_body, body),
                html = CASE WHEN new_body IS NULL THEN html ELSE new_html END,
                gateway_reference = COALESCE(reference, gateway_reference),
                last_error = CASE WHEN \(waits) THEN NULL ELSE last_error END,
                fault = CASE WHEN \(waits) THEN NULL ELSE fault END,
                settled_at = CASE WHEN \(waits) THEN CAST($\(next) AS BIGINT) ELSE settled_at END,
                state = CASE WHEN \(waits) THEN 'sent' ELSE state END
            FROM gone WHERE id = notice_id
            RETURNING id, state, settled_at
            """
    }
}
