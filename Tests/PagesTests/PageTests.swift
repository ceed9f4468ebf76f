import Foundation
import LoRWeB
import Synchronization
import Testing

@Suite("Pages")
struct PageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The Swift blocks of a page, each as its lines without indentation, empty ones and imports.
  private static func blocks(of page: String) -> [[Substring]] {
    page.components(separatedBy: "```swift\n").dropFirst().map { rest in
      lines(rest.components(separatedBy: "\n```").first ?? "")
    }
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty && !$0.hasPrefix("import ") }
  }

  @Test("What pages show in Swift is compiled, word for word")
  func compiled() throws {
    let code = Self.lines(
      try String(contentsOf: Self.root.appending(path: "Tests/PagesTests/PageExamples.swift"), encoding: .utf8))
    // A manifest's lines, and a row of a table of tasks that only its own file can compile.
    let fragments = ["// Package.swift", ".pixels("]
    let docs = try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path)
    var count = 0
    for page in ["README.md"] + docs.filter({ $0.hasSuffix(".md") }).map({ "docs/\($0)" }) {
      let text = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8)
      for block in Self.blocks(of: text) {
        guard let first = block.first, !fragments.contains(where: first.hasPrefix) else { continue }
        count += 1
        #expect(code.contains(block), "\(page) shows code that isn't compiled: \(block.joined(separator: "\n"))")
      }
    }
    #expect(count >= 8)
  }

  @Test("The library's example edits, with previews and a result")
  func edits() async throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: output) }
    func demo(_ name: String) -> URL { Self.root.appending(path: "demo/\(name)") }
    let fractions = Mutex<[Double]>([])
    let previews = Mutex(0)
    try await PageExamples.followed(
      a: demo("pairs/night-a.jpg"), aPrime: demo("pairs/night-a2.jpg"), b: demo("photos/china.jpg"), output: output
    ) { fraction, preview in
      fractions.withLock { $0.append(fraction) }
      if preview != nil { previews.withLock { $0 += 1 } }
    }
    #expect(fractions.withLock { $0 == $0.sorted() && $0.last == 1 })
    #expect(previews.withLock { $0 } > 0)
    #expect(try Picture(contentsOf: output).size == Picture(contentsOf: demo("photos/china.jpg")).size)
  }
}
