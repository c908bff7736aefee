/// Rules about operations, request bodies, responses, callbacks and links.
enum OperationRules {
    /// All of them, in the order of the rule table.
    static let all: [any LintRule.Type] = [
        OperationIdentifier.self, UniqueOperationIdentifier.self, OperationIdentifierInURL.self,
        OperationDescription.self, SuccessResponse.self, FormDataConsumes.self, NestedCallbacks.self,
        ServersInWebhook.self, CallbacksInWebhook.self, OperationIDCasing.self, OperationSummary.self,
        ClientErrorResponse.self, ResponseStatusCodes.self, ProblemDetails.self, ResponseContainsHeader.self,
        ResponseContainsProperty.self, ResponseObject.self, ResponseNeedsContent.self, RequestMediaType.self,
        ResponseMediaType.self, UnexpectedRequestBody.self, RequestBodyRequired.self, LinkTarget.self,
        InvalidEncoding.self,
    ]
}
