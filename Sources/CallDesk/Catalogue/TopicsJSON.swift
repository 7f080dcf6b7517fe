import DeskCore

/// The catalogue as the API writes it.
extension JSONWriter {
    /// One line of a list of topics.
    mutating func write(_ topic: Topic, of catalogue: Catalogue, language: Language) {
        object { $0.writeMembers(topic, catalogue, language) }
    }

    /// A topic with its form: everything a program needs to ask the questions itself.
    mutating func writeForm(_ topic: Topic, of catalogue: Catalogue, language: Language) {
        object { json in
            json.writeMembers(topic, catalogue, language)
            json.field("form_version", catalogue.version)
            json.key("fields")
            json.array(topic.fields) { json, field in json.write(field, language: language) }
            json.key("modules")
            json.array(topic.modules) { json, module in
                json.object { json in
                    json.field("id", module.id)
                    json.field("label", module.label[language])
                }
            }
            json.field("asks_what_changed", topic.whatChanged != nil)
            json.field("asks_attachments", topic.attachments != nil)
            json.key("guides")
            json.array(topic.guides) { json, guide in
                json.object { json in
                    json.field("kind", guide.kind.rawValue)
                    json.field("title", guide.title[language])
                    json.field("text", guide.text?[language])
                    json.field("url", guide.url)
                }
            }
        }
    }

    private mutating func writeMembers(_ topic: Topic, _ catalogue: Catalogue, _ language: Language) {
        field("id", topic.id)
        field("title", topic.title[language])
        field("say", topic.say?[language])
        field("sections", topic.path)
        field("section_titles", catalogue.pathTitles(of: topic, in: language))
        field("department", topic.department)
        field("department_name", catalogue.department(topic.department)?.name[language])
        field("priority", topic.priority.rawValue)
        key("digit")
        if let digit = topic.digit { number(Int64(digit)) } else { null() }
    }

    private mutating func write(_ field: Field, language: Language) {
        object { json in
            json.field("id", field.id)
            json.field("kind", field.kind.rawValue)
            json.field("label", field.label[language])
            json.field("say", field.say[language])
            json.field("hint", field.hint?[language])
            json.field("purpose", field.purpose?[language])
            json.field("relevant", field.relevant)
            json.field("required", field.required)
            json.field("constraint", field.constraint)
            json.field("calculated", field.calculate != nil)
            json.field("maximum_length", field.maximumLength)
            json.key("options")
            json.array(field.options) { json, option in
                json.object { json in
                    json.field("id", option.id)
                    json.field("label", option.label[language])
                }
            }
        }
    }
}
