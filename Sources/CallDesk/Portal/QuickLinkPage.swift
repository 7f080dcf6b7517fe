import DeskCore
import Mustache

/// The quick link's pages, rendered by templates that escape every value.
struct QuickLinkPage {
    private let library: MustacheLibrary
    private let stylesheet: String

    /// - Throws: the template's fault, a mistake of ours that any test of a page shows.
    init(stylesheet: String) throws {
        self.stylesheet = stylesheet
        var library = MustacheLibrary()
        library.register(try MustacheTemplate(string: Self.frame), named: "frame")
        library.register(try MustacheTemplate(string: Self.ticketPage), named: "ticket")
        library.register(try MustacheTemplate(string: Self.closedPage), named: "closed")
        self.library = library
    }

    func ticket(_ view: QuickLinkView, language: Language) -> String {
        render("ticket", language, ["view": view, "hasItems": !view.items.isEmpty], title: view.number, view.deskName)
    }

    func closed(_ refusal: QuickLinkRefusal, deskName: String, language: Language) -> String {
        let words = QuickLinkWords(language: language).closed(refusal)
        return render("closed", language, ["heading": words.title, "text": words.text], title: words.title, deskName)
    }

    private func render(
        _ name: String,
        _ language: Language,
        _ values: [String: Any],
        title: String,
        _ deskName: String
    ) -> String {
        var values = values
        values["language"] = language.rawValue
        values["title"] = title
        values["deskName"] = deskName
        values["stylesheet"] = stylesheet
        values["labels"] = QuickLinkWords(language: language).labels
        return library.render(values, withTemplate: name) ?? ""
    }

    private static let frame = """
        <!doctype html>
        <html lang="{{language}}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex, nofollow">
        <meta name="referrer" content="no-referrer">
        <title>{{title}} · {{deskName}}</title>
        <link rel="stylesheet" href="{{stylesheet}}">
        </head>
        <body>
        <main>
        <p class="quiet">{{deskName}}</p>
        {{$content}}{{/content}}
        </main>
        </body>
        </html>

        """

    private static let closedPage = """
        {{<frame}}
        {{$content}}
        <h1>{{heading}}</h1>
        <p>{{text}}</p>
        {{/content}}
        {{/frame}}
        """

    private static let ticketPage = """
        {{<frame}}
        {{$content}}
        <h1>{{view.summary}}</h1>
        <p>{{labels.ticket}} <span class="number">{{view.number}}</span></p>
        <section class="card" aria-label="{{labels.state}}">
        <ol class="steps">
        {{#view.steps}}
        <li data-step="{{state}}"{{#isCurrent}} aria-current="step"{{/isCurrent}}>{{title}}</li>
        {{/view.steps}}
        </ol>
        </section>
        <section class="card">
        <dl>
        <dt>{{labels.protocol}}</dt><dd class="number">{{view.protocolGroups}}</dd>
        <dt>{{labels.topic}}</dt><dd>{{view.topic}}</dd>
        <dt>{{labels.opened}}</dt><dd>{{view.opened}}</dd>
        <dt>{{labels.updated}}</dt><dd>{{view.updated}}</dd>
        {{#view.due}}<dt>{{labels.due}}</dt><dd>{{.}}</dd>{{/view.due}}
        </dl>
        </section>
        <h2>{{labels.thread}}</h2>
        <ul class="thread">
        {{#view.items}}
        <li data-kind="{{kind}}"><header><strong>{{author}}</strong><span>{{time}}</span></header><div class="text">{{text}}</div></li>
        {{/view.items}}
        </ul>
        {{^hasItems}}<p>{{labels.empty}}</p>{{/hasItems}}
        {{#view.expires}}<p class="quiet">{{labels.expires}} {{.}}.</p>{{/view.expires}}
        <p class="quiet">{{labels.private}}</p>
        {{/content}}
        {{/frame}}
        """
}
