import JSONDocuments

/// Fields that webhooks should not have.
enum WebhookFields {
    /// The values of a field beside the webhooks, in them and in their operations.
    static func named(_ name: String, in webhooks: JSONValue?, _ context: LintContext) -> [JSONValue] {
        guard let webhooks else { return [] }
        var found = [webhooks[name]].compactMap { $0 }
        for webhook in webhooks.members where webhook.name != name {
            guard let item = context.followed(webhook.value) else { continue }
            if let place = item[name] { found.append(place) }
            found += item.members.filter { $0.value.kind == .object }.compactMap { $0.value[name] }
        }
        return found
    }
}
