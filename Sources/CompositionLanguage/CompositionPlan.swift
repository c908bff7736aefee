import JSONDocuments
import OpenAPIDocuments
import SourceDiagnostics

/// A composition as its author wrote it: the endpoint, and the map of everything else with positions.
package struct CompositionSource: Sendable {
    /// The name, which is also the `operationId`.
    package let name: String
    /// Where the name stands.
    package let range: SourceRange
    /// The method in upper case.
    package let method: String
    /// The public path template.
    package let path: String
    /// Where the path stands.
    package let pathRange: SourceRange
    /// The whole map.
    package let value: JSONValue

    /// Takes all parts.
    package init(
        name: String, range: SourceRange, method: String, path: String, pathRange: SourceRange, value: JSONValue
    ) {
        self.name = name
        self.range = range
        self.method = method
        self.path = path
        self.pathRange = pathRange
        self.value = value
    }
}

/// An API whose operations a composition may call.
package struct CallableAPI: Sendable {
    /// The name in the settings.
    package let name: String
    /// The document.
    package let document: OpenAPIDocument

    /// Takes both.
    package init(name: String, document: OpenAPIDocument) {
        self.name = name
        self.document = document
    }
}

/// A compiled composition: steps and values by number, nothing to look up while an exchange runs.
package struct CompositionPlan: Sendable {
    /// The name, which is also the `operationId`.
    package let name: String
    /// Where the name stands.
    package let range: SourceRange
    /// The method in upper case.
    package let method: String
    /// The public path template.
    package let path: String
    /// Where the path stands.
    package let pathRange: SourceRange
    /// One line for the documentation.
    package let summary: String?
    /// Text for the documentation.
    package let description: String?
    /// Tags for the documentation.
    package let tags: [String]
    /// Time for everything, in nanoseconds; nil leaves it to the gateway's settings.
    package let timeout: Int64?
    /// The declared operation that has to be kept: a document and an operation; nil where there is none.
    package let contract: JSONValue?
    /// What the client gives.
    package let inputs: [PlannedInput]
    /// What is taken of the caller's token.
    package let claims: [PlannedClaim]
    /// The calls, in the order of the file.
    package let steps: [PlannedStep]
    /// By step: the call that undoes it; nil where there is none.
    package let compensations: [PlannedStep?]
    /// Numbers of steps that can begin together, stage after stage.
    package let stages: [[Int]]
    /// The reply.
    package let reply: ReplyTemplate
    /// What the reply is known to be.
    package let replyShape: TypeShape
}

/// A value that the client gives.
package struct PlannedInput: Sendable {
    /// Where an input comes from.
    package enum Location: String, Sendable, CaseIterable {
        /// The parameters of OpenAPI, and the request's content as a whole.
        case path, query, header, cookie, body
    }

    /// The name in expressions.
    package let name: String
    /// Where it comes from.
    package let location: Location
    /// The name on the wire.
    package let wireName: String
    /// What it may be.
    package let shape: TypeShape
    /// Whether it must be given.
    package let isRequired: Bool
    /// The value where the client gives none, as text.
    package let standard: [UInt8]?
    /// Whether the value is written into JSON as it stands, because it is a number or a truth value.
    package let isBare: Bool
    /// One line for the documentation.
    package let description: String?
    /// Position in the path template; −1 elsewhere.
    package let position: Int
}

/// A claim of the caller's token.
package struct PlannedClaim: Sendable {
    /// What a claim is.
    package enum Kind: String, Sendable, CaseIterable {
        /// The scalars of JSON.
        case string, integer, number, boolean
        /// Any of them.
        case anything
    }

    /// The name in the token.
    package let name: [UInt8]
    /// What it is.
    package let kind: Kind
    /// Whether callers without it are refused.
    package let isRequired: Bool
}

