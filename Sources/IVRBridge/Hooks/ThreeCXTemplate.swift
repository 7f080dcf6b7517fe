/// The CRM template a 3CX is given: where it looks callers up, what it shows of them, and where it journals calls.
public enum ThreeCXTemplate {
    /// - Parameters:
    ///   - name: the desk's.
    ///   - url: the hook's address with its token.
    /// - Returns: the file that is given to the 3CX.
    public static func xml(name: String, url: String) -> String {
        let (name, place) = (XMLText.escaped(name), XMLText.escaped(url))
        let outputs = [
            ("ContactID", "id"), ("FirstName", "first_name"), ("LastName", "last_name"), ("CompanyName", "company"),
            ("PhoneBusiness", "number"), ("ContactUrl", "url"),
        ]
        let rules = outputs.map { output, member in
            #"        <Variable Name="\#(output)" Path="\#(member)"><Filter/></Variable>"#
        }
        let shown = outputs.map { output, _ in #"        <Output Type="\#(output)" Value="[\#(output)]"/>"# }
        let journal = [
            ("number", "[Number]"), ("agent", "[Agent]"), ("callType", "[CallType]"), ("duration", "[Duration]"),
            ("callStartTimeUTC", "[CallStartTimeUTC]"), ("name", "[Name]"), ("queueExtension", "[QueueExtension]"),
        ].map { key, value in #"        <Value Key="\#(key)" Passes="0" Type="String">\#(value)</Value>"# }
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <Crm xmlns:xsd="http://www.w3.org/2001/XMLSchema" Country="BR" Name="\(name)" Version="1" SupportsEmojis="true">
              <Number Prefix="Plus" MaxLength="15"/>
              <Connection MaxConcurrentRequests="4"/>
              <Parameters/>
              <Authentication Type="No"/>
              <Scenarios>
                <Scenario Type="REST">
                  <Request Url="\(place)/lookup?number=[Number]" RequestContentType="" RequestEncoding="UrlEncoded" \
            RequestType="Get" ResponseType="Json"/>
                  <Rules>
                    <Rule Type="Any">id</Rule>
                  </Rules>
                  <Variables>
            \(rules.joined(separator: "\n"))
                  </Variables>
                  <Outputs Next="" AllowEmpty="false">
            \(shown.joined(separator: "\n"))
                  </Outputs>
                </Scenario>
                <Scenario Id="ReportCall" Type="REST">
                  <Request Url="\(place)" RequestContentType="application/json" RequestEncoding="Json" \
            RequestType="Post" ResponseType="Json">
                    <PostValues>
            \(journal.joined(separator: "\n"))
                    </PostValues>
                  </Request>
                  <Rules/>
                  <Variables/>
                  <Outputs AllowEmpty="true"/>
                </Scenario>
              </Scenarios>
            </Crm>

            """
    }
}
