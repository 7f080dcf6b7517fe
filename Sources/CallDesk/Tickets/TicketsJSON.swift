import DeskCore

/// Tickets, their threads and files as the API writes them.
extension JSONWriter {
    mutating func write(_ ticket: Ticket) {
        object { $0.writeMembers(ticket) }
    }

    /// A ticket just opened, with the protocol number it was opened under.
    mutating func write(_ opening: TicketOpening) {
        object { json in
            json.writeMembers(opening.ticket)
            json.field("protocol", opening.attendance.protocolNumber)
        }
    }

    mutating func writeMembers(_ ticket: Ticket) {
        field("id", ticket.id)
        field("number", ticket.number)
        field("attendance_id", ticket.attendanceID)
        field("customer_id", ticket.customerID)
        field("contact_id", ticket.contactID)
        field("caller_name", ticket.callerName)
        field("unverified", ticket.isUnverified)
        field("caller_phone", ticket.callerPhone)
        field("topic", ticket.topic)
        field("topic_title", ticket.topicTitle)
        field("sections", ticket.sectionPath)
        field("department", ticket.department)
        field("priority", ticket.priority)
        field("state", ticket.state.rawValue)
        field("summary", ticket.summary)
        field("module", ticket.module)
        field("description", ticket.details)
        field("what_changed", ticket.whatChanged)
        key("answers")
        array(ticket.answers) { json, answer in
            json.object { json in
                json.field("field", answer.fieldID)
                json.field("kind", answer.kind.rawValue)
                json.field("label", answer.label)
                json.field("display", answer.shown)
                // The vault's reference of a secret says nothing to anybody outside; a document is a look of its own.
                json.field("value", answer.kind == .secret || answer.isDocument ? nil : answer.value)
            }
        }
        field("form_version", ticket.formVersion)
        field("channel", ticket.channel.rawValue)
        field("created_by", ticket.createdBy)
        field("assigned_to", ticket.assignedTo)
        field("refers_to", ticket.refersTo)
        field("reiterations", ticket.reiterations)
        field("first_due_at", ticket.firstDueAt)
        field("due_at", ticket.dueAt)
        field("created_at", ticket.createdAt)
        field("updated_at", ticket.updatedAt)
        field("solved_at", ticket.solvedAt)
        field("closed_at", ticket.closedAt)
        field("type", ticket.type.rawValue)
        field("level", ticket.level)
        field("identity", ticket.identity.word)
        field("revision", ticket.revision)
        field("waiting_since", ticket.waitingSince)
        field("cancelled_at", ticket.cancelledAt)
        field("first_answered_at", ticket.firstAnsweredAt)
        field("merged_into", ticket.mergedInto)
        field("due_kind", ticket.dueKind.rawValue)
        field("sla", ticket.policy)
        field("at_risk_at", ticket.atRiskAt)
    }

    mutating func write(_ entry: Entry) {
        object { json in
            json.field("id", entry.id)
            json.field("ticket_id", entry.ticketID)
            json.field("kind", entry.kind.rawValue)
            json.field("author_kind", entry.authorKind.rawValue)
            json.field("author_id", entry.authorID)
            json.field("author", entry.authorName)
            json.field("body", entry.body)
            json.key("facts")
            json.raw(entry.facts.json)
            json.field("is_public", entry.kind.isPublic)
            json.field("created_at", entry.createdAt)
        }
    }

    mutating func write(_ attachment: Attachment) {
        object { json in
            json.field("id", attachment.id)
            json.field("attendance_id", attachment.attendanceID)
            json.field("ticket_id", attachment.ticketID)
            json.field("name", attachment.name)
            json.field("media_type", attachment.mediaType)
            json.field("size", attachment.size)
            json.field("sha256", attachment.sha256)
            json.field("created_at", attachment.createdAt)
        }
    }

    mutating func write(_ fate: NoticeFate, language: Language) {
        object { json in
            json.field("id", fate.id)
            json.field("event", fate.event.rawValue)
            json.field("channel", fate.channel.rawValue)
            json.field("state", fate.state.rawValue)
            json.field("reason", fate.reason?.rawValue)
            json.field("recipient", fate.recipient)
            json.field("sentence", fate.sentence(language))
            json.field("segments", fate.segments.map(Int64.init))
            json.field("attempts", fate.attempts)
            json.field("next_at", fate.nextAt)
            json.field("last_error", fate.error(language))
            json.field("can_resend", fate.canBeSentAgain)
            json.field("attendance_id", fate.attendanceID)
            json.field("ticket_id", fate.ticketID)
            json.field("created_at", fate.createdAt)
            json.field("settled_at", fate.settledAt)
        }
    }
}
