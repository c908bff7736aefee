/// A policy that asks for a certificate by which the client has made its connection.
package struct ClientCertificatePolicySettings: SettingsSection {
    /// Subjects as text (RFC 4514).
    package let subjects: [String]
    /// DNS names, URIs, addresses of mail.
    package let names: [String]

    /// The keys of the policy.
    private enum Key {
        /// The key `subjects`.
        static let subjects = DefaultedKey(
            "subjects",
            ValueForm<[String]>.list(
                .text(expected: "a distinguished name such as CN=partner,O=Example", examples: ["CN=partner,O=Example"])
            ),
            "Subjects of certificates that are good (RFC 4514, values exactly as in the certificate).", builtIn: [])
        /// The key `names`.
        static let names = DefaultedKey(
            "names",
            ValueForm<[String]>.list(
                .text(expected: "a name such as partner.example.com", examples: ["*.partner.example.com"])),
            "Alternative names of certificates that are good: DNS names, with *. for one label in front, URIs, mail.",
            builtIn: [])
    }

    /// What may stand in the section.
    static let description = SectionDescription(
        title: "ClientCertificatePolicy",
        summary: "Asks for a client's certificate; without lists, for any that a listener's clientCA vouches for.",
        keys: [Key.subjects.description, Key.names.description])

    /// Reads the section.
    init?(reading reader: SectionReader) {
        subjects = reader.value(Key.subjects)
        names = reader.value(Key.names)
    }
}
