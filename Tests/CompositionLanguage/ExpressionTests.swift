import Testing

@testable import CompositionLanguage
