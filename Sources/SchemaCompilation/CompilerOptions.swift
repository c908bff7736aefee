/// The direction that messages of a program travel in: it decides what `readOnly` and `writeOnly` mean.
package enum MessageDirection: Sendable, Hashable {
    /// Neither: the keywords are annotations.
    case none
    /// From client to service.
    case request
    /// From service to client.
    case response
}

/// Which formats are asserted.
package struct FormatAssertions: Sendable {
    /// Whether formats are asserted at all.
    package var isEnabled: Bool
    /// Formats that are not, by name.
    package var disabled: Set<String>

    /// A choice of formats.
    package init(isEnabled: Bool = true, disabled: Set<String> = []) {
        self.isEnabled = isEnabled
        self.disabled = disabled
    }

    /// Every format that is known.
    package static let all = FormatAssertions()
    /// None: formats are annotations.
    package static let none = FormatAssertions(isEnabled: false)

    /// Whether a format is asserted.
    func includes(_ name: String) -> Bool { isEnabled && !disabled.contains(name) }
}

/// Choices of the compiler.
package struct CompilerOptions: Sendable {
    /// Which formats are asserted.
    package var formats: FormatAssertions
    /// Whether draft 7's `contentEncoding` and `contentMediaType` are asserted, as far as they say base64 and JSON.
    /// Later drafts have them as annotations only.
    package var assertsContent: Bool
    /// Whether programs are made faster after they are compiled; tests compare both.
    package var optimises: Bool

    /// Choices.
    package init(formats: FormatAssertions = .all, assertsContent: Bool = true, optimises: Bool = true) {
        self.formats = formats
        self.assertsContent = assertsContent
        self.optimises = optimises
    }
}
