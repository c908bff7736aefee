/// Rules about operations, request bodies, responses, callbacks and links.
enum OperationRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        OperationIdentifier.self, UniqueOperationIdentifier.self, OperationIdentifierInURL.self,
        OperationDescription.self, SuccessResponse.self, FormDataConsumes.self, NestedCallbacks.self,
        ServersInWebhook.self, CallbacksInWebhook.self,
    ]
}
