/// Style and script under addresses that change with their content, so that browsers may keep them for ever.
struct PortalAssets: Sendable {
    /// The address of the style, below the portal's.
    let style: String
    /// The address of the script.
    let script: String

    /// The assets of this build.
    init() {
        style = "assets/\(Self.digest(PortalStyle.text)).css"
        script = "assets/\(Self.digest(PortalScript.text)).js"
    }

    /// The content at an address below the portal's, with its media type.
    func content(at path: String) -> (type: String, text: String)? {
        switch path {
        case style: ("text/css; charset=utf-8", PortalStyle.text)
        case script: ("text/javascript; charset=utf-8", PortalScript.text)
        case "assets/icon.svg": ("image/svg+xml", PortalStyle.icon)
        default: nil
        }
    }

    /// FNV-1a, 64 bits: names a version, keeps nobody out.
    static func digest(_ text: some StringProtocol) -> String { digest(text.utf8) }

    /// The same of bytes.
    static func digest(_ bytes: some Sequence<UInt8>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
