import DocumentationPortal

/// The pages that readers of one event loop asked for last. A page is made from a contract in milliseconds; those that are
/// read again should not cost them again. One loop owns it: nothing is locked.
struct PageCache {
    /// The most bytes that are kept; beyond it everything is forgotten, which costs a page a few milliseconds.
    private static let limit = 8 << 20

    /// The portal whose pages they are.
    private weak var portal: DocumentationPortal?
    /// The pages by path.
    private var pages: [[UInt8]: DocumentationPortal.Resource] = [:]
    /// How many bytes they have.
    private var size = 0

    /// The page at a path; nil where there is none.
    ///
    /// - Parameter insights: Who knows how operations fare; nil where readers may not see that.
    mutating func page(
        at path: UnsafeRawBufferPointer, of portal: DocumentationPortal, insights: (any InsightSource)?
    ) -> DocumentationPortal.Resource? {
        if self.portal !== portal {
            self.portal = portal
            forget()
        }
        let key = Array(path)
        if let known = pages[key] { return known }
        guard let made = portal.resource(atEncoded: path, insights: insights) else { return nil }
        // What is prepared is kept by the portal; what is not there could be asked for under any number of names.
        guard made.status == 200, !made.isPrepared, !made.isPassing else { return made }
        size += made.content.count + (made.compressed?.count ?? 0)
        if size > Self.limit { forget() }
        pages[key] = made
        return made
    }

    /// Forgets all pages.
    private mutating func forget() {
        pages.removeAll()
        size = 0
    }
}
