import JSONDocuments

/// What a metaschema says about the schemas that name it: 2020-12 core §8.1.2.
struct Metaschema {
    /// The language.
    let dialect: Dialect
    /// The vocabularies that count.
    let vocabulary: Vocabulary
}

extension SchemaCompiler {
    /// The language of a resource.
    mutating func language(of resource: Int) -> Metaschema {
        let dialect = resources.resources[resource].dialect
        guard let identifier = resources.resources[resource].metaschema else {
            return Metaschema(dialect: dialect, vocabulary: .standard)
        }
        if let known = metaschemas[identifier] { return known }
        var result = Metaschema(dialect: dialect, vocabulary: .standard)
        if let number = resources.resource(named: URIReference(identifier).withoutFragment) {
            let own = resources.resources[number]
            result = Metaschema(dialect: own.dialect, vocabulary: .standard)
            if let declared = own.root["$vocabulary"], declared.kind == .object {
                var vocabulary = Vocabulary()
                for member in declared.members { vocabulary.formUnion(Vocabulary(identifier: member.name)) }
                result = Metaschema(dialect: own.dialect, vocabulary: vocabulary)
            }
        } else if let keyword = resources.resources[resource].root["$schema"] {
            report(
                .warning, "unknown-metaschema",
                "the metaschema \(identifier) is not registered; its standard meaning is assumed",
                at: keyword.range)
        }
        metaschemas[identifier] = result
        return result
    }
}
