import Testing

/// Each rule bites: a sample that breaks it is reported, one that keeps it is not.
@Suite("House rules")
struct RuleTests {
  private let table = ArrowTable(
    markdown: """
      | Floor | Room | Module | May import |
      | --- | --- | --- | --- |
      | 2 | Sources/Upper | LoRWeBUpper | LoRWeBLower, Yams |
      | 1 | Sources/Lower | LoRWeBLower | |
      """)

  @Test("An import that the table has passes, one that it lacks is named")
  func imports() {
    #expect(table.violations(path: "Sources/Upper/A.swift", source: "import Foundation\n@testable import LoRWeBLower\n") == [])
    let rising = table.violations(path: "Sources/Lower/B.swift", source: "public import LoRWeBUpper\n")
    #expect(rising.count == 1 && rising[0].contains("LoRWeBUpper"))
    #expect(table.violations(path: "Sources/Lower/B.swift", source: "import struct Yams.Node\n").count == 1)
    #expect(table.violations(path: "Sources/Attic/C.swift", source: "").count == 1)
  }

  @Test("An arrow that does not run down is named")
  func risingArrow() {
    #expect(table.risingArrows == [])
    let level = ArrowTable(markdown: "| 1 | Sources/A | A | B |\n| 1 | Sources/B | B | |")
    #expect(level.risingArrows == ["A on floor 1 imports B on floor 1"])
  }

