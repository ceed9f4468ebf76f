import Foundation
import Testing

/// The repository itself keeps the rules of docs/architecture.md.
@Suite("House")
struct HouseTests {
  private func table() throws -> ArrowTable { try ArrowTable(markdown: SourceTree.text("docs/architecture.md")) }

  private func codeFiles(under folders: [String]) throws -> [String] {
    try SourceTree.files(withExtension: ["swift", "c", "cpp", "h", "py", "sh"]).filter { path in
      folders.contains { path.hasPrefix($0 + "/") }
    }
  }

  @Test("The table of arrows has every room, and its arrows run down")
  func tableRunsDown() throws {
    let table = try table()
    #expect(table.rooms.count >= 10)
    #expect(table.risingArrows == [])
    for room in table.rooms {
      #expect(
        FileManager.default.fileExists(atPath: SourceTree.root.appending(path: room.folder).path), "\(room.folder) is gone")
    }
  }

  @Test("The manifest's dependencies are those of the table")
  func manifestAgrees() throws {
    let manifest = try Manifest(source: SourceTree.text("Package.swift"))
    #expect(manifest.dependencies["LoRWeBModels"] == ["LoRWeBTorch", "LoRWeBPictures"])
    #expect(try manifest.differences(from: table()) == [])
  }

  @Test("Every import is an arrow of the table")
  func importsAgree() throws {
    let table = try table()
    let files = try codeFiles(under: ["Sources", "Packages"]).filter {
      $0.hasSuffix(".swift") && !$0.hasSuffix("/Package.swift") && !$0.hasPrefix("Sources/System/")
    }
    #expect(files.count >= 5)
    #expect(try files.flatMap { try table.violations(path: $0, source: SourceTree.text($0)) } == [])
  }

  @Test("No source file is longer than 350 lines")
  func filesAreShort() throws {
    let files = try codeFiles(under: ["Sources", "Packages", "Tests", "Proofs", "scripts", "Examples", "demo"])
    #expect(try files.flatMap { try TextRules.tooLong(path: $0, text: SourceTree.text($0)) } == [])
  }

  @Test("Libraries neither trap nor print; Torch has the one fatalError")
  func librariesAreQuiet() throws {
    let files = try codeFiles(under: ["Sources"]).filter { $0.hasSuffix(".swift") }
    var fatalErrors = 0
    for path in files {
      let text = try SourceTree.text(path)
      var allowed: [String] = []
      if path.hasPrefix("Sources/Commands/") {
        allowed = Array(repeating: "print(", count: text.count)
      } else if path.hasPrefix("Sources/Torch/"), fatalErrors == 0 {
        allowed = ["fatalError("]
        fatalErrors += TextRules.forbiddenCalls(path: path, text: text).count { $0.contains("fatalError(") }
      }
      #expect(TextRules.forbiddenCalls(path: path, text: text, allowed: allowed) == [])
    }
  }

  @Test("Only dictionaries of keys that code makes unique may end the process at a key's second coming")
  func keysOnce() throws {
    let allowed = [
      "Sources/Training/Pretraining/InstructedModel.swift": 1,  // members of a set
      // Paths of a model's own parameters, which its registry holds once:
      "Sources/Training/Step/MovingAverage.swift": 1,
    ]
    for path in try codeFiles(under: ["Sources"]) where path.hasSuffix(".swift") {
      let text = try SourceTree.text(path)
      #expect(TextRules.trappingDictionaries(path: path, text: text, allowed: allowed[path] ?? 0) == [])
    }
    for path in allowed.keys {
      #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: path).path), "\(path) is gone")
    }
  }

  @Test("Models and Torch open no file and know no place of one")
  func roomsWithoutFiles() throws {
    let files = try codeFiles(under: ["Sources/Models", "Sources/Torch"]).filter { $0.hasSuffix(".swift") }
    #expect(files.count > 60)
    #expect(try files.flatMap { try TextRules.files(path: $0, text: SourceTree.text($0)) } == [])
  }

  @Test("Whoever opens a file tells FileOpenings, but for what a run wrote itself and what isn't somebody's file")
  func openingsAreTold() throws {
    let allowed = [
      "Sources/Checkpoints/Files/AtomicFolder.swift": 1,  // a folder, to make its names durable
      "Sources/Training/Run/CheckpointFiles.swift": 1,
      "Sources/Training/Run/TrainingCheck.swift": 2,
      "Sources/Training/Report/MetricsLog.swift": 1,
      "Sources/Training/Report/RunReport.swift": 1,
      "Sources/Training/Report/SampleGallery.swift": 1,
      "Sources/Material/MaterialCandidate.swift": 2,  // out of packages
      "Sources/LoRWeB/Editing/Recipe+Content.swift": 1,  // the processor's name
      "Sources/Checkpoints/Weights/OpenedWeights.swift": 1,  // four bytes, before the one who opens it tells
      "Sources/LoRWeB/Source/Search/HuggingFaceCache.swift": 1,  // a cache's note of its newest entry
    ]
    let files = try codeFiles(under: ["Sources"]).filter { $0.hasSuffix(".swift") }
    for path in files where !path.hasPrefix("Sources/Commands/") && !path.hasPrefix("Sources/Files/") {
      #expect(try TextRules.untoldOpenings(path: path, text: SourceTree.text(path), allowed: allowed[path] ?? 0) == [])
    }
    for path in allowed.keys {
      #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: path).path), "\(path) is gone")
    }
  }

  @Test("No sentence of a library names a flag of the command line")
  func noFlags() throws {
    for path in try codeFiles(under: ["Sources"]) where path.hasSuffix(".swift") && !path.hasPrefix("Sources/Commands/") {
      let others = path == "Sources/LoRWeB/Source/Search/Download.swift" ? 1 : 0  // of the hub's own tool
      #expect(try TextRules.flags(path: path, text: SourceTree.text(path), allowed: others) == [])
    }
  }

  @Test("Pictures knows no model")
  func picturesKnowNoModel() throws {
    for path in try codeFiles(under: ["Sources/Pictures"]) where path.hasSuffix(".swift") {
      #expect(try SourceTree.text(path).firstMatch(of: /(?i)kontext|flux|CLIP|T5/) == nil, "\(path)")
    }
  }

  @Test("No file names a path of someone's machine or a package registry")
  func noMachinePaths() throws {
    let extensions: Set<String> = ["swift", "c", "cpp", "h", "py", "sh", "md", "json", "txt", "yaml", "yml", "modulemap", ""]
    let files = try SourceTree.files(withExtension: extensions)
    #expect(files.count >= 20)
    for path in files {
      guard let text = try? SourceTree.text(path) else { continue }
      #expect(TextRules.machinePaths(path: path, text: text) == [])
    }
  }

  @Test("Every picture, profile and vocabulary has a line in ATTRIBUTION.md, and every line its file")
  func attribution() throws {
    let table = try Attribution(markdown: SourceTree.text("ATTRIBUTION.md"))
    #expect(!table.paths.isEmpty)
    #expect(try SourceTree.files(where: Attribution.needsLine).filter { !table.covers($0) } == [])
    for path in table.paths {
      #expect(FileManager.default.fileExists(atPath: SourceTree.root.appending(path: path).path), "\(path) is gone")
    }
  }

  @Test("Every type that the pages on the house and the library name is there")
  func types() throws {
    let swift = try codeFiles(under: ["Sources", "Tests"]).filter { $0.hasSuffix(".swift") }
    var declared: Set<String> = []
    for path in swift { declared.formUnion(References.declared(in: try SourceTree.text(path))) }
    for page in ["docs/architecture.md", "docs/library.md"] {
      let named = try References.types(in: SourceTree.text(page))
      #expect(named.count > 15)
      #expect(named.subtracting(declared).sorted() == [], "\(page)")
    }
  }

  @Test("Every link of a page and every page that code mentions is there")
  func references() throws {
    func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: SourceTree.root.appending(path: path).path) }
    for page in try SourceTree.files(withExtension: ["md"]) {
      let missing = try References.links(in: SourceTree.text(page), at: page).filter { !isThere($0) }
      #expect(missing == [], "\(page)")
    }
    for file in try codeFiles(under: ["Sources", "Packages", "Proofs"]) {
      let missing = try References.pages(in: SourceTree.text(file)).filter { !isThere($0) }
      #expect(missing == [], "\(file)")
    }
  }
}