/// A call, or a call for each element of an array.
package struct PlannedStep: Sendable {
    /// A parameter of the called operation with its value.
    package struct Argument: Sendable {
        /// The declared parameter.
        package let parameter: Parameter
        /// The value.
        package let value: TextTemplate
    }

    /// What becomes of a part that is not there.
    package enum Fallback: Sendable {
        /// Fields that need it are left out.
        case omit
        /// Fields that need it are null.
        case null
        /// It is replaced by this JSON.
        case value(JSONDocument)
    }

    /// A call for each element of an array.
    package struct FanOut: Sendable {
        /// The array.
        package let source: ValueReference
        /// The key of which equal values share a call; nil calls for each element.
        package let distinct: ValueReference?
        /// Calls at the same time.
        package let concurrency: Int
        /// Most calls.
        package let limit: Int
        /// How many elements may fail.
        package let tolerance: Tolerance
        /// How several elements share a call; nil where each distinct one has its own.
        package let batch: Batch?

        /// How many calls so many elements with different keys need.
        package func calls(for count: Int) -> Int {
            guard let batch else { return count }
            return (count + batch.size - 1) / batch.size
        }
    }

    /// Several elements in one call: their keys go out as one array, and the answers are told apart by a field.
    package struct Batch: Sendable {
        /// The parameter that takes the keys.
        package let into: Parameter
        /// The key of an element.
        package let key: ValueReference
        /// Most keys in a call, at least 1.
        package let size: Int
        /// The way to the array of results in the answer.
        package let list: [PointerToken]
        /// The way to the key in a result.
        package let by: [PointerToken]
    }

    /// How often a call is repeated, and why.
    package struct Retry: Sendable {
        /// A failure after which a call is repeated.
        package enum Reason: Sendable, Equatable {
            /// No connection came about.
            case connect
            /// The connection broke before the answer.
            case reset
            /// The service answered with this status.
            case status(Int)
        }

        /// Further attempts.
        package let attempts: Int
        /// The failures; nil leaves them to the settings of the upstream.
        package let reasons: [Reason]?
    }

    /// What is done about an answer that breaks its contract.
    package enum Validation: String, Sendable, CaseIterable {
        /// The step fails.
        case enforce
        /// It is counted.
        case report
        /// Nothing is checked.
        case skip
    }

    /// How many elements may fail before the step fails.
    package enum Tolerance: Sendable, Equatable {
        /// So many.
        case count(Int)
        /// This share of all, 0 to 1.
        case share(Double)

        /// Whether so many failures are no failure of the step.
        package func admits(_ failures: Int, of count: Int) -> Bool {
            switch self {
            case .count(let most): failures <= most
            case .share(let share): Double(failures) <= share * Double(count)
            }
        }
    }

    /// The name.
    package let name: String
    /// Where the name stands.
    package let range: SourceRange
    /// Index of the API.
    package let api: Int
    /// Index of the operation in the API's document.
    package let operation: Int
    /// What is passed as parameters.
    package let arguments: [Argument]
    /// What is sent as JSON.
    package let body: ReplyTemplate?
    /// What must hold for the call to be made.
    package let condition: Condition?
    /// Whether it is called for each element of an array.
    package let fanOut: FanOut?
    /// Whether the reply goes out without it.
    package let isOptional: Bool
    /// What stands in its place then.
    package let fallback: Fallback
    /// Statuses that are no failure.
    package let accepted: [Int]
    /// Whether every further 2xx is none either, because the document declares `2XX` or only `default`.
    package let acceptsSuccess: Bool
    /// Statuses that become another status of the reply.
    package let statuses: [Int: Int]
    /// Time for one call, in nanoseconds; nil leaves it to the settings of the called operation.
    package let timeout: Int64?
    /// Further attempts; nil leaves them to the settings of the upstream.
    package let retry: Retry?
    /// What is done about a broken answer; nil leaves it to the settings of the called operation.
    package let validation: Validation?
    /// Steps whose results it needs, or that it was told to wait for.
    package let dependencies: [Int]
    /// Whether it is fed by what the client asked for, so that its 404 is the client's.
    package let isFedByPath: Bool

    /// Whether a status is an answer.
    package func accepts(_ status: Int) -> Bool {
        accepted.contains(status) || acceptsSuccess && (200..<300).contains(status)
    }
}

/// A reference with everything resolved to numbers.
package struct ValueReference: Sendable, Equatable {
    /// Where the value is found.
    package enum Root: Sendable, Equatable {
        /// What the client gave.
        case input(Int)
        /// A claim of the caller's token.
        case claim(Int)
        /// The element of the innermost `forEach` or `$each`.
        case item
        /// Its place.
        case index
        /// The content that a step got; with `isElement` the content for the element at hand.
        case body(step: Int, isElement: Bool)
        /// A field line that a step got.
        case header(step: Int, name: [UInt8])
        /// The status that a step got.
        case status(step: Int)
    }

    /// Where the value is found.
    package let root: Root
    /// The way from there.
    package let pointer: [PointerToken]
}

/// One token of a pointer: as bytes, and as a place in arrays.
package struct PointerToken: Sendable, Equatable {
    /// The name.
    package let name: [UInt8]
    /// The place, where the name is one.
    package let place: Int?

    /// Reads a token that is not escaped.
    init(_ text: String) {
        name = Array(text.utf8)
        place =
            text.utf8.allSatisfy { (0x30...0x39).contains($0) } && (text == "0" || !text.hasPrefix("0"))
            ? Int(text) : nil
    }
}

/// A text with values in it: what a parameter is made of.
package struct TextTemplate: Sendable {
    /// A piece of the text.
    package enum Piece: Sendable {
        /// Stands as it is.
        case text([UInt8])
        /// A scalar, or for a parameter that is an array its elements.
        case value(ValueReference)
    }

    /// The pieces in order.
    package let pieces: [Piece]
}

/// The template of a JSON value.
package indirect enum ReplyTemplate: Sendable {
    /// Written as it stands.
    case literal([UInt8])
    /// A value copied from a part.
    case reference(ValueReference)
    /// An object; members without a value are left out, and so is an object none of whose members has one.
    case object([(key: [UInt8], value: ReplyTemplate)])
    /// An array; elements without a value are left out.
    case array([ReplyTemplate])
    /// A string with values in it.
    case text(TextTemplate)
    /// Some members of an object, each under its name or another one.
    case selection(ValueReference, [(source: [UInt8], key: [UInt8])])
    /// The members of several objects.
    case merged([ReplyTemplate])
    /// A value for each element of an array.
    case each(ValueReference, ReplyTemplate)
}

/// What a `when` says.
package indirect enum Condition: Sendable {
    /// How two values are compared.
    package enum Comparison: Sendable { case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual }

    /// A side of a comparison.
    package enum Operand: Sendable {
        /// A value of the exchange.
        case reference(ValueReference)
        /// A literal.
        case text([UInt8])
        /// A literal.
        case number(Double)
        /// A literal.
        case truth(Bool)
        /// A literal.
        case null
    }

    /// Whether a comparison holds; with a value that is absent only `!=` does.
    case compares(Operand, Comparison, Operand)
    /// Whether there is such a value.
    case exists(ValueReference)
    /// All of them.
    case all(Condition, Condition)
    /// Any of them.
    case any(Condition, Condition)
    /// The contrary.
    case not(Condition)
}