  @Test("A manifest that differs from the table is told apart, in both directions")
  func manifest() {
    let same = Manifest(source: #"room("Upper", ["LoRWeBLower", .product(name: "Yams", package: "Y")]), room("Lower", []),"#)
    #expect(same.differences(from: table) == [])
    let more = Manifest(source: #".target(name: "LoRWeBLower", dependencies: ["LoRWeBUpper"], path: "Sources/Lower"),"#)
    #expect(more.differences(from: table) == ["LoRWeBLower depends on LoRWeBUpper, which the table does not allow"])
    let less = Manifest(source: #"room("Upper", ["LoRWeBLower"]),"#)
    #expect(less.differences(from: table).count == 1)
    #expect(Manifest(source: #"room("Attic", []),"#).differences(from: table).count == 1)
  }

  @Test("A file of 351 lines is too long, one of 350 is not")
  func length() {
    #expect(TextRules.tooLong(path: "x", text: String(repeating: "a\n", count: 350)) == [])
    #expect(TextRules.tooLong(path: "x", text: String(repeating: "a\n", count: 351)).count == 1)
  }

  @Test("Calls that trap or print are found in code, not in comments, strings or longer names")
  func calls() {
    for line in [
      "fatalError(\"x\")", "let y = try! f()", "  print(1)", "preconditionFailure()", "x as! Int", "precondition(a > 0)",
    ] {
      #expect(TextRules.forbiddenCalls(path: "x", text: line).count == 1, "\(line)")
    }
    for line in ["// print(1)", "let s = \"print(1)\"", "fingerprint(1)", "console.print(1)", "let a = b as? Int"] {
      #expect(TextRules.forbiddenCalls(path: "x", text: line) == [], "\(line)")
    }
    let two = "fatalError(a)\nfatalError(b)\n"
    #expect(
      TextRules.forbiddenCalls(path: "x", text: two, allowed: ["fatalError("]) == ["x:2: fatalError( has no place in a library"]
    )
  }

  @Test("A dictionary that ends the process at a key's second coming is found, and so is a permit nobody uses")
  func dictionaries() {
    let text = "let a = Dictionary(uniqueKeysWithValues: b)\n// uniqueKeysWithValues\n"
    #expect(TextRules.trappingDictionaries(path: "x", text: text).count == 1)
    #expect(TextRules.trappingDictionaries(path: "x", text: text, allowed: 1) == [])
    #expect(TextRules.trappingDictionaries(path: "x", text: text, allowed: 2).count == 1)
    #expect(TextRules.trappingDictionaries(path: "x", text: "Dictionary(a) { first, _ in first }") == [])
  }

  @Test("Files that are opened in silence are found, and so is a permit nobody uses")
  func openings() {
    let told = "FileOpenings.report(url)\nreturn try Data(contentsOf: url)"
    #expect(TextRules.untoldOpenings(path: "x", text: told) == [])
    for line in [
      "try Data(contentsOf: url)", "String(contentsOf: url, encoding: .utf8)", "FileHandle(forReadingFrom: url)",
      "open(path, O_RDONLY | O_CLOEXEC)", "String(contentsOfFile: \"x\")",
    ] {
      #expect(TextRules.untoldOpenings(path: "x", text: line).count == 1, "\(line)")
      #expect(TextRules.untoldOpenings(path: "x", text: line, allowed: 1) == [], "\(line)")
    }
    for line in ["open(path, O_WRONLY | O_CREAT)", "Data(opening: url)", "// Data(contentsOf: url)", "source.open(config)"] {
      #expect(TextRules.untoldOpenings(path: "x", text: line) == [], "\(line)")
    }
    #expect(TextRules.untoldOpenings(path: "x", text: told, allowed: 1).count == 1)
    #expect(TextRules.files(path: "x", text: "func read(_ url: URL) throws").count == 1)
    #expect(TextRules.files(path: "x", text: "// a URL\nlet contents = \"FileManager\"") == [])
  }

  @Test("A flag in a sentence is found; one in a comment, and two dashes, are not")
  func flags() {
    #expect(TextRules.flags(path: "x", text: #"throw E("Name a folder; use --model.")"#).count == 1)
    #expect(TextRules.flags(path: "x", text: #"let a = "--device""#, allowed: 1) == [])
    for line in [#"// as "--model" says"#, #"let a = "a -- b""#, #"let b = "| --- | --- |""#] {
      #expect(TextRules.flags(path: "x", text: line) == [], "\(line)")
    }
  }

  @Test("Machine paths and registry hosts are found, relative paths are not")
  func paths() {
    let folder = "/" + "work/"
    #expect(TextRules.machinePaths(path: "x", text: "see \(folder)x").count == 1)
    #expect(TextRules.machinePaths(path: "x", text: "\"" + "/" + "home/" + "me\"").count == 1)
    #expect(TextRules.machinePaths(path: "x", text: "https://files." + "python" + "hosted.org/y").count == 1)
    #expect(TextRules.machinePaths(path: "x", text: "Sources\(folder)x and models/\(folder.dropFirst())y") == [])
  }

  @Test("A picture without a line is found, one whose folder has a line is not")
  func attribution() {
    let table = Attribution(markdown: "| Path | Source | Licence |\n| `demo/photos/` | a | CC0 |\n| `x.icc` | b | |\n")
    #expect(table.covers("demo/photos/cat.jpg") && !table.covers("demo/cat.jpg"))
    #expect(!table.covers("x.icc"), "a line without a licence is none")
    #expect(Attribution.needsLine("a/Cat.JPG") && Attribution.needsLine("t/merges.txt") && !Attribution.needsLine("a/b.swift"))
  }

  @Test("Links are found relative to their page, pages in comments as they are written")
  func references() {
    let page = "see [a](setup.md#tools), [b](../README.md), [c](https://example.org/x.md), ![d](demo.jpg)"
    #expect(References.links(in: page, at: "docs/edit.md") == ["docs/setup.md", "README.md", "docs/demo.jpg"])
    #expect(References.types(in: "`Mix`, `Mix.lora`, `Package.swift`, `Fit(of:)`, `mix`, `Codable`") == ["Mix", "Fit"])
    #expect(References.declared(in: "public final class Mix: Adapter {\n// an enumeration") == ["Mix"])
    #expect(References.pages(in: "/// as in docs/method.md, or (README.md)") == ["docs/method.md", "README.md"])
  }
}
