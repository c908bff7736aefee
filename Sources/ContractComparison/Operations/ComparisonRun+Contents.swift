import JSONDocuments

/// Request bodies and responses: OpenAPI 3.2 §4.13 to §4.17.
extension ComparisonRun {
    // MARK: - Requests

    /// Compares the content of requests.
    func compareBodies(_ old: DescribedOperation, _ new: DescribedOperation) {
        switch (old.body, new.body) {
        case (nil, let body?):
            report(
                "request-body-added-\(body.isRequired ? "required" : "optional")",
                "the operation takes a body\(body.isRequired ? ", which must be there" : "")", at: body.value,
                in: new.name)
        case (let body?, nil):
            report(
                "request-body-removed", "the operation takes no body any more", at: new.value, before: body.value,
                in: new.name)
        case (let one?, let other?):
            if one.isRequired != other.isRequired {
                report(
                    "request-body-became-\(other.isRequired ? "required" : "optional")",
                    "the body \(other.isRequired ? "must now be there" : "need not be there any more")",
                    at: other.value["required"] ?? other.value, before: one.value, in: new.name)
            }
            compareRequestContents(one, other, new)
        case (nil, nil): break
        }
    }

    /// Compares the media types that requests may have.
    private func compareRequestContents(
        _ old: DescribedOperation.Body, _ new: DescribedOperation.Body, _ operation: DescribedOperation
    ) {
        let pairs = MediaTypePairs(old.contents, new.contents)
        for content in pairs.removed {
            // A range that still admits the type takes its place.
            if let wider = new.contents.first(where: {
                MediaTypeName($0.mediaType).admits(MediaTypeName(content.mediaType))
            }) {
                compareSchemas(content, wider, .request, operation, media: wider.value)
                continue
            }
            report(
                "request-body-media-type-removed", "the body cannot be `\(content.mediaType)` any more",
                at: new.value["content"] ?? new.value, before: content.value, in: operation.name)
        }
        for content in pairs.added {
            report(
                "request-body-media-type-added", "the body may be `\(content.mediaType)`", at: content.value,
                before: old.value, in: operation.name)
        }
        for pair in pairs.same { compareSchemas(pair.0, pair.1, .request, operation, media: pair.1.value) }
    }

    /// Compares the schemas of a media type.
    private func compareSchemas(
        _ old: DescribedOperation.Content, _ new: DescribedOperation.Content, _ subject: SchemaScope.Subject,
        _ operation: DescribedOperation, media: JSONValue
    ) {
        let scope = SchemaScope(subject: subject, operation: operation.name, mediaType: new.mediaType)
        switch (old.schema, new.schema) {
        case (nil, let schema?):
            report(
                "media-type-schema-added", scope, "\(scope.words) must now fit a schema", at: schema, before: old.value)
        case (let schema?, nil):
            report(
                "media-type-schema-removed", scope, "\(scope.words) need not fit a schema any more", at: media,
                before: schema)
        case (let one?, let other?): compareRoots(one, other, scope)
        case (nil, nil): break
        }
    }

    // MARK: - Responses

    /// Compares the responses of an operation.
    func compareResponses(_ old: DescribedOperation, _ new: DescribedOperation) {
        let arrived = new.responses
        let byStatus = Dictionary(arrived.map { ($0.status, $0) }, uniquingKeysWith: { first, _ in first })
        let previous = old.responses
        for response in previous {
            guard let next = byStatus[response.status] else {
                report(
                    "response-\(response.isSuccess ? "" : "non-")success-status-removed",
                    "response \(response.status) is gone", at: new.value["responses"] ?? new.value,
                    before: response.value,
                    in: new.name)
                continue
            }
            compare(response, next, new)
        }
        let known = Set(previous.map(\.status))
        for response in arrived where !known.contains(response.status) {
            report(
                "response-\(response.isSuccess ? "" : "non-")success-status-added",
                "response \(response.status) is new",
                at: response.value, before: old.value["responses"], in: new.name)
        }
    }

    /// Compares a response.
    private func compare(
        _ old: DescribedOperation.Response, _ new: DescribedOperation.Response, _ operation: DescribedOperation
    ) {
        compareHeaders(old, new, operation)
        var pairs = MediaTypePairs(old.contents, new.contents)
        for pair in pairs.takeRenamed() {
            let (one, other) = (MediaTypeName(pair.0.mediaType), MediaTypeName(pair.1.mediaType))
            let check =
                one.essence == other.essence
                ? "response-media-type-name-changed"
                : one.admits(other) ? "response-media-type-name-specialized" : "response-media-type-name-generalized"
            report(
                check, "response \(new.status) is `\(pair.1.mediaType)` instead of `\(pair.0.mediaType)`",
                at: pair.1.value,
                before: pair.0.value, in: operation.name)
            compareSchemas(pair.0, pair.1, .response(status: new.status), operation, media: pair.1.value)
        }
        for content in pairs.removed {
            report(
                "response-media-type-removed", "response \(new.status) cannot be `\(content.mediaType)` any more",
                at: new.value["content"] ?? new.value, before: content.value, in: operation.name)
        }
        for content in pairs.added {
            report(
                "response-media-type-added", "response \(new.status) may be `\(content.mediaType)`", at: content.value,
                before: old.value, in: operation.name)
        }
        for pair in pairs.same {
            compareSchemas(pair.0, pair.1, .response(status: new.status), operation, media: pair.1.value)
        }
    }

    /// Compares the header fields of a response.
    private func compareHeaders(
        _ old: DescribedOperation.Response, _ new: DescribedOperation.Response, _ operation: DescribedOperation
    ) {
        func headers(
            _ response: DescribedOperation.Response, _ document: ComparedDocument
        ) -> [(name: String, value: JSONValue)] {
            (Array(response.value["headers"]?.members) as [JSONMember]).compactMap { member in
                document.followed(member.value).map { (member.name, $0) }
            }
        }
        let arrived = headers(new, revision)
        let previous = headers(old, base)
        for (name, value) in previous {
            let isRequired = value["required"]?.bool == true
            guard let next = arrived.first(where: { $0.name.lowercased() == name.lowercased() })?.value else {
                report(
                    "\(isRequired ? "required" : "optional")-response-header-removed",
                    "the header `\(name)` of response \(new.status) is gone", at: new.value["headers"] ?? new.value,
                    before: value, in: operation.name)
                continue
            }
            if isRequired, next["required"]?.bool != true {
                report(
                    "response-header-became-optional",
                    "the header `\(name)` of response \(new.status) need not be there",
                    at: next, before: value["required"] ?? value, in: operation.name)
            }
            // In Swagger 2.0 a header is itself a schema.
            compareRoots(
                base.version == .version2 ? value : value["schema"] ?? value,
                revision.version == .version2 ? next : next["schema"] ?? next,
                SchemaScope(subject: .header(name: name, status: new.status), operation: operation.name, mediaType: nil)
            )
        }
        let known = Set(previous.map { $0.name.lowercased() })
        for (name, value) in arrived where !known.contains(name.lowercased()) {
            report(
                "response-header-added", "the header `\(name)` of response \(new.status) is new", at: value,
                before: old.value, in: operation.name)
        }
    }
}
