import Foundation
import Testing

@Suite("The image is built as the checkout is built")
struct DockerTests {
    /// docker/Dockerfile, with continued lines joined.
    private let dockerfile: [String]

    /// Makefile, with continued lines joined.
    private let makefile: [String]

    /// The packages of docker/apt-packages.txt, by purpose.
    private let packages: [String: [String]]

    init() throws {
        dockerfile = Self.logicalLines(try #require(SourceTree.text("docker/Dockerfile")))
        makefile = Self.logicalLines(try #require(SourceTree.text("Makefile"), "there is no Makefile"))
        let list = try #require(SourceTree.text("docker/apt-packages.txt"))
        var packages: [String: [String]] = [:]
        for line in list.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ").map(String.init)
            try #require(words.count == 2 && ["build", "runtime"].contains(words[0]), "\(line)")
            packages[words[0], default: []].append(words[1])
        }
        self.packages = packages
    }

    @Test("the list names each package once, and a library for every header")
    func list() {
        for (purpose, names) in packages { #expect(Set(names).count == names.count, "\(purpose): \(names)") }
        let libraries = ["libyaml-dev": "libyaml-0-2", "libpcre2-dev": "libpcre2-8-0"]
        for (headers, library) in libraries {
            #expect(packages["build"]?.contains(headers) == true)
            #expect(packages["runtime"]?.contains(library) == true)
        }
        #expect(packages["runtime"]?.contains("ca-certificates") == true)
    }

    @Test("every header package that Package.swift names is on the list")
    func manifest() throws {
        let manifest = try #require(SourceTree.text("Package.swift"))
        for part in manifest.components(separatedBy: ".apt([").dropFirst() {
            let names = part.prefix { $0 != "]" }.split { $0 == "\"" || $0 == "," || $0 == " " }
            for name in names { #expect(packages["build"]?.contains(String(name)) == true, "\(name)") }
        }
    }

    @Test("Makefile and Dockerfile take their packages from the list and name none themselves")
    func packagesFromList() {
        for (name, lines) in [("Dockerfile", dockerfile), ("Makefile", makefile)] {
            #expect(lines.contains { $0.contains("apt-packages.txt") }, "\(name) does not read the list")
            let all = packages.values.flatMap { $0 }
            for line in lines where !line.hasPrefix("#") {
                let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
                for package in all where words.contains(package) {
                    Issue.record("\(name) names \(package), which belongs on the list: \(line)")
                }
            }
        }
    }

    @Test("the image is compiled with the command of the Makefile")
    func buildCommand() throws {
        let own = try #require(Self.buildCommands(dockerfile).first, "the Dockerfile compiles nothing")
        #expect(own.isSuperset(of: ["release", "lintel", "--static-swift-stdlib"]))
        let others = Self.buildCommands(makefile)
        #expect(others.contains(own), "\(own.sorted()) is none of \(others.map { $0.sorted() })")
    }

    @Test("both stages stand on one Debian release, and no image floats")
    func bases() throws {
        let bases = dockerfile.filter { $0.hasPrefix("FROM ") }.map { $0.split(separator: " ")[1] }
        #expect(bases.count == 2)
        #expect(bases.allSatisfy { $0.contains("bookworm") }, "a binary needs the C library it was linked against")
        #expect(bases.last?.hasSuffix("-slim") == true)
        let manifest = try #require(SourceTree.text("Package.swift")).split(separator: "\n")[0]
        let version = try #require(manifest.split(separator: " ").last)
        #expect(bases.first?.hasPrefix("swift:\(version)-") == true, "the compiler is that of Package.swift")
    }

    @Test("the process is nobody, needs no shell, and tells its health")
    func runtime() throws {
        let user = try #require(dockerfile.last { $0.hasPrefix("USER ") })
        #expect(user.dropFirst(5).prefix { $0.isNumber }.first != "0")
        #expect(user.dropFirst(5).allSatisfy { $0.isNumber || $0 == ":" }, "a number, so that no name has to be known")
        for instruction in ["ENTRYPOINT ", "CMD "] {
            let line = try #require(dockerfile.last { $0.hasPrefix(instruction) })
            #expect(line.dropFirst(instruction.count).hasPrefix("["), "\(line)")
        }
        let health = try #require(dockerfile.last { $0.hasPrefix("HEALTHCHECK ") })
        #expect(health.hasSuffix("CMD [\"/usr/local/bin/lintel\", \"health\"]"))
        #expect(!dockerfile.contains { $0.hasPrefix("ADD ") })
    }

    @Test("everything that the Dockerfile copies is in the checkout")
    func copies() {
        for line in dockerfile where line.hasPrefix("COPY ") && !line.contains("--from=") {
            for source in line.split(separator: " ").dropFirst().dropLast() where !source.contains("*") {
                #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: String(source)).path()))
            }
        }
    }

    @Test("compose gives the container nothing that it does not need")
    func compose() throws {
        let text = try #require(SourceTree.text("docker/compose.yaml"))
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        for needed in ["read_only: true", "cap_drop: [ALL]", "- no-new-privileges:true", "tmpfs:"] {
            #expect(lines.contains(needed), "\(needed)")
        }
        for forbidden in ["privileged:", "cap_add:", "network_mode:", "/var/run/docker.sock"] {
            #expect(!text.contains(forbidden), "\(forbidden)")
        }
        let port = try #require(dockerfile.first { $0.hasPrefix("EXPOSE ") }?.dropFirst(7))
        #expect(text.contains(":\(port)\""))
        #expect(SourceTree.text("docker/gateway.yaml")?.contains("bind: 0.0.0.0:\(port)") == true)
    }

    /// The arguments of every `swift build` that makes the product, but for those that say where and how fast.
    private static func buildCommands(_ lines: [String]) -> [Set<String>] {
        var variables: [String: String] = [:]
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, !line.hasPrefix("\t") else { continue }
            let name = parts[0].trimmingCharacters(in: CharacterSet(charactersIn: " :?+"))
            variables[name] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        return lines.compactMap { line in
            var line = line
            for _ in 0..<8 {
                for (name, value) in variables { line = line.replacing("$(\(name))", with: value) }
            }
            guard let start = line.range(of: "swift build ")?.upperBound else { return nil }
            let command = line[start...].prefix { !"&|;)".contains($0) }
            guard command.contains("--product lintel") else { return nil }
            var arguments: Set<String> = []
            var isValueOfPlace = false
            for word in command.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
                if isValueOfPlace {
                    isValueOfPlace = false
                    continue
                }
                switch word {
                case "--scratch-path", "--package-path", "--jobs", "-j", "--cache-path": isValueOfPlace = true
                case "--show-bin-path", "--quiet": continue
                case "-c": arguments.insert("--configuration")
                default: arguments.insert(String(word))
                }
            }
            return arguments
        }
    }

    /// The lines of a file, where a backslash at the end joins the next one.
    private static func logicalLines(_ text: String) -> [String] {
        text.replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
    }
}
