import DocumentationPortal
import HTTPExchanges
import NIOCore

/// The pages that the gateway itself has: the documentation of what it fronts.
extension GatewayExchange {
    /// Whether a path that no operation declares is one of the documentation; then it has been answered.
    ///
    /// - Parameter path: The canonical path.
    func answersFromPortal(path: UnsafeRawBufferPointer, head: RequestHead) -> Bool {
        guard let portal = snapshot.portal, portal.covers(path) else { return false }
        guard head.method.isMethod("GET") || isHEAD else {
            reply(
                ProblemDocument(
                    status: 405, title: "Method Not Allowed", detail: "The documentation is read with GET."),
                outcome: "method-not-allowed", allow: Array("GET, HEAD".utf8))
            return true
        }
        guard
            let resource = worker.pages.page(
                at: path, of: portal, insights: portal.tellsInsights ? serving.insights : nil)
        else { return false }
        send(resource, head: head)
        return true
    }

    /// Sends a page, or says that the client has it.
    private func send(_ resource: DocumentationPortal.Resource, head: RequestHead) {
        guard let client, !isHeadSent else { return }
        isHeadSent = true
        let isKnown = resource.status == 200 && Self.has(head, "if-none-match") { Self.names($0, resource.tag) }
        let takesGzip = resource.compressed != nil && Self.has(head, "accept-encoding", where: Self.admitsGzip)
        status = isKnown ? 304 : resource.status
        addPortalFields(resource, isCoded: takesGzip && !isKnown)
        self.client = nil
        guard !isKnown, resource.status != 308 else {
            client.send(
                ResponseHead(status: status, framing: isKnown ? .none : .length(0), statedLength: isKnown ? nil : 0),
                content: nil, isComplete: true)
            return conclude(outcome: "documentation")
        }
        let content = takesGzip ? resource.compressed ?? resource.content : resource.content
        bytesOut = isHEAD ? 0 : Int64(content.count)
        client.send(
            ResponseHead(
                status: status, framing: .length(Int64(content.count)), statedLength: Int64(content.count)),
            content: ByteBuffer(bytes: content), isComplete: true)
        conclude(outcome: "documentation")
    }

    /// Adds the fields of a page.
    private func addPortalFields(_ resource: DocumentationPortal.Resource, isCoded: Bool) {
        worker.loop.additions.removeAll()
        worker.loop.additions.add("X-Request-Id", requestID)
        worker.loop.additions.add("Date", worker.loop.currentDate)
        worker.loop.additions.add("Content-Type", Array(resource.type.utf8))
        if let location = resource.location { worker.loop.additions.add("Location", Array(location.utf8)) }
        if isCoded { worker.loop.additions.add("Content-Encoding", "gzip") }
        worker.loop.additions.add("Vary", "Accept-Encoding")
        worker.loop.additions.add("ETag", Array(resource.tag.utf8))
        worker.loop.additions.add(
            "Cache-Control", resource.isPermanent ? "public, max-age=31536000, immutable" : "no-cache")
        worker.loop.additions.add("Content-Security-Policy", resource.policy)
        for field in DocumentationPortal.securityFields { worker.loop.additions.add(field.name, field.value) }
    }

    /// Whether a line of a name has a value of some kind.
    private static func has(
        _ head: RequestHead, _ name: StaticString, where isMeant: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        (0..<head.table.count).contains { index in
            let line = head.table[index]
            return line.name.slice(of: head.bytes).isToken(name) && isMeant(line.value.slice(of: head.bytes))
        }
    }

    /// Whether `If-None-Match` names a tag, compared weakly, or any (RFC 9110 §13.1.2).
    private static func names(_ value: UnsafeRawBufferPointer, _ tag: String) -> Bool {
        String(decoding: value, as: UTF8.self).split(separator: ",").contains { member in
            let name = member.filter { $0 != " " && $0 != "\t" }
            return name == "*" || name == tag || name == "W/" + tag
        }
    }

    /// Whether `Accept-Encoding` admits gzip (RFC 9110 §12.5.3).
    private static func admitsGzip(_ value: UnsafeRawBufferPointer) -> Bool {
        String(decoding: value, as: UTF8.self).lowercased().split(separator: ",").contains { member in
            let parts = member.filter { $0 != " " && $0 != "\t" }.split(separator: ";")
            guard parts.first == "gzip" || parts.first == "x-gzip" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=0") && !$0.contains { "123456789".contains($0) } }
        }
    }

    // MARK: - Only a check

    /// Tells a client that asked for a check only that its request keeps the contract: it is not sent on.
    func tellKept() {
        guard let client, !isHeadSent else { return }
        isHeadSent = true
        status = 204
        addOwnFields(hasDate: false)
        worker.loop.additions.add("Lintel-Check", "kept")
        self.client = nil
        client.send(ResponseHead(status: 204, framing: .none), content: nil, isComplete: true)
        conclude(outcome: "checked")
    }
}
