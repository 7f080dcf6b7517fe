import DeskCore

/// Customers, their people, phones and contracts as the API writes them.
extension JSONWriter {
    mutating func write(_ customer: Customer, _ view: RecordView) {
        object { json in
            json.field("id", customer.id)
            json.field("kind", customer.kind.rawValue)
            json.field("name", customer.name)
            json.key("document")
            if let document = customer.document {
                json.object { json in
                    json.field("kind", document.kind.rawValue)
                    json.field("display", document.masked)
                }
            } else {
                json.null()
            }
            json.field("address", view.address(customer.address))
            json.field("notes", customer.notes)
            json.field("origin", customer.origin)
            json.field("created_at", customer.createdAt)
            json.field("updated_at", customer.updatedAt)
            json.field("merged_into", customer.mergedInto)
            json.field("erased_at", customer.erasedAt)
            json.field("revision", customer.revision)
        }
    }

    mutating func write(_ contact: Contact, _ view: RecordView) {
        object { json in
            json.field("id", contact.id)
            json.field("customer_id", contact.customerID)
            json.field("name", contact.name)
            json.field("email", view.email(contact.email))
            json.field("role", contact.role)
            json.field("language", contact.language?.rawValue)
            json.field("active", contact.isActive)
            json.field("created_at", contact.createdAt)
            json.field("revision", contact.revision)
        }
    }

    mutating func write(_ phone: Phone, _ view: RecordView, region: Region) {
        object { json in
            json.field("id", phone.id)
            json.field("customer_id", phone.customerID)
            json.field("contact_id", phone.contactID)
            json.field("number", view.number(phone))
            json.field("display", view.display(phone, region: region))
            json.field("kind", phone.kind.rawValue)
            json.field("label", phone.label)
            json.field("sms", phone.canReceiveSMS(region: region))
            json.field("confirmed", phone.isConfirmed)
            json.field("created_at", phone.createdAt)
        }
    }

    mutating func write(_ contract: Contract, _ view: RecordView) {
        object { json in
            json.field("id", contract.id)
            json.field("customer_id", contract.customerID)
            json.field("number", view.contract(contract.number))
            json.field("title", contract.title)
            json.field("active", contract.isActive)
            json.field("sms", contract.hasSMS)
            json.field("sections", contract.sections)
            json.field("products", contract.products)
            json.field("starts_at", contract.startsAt)
            json.field("ends_at", contract.endsAt)
            json.field("created_at", contract.createdAt)
            json.field("revision", contract.revision)
        }
    }

    /// A customer with everything around it.
    mutating func write(_ card: CustomerCard, _ view: RecordView, region: Region) {
        object { json in
            json.key("customer")
            json.write(card.customer, view)
            json.key("contacts")
            json.array(card.contacts) { $0.write($1, view) }
            json.key("phones")
            json.array(card.phones) { $0.write($1, view, region: region) }
            json.key("contracts")
            json.array(card.contracts) { $0.write($1, view) }
            json.field("masked", !view.isOpen)
            json.field("sms", card.smsService.rawValue)
            json.field("open_tickets", card.openTickets)
            json.field("last_call_at", card.lastCallAt)
        }
    }
}
