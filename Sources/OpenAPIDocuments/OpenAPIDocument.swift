import JSONDocuments
import SourceDiagnostics

/// A loaded API description, of any version, with all its files.
///
/// The model is a set of thin views: every type holds the `JSONValue` it stands for, so the text, the range and every
/// field that is not modelled stay at hand, and nothing of the document is copied. References are already followed.
/// Version 2.0 is read in the words of 3.x: a body parameter becomes a request body, `collectionFormat` a style.
package struct OpenAPIDocument: Sendable {
    /// A file of the description.
    package struct File: Sendable {
        /// Its URI without fragment, as references resolve to it.
        package let uri: String
        /// Its content.
        package let document: JSONDocument
    }

    /// The version that the document declares.
    package let version: OpenAPIVersion
    /// The root object.
    package let root: JSONValue
    /// The URI of the file of the root.
    package let uri: String
    /// Every file, the root's too, in the order of their URIs.
    package let files: [File]
    /// Every operation under `paths`, in document order.
    package let operations: [Operation]
    /// Security schemes by name.
    package let securitySchemes: [String: SecurityScheme]
    /// Where references lead.
    package let references: ReferenceTable
    /// The title, for people.
    package let title: String
    /// The API's own version, for people.
    package let apiVersion: String
    /// `jsonSchemaDialect` (OpenAPI 3.1 §4.8.1), if declared.
    package let schemaDialect: String?
}

/// One operation: a method on a path template.
package struct Operation: Sendable {
    /// The Operation Object.
    package let node: JSONValue
    /// The Path Item Object that it stands in, after references.
    package let pathItem: JSONValue
    /// The method in capitals, or as written under `additionalOperations`.
    package let method: String
    /// The path template: `/products/{id}`.
    package let pathTemplate: String
    /// The template taken apart.
    package let template: PathTemplate
    /// Where the template is written.
    package let pathRange: SourceRange
    /// `operationId`.
    package let operationID: String?
    /// `tags`.
    package let tags: [String]
    /// Parameters of the path item and the operation, merged: the operation's win (OpenAPI 3.1 §4.8.9.1). Header
    /// parameters that the specification ignores are not among them.
    package let parameters: [Parameter]
    /// What the operation takes as content; nil if it declares none.
    package let requestBody: RequestBody?
    /// What it answers; nil if it has no `responses` (3.1 and later).
    package let responses: [Response]?
    /// The requirements in force: any one is enough. Empty: none is needed.
    package let security: [SecurityRequirement]

    /// Where the operation is written.
    package var range: SourceRange { node.keyRange ?? node.range }
    /// A name for logs and metrics: `operationId`, or method and template.
    package var name: String { operationID ?? "\(method) \(pathTemplate)" }
}

/// Where a parameter comes from.
package enum ParameterLocation: String, Sendable {
    /// A path template, the query, the field lines, a Cookie field.
    case path, query, header, cookie
    /// 3.2: the whole query string as one value.
    case querystring
    /// 2.0: a field of a form body.
    case formData
}

/// How a value is laid out as text (OpenAPI 3.2 §4.12.5, RFC 6570).
package enum ParameterStyle: String, Sendable {
    /// As the specification names them.
    case matrix, label, simple, form, spaceDelimited, pipeDelimited, deepObject, cookie
    /// 2.0: `collectionFormat: tsv`.
    case tabDelimited
}

/// A parameter, or a header of a response or a part.
package struct Parameter: Sendable {
    /// What describes the value.
    package enum Content: Sendable {
        /// A schema and a style.
        case schema(JSONValue, style: ParameterStyle, explode: Bool)
        /// One media type, and the schema of the value in it.
        case media(MediaType)
        /// Nothing: any value is fine.
        case unspecified
    }

    /// The Parameter or Header Object.
    package let node: JSONValue
    /// The name.
    package let name: String
    /// Where it comes from.
    package let location: ParameterLocation
    /// Whether it must be there.
    package let isRequired: Bool
    /// What its value is.
    package let content: Content
    /// Whether an empty value passes without regard to the schema (query only).
    package let allowsEmptyValue: Bool
    /// 2.0: `type: file`.
    package let isFile: Bool
}

/// A key and a value of a `content` map.
package struct MediaType: Sendable {
    /// The media type or range, as written.
    package let key: String
    /// Where the key is written.
    package let keyRange: SourceRange
    /// The Media Type Object; for 2.0 the object that holds the schema.
    package let node: JSONValue
    /// The schema of the content.
    package let schema: JSONValue?
    /// 3.2: the schema of each item of a sequence.
    package let itemSchema: JSONValue?
}

/// What an operation takes as content.
package struct RequestBody: Sendable {
    /// The Request Body Object; for 2.0 the body parameter or the operation.
    package let node: JSONValue
    /// Whether there must be content.
    package let isRequired: Bool
    /// By media type, in document order.
    package let content: [MediaType]
    /// 2.0: the form fields, if the body is a form.
    package let formFields: [Parameter]
}

/// What an operation answers with some statuses.
package struct Response: Sendable {
    /// The statuses.
    package let key: StatusKey
    /// The Response Object.
    package let node: JSONValue
    /// Headers; a Content-Type among them is ignored by the specification and left out.
    package let headers: [Parameter]
    /// By media type, in document order.
    package let content: [MediaType]
    /// Whether content may come at all: false in 2.0 without `schema`.
    package let allowsContent: Bool
}

/// An entry of `securitySchemes` or `securityDefinitions`.
package struct SecurityScheme: Sendable {
    /// The object.
    package let node: JSONValue
    /// The name that requirements use.
    package let name: String
    /// `apiKey`, `http`, `mutualTLS`, `oauth2`, `openIdConnect`; 2.0's `basic` is `http`.
    package let type: String
    /// For `http`: `basic`, `bearer`, … in small letters.
    package let scheme: String?
    /// For `apiKey`: query, header or cookie.
    package let location: String?
    /// For `apiKey`: the name of the parameter.
    package let parameterName: String?
}

/// One alternative of `security`: all schemes in it must be satisfied; without any, anybody passes.
package struct SecurityRequirement: Sendable {
    /// A scheme and the scopes it must grant.
    package struct Need: Sendable {
        /// The scheme's name.
        package let scheme: String
        /// Scopes, or roles for other types than OAuth.
        package let scopes: [String]
        /// Where it is written.
        package let range: SourceRange
    }

    /// The schemes.
    package let needs: [Need]
    /// Where the requirement is written.
    package let range: SourceRange
}
